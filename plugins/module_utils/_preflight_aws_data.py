# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory alone tells of AWS: dead versions, what fits, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_cost, _aws_database_versions
from ansible_collections.cam.mesh.plugins.module_utils._aws_database import with_parameters
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import (
    WANTED_SPEC,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import (
    Wanted as WantedDatabase,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_wanted import (
    WANTED_SPEC as CACHE_SPEC,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_wanted import (
    Wanted as WantedCache,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._pods import Pods
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    Finding,
    passed,
    refused,
    warning,
)

# Pods that a node of EKS takes, by the addresses of its network interfaces.
# https://github.com/awslabs/amazon-eks-ami/blob/0254c5b490f819627461d1b24f87e440cbdb251f/templates/shared/runtime/eni-max-pods.txt
PODS: Final[Mapping[str, int]] = {
    "t3.small": 11, "t3.medium": 17, "t3.large": 35, "t3.xlarge": 58, "t3.2xlarge": 58,
    "t3a.medium": 17, "t3a.large": 35, "t3a.xlarge": 58, "t3a.2xlarge": 58,
    "t4g.medium": 17, "t4g.large": 35, "t4g.xlarge": 58, "t4g.2xlarge": 58,
    "m5.large": 29, "m5.xlarge": 58, "m5.2xlarge": 58, "m5.4xlarge": 234,
    "m6a.large": 29, "m6a.xlarge": 58, "m6a.2xlarge": 58, "m6a.4xlarge": 234,
    "m6g.large": 29, "m6g.xlarge": 58, "m6g.2xlarge": 58, "m6g.4xlarge": 234,
    "m6i.large": 29, "m6i.xlarge": 58, "m6i.2xlarge": 58, "m6i.4xlarge": 234,
    "m7g.large": 29, "m7g.xlarge": 58, "m7g.2xlarge": 58, "m7g.4xlarge": 234,
    "c5.large": 29, "c5.xlarge": 58, "c6i.large": 29, "c6i.xlarge": 58,
    "r5.large": 29, "r5.xlarge": 58, "r6i.large": 29, "r6i.xlarge": 58,
}  # fmt: skip
# What EKS itself runs on every node: network, proxy, storage driver, pod identity.
EACH_NODE: Final = 4
# What it runs once: two each of DNS, storage controller and metrics, and the autoscaler.
EACH_CLUSTER: Final = 7


def judge(
    values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], today: date
) -> list[Finding]:
    """All findings about AWS; none where nothing is run there."""
    found = [*_database(values, today), *_cache(values, today), *_pods(values)]
    wanted = _aws_cost.items(values)
    if wanted and all(one.passed for one in found):
        region = str(values.get("cam_cluster_aws_region") or _region(values))
        text = _aws_cost.line(wanted, _aws_cost.prices(rows), region)
        found.append(passed("cost", text))
    return found


def _region(values: Mapping[str, Any]) -> str:
    for role in ("cam_database", "cam_cache"):
        if given := values.get(f"{role}_aws_region"):
            return str(given)
    return ""


def _database(values: Mapping[str, Any], today: date) -> list[Finding]:
    if values.get("cam_database_provider") != "aws":
        return []
    version = str(values["cam_database_aws_version"])
    given = {name: values.get(f"cam_database_aws_{name}") for name in WANTED_SPEC}
    given |= {
        "name": values["cam_database_aws_name"],
        "storage_gib": values["cam_database_storage_gib"],
        "database_name": values["cam_database_name"],
        "username": values["cam_database_username"],
        "port": values["cam_database_port"],
        "max_connections": values["cam_database_max_connections"],
        # Known when the cluster is.
        "vpc_id": "", "subnet_ids": [], "security_group_ids": [], "kms_key_arn": "",
    }  # fmt: skip
    try:
        _aws_database_versions.refuse_bad(version, today)
        WantedDatabase.of(with_parameters(given))
    except CamError as error:
        return [refused("database", str(error))]
    text = f"PostgreSQL {version} on {given['instance_class']}, {given['storage_gib']} GiB"
    if notice := _aws_database_versions.notice(version, today):
        return [warning("database", f"{text}; {notice}")]
    return [passed("database", text)]


def _cache(values: Mapping[str, Any], today: date) -> list[Finding]:
    if values.get("cam_cache_provider") != "aws":
        return []
    given = {name: values.get(f"cam_cache_aws_{name}") for name in CACHE_SPEC}
    given |= {
        "name": values["cam_cache_aws_name"], "port": values["cam_cache_port"],
        "subnet_ids": [], "security_group_ids": [], "kms_key_arn": "",
    }  # fmt: skip
    try:
        wanted = WantedCache.of(given, today)
    except CamError as error:
        return [refused("cache", str(error))]
    text = f"{wanted.engine} {wanted.version}, {wanted.nodes} x {wanted.node_type}"
    return [passed("cache", text)]


def _pods(values: Mapping[str, Any]) -> list[Finding]:
    """A node takes no more pods than its network interfaces have addresses for."""
    types = values.get("cam_cluster_aws_instance_types")
    most = values.get("cam_cluster_aws_max_nodes")
    if values.get("cam_cluster_provider") != "aws" or not types or not isinstance(most, int):
        return []
    kind = types[0] if isinstance(types, list) else str(types)
    if kind not in PODS:
        return [passed("pods", f"how many pods a {kind} takes is not known here")]
    room = most * (PODS[kind] - EACH_NODE) - EACH_CLUSTER
    peak = Pods.of(values).peak
    text = (
        f"{most} nodes of {kind} take {PODS[kind]} pods each, {room} besides those of EKS; "
        f"{peak} are asked for at most"
    )
    if peak > room:
        return [warning("pods", f"{text}: raise cam_cluster_aws_max_nodes or take larger nodes")]
    return [passed("pods", text)]
