# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A managed node group, which leaves the number of its nodes to the autoscaler."""

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
from ansible_collections.cam.mesh.plugins.module_utils._eks_nodegroup_diff import (
    KIND,
    clamped,
    differences,
    replaced,
    taints,
    template_of,
    update_config,
)
from ansible_collections.cam.mesh.plugins.module_utils._eks_versions import minor
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, texts
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

EFFECTS = ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]
ARGUMENT_SPEC: dict[str, Any] = {
    **EKS_SPEC,
    "cluster": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "role_arn": {"type": "str"},
    "subnet_ids": {"type": "list", "elements": "str"},
    "launch_template": {
        "type": "dict",
        "options": {
            "id": {"type": "str"},
            "name": {"type": "str"},
            "version": {"type": "str", "required": True},
        },
    },
    "instance_types": {"type": "list", "elements": "str"},
    "ami_type": {"type": "str"},
    "capacity_type": {"type": "str", "choices": ["ON_DEMAND", "SPOT"]},
    "min_size": {"type": "int"},
    "max_size": {"type": "int"},
    "desired_size": {"type": "int"},
    "labels": {"type": "dict"},
    "taints": {
        "type": "list",
        "elements": "dict",
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "value": {"type": "str"},
            "effect": {"type": "str", "required": True, "choices": EFFECTS},
        },
    },
    "version": {"type": "str"},
    "force_version": {"type": "bool", "default": False},
    "max_unavailable": {"type": "int"},
    "max_unavailable_percentage": {"type": "int"},
}
NEEDED = ("role_arn", "subnet_ids", "min_size", "max_size")
# What a plan tells of a group that would be created.
SHOWN = (
    *NEEDED,
    "launch_template",
    "instance_types",
    "ami_type",
    "capacity_type",
    "labels",
    "taints",
    "version",
)
DEAD = ("CREATE_FAILED", "DELETE_FAILED")


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = lambda line: None,
    clock: Clock | None = None,
) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    params = {**params, "labels": texts("labels", params["labels"])}
    if params["state"] == "present":
        _refuse_bad(params)
    eks = Eks(Aws.of(params), Wait(params["wait_seconds"], clock or Clock(), progress))
    part = _part(eks, params["cluster"], params["name"])
    if params["state"] == "present":
        return ensure(eks, part, params, owner, check_mode=check_mode, diff=diff)
    deletion = partial(_deletion, eks, part, params)
    result, live = eks.remove(part, owner, params, deletion, check_mode=check_mode, diff=diff)
    return {**result, **facts(live)}


def ensure(
    eks: Eks, part: Part, params: Params, owner: Owner, *, check_mode: bool, diff: bool
) -> Result:
    """Makes the group exist and be as wanted."""
    live = part.look()
    if live is not None:
        owner.refuse_foreign(KIND, part.name, live.get("tags"), params["adopt"])
        if not check_mode:
            live = eks.settled(part, live)
    if live is None or live["status"] == "DELETING":
        fields = {one: (None, params[one]) for one in SHOWN if params[one] is not None}
        creation = Change(KIND, part.name, "create", fields)
        steps = [Step(creation, partial(_create, eks, part, params, owner, None))]
    elif change := _replacement(part, params, owner, live):
        steps = [Step(change, partial(_replace, eks, part, params, owner, live))]
    else:
        calls = differences(params, live, owner)
        steps = [Step(call.change, partial(eks.make, part, call)) for call in calls]
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    if result["changed"] and not check_mode:
        live = part.look()
    issues = [f"{part.title} has an issue: {one}" for one in eks_issues(live or {})]
    return {**result, **facts(live), **({"warnings": issues} if issues else {})}


def facts(live: Live | None) -> Result:
    """What others need to know of the group; empty while it does not exist."""
    found = live or {}
    groups = (found.get("resources") or {}).get("autoScalingGroups") or [{}]
    return {
        "arn": found.get("nodegroupArn") or "",
        "status": found.get("status") or "ABSENT",
        "version": found.get("version") or "",
        "auto_scaling_group": groups[0].get("name") or "",
        "scaling": {
            option: found["scalingConfig"].get(key)
            for option, key in (("min", "minSize"), ("max", "maxSize"), ("desired", "desiredSize"))
        }
        if found.get("scalingConfig")
        else {},
    }


def _refuse_bad(params: Params) -> None:
    missing = [option for option in NEEDED if params[option] in (None, [])]
    if missing:
        raise CamError(
            f"{', '.join(f'`{one}`' for one in missing)} must be given for a node group."
        )
    low, high, desired = params["min_size"], params["max_size"], params["desired_size"]
    if not 0 <= low <= high or high < 1:
        raise CamError(
            f"`min_size` is {low} and `max_size` {high}: it must hold that 0 <= min_size <= "
            "max_size, and max_size is at least 1."
        )
    if desired is not None and not low <= desired <= high:
        raise CamError(
            f"`desired_size` is {desired}, which is not between `min_size` {low} and `max_size` "
            f"{high}."
        )
    if params["version"] is not None:
        minor(params["version"])
    template = params["launch_template"]
    if template is not None:
        if bool(template.get("id")) == bool(template.get("name")):
            raise CamError("`launch_template` must name the template by `id` or by `name`.")
        if not str(template["version"]).isdecimal():
            raise CamError(
                f"`launch_template.version` is {template['version']!r}. Give its number: what "
                "$Latest is changes without anybody's notice."
            )
    if None not in (params["max_unavailable"], params["max_unavailable_percentage"]):
        raise CamError("Give `max_unavailable` or `max_unavailable_percentage`, not both.")


def _part(eks: Eks, cluster: str, name: str) -> Part:
    place = {"clusterName": cluster, "nodegroupName": name}
    look = partial(eks.find, "describe_nodegroup", f"{KIND} {name}", "nodegroup", **place)
    return Part(KIND, name, look)


def _replacement(part: Part, params: Params, owner: Owner, live: Live) -> Change | None:
    """What a group that failed needs, and what EKS cannot change in place."""
    if live["status"] in DEAD:
        danger = "" if owner.owns(live.get("tags")) else "it is another's and has failed"
        return Change(KIND, part.name, "replace", {"status": (live["status"], "ACTIVE")}, danger)
    fields = replaced(params, live)
    if not fields:
        return None
    danger = (
        "EKS can only delete the group and make it anew, with all its nodes and what runs on "
        "them; a second group of another name first loses nothing"
    )
    return Change(KIND, part.name, "replace", fields, danger)


def _replace(eks: Eks, part: Part, params: Params, owner: Owner, live: Live) -> None:
    _delete(eks, part, params)
    _create(eks, part, params, owner, (live.get("scalingConfig") or {}).get("desiredSize"))


def _create(eks: Eks, part: Part, params: Params, owner: Owner, desired: int | None) -> None:
    """CreateNodegroup. Without `ami_type` EKS takes Amazon Linux 2023."""
    scaling = {
        "minSize": params["min_size"],
        "maxSize": params["max_size"],
        "desiredSize": clamped(params, desired),
    }
    given = {
        "nodeRole": params["role_arn"],
        "subnets": params["subnet_ids"],
        "scalingConfig": scaling,
        "launchTemplate": template_of(params) if params["launch_template"] else None,
        "instanceTypes": params["instance_types"],
        "amiType": params["ami_type"],
        "capacityType": params["capacity_type"],
        "labels": params["labels"],
        "taints": taints(params["taints"]),
        "version": params["version"],
        "updateConfig": update_config(params),
        "tags": owner.with_tags(params["tags"]),
    }
    given = {key: value for key, value in given.items() if value not in (None, [], {})}
    place = {"clusterName": params["cluster"], "nodegroupName": part.name}
    eks.create(part, owner, "create_nodegroup", **place, **given)
    eks.until_active(part)


def _delete(eks: Eks, part: Part, params: Params) -> None:
    place = {"clusterName": params["cluster"], "nodegroupName": part.name}
    eks.service.ask("delete_nodegroup", part.title, **place)
    eks.until_gone(part)


def _deletion(eks: Eks, part: Part, params: Params, live: Live) -> Step:
    change = Change(KIND, part.name, "delete", {"status": (live["status"], ABSENT)})
    return Step(change, partial(_delete, eks, part, params))
