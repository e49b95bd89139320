# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cache beside the wanted one: what changes in place, what is dangerous, what never goes.

Names of fields: API reference of ElastiCache, ReplicationGroup and CacheCluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_data import DataCompare
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_size import is_smaller
from ansible_collections.cam.mesh.plugins.module_utils._aws_secret import tag_fields
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import (
    GROUP,
    KIND,
    SUBNETS,
    Found,
    primary,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change

Fields = dict[str, tuple[Any, Any]]

REMADE: Final = "ElastiCache cannot change that, so the cache is deleted and made anew, empty"
SMALLER: Final = "it has less memory than before, so that keys are evicted"
FEWER: Final = "it loses replicas that could take over"
FORGETS: Final = "ElastiCache deletes the snapshots that are older"


class Compare(DataCompare):
    """A replication group and what it stands on."""

    def all(self, wanted: Wanted, found: Found) -> dict[str, Change]:
        """The changes by the resource that they are of, in the order in which they are made."""
        parts = {
            "subnet_group": self.subnet_group(wanted, found),
            "parameter_group": self.parameter_group(wanted, found),
            "secret": self.secret(wanted, found),
            "group": self.group(wanted, found),
        }
        return {key: change for key, change in parts.items() if change is not None}

    def subnet_group(self, wanted: Wanted, found: Found) -> Change | None:
        if self._stays_elsewhere(wanted, found):
            return None
        live = found.subnet_group
        return self.subnets(SUBNETS, wanted.name, live, found.tags_of(live), wanted.subnet_ids)

    def parameter_group(self, wanted: Wanted, found: Found) -> Change | None:
        live = found.parameter_groups.get(wanted.group)
        return self.parameters(
            GROUP, wanted.group, live, found.tags_of(live), wanted.parameters, found.parameters
        )

    def secret(self, wanted: Wanted, found: Found) -> Change | None:
        return self.password(wanted.name, found.secret, in_use=found.group is not None)

    def group(self, wanted: Wanted, found: Found) -> Change | None:
        if found.group is None or found.status == "deleting":
            return Change(KIND, wanted.name, "create")
        if found.status == "creating":
            # It has no members yet and tells no tags; who is to write has waited for its end.
            return None
        tags = found.tags_of(found.group)
        self.owner.refuse_foreign(KIND, wanted.name, tags, self.adopt)
        if found.status == "create-failed":
            # It never was: nothing is lost with it.
            return Change(KIND, wanted.name, "replace", {"status": ("create-failed", "available")})
        if anew := self._replacing(wanted, found):
            return Change(KIND, wanted.name, "replace", anew, REMADE)
        fields, dangers = changes(wanted, found)
        if _aws_secret.is_stale(found.secret, tags):
            fields |= self._token(found, tags)
        fields |= tag_fields(self.tags, tags)
        if not fields:
            return None
        return Change(KIND, wanted.name, "update", fields, "; ".join(dangers))

    def _replacing(self, wanted: Wanted, found: Found) -> Fields:
        fields = _replacing(wanted, found)
        if self.adopt:
            # ElastiCache does not move a cache; one that was adopted keeps its group of subnets.
            fields.pop("subnet_group", None)
        return fields

    def _stays_elsewhere(self, wanted: Wanted, found: Found) -> bool:
        """Whether it is in a group of subnets of others, and is not made anew in one of ours."""
        used = found.member.get("CacheSubnetGroupName") or wanted.name
        ends = found.status in ("deleting", "create-failed")
        other = self.adopt and used != wanted.name and not ends
        return other and not self._replacing(wanted, found)

    def _token(self, found: Found, tags: Mapping[str, str]) -> Fields:
        if found.secret is not None and _aws_secret.TAG_VERSION not in tags and self.adopt:
            # Who gives us a cache has put its password into the secret.
            return tag_fields({_aws_secret.TAG_VERSION: found.secret.version}, tags)
        return {"auth_token": ("(as before)", "(as in Secrets Manager)")}


def changes(wanted: Wanted, found: Found) -> tuple[Fields, list[str]]:
    """The fields that differ and can be changed, and why some of the changes are dangerous."""
    live, member, fields = dict(found.group or {}), found.member, Fields()
    groups = sorted(one["SecurityGroupId"] for one in member.get("SecurityGroups") or [])
    group = (member.get("CacheParameterGroup") or {}).get("CacheParameterGroupName")
    _note(fields, "node_type", live.get("CacheNodeType"), wanted.node_type)
    _note(fields, "nodes", len(live.get("MemberClusters") or []), wanted.nodes)
    _note(fields, "automatic_failover", _on(live, "AutomaticFailover"), wanted.replicated)
    _note(fields, "multi_az", _on(live, "MultiAZ"), wanted.replicated)
    _version(fields, wanted, found)
    if wanted.security_group_ids:
        _note(fields, "security_group_ids", groups, sorted(wanted.security_group_ids))
    _note(fields, "parameter_group", group, wanted.group)
    _note(
        fields, "snapshot_retention_days",
        int(live.get("SnapshotRetentionLimit") or 0), wanted.snapshot_retention_days,
    )  # fmt: skip
    if wanted.snapshot_retention_days:
        _note(fields, "snapshot_window", live.get("SnapshotWindow"), wanted.snapshot_window)
    _note(
        fields, "maintenance_window",
        member.get("PreferredMaintenanceWindow"), wanted.maintenance_window,
    )  # fmt: skip
    _note(fields, "auto_minor_version_upgrade", member.get("AutoMinorVersionUpgrade"), True)
    return fields, _dangers(fields)


def _replacing(wanted: Wanted, found: Found) -> Fields:
    """What only another cache could mend."""
    live, member, fields = dict(found.group or {}), found.member, Fields()
    endpoint = primary(live)
    _note(fields, "tls", bool(live.get("TransitEncryptionEnabled")), True)
    _note(fields, "auth", bool(live.get("AuthTokenEnabled")), True)
    _note(fields, "encrypted", bool(live.get("AtRestEncryptionEnabled")), True)
    _note(fields, "shards", bool(live.get("ClusterEnabled")), False)
    _note(fields, "subnet_group", member.get("CacheSubnetGroupName"), wanted.name)
    if endpoint:
        _note(fields, "port", endpoint.get("Port"), wanted.port)
    if wanted.kms_key_arn:
        _note(fields, "kms_key_arn", live.get("KmsKeyId") or "", wanted.kms_key_arn)
    if (member.get("Engine"), wanted.engine) == ("valkey", "redis"):
        fields["engine"] = ("valkey", "redis")
    return fields


def _version(fields: Fields, wanted: Wanted, found: Found) -> None:
    """Goes up only; AWS may be ahead, since it updates minors by itself."""
    engine, version = str(found.member.get("Engine")), str(found.member.get("EngineVersion"))
    if engine != wanted.engine:
        fields["engine"] = (engine, wanted.engine)
    now, then = _parts(version), _parts(wanted.version)
    if engine == wanted.engine and now[:1] > then[:1]:
        raise CamError(
            f"{KIND} {wanted.name} runs {engine} {version} and cam_cache_aws_version is "
            f"'{wanted.version}': it does not go back. Set '{'.'.join(version.split('.')[:2])}'."
        )
    if engine != wanted.engine or now < then:
        fields["version"] = (version, wanted.version)


def _parts(version: str) -> tuple[int, ...]:
    """Major and minor: AWS answers 7.1.0 to who asked for 7.1."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _on(live: Mapping[str, Any], name: str) -> bool:
    """`enabled`, or `enabling`, which AWS is at."""
    return str(live.get(name) or "disabled").startswith("enabl")


def _note(fields: Fields, option: str, before: Any, after: Any) -> None:
    if before != after:
        fields[option] = (before, after)


def _dangers(fields: Fields) -> list[str]:
    found = []
    if "node_type" in fields and is_smaller(fields["node_type"][1], fields["node_type"][0]):
        found.append(SMALLER)
    if "nodes" in fields and fields["nodes"][1] < fields["nodes"][0]:
        found.append(FEWER)
    days = fields.get("snapshot_retention_days", (0, 0))
    if days[1] < days[0]:
        found.append(FORGETS)
    if "version" in fields and _parts(fields["version"][0])[:1] != _parts(fields["version"][1])[:1]:
        found.append("a major version is never taken back")
    return found
