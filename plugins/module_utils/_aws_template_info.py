# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the launch template of a node group: what EKS does not say of a node itself."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, Work, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "launch template"
# The root device of Amazon Linux 2023, which EKS takes where the template names no image.
DEVICE: Final = "/dev/xvda"
# One hop: the metadata of a node is for the node. Pods have identities of their own.
HOPS: Final = 1
# What EKS tags of a node group is the group, never its instances and their volumes.
TAGGED: Final = ("instance", "volume")
ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "disk_gib": {"type": "int", "default": 50},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    owner = Owner(params["environment"], params["cluster"])
    ec2, work = Aws.of(params).service("ec2"), Work(owner, params["adopt"])
    if params["state"] == "absent":
        for one in _ours(ec2, owner):
            spec = {"id": one["LaunchTemplateId"]}
            work.change("delete", "templates", KIND, one["LaunchTemplateName"], spec)
        return {"changed": False, **work.result([], diff)}
    live = _named(ec2, params["name"])
    data = _data(ec2, live) if live else {}
    numbers = compare(params, owner, live, data, work)
    return {"changed": False, **work.result([], diff), **numbers}


def compare(
    params: Params, owner: Owner, live: Item | None, data: Item, work: Work
) -> dict[str, str]:
    """The version that nodes use, and the one that they will use once the plan is done."""
    name, tags = params["name"], owner.with_tags(params["tags"])
    wanted = {
        "disk_gib": params["disk_gib"],
        "volume": {"type": "gp3", "encrypted": True},
        "metadata": {"tokens": "required", "hops": HOPS},
        "tags": {**tags, "Name": name},
    }
    spec: Item = {
        "name": name, "disk_gib": params["disk_gib"], "device": DEVICE, "hops": HOPS,
        "tags": tags, "resources": [
            {"resource_type": one, "tags": wanted["tags"]} for one in TAGGED
        ],
    }  # fmt: skip
    if live is None:
        work.change("create", "templates", KIND, name, spec)
        return {"version": "", "next_version": "1"}
    work.owner.refuse_foreign(KIND, name, tags_of(live), work.adopt)
    found = _told(data)
    content = {key: (found[key], wanted[key]) for key in wanted if found[key] != wanted[key]}
    missing = tags_to_set(tags, tags_of(live))
    fields: dict[str, tuple[Any, Any]] = dict(content)
    for key, value in missing.items():
        fields[f"tag {key}"] = (tags_of(live).get(key, ABSENT), value)
    if fields:
        work.change("update", "templates", KIND, name, spec, fields)
    latest = int(live["LatestVersionNumber"]) + (1 if content else 0)
    return {"version": str(live["DefaultVersionNumber"]), "next_version": str(latest)}


def _told(data: Item) -> dict[str, Any]:
    """The same fields of what is there; no image, no network: those are EKS' business."""
    disks = [
        one.get("Ebs") or {}
        for one in data.get("BlockDeviceMappings") or []
        if one.get("DeviceName") == DEVICE
    ]
    disk = disks[0] if disks else {}
    metadata = data.get("MetadataOptions") or {}
    specs = {one["ResourceType"]: tags_of(one) for one in data.get("TagSpecifications") or []}
    first = specs.get(TAGGED[0], {})
    return {
        "disk_gib": disk.get("VolumeSize"),
        "volume": {"type": disk.get("VolumeType"), "encrypted": disk.get("Encrypted")},
        "metadata": {
            "tokens": metadata.get("HttpTokens"),
            "hops": metadata.get("HttpPutResponseHopLimit"),
        },
        "tags": first if all(specs.get(one) == first for one in TAGGED) else specs,
    }


def _named(ec2: Service, name: str) -> Item | None:
    found = ec2.ask_all(
        "describe_launch_templates",
        f"{KIND} {name}",
        "LaunchTemplates",
        Filters=[{"Name": "launch-template-name", "Values": [name]}],
    )
    return next((one for one in found if one["LaunchTemplateName"] == name), None)


def _ours(ec2: Service, owner: Owner) -> list[Item]:
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in owner.tags.items()]
    found = ec2.ask_all(
        "describe_launch_templates", f"each {KIND}", "LaunchTemplates", Filters=filters
    )
    return [one for one in found if owner.owns(tags_of(one))]


def _data(ec2: Service, live: Item) -> Item:
    answer = ec2.ask_all(
        "describe_launch_template_versions",
        f"{KIND} {live['LaunchTemplateName']}",
        "LaunchTemplateVersions",
        LaunchTemplateId=live["LaunchTemplateId"],
        Versions=["$Default"],
    )
    found: Item = answer[0]["LaunchTemplateData"]
    return found
