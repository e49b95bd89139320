"""What a measurement at AWS must hold, and the page that tells of it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.bars import Bar, page_lines

MOST_OF_PLAIN = 0.5
STEPS = ("first run", "second run", "check")


class Measured(Protocol):
    """One run of a playbook."""

    @property
    def seconds(self) -> float: ...

    @property
    def cpu(self) -> float: ...

    @property
    def calls(self) -> int: ...

    @property
    def writes(self) -> int: ...

    @property
    def changed(self) -> int: ...


@dataclass(frozen=True)
class Medians:
    """Of all rounds of one step of one way."""

    seconds: float
    cpu: float
    calls: float
    writes: float
    changed: float

    @classmethod
    def of(cls, runs: Sequence[Measured]) -> Medians:
        return cls(
            statistics.median(run.seconds for run in runs),
            statistics.median(run.cpu for run in runs),
            statistics.median(run.calls for run in runs),
            statistics.median(run.writes for run in runs),
            statistics.median(run.changed for run in runs),
        )


def bars(ours: Medians, plain: Medians) -> list[Bar]:
    """Both of the second run."""
    calls, seconds = ours.calls / plain.calls, ours.seconds / plain.seconds
    goal = f"at most {MOST_OF_PLAIN:g} times the"
    return [
        Bar(
            f"a second run takes {goal} API calls of stock modules",
            f"{calls:.2f} times",
            calls <= MOST_OF_PLAIN,
        ),
        Bar(
            f"a second run takes {goal} time of stock modules",
            f"{seconds:.2f} times",
            seconds <= MOST_OF_PLAIN,
        ),
    ]


def lines(found: Mapping[str, tuple[Medians, Medians]]) -> list[str]:
    """`found`: of each step the roles, and the stock modules."""
    rows = [
        f"| {step} | {name} | {one.calls:.0f} | {one.writes:.0f} | {one.changed:.0f} "
        f"| {one.seconds:.1f} | {one.cpu:.1f} | {one.calls / plain.calls:.2f} "
        f"| {one.seconds / plain.seconds:.2f} |"
        for step, (ours, plain) in found.items()
        for name, one in (("roles", ours), ("stock modules", plain))
    ]
    return [
        *page_lines(bars(*found["second run"])),
        "| Run | Way | API calls | of them writing | Tasks changed | Seconds | CPU seconds "
        "| Calls, times stock | Seconds, times stock |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]
