# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose the cluster, the database and the cache are that bear the names of ours. Their own parts
refuse those of others as well, but only after what they stand on was made and is paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_cluster_info,
    _aws_database_look,
    _elasticache_look,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_report import told
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._preflight import Finding, passed, refused

Values = Mapping[str, Any]


def cluster(values: Values, live: Mapping[str, Any]) -> Finding:
    """Of a cluster that exists, as DescribeCluster tells it."""
    name, kind = str(values["cam_cluster_aws_name"]), _aws_cluster_info.KIND
    owner = Owner(str(values["cam_environment"]), name)
    if text := _foreign(values, "cam_cluster", owner, kind, name, live.get("tags")):
        return refused("names", text)
    return passed("names", f"{kind} {name} is there")


def data(values: Values, host: str) -> Finding:
    """Of a host of the inventory whose cluster does not exist yet."""
    owner = Owner(str(values["cam_environment"]), host)
    found = []
    for role, whose in (("cam_database", _database), ("cam_cache", _cache)):
        if values.get(f"{role}_provider") != "aws":
            continue
        name = str(values[f"{role}_aws_name"])
        kind, tags = whose(_account(values, role), name)
        if tags is not None and (text := _foreign(values, role, owner, kind, name, tags)):
            return refused("names", text)
        found.append(f"{name} is {'free' if tags is None else 'there'}")
    return passed("names", ", ".join(found) or "none but that of the cluster")


def _foreign(
    values: Values, role: str, owner: Owner, kind: str, name: str, tags: Mapping[str, str] | None
) -> str:
    """Why what is there is not ours to change, in the words of the role; empty if it is."""
    try:
        with told(f"{role}_aws"):
            owner.refuse_foreign(kind, name, tags, bool(values[f"{role}_aws_adopt"]))
    except CamError as error:
        return str(error)
    return ""


def _account(values: Values, role: str) -> Aws:
    """As the role will reach it; by itself it takes the region of the cluster."""
    region, endpoint, profile = (
        str(values.get(f"{role}_aws_{name}") or values.get(f"cam_cluster_aws_{name}") or "") or None
        for name in ("region", "endpoint_url", "profile")
    )
    return Aws(region, endpoint, profile)


def _database(aws: Aws, name: str) -> tuple[str, dict[str, str] | None]:
    found = _aws_database_look.Found(_aws_database_look.Look(aws).instance(name))
    return _aws_database_look.KIND, None if found.instance is None else found.instance_tags


def _cache(aws: Aws, name: str) -> tuple[str, dict[str, str] | None]:
    look = _elasticache_look.Look(aws)
    live = look.group(name)
    return _elasticache_look.KIND, None if live is None else look.tags(live["ARN"])
