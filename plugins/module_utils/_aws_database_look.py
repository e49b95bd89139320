# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there of an RDS instance and of what it stands on, in eight requests that only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_describe import (
    Live,
    events,
    one,
    tags,
    tags_of,
    values_of,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_secret import Secret

KIND: Final = "RDS instance"
SUBNETS: Final = "DB subnet group"
GROUP: Final = "DB parameter group"


@dataclass
class Found:
    """As AWS describes it; None is not there. `tags` are those of what describes none itself."""

    instance: Live | None = None
    subnet_group: Live | None = None
    # By name. Parameters have a value of their own, by name.
    groups: dict[str, Live] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secret: Secret | None = None
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return str((self.instance or {}).get("DBInstanceStatus") or "")

    @property
    def instance_tags(self) -> dict[str, str]:
        return tags_of((self.instance or {}).get("TagList"))


class Look:
    """Reads one account and region."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.rds = aws.service("rds")

    def instance(self, name: str) -> Live | None:
        return one(
            self.rds, "describe_db_instances", f"{KIND} {name}", "DBInstances",
            DBInstanceIdentifier=name,
        )  # fmt: skip

    def everything(self, wanted: Wanted, instance: Live | None) -> Found:
        """All that the wanted state is compared with."""
        found = Found(instance)
        self._side_by_side(
            partial(self._subnet_group, found, wanted.name),
            partial(self._group, found, wanted.group),
            partial(self._parameters, found, wanted.group, "user"),
            partial(self._parameters, found, wanted.group, "system"),
            partial(self._secret, found, wanted.name),
        )
        self._tags(found)
        return found

    def remains(self, name: str, instance: Live | None) -> Found:
        """All that bears the name, to be removed; of parameter groups one for each major."""
        found = Found(instance)
        self._side_by_side(
            partial(self._subnet_group, found, name),
            partial(self._groups, found, f"{name}-postgres"),
            partial(self._secret, found, name),
        )
        self._tags(found)
        return found

    def events(self, name: str) -> list[str]:
        """What RDS said of the instance in the last two hours, the newest last."""
        return events(self.rds, f"{KIND} {name}", name, "db-instance")

    def _side_by_side(self, *reads: Callable[[], None]) -> None:
        at_once(lambda read: read(), reads)

    def _subnet_group(self, found: Found, name: str) -> None:
        found.subnet_group = one(
            self.rds, "describe_db_subnet_groups", f"{SUBNETS} {name}", "DBSubnetGroups",
            DBSubnetGroupName=name,
        )  # fmt: skip

    def _group(self, found: Found, name: str) -> None:
        group = one(
            self.rds, "describe_db_parameter_groups", f"{GROUP} {name}", "DBParameterGroups",
            DBParameterGroupName=name,
        )  # fmt: skip
        if group is not None:
            found.groups[name] = group

    def _groups(self, found: Found, prefix: str) -> None:
        every = self.rds.ask_all(
            "describe_db_parameter_groups", f"{GROUP}s {prefix}*", "DBParameterGroups"
        )
        for group in every:
            if group["DBParameterGroupName"].startswith(prefix):
                found.groups[group["DBParameterGroupName"]] = group

    def _parameters(self, found: Found, name: str, source: str) -> None:
        """`user`: somebody set them. `system`: RDS did, and what is right already stays there."""
        try:
            every = self.rds.ask_all(
                "describe_db_parameters", f"{GROUP} {name}", "Parameters",
                DBParameterGroupName=name, Source=source,
            )  # fmt: skip
        except AwsError as error:
            if error.cause != "missing":
                raise
            return
        found.parameters |= values_of(every)

    def _secret(self, found: Found, name: str) -> None:
        found.secret = _aws_secret.find(self.aws.service("secretsmanager"), name)

    def _tags(self, found: Found) -> None:
        """By ARN: the groups describe none themselves."""
        arns = [group["DBParameterGroupArn"] for group in found.groups.values()]
        if found.subnet_group is not None:
            arns.append(found.subnet_group["DBSubnetGroupArn"])
        asked = at_once(partial(tags, self.rds), arns)
        found.tags = dict(zip(arns, asked, strict=True))
