# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verdict is: checks with a state each, in an order, and the one status that follows.

A check is declared once, with what a person must know of it; the file that declares it registers
the look that makes it. The order (causes before their consequences) follows from the group and
the place of the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

SCHEMA = "cam.mesh/health/v1"

OK = "ok"
DEGRADED = "degraded"
FAILED = "failed"
UNKNOWN = "unknown"
NOT_CONFIGURED = "not_configured"
HEALTHY = "healthy"

# Causes before their consequences: a database that is down makes much else red.
GROUPS = (
    "cluster",
    "dependencies",
    "workload",
    "endpoints",
    "function",
    "mesh",
    "monitoring",
)
# What a check says that was left out because another one of the same look had failed.
NOT_ASKED = "not asked"
LONGEST_TEXT = 800


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    group: str
    target: str
    state: str
    critical: bool
    observed: str
    expected: str = ""
    cause: str = ""
    next: str = ""
    duration_ms: int = 0
    # A cause that does not go away by waiting; it stays the same word while the cause does.
    terminal: str = ""

    @property
    def is_advice(self) -> bool:
        return not self.critical and self.state not in (OK, NOT_CONFIGURED)

    def as_dict(self) -> dict[str, Any]:
        """The check as the document has it, without control characters and endless texts."""
        found = asdict(self)
        del found["terminal"]
        return {
            key: _clean(value) if isinstance(value, str) else value for key, value in found.items()
        }


@dataclass(frozen=True)
class Kind:
    """A check as it is declared: its place, and what a person must know of it."""

    name: str
    group: str
    looks_at: str
    red_when: str
    next: str
    critical: bool = True

    def ok(self, target: str, observed: str) -> Check:
        return Check(self.name, self.group, target, OK, self.critical, observed)

    def left_out(self, target: str, why: str) -> Check:
        """Not configured: only the inventory can say so."""
        return Check(self.name, self.group, target, NOT_CONFIGURED, self.critical, why)

    def failed(
        self, target: str, observed: str, expected: str, cause: str, *, next: str = ""
    ) -> Check:
        return self._red(FAILED, target, observed, expected, cause, next)

    def degraded(
        self, target: str, observed: str, expected: str, cause: str, *, next: str = ""
    ) -> Check:
        return self._red(DEGRADED, target, observed, expected, cause, next)

    def unknown(
        self, target: str, observed: str, expected: str, cause: str, *, next: str = ""
    ) -> Check:
        return self._red(UNKNOWN, target, observed, expected, cause, next)

    def advice(
        self, target: str, observed: str, expected: str, cause: str, *, next: str = ""
    ) -> Check:
        """Worth to know, but the mesh is no less healthy for it."""
        return replace(self._red(DEGRADED, target, observed, expected, cause, next), critical=False)

    def _red(
        self, state: str, target: str, observed: str, expected: str, cause: str, next: str
    ) -> Check:
        return Check(
            self.name,
            self.group,
            target,
            state,
            self.critical,
            observed,
            expected,
            cause,
            next or self.next,
        )


Looking = Callable[[Any], Iterator[Check]]


@dataclass(frozen=True)
class Registered:
    """A look and the checks it owes, in the order in which it yields them."""

    kinds: tuple[Kind, ...]
    look: Looking
    # Nothing else is asked while one of these is red.
    gate: bool = False


_kinds: dict[str, Kind] = {}
_looks: list[Registered] = []


def declare(
    name: str, group: str, *, looks_at: str, red_when: str, next: str, critical: bool = True
) -> Kind:
    """A check that every verdict has from now on."""
    if name in _kinds:
        raise ValueError(f"two checks are named {name}")
    found = Kind(name, group, looks_at, red_when, next, critical)
    GROUPS.index(group)
    _kinds[name] = found
    return found


def look(*kinds: Kind, gate: bool = False) -> Callable[[Looking], Looking]:
    """Registers a function that yields a check of each of these kinds."""

    def register(function: Looking) -> Looking:
        _looks.append(Registered(kinds, function, gate))
        return function

    return register


def kinds() -> list[Kind]:
    """All checks, causes before their consequences."""
    return sorted(_kinds.values(), key=lambda kind: GROUPS.index(kind.group))


def looks(files: Iterable[ModuleType]) -> list[Registered]:
    """The looks that these files have registered."""
    names = {file.__name__ for file in files}
    return [one for one in _looks if one.look.__module__ in names]


def status(checks: Sequence[Check]) -> str:
    """Healthy only if something was looked at and all of it was ok; not knowing is not healthy."""
    states = {check.state for check in checks if check.critical} - {NOT_CONFIGURED}
    for state in (FAILED, UNKNOWN, DEGRADED):
        if state in states:
            return state
    return HEALTHY if OK in states else UNKNOWN


def report(
    checks: Sequence[Check],
    *,
    cluster: str = "",
    environment: str = "",
    namespace: str = "",
    started: datetime | None = None,
    duration_ms: int = 0,
) -> dict[str, Any]:
    """The verdict as the document that modules return, reports render and history keeps."""
    # Checks that are not declared, such as those of a sweep, keep their order behind the others.
    order = {kind.name: place for place, kind in enumerate(kinds())}
    ordered = sorted(checks, key=lambda check: order.get(check.name, len(order)))
    verdict = status(ordered)
    return {
        "schema": SCHEMA,
        "cluster": cluster,
        "environment": environment,
        "namespace": namespace,
        "started_at": (started or datetime.now(UTC)).isoformat(timespec="seconds"),
        "duration_ms": duration_ms,
        "status": verdict,
        "cause": _clean(cause(ordered, verdict)),
        "checks": [check.as_dict() for check in ordered],
        "lines": [_clean(line) for line in _lines(ordered, verdict)],
    }


def cause(checks: Sequence[Check], verdict: str) -> str:
    """What the most fundamental of the worst critical checks says."""
    for check in checks:
        if check.critical and check.state == verdict and check.observed != NOT_ASKED:
            return f"{check.name}: {check.cause or check.observed}"
    return ""


def _lines(checks: Sequence[Check], verdict: str) -> list[str]:
    lines = [f"{verdict}: {_count(checks)}"]
    lines += [_line(check) for check in checks if check.observed != NOT_ASKED]
    if left := [check.name for check in checks if check.observed == NOT_ASKED]:
        lines.append(f"{UNKNOWN:<14} {NOT_ASKED}, since what they need is red: {', '.join(left)}")
    return lines


def _count(checks: Sequence[Check]) -> str:
    advice = sum(check.is_advice for check in checks)
    out = sum(check.state == NOT_CONFIGURED for check in checks)
    judged = len(checks) - advice - out
    good = sum(check.state == OK for check in checks)
    return f"{good} of {judged} checks ok, {out} not configured, {advice} advice"


def _line(check: Check) -> str:
    word = "advice" if check.is_advice else check.state
    text = f"{word:<14} {check.name:<20} {check.observed}"
    if check.state in (OK, NOT_CONFIGURED):
        return text
    details = [check.cause, f"expected {check.expected}" if check.expected else ""]
    details.append(f"next: {check.next}" if check.next else "")
    return "; ".join([text, *(detail for detail in details if detail)])


def _clean(text: str) -> str:
    """Words of others on one line: no control characters, no password of a URL, an end."""
    text = re.sub(r"(://[^:/@\s]*:)[^@/\s]+@", r"\1***@", text)
    shown = re.sub(r"[^\x20-\x7e\u00a0-\u2027\u202f-\U0010ffff]+", " ", text)
    return shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]} ..."
