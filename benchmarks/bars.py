"""What a measurement of health checks must hold, and whether it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LEAST_FASTER = 100
MOST_OF_BARE = 1.5
MOST_MIB = 300


class Measured(Protocol):
    """One way to do the work, as it was measured."""

    name: str
    note: str

    @property
    def median(self) -> float: ...

    @property
    def memory(self) -> float: ...


@dataclass(frozen=True)
class Table:
    """The ways of one piece of work; `core` is ours without Ansible, `play` ours with it."""

    title: str
    ways: Sequence[Measured]
    bare: Measured
    core: Measured
    play: Measured
    slow: Measured


@dataclass(frozen=True)
class Bar:
    text: str
    measured: str
    met: bool

    def line(self) -> str:
        return f"| {self.text} | {self.measured} | {'met' if self.met else '**missed**'} |"


def bars(thousand_endpoints: Table, tables: Sequence[Table]) -> list[Bar]:
    """The worst of all tables decides; the loop is measured as a whole at a thousand only."""
    faster = thousand_endpoints.slow.median / thousand_endpoints.play.median
    times, slowest = max((table.core.median / table.bare.median, table.title) for table in tables)
    mib, largest = max(
        (way.memory, table.title) for table in tables for way in (table.core, table.play)
    )
    return [
        Bar(
            f"a play is {LEAST_FASTER} times faster than the loop of `uri` at 1,000 endpoints",
            f"{faster:.0f} times",
            faster >= LEAST_FASTER,
        ),
        Bar(
            f"without Ansible it takes at most {MOST_OF_BARE} times as long as the bare client",
            f"{times:.2f} times at worst, {slowest}",
            times <= MOST_OF_BARE,
        ),
        Bar(
            f"no process of ours takes {MOST_MIB} MiB",
            f"{mib:.0f} MiB at most, {largest}",
            mib < MOST_MIB,
        ),
    ]


def page_lines(found: Sequence[Bar]) -> list[str]:
    return ["| Bar | Measured | |", "|---|---|---|", *(one.line() for one in found), ""]
