# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the network of a cluster on AWS, and says what is there and what it lacks."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_network_absent,
    _aws_network_doors,
    _aws_network_vpc,
    _aws_network_ways,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import NETWORK_SPEC, Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import (
    Found,
    read,
    refuse_missing,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Work
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    **NETWORK_SPEC,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    wanted = Wanted.of(params)
    aws = Aws.of(params)
    if params["state"] == "absent":
        return _aws_network_absent.run(aws, wanted, diff)
    found = read(aws, wanted)
    region = aws.service("ec2").region
    if not wanted.own:
        refuse_missing(wanted, found, region)
    work = Work(wanted.owner, params["adopt"])
    ids = compare(wanted, found, work, region)
    return {"changed": False, **work.result(params["allow"], diff), **ids}


def compare(wanted: Wanted, found: Found, work: Work, region: str) -> Result:
    """Fills the work, and gives the ids of what is there."""
    if wanted.own:
        vpc_id = _aws_network_vpc.vpc(wanted, found, work)
        subnets = _aws_network_vpc.subnets(wanted, found, work, vpc_id)
        private = {one.name: subnets[one.name] for one in wanted.subnets() if not one.public}
        public = {one.name: subnets[one.name] for one in wanted.subnets() if one.public}
        gateway = _aws_network_ways.internet_gateway(wanted, found, work, vpc_id)
        nats = _aws_network_ways.nats(wanted, found, work, subnets, gateway)
        tables = _aws_network_ways.route_tables(wanted, found, work, vpc_id, subnets, gateway, nats)
        groups = _aws_network_doors.groups(wanted, found, work, vpc_id)
        _aws_network_doors.endpoints(
            wanted, found, work, region, vpc_id, list(private.values()), tables, groups
        )
        _aws_network_ways.surplus(wanted, found, work)
    else:
        params = wanted.params
        vpc_id = params["vpc_id"]
        _aws_network_vpc.given(wanted, found, work)
        private = {one: one for one in params["private_subnet_ids"]}
        public = {one: one for one in params["public_subnet_ids"]}
        groups = _aws_network_doors.groups(wanted, found, work, vpc_id)
    return {
        "vpc_id": vpc_id or "",
        "private_subnet_ids": [one for one in private.values() if one],
        "public_subnet_ids": [one for one in public.values() if one],
        # For a plan on an empty account, where a name must stand for what has no id yet.
        "private_subnets": [ident or name for name, ident in private.items()],
        "control_security_group": groups["control"] or wanted.name("control"),
        "node_security_group_id": found.cluster_vpc("clusterSecurityGroupId") or "",
        "security_group_ids": {thing: one for thing, one in groups.items() if one},
        "region": region,
        # Their addresses are free for another gateway only when AWS has removed them.
        "busy": _aws_network_ways.leaving(wanted, found) if wanted.own else [],
    }
