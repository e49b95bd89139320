# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run changes in a cloud, known in full before the first change; no cloud's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

Action = Literal["create", "update", "replace", "delete"]
Fields = Mapping[str, tuple[Any, Any]]

# Stands for a secret value in a plan: that it changes may be said, what it is never.
HIDDEN: Final = "(hidden)"
ABSENT: Final = "(absent)"

_VERBS: Final[Mapping[Action, tuple[str, str]]] = {
    "create": ("create", "created"),
    "update": ("change", "changed"),
    "replace": ("replace", "replaced"),
    "delete": ("delete", "deleted"),
}


@dataclass(frozen=True)
class Change:
    """One change of one resource, and why it is dangerous if it is."""

    kind: str
    name: str
    action: Action
    fields: Fields = field(default_factory=dict)
    danger: str = ""

    @property
    def key(self) -> str:
        """How a dangerous change is named in `allow`: `update cam-cluster-dev subnet_ids`."""
        names = sorted(self.fields) if self.action == "update" else []
        return " ".join([self.action, self.name, *names])

    def line(self, *, done: bool = False) -> str:
        future, past = _VERBS[self.action]
        text = f"{past if done else f'would {future}'} {self.kind} {self.name}"
        if self.action in ("create", "delete") or not self.fields:
            return text
        parts = [
            f"{name} {_shown(before)} -> {_shown(after)}"
            for name, (before, after) in self.fields.items()
        ]
        return f"{text}: {', '.join(parts)}"

    def diff(self) -> dict[str, Any]:
        """Ansible's form, which shows only what differs."""
        before = {name: old for name, (old, _new) in self.fields.items()}
        after = {name: new for name, (_old, new) in self.fields.items()}
        return {
            "before_header": f"{self.kind} {self.name}",
            "after_header": f"{self.kind} {self.name}",
            "before": {} if self.action == "create" else before or {"name": self.name},
            "after": {} if self.action == "delete" else after or {"name": self.name},
        }


@dataclass(frozen=True)
class Step:
    """A change and the call or calls that make it."""

    change: Change
    apply: Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """The changes of a run in the order in which they are made."""

    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Plan:
        return cls(tuple(changes))

    def __bool__(self) -> bool:
        return bool(self.changes)

    def lines(self, *, done: bool = False) -> list[str]:
        return [change.line(done=done) for change in self.changes]

    def diffs(self) -> list[dict[str, Any]]:
        return [change.diff() for change in self.changes]

    def refuse_dangerous(self, allow: Sequence[str]) -> None:
        """All dangerous changes that `allow` does not name are told at once, before the first."""
        refused = [one for one in self.changes if one.danger and one.key not in allow]
        if refused:
            raise CamError("\n".join(_refusal(change) for change in refused))


def carry_out(
    steps: Sequence[Step], *, allow: Sequence[str], check_mode: bool, diff: bool
) -> dict[str, Any]:
    """Refuses what is dangerous, then makes the changes, or in check mode only tells them."""
    plan = Plan.of(step.change for step in steps)
    plan.refuse_dangerous(allow)
    if not check_mode:
        for step in steps:
            step.apply()
    result: dict[str, Any] = {"changed": bool(plan), "plan": plan.lines(done=not check_mode)}
    if diff:
        result["diff"] = plan.diffs()
    return result


def _refusal(change: Change) -> str:
    return (
        f"This run {change.line()}. That is dangerous: {change.danger}. Set it back, or allow it "
        f'by name: allow: ["{change.key}"]'
    )


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "(none)"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)
