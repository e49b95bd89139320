# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates an EKS cluster from what is wanted, as the calls that close the gap.

EKS takes one kind of change in a call (UpdateClusterConfig: "one type of update at a time") and
refuses a call that changes nothing, so each difference is a call of its own.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Call
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live
from ansible_collections.cam.mesh.plugins.module_utils._eks import tag_calls
from ansible_collections.cam.mesh.plugins.module_utils._eks_versions import refuse_jump
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Fields
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

KIND: Final = "EKS cluster"
LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# EKS goes this way only, step by step.
MODES: Final = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")


def differences(params: Params, live: Live, owner: Owner) -> list[Call]:
    """In the order in which they are made: whose it is first, the version last."""
    _refuse_what_stays(params, live)
    tags = owner.with_tags(params["tags"])
    return [
        *tag_calls(KIND, params["name"], live["arn"], live.get("tags"), tags),
        *_protection(params, live),
        *_endpoint(params, live),
        *_network(params, live),
        *_logging(params, live),
        *_encryption(params, live),
        *_access(params, live),
        *_version(params, live),
    ]


def _refuse_what_stays(params: Params, live: Live) -> None:
    name, role = params["name"], live.get("roleArn")
    if params["role_arn"] != role:
        raise CamError(
            f"EKS cluster {name} has the role {role} and `role_arn` is {params['role_arn']}: EKS "
            f"never changes a cluster's role. Set `role_arn` to {role}, or build another cluster."
        )
    wanted, found = params["kms_key_arn"], _key(live)
    if wanted is not None and found is not None and wanted != found:
        raise CamError(
            f"EKS cluster {name} encrypts its secrets with {found} and `kms_key_arn` is {wanted}: "
            f"EKS never changes that key. Set `kms_key_arn` to {found}; the key can be rotated "
            "in KMS."
        )


def _protection(params: Params, live: Live) -> Iterator[Call]:
    wanted, found = params["deletion_protection"], bool(live.get("deletionProtection"))
    if wanted is not None and wanted != found:
        yield protection(params["name"], found, wanted)


def protection(name: str, before: bool, after: bool) -> Call:
    change = Change(KIND, name, "update", {"deletion_protection": (before, after)})
    return Call(change, "update_cluster_config", {"name": name, "deletionProtection": after})


def _endpoint(params: Params, live: Live) -> Iterator[Call]:
    found = live.get("resourcesVpcConfig") or {}
    wanted = {
        "endpointPrivateAccess": params["endpoint_private"],
        "endpointPublicAccess": params["endpoint_public"],
    }
    fields: dict[str, tuple[Any, Any]] = {}
    for option, key in (
        ("endpoint_private", "endpointPrivateAccess"),
        ("endpoint_public", "endpointPublicAccess"),
    ):
        if wanted[key] != bool(found.get(key)):
            fields[option] = (bool(found.get(key)), wanted[key])
    if params["endpoint_public"] and params["public_access_cidrs"] is not None:
        now = sorted(map(network, found.get("publicAccessCidrs") or []))
        then = sorted(map(network, params["public_access_cidrs"]))
        if now != then:
            fields["public_access_cidrs"] = (now, then)
            wanted["publicAccessCidrs"] = then
    if fields:
        yield _config(params, fields, {"resourcesVpcConfig": wanted})


def _network(params: Params, live: Live) -> Iterator[Call]:
    found = live.get("resourcesVpcConfig") or {}
    for option, key, danger in (
        (
            "subnet_ids",
            "subnetIds",
            "it moves the control plane's network interfaces, and EKS refuses subnets of other "
            "zones than those of the first day",
        ),
        ("security_group_ids", "securityGroupIds", ""),
    ):
        wanted = params[option]
        if wanted is not None and sorted(wanted) != sorted(found.get(key) or []):
            fields = {option: (sorted(found.get(key) or []), sorted(wanted))}
            yield _config(params, fields, {"resourcesVpcConfig": {key: wanted}}, danger)


def _logging(params: Params, live: Live) -> Iterator[Call]:
    if params["logging"] is None:
        return
    wanted, found = set(params["logging"]), log_types(live)
    if wanted != found:
        fields = {"logging": (sorted(found), sorted(wanted))}
        yield _config(params, fields, {"logging": log_setup(params["logging"])})


def _encryption(params: Params, live: Live) -> Iterator[Call]:
    wanted, found = params["kms_key_arn"], _key(live)
    if wanted is not None and found is None:
        change = Change(
            KIND,
            params["name"],
            "update",
            {"kms_key_arn": (None, wanted)},
            "the encryption of secrets can never be switched off, nor its key be changed, and the "
            "cluster is lost with the key",
        )
        given = {"clusterName": params["name"], "encryptionConfig": encryption(wanted)}
        yield Call(change, "associate_encryption_config", given)


def _access(params: Params, live: Live) -> Iterator[Call]:
    # An answer that does not name the mode is no reason to change it.
    found = (live.get("accessConfig") or {}).get("authenticationMode")
    wanted = params["authentication_mode"]
    if wanted is None or found is None or found == wanted:
        return
    if MODES.index(wanted) < MODES.index(found):
        raise CamError(
            f"EKS cluster {params['name']} authenticates by {found} and `authentication_mode` is "
            f"{wanted}: EKS does not go back. Set `authentication_mode` to {found}."
        )
    for before, after in itertools.pairwise(MODES):
        if MODES.index(found) <= MODES.index(before) < MODES.index(wanted):
            fields = {"authentication_mode": (before, after)}
            danger = "whom only aws-auth lets in is locked out, for good" if after == "API" else ""
            given = {"accessConfig": {"authenticationMode": after}}
            yield _config(params, fields, given, danger)


def _version(params: Params, live: Live) -> Iterator[Call]:
    wanted, found = params["version"], live["version"]
    if wanted != found:
        refuse_jump(params["name"], found, wanted)
        change = Change(KIND, params["name"], "update", {"version": (found, wanted)})
        yield Call(change, "update_cluster_version", {"name": params["name"], "version": wanted})


def _config(params: Params, fields: Fields, given: Mapping[str, Any], danger: str = "") -> Call:
    change = Change(KIND, params["name"], "update", fields, danger)
    return Call(change, "update_cluster_config", {"name": params["name"], **given})


def _key(live: Live) -> str | None:
    for one in live.get("encryptionConfig") or []:
        if "secrets" in (one.get("resources") or []):
            return str(one["provider"]["keyArn"])
    return None


def encryption(key_arn: str) -> list[dict[str, Any]]:
    return [{"resources": ["secrets"], "provider": {"keyArn": key_arn}}]


def log_types(live: Live) -> set[str]:
    setups = (live.get("logging") or {}).get("clusterLogging") or []
    return {kind for one in setups if one.get("enabled") for kind in one.get("types") or []}


def log_setup(wanted: list[str]) -> dict[str, Any]:
    """All types, since those that a request leaves out stay as they are."""
    on = [kind for kind in LOG_TYPES if kind in wanted]
    off = [kind for kind in LOG_TYPES if kind not in wanted]
    setups = [{"types": kinds, "enabled": enabled} for kinds, enabled in ((on, True), (off, False))]
    return {"clusterLogging": [one for one in setups if one["types"]]}


def network(text: str) -> str:
    """A range of addresses as AWS keeps it: 10.0.0.1/8 is 10.0.0.0/8."""
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise CamError(
            f"`public_access_cidrs` holds {text!r}, which is no range of addresses. Write it as "
            "203.0.113.0/24, a single address as 203.0.113.7/32."
        ) from None
