# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests that make the changes of a cache, each waited for until ElastiCache is done."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import (
    GROUP,
    KIND,
    SUBNETS,
    Look,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_state import Settle
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change

DESCRIPTION: Final = "Cache of the CAM mesh"
# ModifyCacheParameterGroup takes no more at once.
PARAMETERS_AT_ONCE: Final = 20
# Of the signs that are no letters or digits ElastiCache takes few, and URLs others.
LETTERS: Final = string.ascii_letters + string.digits
# 43 of 62 letters are 256 bits.
TOKEN_LENGTH: Final = 43
TOKEN: Final = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")

# Ours, and the field of ModifyReplicationGroup.
MODIFIED: Final[Mapping[str, str]] = {
    "node_type": "CacheNodeType",
    "engine": "Engine",
    "version": "EngineVersion",
    "security_group_ids": "SecurityGroupIds",
    "parameter_group": "CacheParameterGroupName",
    "snapshot_retention_days": "SnapshotRetentionLimit",
    "snapshot_window": "SnapshotWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "automatic_failover": "AutomaticFailoverEnabled",
    "multi_az": "MultiAZEnabled",
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
}


@dataclass
class Write:
    """Writes for one owner, with all tags that everything is to carry."""

    look: Look
    settle: Settle
    owner: Owner
    tags: Mapping[str, str]

    def subnet_group(self, wanted: Wanted, change: Change) -> None:
        about, name = f"{SUBNETS} {wanted.name}", {"CacheSubnetGroupName": wanted.name}
        given = {**name, "CacheSubnetGroupDescription": DESCRIPTION, "SubnetIds": wanted.subnet_ids}
        if change.action == "create":
            self._create(
                "create_cache_subnet_group", about, lambda: self.look.subnet_group(wanted.name),
                {**given, "Tags": self._pairs()},
            )  # fmt: skip
            return
        if "subnet_ids" in change.fields:
            self._ask("modify_cache_subnet_group", about, given)
        self._tag(change, self.look.subnet_group(wanted.name))

    def parameter_group(self, wanted: Wanted, change: Change) -> None:
        about, name = f"{GROUP} {wanted.group}", {"CacheParameterGroupName": wanted.group}
        if change.action == "create":
            family = {"CacheParameterGroupFamily": wanted.family, "Description": DESCRIPTION}
            self._create(
                "create_cache_parameter_group", about,
                lambda: self.look.parameter_group(wanted.group),
                {**name, **family, "Tags": self._pairs()},
            )  # fmt: skip
        pairs = [
            {"ParameterName": key, "ParameterValue": value}
            for key, value in wanted.parameters.items()
            if change.action == "create" or key in change.fields
        ]
        for start in range(0, len(pairs), PARAMETERS_AT_ONCE):
            some = {"ParameterNameValues": pairs[start : start + PARAMETERS_AT_ONCE]}
            self._ask("modify_cache_parameter_group", about, {**name, **some})
        if change.action == "update":
            self._tag(change, self.look.parameter_group(wanted.group))

    def secret(self, wanted: Wanted, change: Change) -> None:
        about, service = f"{_aws_secret.KIND} {wanted.name}", self.look.secrets
        if change.action == "create":
            given: dict[str, Any] = {
                "Name": wanted.name, "Description": DESCRIPTION, "Tags": self._pairs(),
                "SecretString": "".join(secrets.choice(LETTERS) for _place in range(TOKEN_LENGTH)),
            }  # fmt: skip
            if wanted.kms_key_arn:
                given["KmsKeyId"] = wanted.kms_key_arn
            service.ask("create_secret", about, **given)
            return
        if "scheduled for deletion" in change.fields:
            service.ask("restore_secret", about, SecretId=wanted.name)
        if tags := self._tags(change):
            service.ask("tag_resource", about, SecretId=wanted.name, Tags=_pairs(tags))

    def group(self, wanted: Wanted, change: Change, now: datetime, final: bool) -> None:
        about = f"{KIND} {wanted.name}"
        if change.action == "update":
            self._change(wanted, change, about)
            return
        if change.action == "replace":
            self.delete(wanted.name, now, final and "status" not in change.fields)
        token, version = self._token(wanted.name)
        given: dict[str, Any] = {
            "ReplicationGroupId": wanted.name, "ReplicationGroupDescription": DESCRIPTION,
            "Engine": wanted.engine, "EngineVersion": wanted.version,
            "CacheNodeType": wanted.node_type, "NumCacheClusters": wanted.nodes,
            "AutomaticFailoverEnabled": wanted.replicated, "MultiAZEnabled": wanted.replicated,
            "CacheParameterGroupName": wanted.group, "CacheSubnetGroupName": wanted.name,
            "SecurityGroupIds": wanted.security_group_ids, "Port": wanted.port,
            "TransitEncryptionEnabled": True, "AtRestEncryptionEnabled": True, "AuthToken": token,
            "AutoMinorVersionUpgrade": True,
            "SnapshotRetentionLimit": wanted.snapshot_retention_days,
            "SnapshotWindow": wanted.snapshot_window,
            "PreferredMaintenanceWindow": wanted.maintenance_window,
            "Tags": self._pairs({_aws_secret.TAG_VERSION: version}),
        }  # fmt: skip
        if wanted.kms_key_arn:
            given["KmsKeyId"] = wanted.kms_key_arn
        look = self.look
        self._create("create_replication_group", about, lambda: look.group(wanted.name), given)
        self.settle.available(wanted.name)

    def delete(self, name: str, now: datetime, final: bool) -> None:
        """A last snapshot has a name of its own, or the second removal finds it taken."""
        given: dict[str, Any] = {"ReplicationGroupId": name, "RetainPrimaryCluster": False}
        if final:
            given["FinalSnapshotIdentifier"] = f"{name}-final-{now:%Y%m%d-%H%M%S}"
        try:
            self._ask("delete_replication_group", f"{KIND} {name}", given)
        except AwsError:
            live = self.look.group(name)
            # An answer that was lost: the second request finds it on its way out.
            if live is not None and live.get("Status") != "deleting":
                raise
        self.settle.gone(name)

    def _change(self, wanted: Wanted, change: Change, about: str) -> None:
        """One request for all that one takes; replicas come before what needs them, and go last."""
        fields, name = change.fields, {"ReplicationGroupId": wanted.name}
        now = {**name, "ApplyImmediately": True}
        before, after = fields.get("nodes", (0, 0))
        if after > before:
            self._replicas("increase_replica_count", wanted, about)
        given = {MODIFIED[key]: new for key, (_old, new) in fields.items() if key in MODIFIED}
        if given:
            self._ask("modify_replication_group", about, {**now, **given})
            self.settle.available(wanted.name)
        if after < before:
            self._replicas("decrease_replica_count", wanted, about)
        tags = self._tags(change)
        if "auth_token" in fields:
            token, version = self._token(wanted.name)
            # The old one stays good until the next change, so that nobody is locked out meanwhile.
            auth = {"AuthToken": token, "AuthTokenUpdateStrategy": "ROTATE"}
            self._ask("modify_replication_group", about, {**now, **auth})
            self.settle.available(wanted.name)
            tags[_aws_secret.TAG_VERSION] = version
        live = self.look.group(wanted.name)
        if tags and live is not None:
            self._ask("add_tags_to_resource", about, _tagging(live, tags))
            self.settle.available(wanted.name)

    def _replicas(self, operation: str, wanted: Wanted, about: str) -> None:
        given = {"NewReplicaCount": wanted.nodes - 1, "ApplyImmediately": True}
        self._ask(operation, about, {"ReplicationGroupId": wanted.name, **given})
        self.settle.available(wanted.name)

    def _token(self, name: str) -> tuple[str, str]:
        """The password and its version. What is unfit is refused without being told."""
        answer = self.look.secrets.ask("get_secret_value", f"secret {name}", SecretId=name)
        token = str(answer.get("SecretString") or "")
        if not TOKEN.fullmatch(token):
            raise CamError(
                f"Secret {name} holds {len(token)} characters that are no AUTH token: it must be "
                "16 to 128 letters, digits or any of !&#$^<>-. Put a better one into Secrets "
                "Manager, or delete the secret to have one made."
            )
        return token, str(answer["VersionId"])

    def _create(
        self,
        operation: str,
        about: str,
        look: Callable[[], dict[str, Any] | None],
        given: Mapping[str, Any],
    ) -> None:
        """Creates; a name that we took ourselves was taken by an attempt whose answer was lost."""
        try:
            self._ask(operation, about, given)
        except AwsError as error:
            live = look() if error.cause == "taken" else None
            if live is None or not self._is_ours(live):
                raise

    def _is_ours(self, live: Mapping[str, Any]) -> bool:
        if live.get("Status") == "creating":
            # Nothing of the name was there before, and it tells no tags yet: they are compared
            # when it is made.
            return True
        return self.owner.owns(self.look.tags(live["ARN"]))

    def _tag(self, change: Change, live: Mapping[str, Any] | None) -> None:
        if live is not None and (tags := self._tags(change)):
            self._ask("add_tags_to_resource", live["ARN"], _tagging(live, tags))

    def _tags(self, change: Change) -> dict[str, str]:
        """The tags among the fields of a change."""
        return {
            key.removeprefix("tag "): new
            for key, (_old, new) in change.fields.items()
            if key.startswith("tag ")
        }

    def _pairs(self, more: Mapping[str, str] | None = None) -> list[dict[str, str]]:
        return _pairs({**self.tags, **(more or {})})

    def _ask(self, operation: str, about: str, given: Mapping[str, Any]) -> None:
        self.look.cache.ask(operation, about, **given)


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tagging(live: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    return {"ResourceName": live["ARN"], "Tags": _pairs(tags)}
