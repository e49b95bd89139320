# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache that an inventory asks ElastiCache for, and what ElastiCache would never take.

Rules: API reference of ElastiCache, CreateReplicationGroup, the field of each name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_windows import refuse_windows
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import texts

# The day on which AWS' standard support of a major of Redis ends; those that are not named live.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
STANDARD_SUPPORT: Final[Mapping[str, date]] = {
    "4": date(2026, 1, 31),
    "5": date(2026, 1, 31),
    "6": date(2027, 1, 31),
}
MOST_NODES: Final = 6
WINDOW_MINUTES: Final = 60

WANTED_SPEC: dict[str, Any] = {
    "engine": {"type": "str", "choices": ["redis", "valkey"], "default": "redis"},
    "version": {"type": "str", "default": "7.1"},
    "node_type": {"type": "str", "default": ""},
    "nodes": {"type": "int", "default": 1},
    "port": {"type": "int", "default": 6379},
    "subnet_ids": {"type": "list", "elements": "str", "default": []},
    "security_group_ids": {"type": "list", "elements": "str", "default": []},
    "kms_key_arn": {"type": "str", "default": "", "no_log": False},
    "parameters": {"type": "dict", "default": {}},
    "snapshot_retention_days": {"type": "int", "default": 1},
    "snapshot_window": {"type": "str", "default": "03:00-04:00"},
    "maintenance_window": {"type": "str", "default": "sun:04:00-sun:05:00"},
}


@dataclass(frozen=True)
class Wanted:
    """One primary and `nodes - 1` replicas that take over from it; windows in UTC."""

    name: str
    engine: str
    version: str
    node_type: str
    nodes: int
    port: int
    subnet_ids: list[str]
    security_group_ids: list[str]
    kms_key_arn: str
    parameters: dict[str, str]
    snapshot_retention_days: int
    snapshot_window: str
    maintenance_window: str

    @classmethod
    def of(cls, params: Mapping[str, Any], today: date) -> Wanted:
        """Of the options of the module. Raises CamError for what ElastiCache would refuse."""
        given = {field.name: params[field.name] for field in fields(cls)}
        given["maintenance_window"] = given["maintenance_window"].lower()
        given["parameters"] = texts("parameters", given["parameters"]) or {}
        wanted = cls(**given)
        wanted._refuse_bad(today)
        return wanted

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    @property
    def replicated(self) -> bool:
        """Failover and several zones need a replica, and whoever pays for one wants both."""
        return self.nodes > 1

    @property
    def family(self) -> str:
        """Source: CreateCacheParameterGroup, field `CacheParameterGroupFamily`."""
        suffix = ".x" if (self.engine, self.major) == ("redis", "6") else ""
        return f"{self.engine}{self.major}{suffix}"

    @property
    def group(self) -> str:
        """A parameter group belongs to one family. Names have no dots."""
        return f"{self.name}-{self.family.replace('.', '-')}"

    def _refuse_bad(self, today: date) -> None:
        for problem in (self._names(), self._engine(today), self._sizes()):
            if problem:
                raise CamError(f"{problem} Correct it in the inventory.")
        refuse_windows(
            self.maintenance_window, "maintenance", self.snapshot_window, "snapshot",
            "cam_cache_aws", WINDOW_MINUTES, WINDOW_MINUTES,
        )  # fmt: skip

    def _names(self) -> str:
        if not re.fullmatch(r"[a-z](-?[a-z0-9])*", self.name) or len(self.name) > 40:
            return (
                f"`name` is '{self.name}': ElastiCache wants 1 to 40 small letters, digits and "
                "single hyphens, a letter first."
            )
        if not re.fullmatch(r"cache\.[a-z0-9-]+\.[a-z0-9-]+", self.node_type):
            return (
                f"cam_cache_aws_node_type is '{self.node_type}': it decides what the cache costs "
                "and has a default in dev alone. Examples: cache.t3.micro, cache.m6g.large."
            )
        return ""

    def _engine(self, today: date) -> str:
        if not re.fullmatch(r"\d+\.\d+", self.version):
            return (
                f"cam_cache_aws_version is '{self.version}': it must be major and minor, such as "
                "'7.1' of redis or '8.1' of valkey, in quotes."
            )
        end = STANDARD_SUPPORT.get(self.major) if self.engine == "redis" else None
        if self.engine == "redis" and (int(self.major) < 4 or (end is not None and end < today)):
            return (
                f"cam_cache_aws_version is '{self.version}' of redis, which AWS no longer supports "
                "by its standard: it charges for it on top. Set '7.1', or engine valkey."
            )
        if self.engine == "redis" and int(self.major) > 7:
            return (
                f"cam_cache_aws_version is '{self.version}' of redis: AWS goes no further than "
                "7.1 with that engine. Set '7.1', or cam_cache_aws_engine to valkey."
            )
        return ""

    def _sizes(self) -> str:
        if not 1 <= self.nodes <= MOST_NODES:
            return f"cam_cache_aws_nodes is {self.nodes}: it must be 1 to {MOST_NODES}."
        if not 0 <= self.snapshot_retention_days <= 35:
            return (
                f"cam_cache_aws_snapshot_retention_days is {self.snapshot_retention_days}: it must "
                "be 0 (none) to 35."
            )
        if self.subnet_ids and self.replicated and len(set(self.subnet_ids)) < 2:
            return (
                "`subnet_ids` holds 1 subnet: replicas that take over need at least 2, in "
                "different zones."
            )
        return ""
