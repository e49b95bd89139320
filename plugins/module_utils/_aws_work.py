# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look at AWS finds to do: the lines of the plan, and what the tasks of the role write.

A part that needs the id of another which does not exist yet stands in the plan and not in `todo`:
after that one was made, the next look finds it ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import (
    ABSENT,
    Action,
    Change,
    Fields,
    Plan,
)

Item = dict[str, Any]


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """AWS' list of pairs as a mapping; EC2 leaves it out where there are none."""
    return {one["Key"]: one["Value"] for one in item.get("Tags") or []}


def name_of(item: Mapping[str, Any]) -> str:
    return tags_of(item).get("Name", "")


@dataclass
class Work:
    """Filled by the functions that compare; in the order in which things are made."""

    owner: Owner
    adopt: bool = False
    changes: list[Change] = field(default_factory=list)
    todo: dict[str, list[Item]] = field(default_factory=dict)
    # Lines of the plan that this run cannot write yet, for a reason that it knows.
    pending: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def change(
        self,
        action: Action,
        key: str,
        kind: str,
        name: str,
        spec: Item,
        fields: Fields | None = None,
        danger: str = "",
    ) -> None:
        """One line of the plan; it is written once no value of its spec is None any more."""
        change = Change(kind, name, action, fields or {}, danger)
        self.changes.append(change)
        if all(value is not None for value in spec.values()):
            self.todo.setdefault(key, []).append(spec)

    def wait(self, kind: str, name: str, fields: Fields) -> None:
        """A line of the plan that cannot be written before EKS has made the cluster."""
        change = Change(kind, name, "update", fields)
        self.changes.append(change)
        self.pending.append(change.line())

    def tag(self, kind: str, name: str, ident: str, wanted: Mapping[str, str], item: Item) -> None:
        """Tags of an EC2 resource that differ; those of others stay."""
        found = tags_of(item)
        missing = tags_to_set(wanted, found)
        if missing:
            fields = {
                f"tag {key}": (found.get(key, ABSENT), value) for key, value in missing.items()
            }
            self.change("update", "tags", kind, name, {"id": ident, "tags": missing}, fields)

    def ours(self, kind: str, name: str, items: Iterable[Item]) -> list[Item]:
        """Those of this name; stops if one of them is not ours to change."""
        found = [item for item in items if name_of(item) == name]
        mine = [item for item in found if self.owner.owns(tags_of(item))]
        if not mine:
            for item in found:
                self.owner.refuse_foreign(kind, name, tags_of(item), self.adopt)
            if len(found) > 1:
                raise CamError(
                    f"{len(found)} resources are {kind} {name} and none is ours: which one is to "
                    "be adopted cannot be told. Take that name from all but one."
                )
        return mine or found

    def result(self, allow: Sequence[str], diff: bool) -> dict[str, Any]:
        """The part of a module's answer that all of these modules share."""
        plan = Plan.of(self.changes)
        plan.refuse_dangerous(allow)
        result: dict[str, Any] = {
            "plan": plan.lines(),
            "pending": self.pending,
            "todo": self.todo,
            **({"warnings": self.warnings} if self.warnings else {}),
        }
        if diff:
            result["diff"] = plan.diffs()
        return result
