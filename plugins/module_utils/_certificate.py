# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for the TLS inside one namespace: its own authority, and what that signs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._objects_apply import Step, apply, delete
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import (
    Api,
    Manifest,
    Ref,
    parallel,
    refuse_foreign,
    set_label,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._secret import (
    decoded,
    find_own,
    lacks_labels,
    manifest_of,
)

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
else:
    MISSING_LIBRARY = None

Now = Callable[[], datetime]

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "set": {"type": "str", "required": True},
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "dns_names": {"type": "list", "elements": "str", "default": []},
            "ip_addresses": {"type": "list", "elements": "str", "default": []},
        },
    },
    "ca_name": {"type": "str", "default": _names.CA_SECRET},
    "ca_validity_days": {"type": "int", "default": 3650},
    "validity_days": {"type": "int", "default": 365},
    "renew_before_days": {"type": "int", "default": 30},
    "adopt": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
TLS_TYPE = "kubernetes.io/tls"
LABEL_ISSUER = "cam.mesh/issued-by"
# Clocks differ a little; a certificate must be valid everywhere at once.
SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Any
    key: Any

    @property
    def pem(self) -> bytes:
        return bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def key_pem(self) -> bytes:
        return bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


@dataclass(frozen=True)
class Wanted:
    """What a certificate shall name."""

    name: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.dns_names, *self.ip_addresses))


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    require_library()
    api = Kube.connect(params["kubeconfig"], params["context"])
    if params["state"] == "absent":
        return remove(api, params, check_mode=check_mode, diff=diff)
    return ensure(api, params, check_mode=check_mode, diff=diff, now=lambda: datetime.now(UTC))


def require_library() -> None:
    if MISSING_LIBRARY is not None:
        raise CamError(
            f"The Python library `cryptography` is not usable here ({MISSING_LIBRARY}). It is "
            "needed to make certificates: pip install cryptography"
        )


def ensure(api: Api, params: Params, *, check_mode: bool, diff: bool, now: Now) -> dict[str, Any]:
    """Makes the authority and its certificates exist and be valid for long enough."""
    wanted = [_wanted(entry) for entry in params["certificates"]]
    _refuse_bad_terms(params, wanted)
    moment = now()
    margin = timedelta(days=params["renew_before_days"])
    ca_step, ca = _plan_authority(api, params, moment, margin)
    steps = parallel(lambda item: _plan_leaf(api, params, item, ca, moment, margin), wanted)
    todo = [step for step in (ca_step, *(step[0] for step in steps)) if _changes(step)]
    if not check_mode:
        # The authority first: a certificate whose issuer nobody remembers is worth nothing.
        if _changes(ca_step):
            apply(api, ca_step.ref, ca_step.manifest, dry_run=False)
        parallel(
            lambda step: apply(api, step.ref, step.manifest, dry_run=False),
            [step for step in todo if step is not ca_step],
        )
    result: dict[str, Any] = {
        "changed": bool(todo),
        # In check mode a new authority does not exist, so there is nothing to trust yet.
        "ca_certificate": "" if check_mode and _changes(ca_step) else ca.pem.decode(),
        "certificates": [
            {
                "name": step.ref.name,
                "action": step.action,
                "reason": reason,
                "not_after": not_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for step, reason, not_after in steps
        ],
    }
    if diff:
        result["diff"] = [step.diff() for step in todo]
    return result


def remove(api: Api, params: Params, *, check_mode: bool, diff: bool) -> dict[str, Any]:
    """Removes the certificates, and their authority once nothing is left that it signed."""
    namespace, set_name = params["namespace"], params["set"]
    refs = [Ref("v1", "Secret", namespace, entry["name"]) for entry in params["certificates"]]
    found = parallel(lambda ref: api.find(ref.path(api)), refs)
    steps = [
        Step(ref, "deleted", live, live=live)
        for ref, live in zip(refs, found, strict=True)
        if live is not None and set_label(live) == set_name
    ]
    ca_ref = Ref("v1", "Secret", namespace, params["ca_name"])
    ca = api.find(ca_ref.path(api))
    going = {step.ref.name for step in steps}
    if ca is not None and _is_ours(ca):
        path = api.path_for("v1", "Secret", namespace, None)
        issued = api.get(path, labelSelector=f"{LABEL_ISSUER}={ca_ref.name}").get("items") or []
        if {item["metadata"]["name"] for item in issued} <= going:
            steps.append(Step(ca_ref, "deleted", ca, live=ca))
    if not check_mode:
        for step in steps:
            delete(api, step)
    result: dict[str, Any] = {
        "changed": bool(steps),
        "ca_certificate": "",
        "certificates": [
            {
                "name": ref.name,
                "action": "deleted" if ref.name in going else "unchanged",
                "reason": "",
                "not_after": "",
            }
            for ref in refs
        ],
    }
    if diff:
        result["diff"] = [step.diff() for step in steps]
    return result


def new_authority(namespace: str, moment: datetime, days: int) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CAM mesh {namespace}"[:64])])
    builder = _builder(name, name, key, moment, moment + timedelta(days=days))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def new_leaf(wanted: Wanted, ca: Pair, moment: datetime, days: int) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    title = next((name for name in wanted.dns_names if len(name) <= 64), wanted.name[:64])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    # What outlives its issuer would be refused by every client anyway.
    end = min(moment + timedelta(days=days), ca.certificate.not_valid_after_utc)
    builder = _builder(subject, ca.certificate.subject, key, moment, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
        critical=False,
    )
    names: list[Any] = [x509.DNSName(name) for name in wanted.dns_names]
    names += [x509.IPAddress(ipaddress.ip_address(text)) for text in wanted.ip_addresses]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key()), critical=False
    )
    return Pair(builder.sign(ca.key, hashes.SHA256()), key)


def read_pair(data: Mapping[str, bytes]) -> Pair | None:
    """The pair in a Secret, or None if it is not one."""
    try:
        certificate = x509.load_pem_x509_certificate(data["tls.crt"])
        key = serialization.load_pem_private_key(data["tls.key"], password=None)
    except (KeyError, ValueError, TypeError):
        return None
    return Pair(certificate, key) if key.public_key() == certificate.public_key() else None


def why_renew(pair: Pair | None, wanted: Wanted, ca: Pair, limit: datetime) -> str:
    """The reason to make a certificate anew, or an empty text."""
    if pair is None:
        return "it is not a certificate with its key"
    try:
        pair.certificate.verify_directly_issued_by(ca.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return "another authority signed it"
    if names_of(pair.certificate) != wanted.names:
        return "it names other hosts"
    if _ends(pair) < limit:
        return f"it ends on {_ends(pair):%Y-%m-%d}"
    return ""


def _ends(pair: Pair) -> datetime:
    end: datetime = pair.certificate.not_valid_after_utc
    return end


def names_of(certificate: Any) -> frozenset[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(str(name.value) for name in extension.value)


def _plan_authority(
    api: Api, params: Params, moment: datetime, margin: timedelta
) -> tuple[Step, Pair]:
    ref = Ref("v1", "Secret", params["namespace"], params["ca_name"])
    live = api.find(ref.path(api))
    if live is not None and not _is_ours(live) and not params["adopt"]:
        refuse_foreign(ref, live, params["set"])
    pair = read_pair(decoded(live)) if live is not None else None
    if live is not None and pair is not None and _ends(pair) >= moment + margin:
        return Step(ref, "unchanged", live, live, live), pair
    pair = new_authority(params["namespace"], moment, params["ca_validity_days"])
    data = {"tls.crt": pair.pem, "tls.key": pair.key_pem}
    manifest = manifest_of(ref, set_label(live or {}) or params["set"], data, TLS_TYPE)
    action = "created" if live is None else "renewed"
    return Step(ref, action, manifest, live, manifest), pair


def _plan_leaf(
    api: Api, params: Params, wanted: Wanted, ca: Pair, moment: datetime, margin: timedelta
) -> tuple[Step, str, datetime]:
    ref = Ref("v1", "Secret", params["namespace"], wanted.name)
    live = find_own(api, ref, params["set"], adopt=params["adopt"])
    data = decoded(live)
    pair = read_pair(data) if live is not None else None
    reason = why_renew(pair, wanted, ca, moment + margin) if live is not None else "it is missing"
    if pair is None or reason:
        pair = new_leaf(wanted, ca, moment, params["validity_days"])
    content = {"tls.crt": pair.pem, "tls.key": pair.key_pem, "ca.crt": ca.pem}
    manifest = manifest_of(ref, params["set"], {**data, **content}, TLS_TYPE)
    manifest["metadata"]["labels"][LABEL_ISSUER] = params["ca_name"]
    end = _ends(pair)
    if live is None:
        return Step(ref, "created", manifest, live, manifest), reason, end
    if reason:
        return Step(ref, "renewed", manifest, live, _over(live, manifest)), reason, end
    if data.get("ca.crt") != ca.pem or lacks_labels(live, manifest):
        reason = "its labels or its copy of the authority were edited"
        return Step(ref, "updated", manifest, live, _over(live, manifest)), reason, end
    return Step(ref, "unchanged", manifest, live, live), "", end


def _over(live: Manifest, manifest: Manifest) -> Manifest:
    labels = {**(live["metadata"].get("labels") or {}), **manifest["metadata"]["labels"]}
    return {**live, **manifest, "metadata": {**live["metadata"], "labels": labels}}


def _changes(step: Step) -> bool:
    return step.action != "unchanged"


def _is_ours(live: Mapping[str, Any]) -> bool:
    """The authority serves all sets of a namespace, so the set's name does not count."""
    labels = (live.get("metadata") or {}).get("labels") or {}
    return bool(labels.get(_names.LABEL_MANAGED_BY) == _names.MANAGER)


def _wanted(entry: Mapping[str, Any]) -> Wanted:
    for text in entry["ip_addresses"]:
        try:
            ipaddress.ip_address(text)
        except ValueError:
            raise CamError(
                f"`certificates`: {text!r} of {entry['name']!r} is not an IP address."
            ) from None
    if not entry["dns_names"] and not entry["ip_addresses"]:
        raise CamError(
            f"`certificates`: {entry['name']!r} names no host. Give `dns_names` or `ip_addresses`."
        )
    addresses = (str(ipaddress.ip_address(text)) for text in entry["ip_addresses"])
    return Wanted(entry["name"], tuple(entry["dns_names"]), tuple(addresses))


def _refuse_bad_terms(params: Params, wanted: Sequence[Wanted]) -> None:
    if not params["validity_days"] > params["renew_before_days"] >= 0:
        raise CamError(
            f"`validity_days` ({params['validity_days']}) must be greater than "
            f"`renew_before_days` ({params['renew_before_days']}), else each run would renew."
        )
    if params["ca_validity_days"] < params["validity_days"]:
        raise CamError(
            f"`ca_validity_days` ({params['ca_validity_days']}) must not be less than "
            f"`validity_days` ({params['validity_days']})."
        )
    names = [item.name for item in wanted]
    twice = sorted({name for name in names if names.count(name) > 1 or name == params["ca_name"]})
    if twice:
        raise CamError(
            f"`certificates` uses the name {twice[0]!r} twice, or for the authority as well."
        )


def _builder(subject: Any, issuer: Any, key: Any, start: datetime, end: datetime) -> Any:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - SKEW)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> Any:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
