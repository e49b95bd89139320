# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory alone tells of a cluster that AWS is to run."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import Edge
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity import Identity
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import NETWORK_SPEC, Wanted
from ansible_collections.cam.mesh.plugins.module_utils._eks_versions import minor
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    Finding,
    passed,
    refused,
    warning,
)

Values = Mapping[str, Any]
PREFIX: Final = "cam_cluster_aws_"
# Options of the modules that the role names otherwise.
RENAMED: Final = {
    "control_cidrs": "private_access_cidrs",
    "environment": "name",
    "cluster": "name",
    "registry": "registry_name",
    "keep_images": "registry_keep_images",
}
# EKS has ended these for good; what the newest one but one was when this was written.
DEAD_BELOW: Final = 31
SUCCESSOR: Final = "1.35"
# RFC 5737: for documents, so that nobody's address is in one.
EXAMPLES: Final = tuple(
    map(ipaddress.IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
)
# Whose servers are verified by a file that only the user can name.
AUTHORITIES: Final = {"cam_database": "RDS", "cam_cache": "ElastiCache"}
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")


def run(values: Values) -> list[Finding]:
    """All checks that need no account; none where the cluster is not AWS' to run.

    What an inventory leaves open is no contradiction in it: `missing` asks for it, of a live run.
    """
    if values.get("cam_cluster_provider") != "aws":
        return []
    found = [
        *region(values),
        version(values),
        network(values),
        identity(values),
        *door(values),
        *nodes(values),
        *edge(values),
    ]
    # What two of them refuse is one mistake.
    texts = [one.text for one in found]
    return [one for at, one in enumerate(found) if one.text not in texts[:at]]


def given(values: Values, name: str) -> Any:
    return values[PREFIX + name]


def missing(values: Values) -> list[Finding]:
    """What nobody but the user can say, and no deploy can do without."""
    found = []
    if not given(values, "region"):
        found.append(
            refused(
                "region",
                f"{PREFIX}region is empty; say where, such as eu-central-1: it has no default. "
                f"Set it in the inventory or with -e {PREFIX}region=REGION.",
            )
        )
    if given(values, "endpoint_public") and not given(values, "public_access_cidrs"):
        found.append(
            refused(
                "door",
                f"{PREFIX}public_access_cidrs is empty, which EKS reads as the whole internet. "
                f"Name your addresses in the inventory, or set {PREFIX}endpoint_public to false.",
            )
        )
    for role, what in AUTHORITIES.items():
        name = f"{role}_aws_ca_file"
        if values.get(f"{role}_provider") == "aws" and not Path(str(values[name])).is_file():
            found.append(
                refused(
                    "authorities",
                    f"{name} is '{values[name]}', which is no file; without the authorities of "
                    f"{what} nobody could verify it. docs/aws-data.md says where they come from.",
                )
            )
    return found


def region(values: Values) -> list[Finding]:
    found = str(given(values, "region"))
    if not found:
        return []
    if REGION.fullmatch(found):
        return [passed("region", found)]
    text = f"{PREFIX}region is '{found}'; say where, such as eu-central-1"
    return [refused("region", text)]


def version(values: Values) -> Finding:
    """Format, and what is dead: 1.28, which the specification names, ended in November 2025."""
    found = str(given(values, "version"))
    try:
        number = minor(found)
    except CamError as error:
        return refused("version", _renamed(str(error)))
    if number < DEAD_BELOW:
        return refused(
            "version",
            f"{PREFIX}version is {found}, which EKS no longer runs; set '{SUCCESSOR}' or newer. A "
            "cluster that exists is moved up by AWS itself: set what it runs, then one minor at "
            "a time.",
        )
    return passed("version", f"Kubernetes {found}")


def network(values: Values) -> Finding:
    """As the module that makes it judges it, before anything is asked."""
    if not given(values, "vpc_id") and not given(values, "nat"):
        return refused(
            "network",
            f"{PREFIX}nat is not set: one, per_zone or none. Each NAT gateway is paid by the hour "
            "and by the GiB, so that it has no default.",
        )
    wanted = _wanted(values)
    if isinstance(wanted, str):
        return refused("network", wanted)
    if not wanted.own:
        return passed("network", f"VPC {given(values, 'vpc_id')}, which exists")
    text = f"{given(values, 'cidr')} over {wanted.zone_count} zones, NAT: {given(values, 'nat')}"
    if given(values, "nat") == "one" and values["cam_environment"] == "prod":
        return warning(
            "network",
            f"{text}: with the zone of that gateway all others lose the internet as well, images "
            f"included. Set {PREFIX}nat to per_zone, which costs a gateway more for each zone.",
        )
    return passed("network", text)


def identity(values: Values) -> Finding:
    """Names and ARNs; what is given is not made."""
    params = {
        "environment": str(values["cam_environment"]),
        "cluster": str(given(values, "name")),
        "suffix": str(given(values, "suffix")),
        "tags": given(values, "tags"),
        "cluster_role_arn": given(values, "role_arn"),
        "node_role_arn": given(values, "node_role_arn"),
        "kms_key_arn": given(values, "kms_key_arn"),
        "boundary_arn": given(values, "boundary_arn"),
    }
    if found := _refusal(lambda: Identity.of(params)):
        return refused("identity", found)
    days = int(given(values, "kms_deletion_days"))
    if not 7 <= days <= 30:
        return refused("identity", f"{PREFIX}kms_deletion_days is {days}; KMS takes 7 to 30 days")
    return passed("identity", f"EKS cluster {given(values, 'name')}")


def door(values: Values) -> list[Finding]:
    """Who reaches the API server: nobody, everybody, and addresses that are nobody's."""
    private, public = given(values, "endpoint_private"), given(values, "endpoint_public")
    cidrs = [str(one) for one in given(values, "public_access_cidrs")]
    option = f"{PREFIX}public_access_cidrs"
    if not private and not public:
        text = f"{PREFIX}endpoint_private and {PREFIX}endpoint_public are both off"
        return [refused("door", f"{text}: nobody could reach the cluster. Switch one on.")]
    if not public:
        return [passed("door", "the API server answers inside the VPC alone")]
    return [_range(option, one) for one in cidrs]


def _range(option: str, text: str) -> Finding:
    try:
        found = ipaddress.IPv4Network(text, strict=False)
    except ValueError as error:
        return refused("door", f"{option} holds '{text}': {error}; write 203.0.113.7/32")
    if any(found.subnet_of(one) for one in EXAMPLES):
        return warning(
            "door",
            f"{option} holds {text}, an address of documents that nobody has: put yours in its "
            "place, or this machine reaches the cluster only from inside the VPC.",
        )
    if found.is_private and found.prefixlen:
        return refused(
            "door",
            f"{option} holds {text}, which is private: nobody comes from the internet with it. "
            f"Inside the VPC {PREFIX}private_access_cidrs lets it in.",
        )
    if not found.prefixlen:
        return warning("door", f"{option} holds {text}: everybody may knock at the API server.")
    return passed("door", f"the API server answers {text}")


def nodes(values: Values) -> list[Finding]:
    low, now, high = (int(given(values, one)) for one in ("min_nodes", "nodes", "max_nodes"))
    if not 1 <= low <= now <= high:
        return [
            refused(
                "nodes",
                f"{PREFIX}min_nodes is {low}, {PREFIX}nodes {now} and {PREFIX}max_nodes {high}; "
                "it must hold that 1 <= min_nodes <= nodes <= max_nodes.",
            )
        ]
    if not given(values, "instance_types"):
        return [refused("nodes", f"{PREFIX}instance_types is empty; name one, such as t3.large")]
    types = ", ".join(given(values, "instance_types"))
    found = [passed("nodes", f"{low} to {high} nodes, {now} at first, of {types}")]
    if given(values, "capacity") == "spot" and values["cam_environment"] == "prod":
        text = f"{PREFIX}capacity is spot: AWS may take all nodes of prod away at once"
        found.append(warning("nodes", text))
    return found


def edge(values: Values) -> list[Finding]:
    """What leads to the cluster from outside, where the inventory asks for it."""
    params = {
        "environment": str(values["cam_environment"]),
        "cluster": str(given(values, "name")),
        "tags": given(values, "tags"),
        "adopt": False,
        "registry": given(values, "registry_name") if given(values, "registry_enabled") else "",
        "keep_images": given(values, "registry_keep_images"),
        "certificate_domains": given(values, "certificate_domains"),
        "zone_id": given(values, "zone_id"),
        "record_name": given(values, "record_name"),
        "record_target": given(values, "record_target"),
        "record_target_zone_id": given(values, "record_target_zone_id"),
    }
    try:
        wanted = Edge.of(params)
    except CamError as error:
        return [refused("edge", _renamed(str(error)))]
    named = [*([wanted.registry] if wanted.registry else []), *wanted.domains]
    named += [wanted.record] if wanted.record else []
    if wanted.domains and not wanted.zone_id:
        text = f"{PREFIX}zone_id is empty: the records that prove {', '.join(wanted.domains)}"
        return [warning("edge", f"{text} are yours to set, as the run will tell them")]
    return [passed("edge", ", ".join(named))] if named else []


def _wanted(values: Values) -> Wanted | str:
    params = {name: rule.get("default") for name, rule in NETWORK_SPEC.items()}
    for name in params:
        value = values.get(PREFIX + RENAMED.get(name, name))
        if value is not None:
            params[name] = value
    params |= {"environment": values["cam_environment"], "nat": given(values, "nat") or "one"}
    try:
        return Wanted.of(params)
    except CamError as error:
        return _renamed(str(error))


def _refusal(make: Callable[[], Any]) -> str:
    try:
        make()
    except CamError as error:
        return _renamed(str(error))
    return ""


def _renamed(text: str) -> str:
    """A refusal of a module, with the names that stand in an inventory."""
    return re.sub(r"`([a-z]\w+)`", lambda one: PREFIX + RENAMED.get(one[1], one[1]), text)
