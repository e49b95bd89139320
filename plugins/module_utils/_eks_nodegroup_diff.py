# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates a node group from what is wanted: changes in place, and those that are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Call
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live
from ansible_collections.cam.mesh.plugins.module_utils._eks import tag_calls
from ansible_collections.cam.mesh.plugins.module_utils._eks_versions import minor
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

KIND: Final = "node group"
Pair = tuple[Any, Any]


def differences(params: Params, live: Live, owner: Owner) -> list[Call]:
    """What can be changed in place, in the order in which it is."""
    place = {"clusterName": params["cluster"], "nodegroupName": params["name"]}
    tags = owner.with_tags(params["tags"])
    return [
        *tag_calls(KIND, params["name"], live["nodegroupArn"], live.get("tags"), tags),
        *_config(params, live, place),
        *_version(params, live, place),
    ]


def replaced(params: Params, live: Live) -> dict[str, Pair]:
    """What EKS has no call for: a group is born with it and dies with it."""
    pairs: dict[str, Pair] = {
        "role_arn": (live.get("nodeRole"), params["role_arn"]),
        "subnet_ids": (sorted(live.get("subnets") or []), sorted(params["subnet_ids"])),
    }
    for option, key in (("ami_type", "amiType"), ("capacity_type", "capacityType")):
        if params[option] is not None:
            pairs[option] = (live.get(key), params[option])
    if params["instance_types"] is not None:
        found = sorted(live.get("instanceTypes") or [])
        pairs["instance_types"] = (found, sorted(params["instance_types"]))
    wanted = params["launch_template"] or {}
    found_template = live.get("launchTemplate") or {}
    for key in ("id", "name"):
        if wanted.get(key):
            pairs[f"launch_template {key}"] = (found_template.get(key), wanted[key])
    if found_template and not wanted:
        pairs["launch_template"] = (found_template.get("id"), None)
    return {option: pair for option, pair in pairs.items() if pair[0] != pair[1]}


def clamped(params: Params, desired: int | None) -> int:
    """The number of nodes. Between the bounds it is the autoscaler's business, not ours."""
    start: int = params["desired_size"] or 0
    return min(int(params["max_size"]), max(int(params["min_size"]), desired or start))


def taints(given: Sequence[Mapping[str, Any]] | None) -> list[dict[str, str]]:
    """In one order, with the fields that the API answers."""
    found = [
        {"key": str(one["key"]), "value": str(one.get("value") or ""), "effect": str(one["effect"])}
        for one in given or []
    ]
    return sorted(found, key=lambda one: (one["key"], one["effect"]))


def update_config(params: Params) -> dict[str, int]:
    options = {
        "maxUnavailable": params["max_unavailable"],
        "maxUnavailablePercentage": params["max_unavailable_percentage"],
    }
    return {key: value for key, value in options.items() if value is not None}


def _config(params: Params, live: Live, place: Mapping[str, str]) -> Iterator[Call]:
    """UpdateNodegroupConfig takes all of it in one call."""
    fields: dict[str, Pair] = {}
    given: dict[str, Any] = {}
    for part, differ in (
        ("scalingConfig", _scaling),
        ("labels", _labels),
        ("taints", _taints),
        ("updateConfig", _update_config),
    ):
        pairs, request = differ(params, live)
        if pairs:
            fields |= pairs
            given[part] = request
    if fields:
        change = Change(KIND, params["name"], "update", fields)
        yield Call(change, "update_nodegroup_config", {**place, **given})


def _scaling(params: Params, live: Live) -> tuple[dict[str, Pair], dict[str, Any]]:
    found = live.get("scalingConfig") or {}
    wanted = {"minSize": params["min_size"], "maxSize": params["max_size"]}
    pairs = {
        option: (found.get(key), wanted[key])
        for option, key in (("min_size", "minSize"), ("max_size", "maxSize"))
        if found.get(key) != wanted[key]
    }
    now = found.get("desiredSize")
    then = clamped(params, now)
    if now != then:
        pairs["desired_size"] = (now, then)
        wanted["desiredSize"] = then
    return pairs, wanted


def _labels(params: Params, live: Live) -> tuple[dict[str, Pair], dict[str, Any]]:
    found, wanted = live.get("labels") or {}, params["labels"]
    if wanted is None:
        return {}, {}
    keys = sorted({*found, *wanted})
    pairs = {
        f"label {key}": (found.get(key, ABSENT), wanted.get(key, ABSENT))
        for key in keys
        if found.get(key) != wanted.get(key)
    }
    request = {
        "addOrUpdateLabels": {key: wanted[key] for key in wanted if found.get(key) != wanted[key]},
        "removeLabels": [key for key in keys if key not in wanted],
    }
    return pairs, {key: value for key, value in request.items() if value}


def _taints(params: Params, live: Live) -> tuple[dict[str, Pair], dict[str, Any]]:
    if params["taints"] is None:
        return {}, {}
    found, wanted = taints(live.get("taints")), taints(params["taints"])
    if found == wanted:
        return {}, {}
    kept = {(one["key"], one["effect"]) for one in wanted}
    request = {
        "addOrUpdateTaints": [one for one in wanted if one not in found],
        "removeTaints": [one for one in found if (one["key"], one["effect"]) not in kept],
    }
    shown = tuple([_taint(one) for one in side] for side in (found, wanted))
    return {"taints": (shown[0], shown[1])}, {key: value for key, value in request.items() if value}


def _update_config(params: Params, live: Live) -> tuple[dict[str, Pair], dict[str, Any]]:
    wanted, found = update_config(params), live.get("updateConfig") or {}
    now = {
        key: found[key] for key in ("maxUnavailable", "maxUnavailablePercentage") if key in found
    }
    if not wanted or wanted == now:
        return {}, {}
    return {"update_config": (now, wanted)}, wanted


def _version(params: Params, live: Live, place: Mapping[str, str]) -> Iterator[Call]:
    """Kubernetes and launch template move together: each is a rolling change of all nodes."""
    fields: dict[str, Pair] = {}
    given: dict[str, Any] = {}
    wanted, found = params["version"], str(live.get("version"))
    if wanted is not None and wanted != found:
        if minor(wanted) < minor(found):
            raise CamError(
                f"Node group {params['name']} runs {found} and `version` is {wanted!r}: nodes do "
                f"not go back. Set `version` to '{found}', or build another group."
            )
        fields["version"] = (found, wanted)
        given["version"] = wanted
    template, used = params["launch_template"] or {}, live.get("launchTemplate") or {}
    if template and str(template["version"]) != str(used.get("version")):
        fields["launch_template version"] = (str(used.get("version")), str(template["version"]))
        given["launchTemplate"] = template_of(params)
    if fields:
        force = {"force": True} if params["force_version"] else {}
        change = Change(KIND, params["name"], "update", fields)
        yield Call(change, "update_nodegroup_version", {**place, **given, **force})


def template_of(params: Params) -> dict[str, str]:
    """LaunchTemplateSpecification: the id or the name, not both."""
    given = params["launch_template"]
    which = {"id": given["id"]} if given.get("id") else {"name": given["name"]}
    return {**which, "version": str(given["version"])}


def _taint(one: Mapping[str, str]) -> str:
    return f"{one['key']}={one['value']}:{one['effect']}"
