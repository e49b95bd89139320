# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster on AWS is and how to reach it: what the other roles are told. Four calls."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import missing
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import ELB_TAGS
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import cluster
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, name_of, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "EKS cluster"
ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "suffix": {"type": "str"},
    "adopt": {"type": "bool", "default": False},
    "private_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "public_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "kms": {"type": "bool", "default": True},
    "kms_key_arn": {"type": "str", "no_log": False},
}
# A cluster of these states answers its API.
ANSWERS: Final = frozenset({"ACTIVE", "UPDATING"})


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    owner, aws = Owner(params["environment"], params["cluster"]), Aws.of(params)
    live = cluster(aws, owner.cluster)
    if live is not None:
        owner.refuse_foreign(KIND, owner.cluster, live.get("tags"), params["adopt"])
    vpc = (live or {}).get("resourcesVpcConfig") or {}
    ec2 = aws.service("ec2")
    nodes = vpc.get("clusterSecurityGroupId")
    return {
        "changed": False,
        "running": (live or {}).get("status") in ANSWERS,
        "status": (live or {}).get("status") or "ABSENT",
        "endpoint": (live or {}).get("endpoint") or "",
        "certificate_authority": ((live or {}).get("certificateAuthority") or {}).get("data") or "",
        "region": ec2.region,
        "vpc_id": vpc.get("vpcId") or "",
        **_subnets(ec2, owner, params),
        "node_security_group_ids": [nodes] if nodes else [],
        **_groups(ec2, owner, params),
        "kms_key_arn": _key(aws, owner, params),
    }


def _filters(owner: Owner) -> list[dict[str, Any]]:
    return [{"Name": f"tag:{key}", "Values": [value]} for key, value in owner.tags.items()]


def _subnets(ec2: Service, owner: Owner, params: Params) -> dict[str, list[str]]:
    """Those that the inventory names, or those of ours, by the mark that tells the two kinds."""
    if params["private_subnet_ids"]:
        return {key: params[key] for key in ("private_subnet_ids", "public_subnet_ids")}
    about = f"the subnets of {owner.cluster}"
    found = ec2.ask_all("describe_subnets", about, "Subnets", Filters=_filters(owner))
    found = sorted((item for item in found if owner.owns(tags_of(item))), key=name_of)

    def of(public: bool) -> list[str]:
        ((mark, _value),) = ELB_TAGS[public].items()
        return [item["SubnetId"] for item in found if mark in tags_of(item)]

    return {"private_subnet_ids": of(False), "public_subnet_ids": of(True)}


def _groups(ec2: Service, owner: Owner, params: Params) -> dict[str, list[str]]:
    about = f"the security groups of {owner.cluster}"
    found: list[Item] = ec2.ask_all(
        "describe_security_groups", about, "SecurityGroups", Filters=_filters(owner)
    )
    suffix = params["suffix"] or params["environment"]
    return {
        f"{thing}_security_group_ids": [
            item["GroupId"]
            for item in found
            if item["GroupName"] == f"cam-{thing}-{suffix}" and owner.owns(tags_of(item))
        ]
        for thing in ("database", "cache")
    }


def _key(aws: Aws, owner: Owner, params: Params) -> str:
    """The key that data of this mesh is encrypted with; empty for AWS' own keys."""
    if not params["kms"]:
        return ""
    if params["kms_key_arn"]:
        return str(params["kms_key_arn"])
    alias = f"alias/cam-key-{params['suffix'] or params['environment']}"
    kms = aws.service("kms")
    answer = missing(lambda: kms.ask("describe_key", f"key {alias}", KeyId=alias))
    found: Item = (answer or {}).get("KeyMetadata") or {}
    return str(found["Arn"]) if found.get("KeyState") == "Enabled" else ""
