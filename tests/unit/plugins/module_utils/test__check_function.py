"""The real request and what is left of it: green once, and red for each cause."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_function as judge


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, b"", "the API key is refused"),
        (429, b"", "the rate limit is reached"),
        (500, b"", "the request failed"),
        (200, b"not json", "breaks the contract"),
        (200, b'{"requestId": "1"}', "breaks the contract"),
    ],
)
def test_a_request_that_fails_says_why(status: int, body: bytes, cause: str) -> None:
    found = judge.process(status, body, "")
    assert (found.state, cause in found.cause) == ("failed", True)


def test_a_request_that_is_answered_is_ok() -> None:
    body = b'{"requestId": "1", "content": "c", "selectedModel": "m"}'
    assert judge.process(200, body, "").state == "ok"


@pytest.mark.parametrize(
    ("code", "output", "state"), [(0, "1\n", "ok"), (0, "0\n", "failed"), (2, "", "unknown")]
)
def test_the_row_is_counted_by_the_database(code: int, output: str, state: str) -> None:
    assert judge.row(code, output, "no route", "id").state == state


@pytest.mark.parametrize(
    ("status", "mark", "redis", "state", "cause"),
    [
        (200, "hit", "healthy", "ok", ""),
        (200, "miss", "healthy", "failed", "computed again"),
        (200, None, "unhealthy", "failed", "the app does not reach Redis"),
        (500, None, "healthy", "failed", "the repeated request is refused: the request failed"),
        (500, "hit", "healthy", "failed", "the repeated request is refused: the request failed"),
        (429, None, "healthy", "failed", "the rate limit is reached"),
    ],
)
def test_the_repeated_answer_comes_from_redis(
    status: int, mark: str | None, redis: str, state: str, cause: str
) -> None:
    found = judge.cache_hit(status, mark, redis)
    assert (found.state, cause in found.cause) == (state, True)


def test_an_app_that_marks_no_answer_leaves_the_cache_unjudged() -> None:
    found = judge.cache_hit(200, None, "healthy")
    assert found.is_advice
    assert found.cause == "not told by this app: its answers carry no X-Cam-Cache"


def test_a_request_is_in_the_audit_log_or_not() -> None:
    assert judge.audit(True, "r-1").state == "ok"
    assert judge.audit(False, "r-1").state == "failed"


def test_a_path_that_is_not_served_is_told_as_such() -> None:
    assert "the app serves no /sessions" in judge.session("opened", 404, "/sessions").cause
    assert judge.session("closed", 500, "/sessions").cause == "a session cannot be closed"
