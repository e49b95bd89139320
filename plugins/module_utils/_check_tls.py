# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of certificates: those that are served, and those that wait in Secrets to be served."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import place
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    DEGRADED,
    FAILED,
    Check,
    Kind,
    declare,
    look,
)
from ansible_collections.cam.mesh.plugins.module_utils._look import Look

with contextlib.suppress(ImportError):  # `expiry` tells what is missing.
    from cryptography import x509

CERTIFICATES = declare(
    "certificates",
    "cluster",
    looks_at="the certificates of the API server and in the Secrets of database, cache and edge",
    red_when=(
        "one has expired (failed) or will within `certificate_days` (degraded); within 30 "
        "days is an advice; unknown where a Secret lacks the part that is used of it"
    ),
    next="deploy again: it renews what this collection issued",
)
EDGE_CERTIFICATE = declare(
    "edge_certificate",
    "endpoints",
    looks_at="the certificate that the edge serves, as a client verifies it",
    red_when="it is not trusted, is for another host, has expired (failed) or will soon (degraded)",
    next="kubectl describe ingress; deploy again",
)
ADVICE_DAYS = 30
PARTS = ("tls.crt", "ca.crt")


def certificates(
    expiries: Mapping[str, datetime],
    now: datetime,
    days: int,
    *,
    missing: Sequence[str] = (),
    unseen: Sequence[str] = (),
) -> Check:
    """The one that ends first decides, unless what could not be looked at weighs more.

    `missing`: what should be there and is not. `unseen`: what cannot be seen from here.
    """
    if expiries:
        found = _judged(CERTIFICATES, expiries, now, days)
    else:
        found = CERTIFICATES.left_out("Secrets", "the inventory names no certificate")
    if found.critical and found.state in (FAILED, DEGRADED):
        return found
    if missing:
        cause = "; ".join(missing)
        return CERTIFICATES.unknown(found.target, found.observed, "a certificate", cause)
    if unseen:
        causes = "; ".join([*unseen, found.cause] if found.cause else unseen)
        return CERTIFICATES.advice(found.target, found.observed, "all looked at", causes)
    return found


def edge_certificate(host: str, ends: datetime, now: datetime, days: int) -> Check:
    return _judged(EDGE_CERTIFICATE, {host: ends}, now, days)


def _judged(kind: Kind, expiries: Mapping[str, datetime], now: datetime, days: int) -> Check:
    name, ends = min(expiries.items(), key=lambda item: item[1])
    left = (ends - now).days
    observed = f"{len(expiries)} certificates, the first ends {ends:%Y-%m-%d} ({name})"
    expected = f"{days} days or more"
    if ends <= now:
        cause = f"the certificate of {name} expired on {ends:%Y-%m-%d %H:%M} UTC"
        return kind.failed(name, observed, expected, cause)
    cause = f"the certificate of {name} expires in {left} days"
    if left < days:
        return kind.degraded(name, observed, expected, cause)
    if left < ADVICE_DAYS:
        return kind.advice(name, observed, f"{ADVICE_DAYS} days or more", cause)
    return kind.ok(name, observed)


def expiry(content: bytes) -> datetime:
    """When a certificate ends, given as PEM or DER."""
    try:
        load = (
            x509.load_pem_x509_certificate
            if content.lstrip().startswith(b"-----BEGIN")
            else x509.load_der_x509_certificate
        )
    except NameError:
        raise CamError(
            "The Python library `cryptography` is needed to read certificates: "
            "pip install cryptography"
        ) from None
    found: datetime = load(content).not_valid_after_utc
    return found


def served(where: tuple[str, int], name: str, trust: ssl.SSLContext, timeout: float) -> datetime:
    """When the certificate ends that a server shows. Raises OSError if it is not to be trusted."""
    with (
        socket.create_connection(where, timeout=timeout) as plain,
        trust.wrap_socket(plain, server_hostname=name) as stream,
    ):
        shown = stream.getpeercert(binary_form=True)
    if shown is None:
        raise CamError(f"{name} shows no certificate")
    return expiry(shown)


def _used(params: Mapping[str, Any]) -> dict[str, set[str]]:
    """The Secrets with certificates that the inventory names, and which parts are used of each."""
    found: dict[str, set[str]] = {}
    for server in (params["database"], params["cache"]):
        if name := server.get("tls_secret"):
            served = server.get("provider") == "in_cluster"
            found.setdefault(str(name), set()).add("tls.crt" if served else "ca.crt")
    if authority := params["url_ca_secret"]:
        found.setdefault(str(authority["name"]), set()).add(str(authority["key"]))
    return found


@look(CERTIFICATES)
def _certificates(mesh: Look) -> Iterator[Check]:
    found: dict[str, datetime] = {}
    missing, unseen = [], []
    server = urlsplit(mesh.kube.server)
    if server.scheme == "https" and server.hostname:
        if mesh.kube.is_direct:
            where = (server.hostname, server.port or 443)
            found["the API server"] = served(where, where[0], mesh.kube.trust(), mesh.timeout)
        else:
            unseen = ["that of the API server was not looked at, since a proxy is in between"]
    for name, parts in sorted(_used(mesh.params).items()):
        secret = mesh.secret(name)
        for part in sorted({*PARTS, *parts}):
            if secret.get(part):
                found[f"Secret/{name} {part}"] = expiry(secret[part].encode())
            elif part in parts:
                missing.append(f"Secret {name} has no {part}")
    days = mesh.params["thresholds"]["certificate_days"]
    yield certificates(found, mesh.now(), days, missing=missing, unseen=unseen)


@look(EDGE_CERTIFICATE)
def _edge_certificate(mesh: Look) -> Iterator[Check]:
    url, address = mesh.params["url"], mesh.params["url_address"]
    if not url.startswith("https:"):
        why = "no cam_release_url with https in the inventory"
        yield EDGE_CERTIFICATE.left_out("edge", why)
        return
    host, where = place(url, address)
    try:
        ends = served(where, host, mesh.trust(), mesh.timeout)
    except ssl.SSLError as error:
        cause = f"no client gets through: {getattr(error, 'verify_message', '') or error.reason}"
        yield EDGE_CERTIFICATE.failed(host, "the handshake failed", "a certificate to trust", cause)
        return
    yield edge_certificate(host, ends, mesh.now(), mesh.params["thresholds"]["certificate_days"])
