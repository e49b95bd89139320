# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there of a replication group and of what it stands on, in nine requests at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_describe import (
    Live,
    events,
    one,
    tags,
    values_of,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_secret import Secret

KIND: Final = "ElastiCache replication group"
SUBNETS: Final = "cache subnet group"
GROUP: Final = "cache parameter group"


@dataclass
class Found:
    """As AWS describes it; None is not there. `tags` by ARN."""

    group: Live | None = None
    # The first member: it tells what the group itself does not.
    member: Live = field(default_factory=dict)
    subnet_group: Live | None = None
    # By name. Parameters are those that somebody set, by name.
    parameter_groups: dict[str, Live] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secret: Secret | None = None
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return str((self.group or {}).get("Status") or "")

    def tags_of(self, live: Live | None) -> dict[str, str]:
        return self.tags.get((live or {}).get("ARN", ""), {})


def primary(group: Live) -> Live:
    """Where the cache takes writes; empty as long as AWS makes it."""
    for shard in group.get("NodeGroups") or []:
        return dict(shard.get("PrimaryEndpoint") or {})
    return {}


class Look:
    """Reads one account and region."""

    def __init__(self, aws: Aws) -> None:
        self.cache = aws.service("elasticache")
        self.secrets = aws.service("secretsmanager")

    def group(self, name: str) -> Live | None:
        return one(
            self.cache, "describe_replication_groups", f"{KIND} {name}", "ReplicationGroups",
            ReplicationGroupId=name,
        )  # fmt: skip

    def subnet_group(self, name: str) -> Live | None:
        return one(
            self.cache, "describe_cache_subnet_groups", f"{SUBNETS} {name}", "CacheSubnetGroups",
            CacheSubnetGroupName=name,
        )  # fmt: skip

    def parameter_group(self, name: str) -> Live | None:
        return one(
            self.cache, "describe_cache_parameter_groups", f"{GROUP} {name}",
            "CacheParameterGroups", CacheParameterGroupName=name,
        )  # fmt: skip

    def everything(self, name: str, parameter_group: str, group: Live | None) -> Found:
        """All that the wanted state is compared with."""
        found = Found(group)
        self._read(found, name, partial(self._parameter_group, found, parameter_group))
        return found

    def remains(self, name: str, group: Live | None) -> Found:
        """All that bears the name; of parameter groups one for each family that was wanted."""
        found = Found(group)
        self._read(found, name, partial(self._parameter_groups, found, name))
        return found

    def tags(self, arn: str) -> dict[str, str]:
        return tags(self.cache, arn)

    def events(self, name: str) -> list[str]:
        """What ElastiCache said of the group in the last two hours."""
        return events(self.cache, f"{KIND} {name}", name, "replication-group")

    def _read(self, found: Found, name: str, groups: Callable[[], None]) -> None:
        def secret() -> None:
            found.secret = _aws_secret.find(self.secrets, name)

        def subnets() -> None:
            found.subnet_group = self.subnet_group(name)

        reads: Sequence[Callable[[], None]] = [
            partial(self._member, found), subnets, groups, secret
        ]  # fmt: skip
        at_once(lambda read: read(), reads)
        parts = [found.group, found.subnet_group, *found.parameter_groups.values()]
        arns = [part["ARN"] for part in parts if part is not None and self._is_tagged(part)]
        found.tags = dict(zip(arns, at_once(self.tags, arns), strict=True))

    def _is_tagged(self, part: Live) -> bool:
        """While a replication group is made or removed AWS tells no tags of it."""
        return part.get("Status") not in ("creating", "deleting")

    def _member(self, found: Found) -> None:
        members = (found.group or {}).get("MemberClusters") or []
        if not members:
            return
        found.member = one(
            self.cache, "describe_cache_clusters", f"cache cluster {members[0]}", "CacheClusters",
            CacheClusterId=members[0],
        ) or {}  # fmt: skip

    def _parameter_group(self, found: Found, name: str) -> None:
        group = self.parameter_group(name)
        if group is None:
            return
        found.parameter_groups[name] = group
        every = self.cache.ask_all(
            "describe_cache_parameters", f"{GROUP} {name}", "Parameters",
            CacheParameterGroupName=name, Source="user",
        )  # fmt: skip
        found.parameters = values_of(every)

    def _parameter_groups(self, found: Found, name: str) -> None:
        every = self.cache.ask_all(
            "describe_cache_parameter_groups", f"{GROUP}s {name}-*", "CacheParameterGroups"
        )
        for group in every:
            if group["CacheParameterGroupName"].startswith((f"{name}-redis", f"{name}-valkey")):
                found.parameter_groups[group["CacheParameterGroupName"]] = group
