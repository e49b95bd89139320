"""Waits for AWS: success, failure, deadline, and what is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import (
    GONE,
    PERSISTENCE_SECONDS,
    Wait,
    Watched,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import Hands

ISSUE = {"code": "NodeCreationFailure", "message": "no join", "resourceIds": ["i-1", "i-2"]}


def seen(status: str, *issues: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "health": {"issues": list(issues)}}


class Story:
    """What AWS answers, look by look; the last one for ever."""

    def __init__(self, *answers: dict[str, Any] | Exception | None) -> None:
        self.answers = list(answers)
        self.looks = 0

    def __call__(self) -> dict[str, Any] | None:
        answer = self.answers[min(self.looks, len(self.answers) - 1)]
        self.looks += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def wait(
    *stories: Callable[[], dict[str, Any] | None], seconds: float = 600, **options: Any
) -> tuple[list[str], Hands, list[Any]]:
    hands, said = Hands(), []
    watched = [
        Watched(f"thing {number}", story, **options) for number, story in enumerate(stories, 1)
    ]
    waiting = Wait(seconds, hands.clock, said.append)
    return said, hands, waiting.all(watched)


def test_it_ends_with_success_and_tells_each_change_once() -> None:
    said, hands, (live,) = wait(
        Story(seen("CREATING"), seen("CREATING"), seen("UPDATING"), seen("ACTIVE"))
    )
    assert live["status"] == "ACTIVE"
    assert said == ["thing 1: CREATING for 0 s", "thing 1: UPDATING for 2 s"]
    assert hands.time < 6


def test_what_ended_is_not_looked_at_again() -> None:
    first, second = Story(seen("ACTIVE")), Story(*[seen("CREATING")] * 5, seen("ACTIVE"))
    wait(first, second)
    assert (first.looks, second.looks) == (1, 6)


@pytest.mark.parametrize(
    "status", ["FAILED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "Failed", "Cancelled"]
)
def test_a_failure_ends_it_at_once_with_the_cause(status: str) -> None:
    with pytest.raises(CamError) as failed:
        wait(Story(seen("CREATING"), seen(status, ISSUE)), remedy="Do that.")
    assert str(failed.value).splitlines() == [
        f"thing 1 is {status} after 1 s.",
        "NodeCreationFailure: no join (i-1, i-2)",
        "Do that.",
    ]


def test_a_failure_without_a_cause_says_where_to_look() -> None:
    with pytest.raises(CamError, match="events in the console"):
        wait(Story({"status": "FAILED"}))


def test_the_errors_of_an_update_are_read() -> None:
    errors = [{"errorCode": "EniLimitReached", "errorMessage": "full", "resourceIds": []}]
    with pytest.raises(CamError, match="EniLimitReached: full"):
        wait(Story({"status": "Failed", "errors": errors}))


def test_what_may_heal_is_borne_for_a_while() -> None:
    healing = Story(*[seen("DEGRADED", ISSUE)] * 3, seen("ACTIVE"))
    _, _, (live,) = wait(healing)
    assert live["status"] == "ACTIVE"
    with pytest.raises(CamError, match=r"is DEGRADED after 6\d s"):
        wait(Story(seen("DEGRADED", ISSUE)))
    # Without an issue it is no failure; only the deadline ends it.
    with pytest.raises(CamError, match="is still DEGRADED"):
        wait(Story(seen("DEGRADED")), seconds=10 * PERSISTENCE_SECONDS)


def test_what_heals_in_between_is_borne_anew() -> None:
    bad, good = [seen("DEGRADED", ISSUE)] * 8, [seen("CREATING")]
    _, hands, _ = wait(Story(*bad, *good, *bad[:4], seen("ACTIVE")))
    assert hands.time > PERSISTENCE_SECONDS


def test_the_deadline_names_all_that_is_late() -> None:
    with pytest.raises(CamError) as late:
        wait(Story(seen("CREATING", ISSUE)), Story(seen("UPDATING")), seconds=20)
    first, second = str(late.value).splitlines()
    assert "thing 1 is still CREATING (NodeCreationFailure: no join (i-1, i-2))" in first
    assert "`wait_seconds`, 20 s" in second


def test_no_seconds_are_one_look() -> None:
    story = Story(seen("CREATING"))
    with pytest.raises(CamError):
        wait(story, seconds=0)
    assert story.looks == 1
    wait(Story(seen("ACTIVE")), seconds=0)


def test_progress_is_told_now_and_then() -> None:
    said, hands, _ = wait(Story(*[seen("CREATING")] * 20, seen("ACTIVE")))
    assert 150 < hands.time < 300
    assert hands.time / 45 < len(said) < hands.time / 30 + 2


def test_gone_is_success_only_where_it_is_wanted() -> None:
    with pytest.raises(CamError, match="removed by somebody"):
        wait(Story(seen("CREATING"), None))
    _, _, found = wait(Story(seen("DELETING"), None), done=frozenset({GONE}))
    assert found == [None]


def test_no_answer_is_borne_unless_it_is_final() -> None:
    throttled = AwsError("slow down", "ThrottlingException", "throttled")
    said, _, (live,) = wait(Story(throttled, seen("CREATING"), throttled, seen("ACTIVE")))
    assert live["status"] == "ACTIVE"
    assert said[0] == "thing 1: AWS did not answer (ThrottlingException), asking again"
    with pytest.raises(AwsError, match="over"):
        wait(Story(AwsError("over", "ExpiredToken", "expired")))
    with pytest.raises(CamError, match="still unknown"):
        wait(Story(throttled), seconds=10)
