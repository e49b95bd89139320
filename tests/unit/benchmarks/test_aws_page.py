"""A benchmark of AWS that misses its goal says so."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.aws_page import STEPS, Medians, bars, lines


@dataclass(frozen=True)
class Run:
    seconds: float = 10.0
    cpu: float = 5.0
    calls: int = 100
    writes: int = 0
    changed: int = 0


PLAIN = Medians.of([Run(20.0, 9.0, 200, 1, 1)])


def test_half_is_enough() -> None:
    found = bars(Medians.of([Run()]), PLAIN)
    assert [(bar.met, bar.measured) for bar in found] == [
        (True, "0.50 times"),
        (True, "0.50 times"),
    ]


@pytest.mark.parametrize(("number", "run"), [(0, Run(calls=101)), (1, Run(seconds=10.1))])
def test_more_than_half_is_missed(number: int, run: Run) -> None:
    found = bars(Medians.of([run]), PLAIN)
    assert [at for at, bar in enumerate(found) if not bar.met] == [number]


def test_one_disturbed_round_does_not_decide() -> None:
    assert bars(Medians.of([Run(), Run(seconds=900.0), Run()]), PLAIN)[1].met


def test_the_page_has_each_step_of_both_ways() -> None:
    found = lines({step: (Medians.of([Run(11.0)]), PLAIN) for step in STEPS})
    assert [line for line in found if line.startswith("| second run")] == [
        "| second run | roles | 100 | 0 | 0 | 11.0 | 5.0 | 0.50 | 0.55 |",
        "| second run | stock modules | 200 | 1 | 1 | 20.0 | 9.0 | 1.00 | 1.00 |",
    ]
    assert sum(line.startswith(f"| {step}") for line in found for step in STEPS) == 6
    assert sum("**missed**" in line for line in found) == 1
