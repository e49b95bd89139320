# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the account can answer before a cluster is made on AWS. What it does not say is a
warning: an answer that is missing is no reason to stop, and none to be sure either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _eks_versions, _preflight_aws_names
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import cluster, zones
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    Finding,
    passed,
    refused,
    warning,
)
from ansible_collections.cam.mesh.plugins.module_utils._preflight_aws import PREFIX, given, missing

Values = Mapping[str, Any]
# Without these two nothing that follows means anything.
FATAL = ("no credentials", "credentials", "expired", "no region", "unreachable")


def run(values: Values, host: str) -> list[Finding]:
    """Reads only. The first checks are about who asks, and where; the others need both.

    `host`: name of the cluster in the inventory.
    """
    aws = Aws(
        given(values, "region") or None,
        given(values, "endpoint_url") or None,
        given(values, "profile") or None,
    )
    lacking = missing(values)
    try:
        if lacking:
            aws.require_credentials()
            return lacking
        found = [caller(aws)]
    except CamError as error:
        return [*lacking, refused("account", str(error))]
    live = cache(lambda: cluster(aws, str(given(values, "name"))))
    return [
        *found,
        _judged("zones", lambda: where(aws, values)),
        _judged("version", lambda: version(aws, values, live())),
        _judged("instances", lambda: instances(aws, values)),
        _judged("names", lambda: names(values, host, live())),
    ]


def _judged(name: str, judge: Callable[[], Finding]) -> Finding:
    """Unknown where AWS does not say."""
    try:
        return judge()
    except AwsError as error:
        if error.cause in FATAL:
            return refused(name, str(error))
        first = str(error).splitlines()[0]
        return warning(name, f"unknown: {first}; AWS answered {error.code}")
    except CamError as error:
        return refused(name, str(error))


def caller(aws: Aws) -> Finding:
    answer = aws.service("sts").ask("get_caller_identity", "the caller")
    return passed("account", f"{answer['Account']} as {answer['Arn']}")


def where(aws: Aws, values: Values) -> Finding:
    """Zones that a cluster can use."""
    if given(values, "vpc_id"):
        return passed("zones", "those of the subnets that are given")
    ec2 = aws.service("ec2")
    there = zones(ec2)
    wanted = list(given(values, "zones"))
    count = len(wanted) or int(given(values, "zone_count"))
    if not there:
        return warning("zones", f"unknown: AWS names no zone of {ec2.region}")
    if unknown := sorted({*wanted} - {*there}):
        return refused(
            "zones",
            f"{PREFIX}zones names {', '.join(unknown)}, which EKS cannot use in {ec2.region}; "
            f"there are {', '.join(there)}",
        )
    if count > len(there):
        return refused(
            "zones",
            f"{count} zones are wanted and {ec2.region} has {len(there)} for EKS; lower "
            f"{PREFIX}zone_count",
        )
    return passed("zones", ", ".join(wanted or there[:count]))


def names(values: Values, host: str, live: Mapping[str, Any] | None) -> Finding:
    """Once the cluster is there, each part refuses what bears its name as soon."""
    if live is None:
        return _preflight_aws_names.data(values, host)
    return _preflight_aws_names.cluster(values, live)


def version(aws: Aws, values: Values, live: Mapping[str, Any] | None) -> Finding:
    """Whether EKS still offers it. What runs already is no longer ours to refuse."""
    wanted, name = str(given(values, "version")), str(given(values, "name"))
    runs = str((live or {}).get("version") or "")
    try:
        if runs and runs != wanted:
            _eks_versions.refuse_jump(name, runs, wanted)
        told = _eks_versions.preflight(aws.service("eks"), wanted)
    except AwsError:
        raise
    except CamError as error:
        text = str(error).replace("`version`", f"{PREFIX}version")
        return warning("version", text) if runs == wanted else refused("version", text)
    if told:
        return warning("version", " ".join(told))
    state = f"EKS cluster {name} runs {runs}" if runs else "EKS supports it"
    return passed("version", f"{wanted}: {state}")


def instances(aws: Aws, values: Values) -> Finding:
    """Each type must be for sale, and all together in as many zones as a cluster needs."""
    types = list(given(values, "instance_types"))
    ec2 = aws.service("ec2")
    offers = _offers(ec2, types)
    if not offers:
        return warning("instances", f"unknown: AWS lists no offer of {', '.join(types)}")
    missing = [one for one in types if one not in {kind for kind, _zone in offers}]
    if missing:
        return refused(
            "instances",
            f"{PREFIX}instance_types names {', '.join(missing)}, which {ec2.region} does not have",
        )
    held = sorted({zone for _kind, zone in offers})
    wanted = [one for one in given(values, "zones") if one not in held]
    if wanted or len(held) < 2:
        return refused(
            "instances",
            f"{', '.join(types)} are for sale in {', '.join(held)} alone; name other types in "
            f"{PREFIX}instance_types or other zones in {PREFIX}zones",
        )
    return passed("instances", f"{', '.join(types)} in {len(held)} zones")


def _offers(ec2: Service, types: list[str]) -> set[tuple[str, str]]:
    found = ec2.ask_all(
        "describe_instance_type_offerings",
        "the offers of instances",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": types}],
    )
    return {(one["InstanceType"], one["Location"]) for one in found if one["InstanceType"] in types}
