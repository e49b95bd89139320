"""A benchmark of health checks that misses one of its bars says so."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.bars import Table, bars, page_lines


@dataclass
class Way:
    median: float
    memory: float = 50
    name: str = "way"
    note: str = ""


def table(**ways: Way) -> Table:
    """One that holds every bar, but for what is given."""
    every = {
        "bare": Way(1.0), "core": Way(1.5), "play": Way(3.0), "slow": Way(300.0, 541), **ways,
    }  # fmt: skip
    return Table("work", list(every.values()), **every)


def test_what_holds_is_met() -> None:
    found = bars(table(), [table(), table()])
    assert [bar.met for bar in found] == [True, True, True]
    assert [bar.measured for bar in found] == [
        "100 times",
        "1.50 times at worst, work",
        "50 MiB at most, work",
    ]


@pytest.mark.parametrize(
    ("number", "ways"),
    [
        (0, {"slow": Way(299.0)}),
        (1, {"core": Way(1.51)}),
        (2, {"play": Way(3.0, 300)}),
        (2, {"core": Way(1.0, 301)}),
    ],
)
def test_what_does_not_hold_is_missed(number: int, ways: dict[str, Way]) -> None:
    worse = table(**ways)
    found = bars(worse, [worse, table()])
    assert [at for at, bar in enumerate(found) if not bar.met] == [number]
    assert [at for at, line in enumerate(page_lines(found)[2:]) if "missed" in line] == [number]


def test_the_worst_table_decides() -> None:
    assert not bars(table(), [table(), table(core=Way(2.0))])[1].met
