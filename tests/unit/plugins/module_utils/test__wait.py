"""The wait ends with health, with the deadline, or with a cause that waiting does not heal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._health import Check

WHEN = datetime(2026, 11, 25, tzinfo=UTC)


def check(state: str, cause: str = "", terminal: str = "", critical: bool = True) -> Check:
    found = Check("rollout", "workload", "app", state, critical, "seen", cause=cause)
    return Check(**{**vars(found), "terminal": terminal})


class Time:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def wait(verdicts: Sequence[Check], **params: Any) -> tuple[dict[str, Any], Time, list[str]]:
    """Wait for these verdicts one after the other; the last one stays."""
    left, time, said = list(verdicts), Time(), []

    def judge(_: Any) -> tuple[list[Check], datetime, int]:
        return [left.pop(0) if len(left) > 1 else left[0]], WHEN, 5

    given = {"cluster": "eu", "environment": "dev", "namespace": "cam-dev", **params}
    result = _wait.run(
        {"wait_seconds": 120, "persistence_seconds": 15, **given},
        check_mode=False,
        diff=False,
        progress=said.append,
        judge=judge,
        clock=Clock(lambda: time.now, time.sleep),
    )
    return result, time, said


def test_a_healthy_mesh_is_not_waited_for() -> None:
    found, time, said = wait([check("ok")])
    assert (found["status"], found["looks"], time.pauses, said) == ("healthy", 1, [], [])
    assert "failed" not in found


def test_the_first_looks_are_close_together() -> None:
    found, time, _ = wait([check("failed", "starting")] * 3 + [check("ok")])
    assert (found["status"], found["looks"]) == ("healthy", 4)
    assert time.pauses == [0.5, 0.75, 1.125]


def test_the_deadline_fails_with_the_last_verdict() -> None:
    found, time, _ = wait([check("failed", "slow")], wait_seconds=30)
    assert found["failed"]
    assert found["msg"].startswith("eu is failed: rollout: slow (not healthy after")
    assert found["checks"][0]["cause"] == "slow"
    assert time.now <= 30
    assert max(time.pauses) <= 4


def test_no_wait_is_one_look() -> None:
    found, time, _ = wait([check("failed", "slow")], wait_seconds=0)
    assert (found["failed"], found["looks"], time.pauses) == (True, 1, [])


def test_a_cause_that_waiting_does_not_heal_ends_the_wait() -> None:
    found, time, _ = wait([check("failed", "no image", terminal="image")], wait_seconds=600)
    assert 15 <= time.now < 25
    assert "given up after 15 s of a cause that waiting does not heal" in found["msg"]


def test_a_cause_must_last_to_end_the_wait() -> None:
    image, crash = check("failed", "i", terminal="image"), check("failed", "c", terminal="crash")
    verdicts = [image] * 4 + [crash] * 4 + [check("ok")]
    assert wait(verdicts)[0]["status"] == "healthy"


def test_an_advice_ends_no_wait() -> None:
    advice = check("degraded", "x", terminal="x", critical=False)
    assert wait([advice] * 30, wait_seconds=60)[1].now > 50


@pytest.mark.parametrize(("causes", "lines"), [(["a"] * 3, 1), (["a", "b", "a"], 3)])
def test_progress_is_told_when_the_cause_changes(causes: list[str], lines: int) -> None:
    said = wait([*(check("failed", cause) for cause in causes), check("ok")])[2]
    assert len(said) == lines
    first = "eu: waiting, failed: 0 of 1 checks ok, 0 not configured, 0 advice; rollout: a"
    assert said[0] == first


def test_progress_is_told_now_and_then() -> None:
    assert 3 <= len(wait([check("failed", "slow")], wait_seconds=60)[2]) <= 5
