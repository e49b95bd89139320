# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a load run measured, held against its limits and against the last accepted run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._health import FAILED, OK, UNKNOWN, Check
from ansible_collections.cam.mesh.plugins.module_utils._http import parse

GROUP = "function"
# Below these a difference is noise, whatever share of the accepted value it is.
NOISE_MS = 5.0
NOISE_PERCENT = 0.1
# A run that sent less than this share of what it should have says nothing about that load.
FULL_LOAD = 0.95


@dataclass(frozen=True)
class Step:
    """A part of a run with a rate of its own."""

    rate: int
    requests: int
    failed: int
    p95_ms: float

    @property
    def error_percent(self) -> float:
        return 100 * self.failed / self.requests if self.requests else 100.0


@dataclass(frozen=True)
class Numbers:
    """What one run measured."""

    requests: int
    failed: int
    late: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    steps: tuple[Step, ...] = ()
    # What most of the failed requests got.
    cause: str = ""

    @property
    def error_percent(self) -> float:
        return 100 * self.failed / self.requests if self.requests else 100.0


@dataclass(frozen=True)
class Limits:
    """What a run must hold."""

    p95_ms: float
    error_percent: float
    regression_percent: float


@dataclass(frozen=True)
class Accepted:
    """The numbers that later runs are held against, and what they were measured with."""

    scenario: str
    shape: str
    version: str
    accepted_at: str
    p95_ms: float
    error_percent: float
    held_rate: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def held_rate(numbers: Numbers, limits: Limits) -> int:
    """The highest rate up to which every step held its limits."""
    held = 0
    for step in numbers.steps:
        if step.p95_ms > limits.p95_ms or step.error_percent > limits.error_percent:
            break
        held = step.rate
    return held


def against_limits(numbers: Numbers, limits: Limits) -> list[Check]:
    """Load, spike and soak: the whole run must hold its limits."""
    mostly = _mostly(numbers)
    return [
        _sent(numbers),
        _below(
            "load_errors",
            f"{numbers.error_percent:.2f} % of {numbers.requests} requests failed{mostly}",
            numbers.error_percent,
            limits.error_percent,
            "%",
        ),
        _below(
            "load_p95",
            f"p95 {numbers.p95_ms:.0f} ms (p50 {numbers.p50_ms:.0f}, p99 {numbers.p99_ms:.0f})",
            numbers.p95_ms,
            limits.p95_ms,
            "ms",
        ),
    ]


def stress(numbers: Numbers, limits: Limits, wanted_rate: int) -> list[Check]:
    """Stress goes beyond the limits on purpose; what counts is how far they were held."""
    held = held_rate(numbers, limits)
    broken = next((step for step in numbers.steps if step.rate > held), None)
    observed = f"limits held up to {held} requests a second"
    if broken is not None:
        observed += (
            f"; at {broken.rate}: p95 {broken.p95_ms:.0f} ms, {broken.error_percent:.1f} % failed"
        )
        observed += _mostly(numbers) if broken.failed else ""
    expected = f"held at {wanted_rate} a second or more"
    good = held >= wanted_rate
    cause = "" if good else f"the mesh does not hold its everyday load: {observed}"
    check = Check(
        "stress_held", GROUP, "stress", OK if good else FAILED, True, observed, expected, cause
    )
    return [_answered(numbers), check]


def against_accepted(
    numbers: Numbers, limits: Limits, accepted: Accepted | None, shape: str
) -> list[Check]:
    """No worse than the last accepted run by more than the inventory allows."""
    if accepted is None:
        return [_no_comparison("no run was accepted yet")]
    if accepted.shape != shape:
        return [_no_comparison(f"accepted was '{accepted.shape}', this run is '{shape}'")]
    allowed = 1 + limits.regression_percent / 100
    since = f"accepted {accepted.accepted_at} with version {accepted.version}"
    if numbers.steps:
        held = held_rate(numbers, limits)
        floor = accepted.held_rate / allowed
        good = held >= floor
        cause = "" if good else f"held up to {held} a second, {accepted.held_rate} were {since}"
        return [
            Check(
                "regression_rate", GROUP, "accepted run", OK if good else FAILED, True,
                f"held up to {held} a second, accepted {accepted.held_rate}",
                f"{floor:.0f} a second or more", cause,
            )
        ]  # fmt: skip
    return [
        _below(
            f"regression_{name}",
            f"{now:.{digits}f} {unit}{mostly}, accepted {then:.{digits}f} {unit}",
            now,
            then * allowed + noise,
            unit,
            since,
        )
        for name, now, then, noise, unit, digits, mostly in (
            ("p95", numbers.p95_ms, accepted.p95_ms, NOISE_MS, "ms", 0, ""),
            (
                "errors",
                numbers.error_percent,
                accepted.error_percent,
                NOISE_PERCENT,
                "%",
                2,
                _mostly(numbers),
            ),
        )
    ]


def acceptable(checks: Sequence[Check]) -> bool:
    """Whether all limits were held; a regression alone may be accepted on purpose."""
    return all(check.state == OK for check in checks if not check.name.startswith("regression"))


def read_accepted(text: str) -> Accepted | None:
    """What was kept; None for what nobody can read any more."""
    try:
        found: Mapping[str, Any] = parse(text)
        return Accepted(**found)
    except (TypeError, ValueError):
        return None


def _mostly(numbers: Numbers) -> str:
    return f", mostly {numbers.cause}" if numbers.cause else ""


def _sent(numbers: Numbers) -> Check:
    """A generator that had no time left for requests measured something else."""
    if not numbers.requests:
        return _answered(numbers)
    share = numbers.requests / (numbers.requests + numbers.late)
    observed = f"{numbers.requests} requests sent, {numbers.late} were never sent"
    good = share >= FULL_LOAD
    cause = (
        ""
        if good
        else f"{observed}: the mesh answers too slowly for this rate, or this machine is too busy"
    )
    return Check(
        "load_sent", GROUP, "load generator", OK if good else FAILED, True, observed,
        f"{FULL_LOAD:.0%} of the load sent", cause,
    )  # fmt: skip


def _answered(numbers: Numbers) -> Check:
    good = numbers.requests > 0
    observed = f"{numbers.requests} requests sent"
    cause = "" if good else "the load generator sent no request"
    state = OK if good else UNKNOWN
    return Check("load_sent", GROUP, "load generator", state, True, observed, "a load", cause)


def _below(
    name: str, observed: str, value: float, limit: float, unit: str, since: str = ""
) -> Check:
    good = value <= limit
    expected = f"{limit:.4g} {unit} or less"
    cause = "" if good else f"{observed}{f', {since}' if since else ''}: above {limit:.4g} {unit}"
    state = OK if good else FAILED
    return Check(name, GROUP, "the mesh under load", state, True, observed, expected, cause)


def _no_comparison(why: str) -> Check:
    """Advice: without it no first run could ever be green."""
    return Check(
        "regression", GROUP, "accepted run", UNKNOWN, False, "nothing to compare with",
        "an accepted run of the same load", why, "run it again with -e cam_load_accept=true",
    )  # fmt: skip
