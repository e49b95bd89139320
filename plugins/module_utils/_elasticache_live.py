# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a replication group of ElastiCache, and how it is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Call, Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import GONE, Live, Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_diff import KIND
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

BUSY: Final = ("creating", "modifying", "snapshotting", "deleting")
FAILED: Final = "create-failed"


def status(live: Mapping[str, Any]) -> str:
    return str(live.get("Status") or "")


def no_issues(_live: Mapping[str, Any]) -> list[str]:
    """ElastiCache names the cause of a failure in its events only."""
    return []


class Cache:
    """The ElastiCache API of one account and region."""

    def __init__(self, aws: Aws, wait: Wait) -> None:
        self.service = aws.service("elasticache")
        self.wait = wait

    def part(self, name: str) -> Part:
        return Part(KIND, name, partial(self._look, name))

    def _look(self, name: str) -> Live | None:
        title = f"{KIND} {name}"
        try:
            answer = self.service.ask("describe_replication_groups", title, ReplicationGroupId=name)
        except AwsError as error:
            if error.cause != "missing":
                raise
            return None
        (group,) = answer["ReplicationGroups"]
        return dict(group)

    def tags(self, part: Part, live: Live) -> dict[str, str]:
        answer = self.service.ask("list_tags_for_resource", part.title, ResourceName=live["ARN"])
        return {one["Key"]: one["Value"] for one in answer["TagList"]}

    def whole(self, part: Part, live: Live, tags: Mapping[str, str]) -> Live:
        """With what only its members show: engine, version, groups and window."""
        if live.get("ClusterEnabled"):
            raise CamError(
                f"{part.title} is sharded (cluster mode), which the mesh does not use. Choose "
                "another name."
            )
        member: dict[str, Any] = {}
        if live.get("MemberClusters"):
            first = live["MemberClusters"][0]
            answer = self.service.ask(
                "describe_cache_clusters", f"cache cluster {first}", CacheClusterId=first
            )
            (member,) = answer["CacheClusters"]
        names = ("Engine", "EngineVersion", "CacheSubnetGroupName", "PreferredMaintenanceWindow")
        primary = ((live.get("NodeGroups") or [{}])[0]).get("PrimaryEndpoint") or {}
        return {
            **live,
            **{name: member.get(name) for name in names},
            "CacheParameterGroupName": (member.get("CacheParameterGroup") or {}).get(
                "CacheParameterGroupName"
            ),
            "SecurityGroupIds": [
                one["SecurityGroupId"] for one in member.get("SecurityGroups") or []
            ],
            "Port": primary.get("Port"),
            "tags": dict(tags),
        }

    def settled(self, part: Part, live: Live | None) -> Live | None:
        """The same, once AWS no longer works on it; what failed is not judged here."""
        if live is None or live["Status"] not in BUSY:
            return live
        return self._until(part, {GONE, "available", FAILED}, failed=set())

    def make(self, part: Part, call: Call) -> None:
        """Makes a change and waits for its end."""
        self.service.ask(call.operation, part.title, **call.given)
        if call.operation != "add_tags_to_resource":
            self.until_available(part)

    def until_available(self, part: Part) -> None:
        self._until(part, {"available"}, failed={FAILED})

    def until_gone(self, part: Part) -> None:
        self._until(part, {GONE}, failed={FAILED})

    def _until(self, part: Part, done: set[str], failed: set[str]) -> Live | None:
        return self.wait.one(
            Watched(
                part.title,
                part.look,
                frozenset(done),
                frozenset(failed),
                frozenset(),
                "See DescribeEvents of ElastiCache, mend it, then run again.",
                status,
                no_issues,
            )
        )
