# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes a cache and all it stood on: what is ours, and nothing that only bears its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import (
    GROUP,
    KIND,
    SUBNETS,
    Found,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_write import Write
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

PROTECTED = "it serves production; say that this is meant"


def run(params: Params, write: Write, *, now: datetime, check_mode: bool, diff: bool) -> Result:
    """The answer for `state: absent`."""
    name, live = params["name"], write.look.group(params["name"])
    if not check_mode:
        live = write.settle.still(name, live)
    if live is not None and live.get("Status") == "deleting":
        live = None
    found = write.look.remains(name, live)
    absent = _Absent(params, write, now)
    steps = absent.steps(name, found)
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    return {**result, "ids": {}, **({"warnings": absent.left} if absent.left else {})}


class _Absent:
    """Removes what is ours, and lists what is not."""

    def __init__(self, params: Params, write: Write, now: datetime) -> None:
        self.params = params
        self.write = write
        self.now = now
        self.left: list[str] = []

    def steps(self, name: str, found: Found) -> list[Step]:
        made = []
        if found.group is not None and self._owns(KIND, name, found.tags_of(found.group)):
            danger = PROTECTED if self.params["is_protected"] else ""
            final = self.params["final_snapshot"] and found.status != "create-failed"
            made.append(
                self._step(KIND, name, partial(self.write.delete, name, self.now, final), danger)
            )
        for group, live in sorted(found.parameter_groups.items()):
            if self._owns(GROUP, group, found.tags_of(live)):
                made.append(self._step(GROUP, group, partial(self._group, group)))
        if found.subnet_group is not None and self._owns(
            SUBNETS, name, found.tags_of(found.subnet_group)
        ):
            made.append(self._step(SUBNETS, name, partial(self._subnet_group, name)))
        secret = found.secret
        if secret and not secret.deleted and self._owns(_aws_secret.KIND, name, secret.tags):
            made.append(self._step(_aws_secret.KIND, name, partial(self._secret, name)))
        return made

    def _step(self, kind: str, name: str, apply: Callable[[], None], danger: str = "") -> Step:
        return Step(Change(kind, name, "delete", danger=danger), apply)

    def _owns(self, kind: str, name: str, tags: Mapping[str, Any] | None) -> bool:
        owner = self.write.owner
        if self.params["adopt"] or owner.owns(tags):
            return True
        self.left.append(f"{kind} {name} is left alone: it is {owner.whose(tags)}.")
        return False

    def _group(self, name: str) -> None:
        self._gone("delete_cache_parameter_group", GROUP, CacheParameterGroupName=name)

    def _subnet_group(self, name: str) -> None:
        self._gone("delete_cache_subnet_group", SUBNETS, CacheSubnetGroupName=name)

    def _secret(self, name: str) -> None:
        """A name stays taken for as long as its value can be called back."""
        days = self.params["recovery_days"]
        how: dict[str, Any] = (
            {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        )
        self.write.look.secrets.ask("delete_secret", f"secret {name}", SecretId=name, **how)

    def _gone(self, operation: str, kind: str, **given: str) -> None:
        """What is gone already was removed by an attempt whose answer was lost."""
        try:
            self.write.look.cache.ask(operation, f"{kind} {next(iter(given.values()))}", **given)
        except AwsError as error:
            if error.cause != "missing":
                raise
