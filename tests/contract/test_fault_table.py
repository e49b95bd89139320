"""The proof of faults: a verdict that ends too late has caught nothing, and every row injects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import faults
import pytest
import verdict
from faults import FAULTS, SECONDS, Fault, nothing
from mesh import Mesh

MESH = Mesh("cam-nowhere")


class Clock:
    """Seconds that pass only where a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Slow(verdict.Judge):
    """Each verdict takes so long; the named cause is in those that end after `since`."""

    def __init__(self, clock: Clock, takes: float, since: float) -> None:
        self.clock, self.takes, self.since = clock, takes, since

    def __call__(self, **changes: Any) -> verdict.Document:
        self.clock.now += self.takes
        cause = "it is gone" if self.clock.now >= self.since else ""
        check = {"name": "cache", "cause": cause, "critical": True}
        return {"status": "failed", "cause": f"cache: {cause}", "checks": [check], "lines": []}

    def wait_for_health(self, seconds: int = 180) -> verdict.Document:
        return {}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (verdict, faults):
        monkeypatch.setattr(module, "time", SimpleNamespace(**{
            "monotonic": made.monotonic, "sleep": made.sleep,
        }))  # fmt: skip
    return made


def fault(clock: Clock, injecting: float = 0) -> Fault:
    return Fault("cache", "cache", "it is gone", lambda mesh: clock.sleep(injecting), nothing)


def test_what_is_named_in_time_is_told_with_its_seconds(clock: Clock) -> None:
    judge = Slow(clock, takes=2, since=103)
    found, seconds = fault(clock, injecting=100).prove(MESH, judge)
    assert found["status"] == "failed"
    # The second verdict: two of two seconds and a pause, without what the injection took.
    assert seconds == pytest.approx(4.3)


@pytest.mark.parametrize(("takes", "since"), [(SECONDS + 1, 0), (11, 12), (2, 1000)])
def test_a_verdict_that_ends_too_late_has_caught_nothing(
    clock: Clock, takes: float, since: float
) -> None:
    with pytest.raises(AssertionError, match=f"not named within {SECONDS} s"):
        fault(clock).prove(MESH, Slow(clock, takes, since))


def test_every_row_injects_something() -> None:
    assert [one.name for one in FAULTS if one.inject is nothing] == []


def test_each_part_that_can_be_down_is_a_sample() -> None:
    samples = {one.name for one in FAULTS if one.is_sample}
    assert {"app-down", "cache-down", "database-down", "prometheus-down"} <= samples
