"""The watch: as many rounds as asked for, at their times, also when a cluster cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._watch import watch


class Time:
    """A clock that only moves by sleeping, and by what judging takes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_rounds_begin_at_their_time_and_end() -> None:
    time, shown = Time(), []

    def judge(status: str) -> dict[str, Any]:
        time.now += 2
        return verdicts.verdict(status)

    status = watch(
        judge, {"eu": "degraded"}, seconds=5, rounds=3, show=shown.append,
        clock=lambda: time.now, sleep=time.sleep,
    )  # fmt: skip
    assert status == "degraded"
    assert [report["status"] for report in shown] == ["degraded"] * 3
    assert time.slept == [3, 3]


def test_a_round_that_takes_too_long_is_followed_at_once() -> None:
    time = Time()

    def judge(_: Any) -> dict[str, Any]:
        time.now += 9
        return verdicts.verdict()

    watch(
        judge, {"eu": 1}, seconds=5, rounds=2, show=lambda report: None,
        clock=lambda: time.now, sleep=time.sleep,
    )  # fmt: skip
    assert time.slept == [0]


@pytest.mark.parametrize(
    ("problem", "cause"),
    [
        (CamError("kubeconfig /none does not exist"), "kubeconfig /none does not exist"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
    ],
    ids=["not-asked", "broken"],
)
def test_a_cluster_without_a_verdict_is_shown_as_unknown(problem: Exception, cause: str) -> None:
    def judge(name: str) -> dict[str, Any]:
        if name == "us":
            raise problem
        return verdicts.verdict()

    shown: list[dict[str, Any]] = []
    status = watch(judge, {"eu": "eu", "us": "us"}, seconds=1, rounds=1, show=shown.append)
    assert status == "unknown"
    eu, us = shown[0]["clusters"]
    assert (eu["status"], us["status"]) == ("healthy", "unknown")
    assert us["cause"] == f"verdict: {cause}"
