# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An EKS cluster, from nothing to changed in place to gone."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import (
    Live,
    Progress,
    Wait,
    eks_issues,
)
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._eks import EKS_SPEC, Eks
from ansible_collections.cam.mesh.plugins.module_utils._eks_cluster_diff import (
    KIND,
    LOG_TYPES,
    differences,
    encryption,
    log_setup,
    network,
    protection,
)
from ansible_collections.cam.mesh.plugins.module_utils._eks_versions import minor, preflight
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **EKS_SPEC,
    "name": {"type": "str", "required": True},
    "version": {"type": "str"},
    "role_arn": {"type": "str"},
    "subnet_ids": {"type": "list", "elements": "str"},
    "security_group_ids": {"type": "list", "elements": "str"},
    "endpoint_private": {"type": "bool", "default": True},
    "endpoint_public": {"type": "bool", "default": True},
    "public_access_cidrs": {"type": "list", "elements": "str"},
    "logging": {"type": "list", "elements": "str", "choices": list(LOG_TYPES)},
    "kms_key_arn": {"type": "str", "no_log": False},
    "authentication_mode": {"type": "str", "choices": ["API", "API_AND_CONFIG_MAP"]},
    "creator_is_admin": {"type": "bool", "default": True},
    "deletion_protection": {"type": "bool"},
}
NEEDED = ("version", "role_arn", "subnet_ids")
# What a plan tells of a cluster that would be created.
SHOWN = (
    *NEEDED,
    "security_group_ids",
    "endpoint_private",
    "endpoint_public",
    "public_access_cidrs",
    "logging",
    "kms_key_arn",
    "authentication_mode",
    "deletion_protection",
)


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = lambda line: None,
    clock: Clock | None = None,
) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["name"])
    if params["state"] == "present":
        _refuse_bad(params)
    eks = Eks(Aws.of(params), Wait(params["wait_seconds"], clock or Clock(), progress))
    part = part_of(eks, params["name"])
    if params["state"] == "present":
        return ensure(eks, part, params, owner, check_mode=check_mode, diff=diff)
    deletion = partial(_deletion, eks, part)
    result, live = eks.remove(part, owner, params, deletion, check_mode=check_mode, diff=diff)
    return {**result, **facts(live)}


def part_of(eks: Eks, name: str) -> Part:
    look = partial(eks.find, "describe_cluster", f"{KIND} {name}", "cluster", name=name)
    return Part(KIND, name, look)


def ensure(
    eks: Eks, part: Part, params: Params, owner: Owner, *, check_mode: bool, diff: bool
) -> Result:
    """Makes the cluster exist and be as wanted."""
    live = part.look()
    if live is not None:
        owner.refuse_foreign(KIND, params["name"], live.get("tags"), params["adopt"])
        if not check_mode:
            live = eks.settled(part, live)
    if live is None or live["status"] in ("FAILED", "DELETING"):
        steps = [_creation(eks, part, params, owner, live)]
    else:
        calls = differences(params, live, owner)
        steps = [Step(call.change, partial(eks.make, part, call)) for call in calls]
    warnings = [f"{part.title} has an issue: {one}" for one in eks_issues(live or {})]
    if any("version" in step.change.fields or step.change.action != "update" for step in steps):
        warnings += preflight(eks.service, params["version"])
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    if result["changed"] and not check_mode:
        live = part.look()
    return {**result, **facts(live), **({"warnings": warnings} if warnings else {})}


def facts(live: Live | None) -> Result:
    """What others need to know of the cluster; empty texts while it does not exist."""
    found = live or {}
    vpc = found.get("resourcesVpcConfig") or {}
    values = {
        "arn": found.get("arn"),
        "endpoint": found.get("endpoint"),
        "certificate_authority": (found.get("certificateAuthority") or {}).get("data"),
        "oidc_issuer": ((found.get("identity") or {}).get("oidc") or {}).get("issuer"),
        "cluster_security_group_id": vpc.get("clusterSecurityGroupId"),
        "vpc_id": vpc.get("vpcId"),
        "version": found.get("version"),
        "platform": found.get("platformVersion"),
        "status": found.get("status") or "ABSENT",
    }
    return {key: value or "" for key, value in values.items()}


def _refuse_bad(params: Params) -> None:
    missing = [option for option in NEEDED if not params[option]]
    if missing:
        raise CamError(f"{', '.join(f'`{one}`' for one in missing)} must be given for a cluster.")
    minor(params["version"])
    if len(set(params["subnet_ids"])) < 2:
        raise CamError(
            f"`subnet_ids` holds {len(set(params['subnet_ids']))} subnet: EKS wants at least 2, in "
            "different zones."
        )
    if not params["endpoint_private"] and not params["endpoint_public"]:
        raise CamError(
            "`endpoint_private` and `endpoint_public` are both off, so nobody could reach the "
            "cluster. Switch one on."
        )
    for text in params["public_access_cidrs"] or []:
        network(text)
    if params["public_access_cidrs"] == [] and params["endpoint_public"]:
        raise CamError(
            "`public_access_cidrs` is empty, which EKS reads as the whole internet. Name ranges, "
            "or switch `endpoint_public` off."
        )


def _creation(eks: Eks, part: Part, params: Params, owner: Owner, live: Live | None) -> Step:
    """Of a cluster that does not exist, or that never came to life, which nothing can repair."""
    given = _request(params, owner)
    dead = live is not None and live["status"] == "FAILED"

    def apply() -> None:
        if dead:
            eks.service.ask("delete_cluster", part.title, name=part.name)
            eks.until_gone(part)
        eks.create(part, owner, "create_cluster", **given)
        eks.until_active(part)

    if live is None or not dead:
        fields = {one: (None, params[one]) for one in SHOWN if params[one] is not None}
        return Step(Change(KIND, part.name, "create", fields), apply)
    danger = "" if owner.owns(live.get("tags")) else "another's cluster failed; it is deleted"
    return Step(Change(KIND, part.name, "replace", {"status": ("FAILED", "ACTIVE")}, danger), apply)


def _request(params: Params, owner: Owner) -> dict[str, Any]:
    """CreateCluster."""
    vpc = {
        "subnetIds": params["subnet_ids"],
        "endpointPrivateAccess": params["endpoint_private"],
        "endpointPublicAccess": params["endpoint_public"],
    }
    if params["security_group_ids"]:
        vpc["securityGroupIds"] = params["security_group_ids"]
    if params["endpoint_public"] and params["public_access_cidrs"]:
        vpc["publicAccessCidrs"] = sorted(map(network, params["public_access_cidrs"]))
    given = {
        "name": params["name"],
        "version": params["version"],
        "roleArn": params["role_arn"],
        "resourcesVpcConfig": vpc,
        "accessConfig": {
            "authenticationMode": params["authentication_mode"] or "API",
            "bootstrapClusterCreatorAdminPermissions": params["creator_is_admin"],
        },
        "tags": owner.with_tags(params["tags"]),
    }
    if params["logging"]:
        given["logging"] = log_setup(params["logging"])
    if params["kms_key_arn"]:
        given["encryptionConfig"] = encryption(params["kms_key_arn"])
    if params["deletion_protection"] is not None:
        given["deletionProtection"] = params["deletion_protection"]
    return given


def _deletion(eks: Eks, part: Part, live: Live) -> Step:
    protected = bool(live.get("deletionProtection"))

    def apply() -> None:
        if protected:
            eks.make(part, protection(part.name, True, False))
        eks.service.ask("delete_cluster", part.title, name=part.name)
        eks.until_gone(part)

    danger = "its deletion protection is on" if protected else ""
    fields = {"status": (live["status"], ABSENT)}
    return Step(Change(KIND, part.name, "delete", fields, danger), apply)
