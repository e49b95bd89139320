# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a database of RDS and a cache of ElastiCache have alike: groups, a secret, a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC
from ansible_collections.cam.mesh.plugins.module_utils._aws_secret import Secret, tag_fields
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change

DATA_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "allow": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "absent", "read"], "default": "present"},
    "wait_seconds": {"type": "int", "default": 3600},
    "name": {"type": "str", "required": True},
}


@dataclass(frozen=True)
class DataCompare:
    """Compares for one owner. `tags`: all that everything is to carry."""

    owner: Owner
    tags: Mapping[str, str]
    adopt: bool = False

    def subnets(
        self, kind: str, name: str, live: Mapping[str, Any] | None, tags: Mapping[str, str] | None,
        wanted: Sequence[str],
    ) -> Change | None:  # fmt: skip
        """Of a subnet group, with the tags that it has."""
        if live is None:
            return Change(kind, name, "create")
        self.owner.refuse_foreign(kind, name, tags, self.adopt)
        found = sorted(one["SubnetIdentifier"] for one in live.get("Subnets") or [])
        fields: dict[str, tuple[Any, Any]] = {}
        # Without a network nothing is known of its subnets, which is no wish to have none.
        if wanted and found != sorted(wanted):
            fields["subnet_ids"] = (found, sorted(wanted))
        return self._update(kind, name, fields, tags)

    def parameters(
        self, kind: str, name: str, live: Mapping[str, Any] | None, tags: Mapping[str, str] | None,
        wanted: Mapping[str, str], found: Mapping[str, str],
    ) -> Change | None:  # fmt: skip
        """Of a parameter group, with the tags and the values that it has."""
        if live is None:
            return Change(kind, name, "create")
        self.owner.refuse_foreign(kind, name, tags, self.adopt)
        fields: dict[str, tuple[Any, Any]] = {
            parameter: (found.get(parameter, ABSENT), value)
            for parameter, value in wanted.items()
            if found.get(parameter) != value
        }
        return self._update(kind, name, fields, tags)

    def password(self, name: str, found: Secret | None, *, in_use: bool) -> Change | None:
        """Of the secret. `in_use`: what it opens is there already."""
        return _aws_secret.difference(
            name, found, self.owner, self.tags, in_use=in_use, adopt=self.adopt
        )

    def _update(
        self, kind: str, name: str, fields: dict[str, tuple[Any, Any]],
        tags: Mapping[str, str] | None,
    ) -> Change | None:  # fmt: skip
        fields |= tag_fields(self.tags, tags)
        return Change(kind, name, "update", fields) if fields else None


def refuse_nowhere(prefix: str, what: str, **given: Sequence[str]) -> None:
    """Without these AWS would take the account's default network, where anybody may look in."""
    for option, values in given.items():
        if not values:
            raise CamError(
                f"{prefix}_{option} is empty, so nobody says where the {what} is to be. "
                "Provider aws of cam_cluster fills it; for another cluster name them yourself."
            )
