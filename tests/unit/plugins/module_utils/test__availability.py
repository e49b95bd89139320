"""Availability is a share of time; what nobody knows is not healthy."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _availability
from ansible_collections.cam.mesh.plugins.module_utils._availability import Span
from ansible_collections.cam.mesh.plugins.module_utils._history import Point


def points(*states: tuple[float, str]) -> list[Point]:
    return [Point(at, status, 10, None) for at, status in states]


def test_a_verdict_holds_until_the_next() -> None:
    found = _availability.spans(points((0, "healthy"), (300, "failed"), (600, "healthy")), 900)
    assert found == [
        Span(0, 300, "healthy"),
        Span(300, 600, "failed"),
        Span(600, 900, "healthy"),
    ]
    assert _availability.availability(found, 0, 900) == pytest.approx(2 / 3)


def test_runs_that_did_not_happen_are_unknown() -> None:
    states = points((0, "healthy"), (300, "healthy"), (600, "healthy"), (6000, "healthy"))
    found = _availability.spans(states, 6000)
    assert found == [Span(0, 1500, "healthy"), Span(1500, 6000, "unknown")]
    assert _availability.availability(found, 0, 6000) == 0.25


def test_a_schedule_that_ended_is_unknown_at_the_end() -> None:
    found = _availability.spans(points((0, "healthy"), (300, "healthy")), 3000)
    assert found[-1] == Span(1200, 3000, "unknown")


@pytest.mark.parametrize("status", ["unknown", "degraded", "failed", "anything"])
def test_only_healthy_counts(status: str) -> None:
    found = _availability.spans(points((0, status), (60, "healthy")), 120)
    assert _availability.availability(found, 0, 120) == 0.5


def test_too_little_is_no_number() -> None:
    assert _availability.spans([], 100) == []
    assert _availability.availability([], 0, 100) is None
    one = _availability.spans(points((100, "healthy")), 100)
    assert _availability.availability(one, 0, 100) is None


def test_a_trend_has_gaps_before_the_first_run() -> None:
    found = _availability.spans(points((200, "healthy"), (250, "failed"), (300, "healthy")), 400)
    assert _availability.trend(found, 0, 400, 4) == [None, None, 0.5, 1.0]
