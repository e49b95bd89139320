# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps one endpoint of a VPC: the stock module makes endpoints and cannot change them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Progress, Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "VPC endpoint"
LINKS: Final = ("route_table_ids", "subnet_ids", "security_group_ids")
# Option, and how CreateVpcEndpoint and ModifyVpcEndpoint name it.
NAMES: Final = {
    "route_table_ids": "RouteTableIds",
    "subnet_ids": "SubnetIds",
    "security_group_ids": "SecurityGroupIds",
}
ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "id": {"type": "str"},
    "vpc_id": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "type": {"type": "str", "choices": ["Gateway", "Interface"], "required": True},
    **{option: {"type": "list", "elements": "str", "default": []} for option in LINKS},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "wait_seconds": {"type": "int", "default": 600},
}


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
    ec2 = Aws.of(params).service("ec2")
    wait = Wait(params["wait_seconds"], clock or Clock(), progress)
    live = _look(ec2, params["id"]) if params["id"] else None
    if params["id"] and live is None:
        raise CamError(f"There is no {KIND} {params['id']} in {ec2.region}: leave out `id`.")
    if live is None:
        steps = [_creation(ec2, wait, params, owner)]
    else:
        owner.refuse_foreign(KIND, params["name"], tags_of(live), params["adopt"])
        steps = _changes(ec2, wait, params, live)
    return carry_out(steps, allow=[], check_mode=check_mode, diff=diff)


def _look(ec2: Service, ident: str) -> Item | None:
    try:
        found = ec2.ask_all(
            "describe_vpc_endpoints", f"{KIND} {ident}", "VpcEndpoints", VpcEndpointIds=[ident]
        )
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None
    return next(iter(found), None)


def _until_available(ec2: Service, wait: Wait, name: str, ident: str) -> None:
    wait.one(
        Watched(
            f"{KIND} {name}",
            partial(_look, ec2, ident),
            done=frozenset({"available"}),
            failed=frozenset({"failed", "rejected", "expired"}),
            status=lambda live: str(live.get("State") or "").lower(),
            issues=lambda live: [str((live.get("LastError") or {}).get("Message") or "")],
        )
    )


def _creation(ec2: Service, wait: Wait, params: Params, owner: Owner) -> Step:
    tags = owner.with_tags(params["tags"])
    given: dict[str, Any] = {
        "VpcId": params["vpc_id"],
        "ServiceName": params["service"],
        "VpcEndpointType": params["type"],
        "TagSpecifications": [
            {
                "ResourceType": "vpc-endpoint",
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
        ],
        **{NAMES[option]: params[option] for option in LINKS if params[option]},
    }
    # The names of AWS lead to it, so that no program in the VPC has to know of it.
    if params["type"] == "Interface":
        given["PrivateDnsEnabled"] = True

    def apply() -> None:
        made = ec2.ask("create_vpc_endpoint", f"{KIND} {params['name']}", **given)
        _until_available(ec2, wait, params["name"], made["VpcEndpoint"]["VpcEndpointId"])

    fields = {"service": (None, params["service"])}
    return Step(Change(KIND, params["name"], "create", fields), apply)


def _changes(ec2: Service, wait: Wait, params: Params, live: Item) -> list[Step]:
    """One ModifyVpcEndpoint for all that differs."""
    now = {
        "route_table_ids": live.get("RouteTableIds") or [],
        "subnet_ids": live.get("SubnetIds") or [],
        "security_group_ids": [one["GroupId"] for one in live.get("Groups") or []],
    }
    fields: dict[str, tuple[Any, Any]] = {}
    given: dict[str, list[str]] = {}
    for option in LINKS:
        before, after = {*now[option]}, {*params[option]}
        if before != after:
            fields[option] = (sorted(before), sorted(after))
            for word, items in (("Add", after - before), ("Remove", before - after)):
                if items:
                    given[word + NAMES[option]] = sorted(items)
    if not fields:
        return []

    def apply() -> None:
        ident = params["id"]
        ec2.ask("modify_vpc_endpoint", f"{KIND} {params['name']}", VpcEndpointId=ident, **given)
        _until_available(ec2, wait, params["name"], ident)

    return [Step(Change(KIND, params["name"], "update", fields), apply)]
