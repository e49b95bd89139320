"""Every public path, through the Service and through the edge: served, closed, or red."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_paths as judge
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from test__metrics import SCRAPE

MAIN, OTHER = "/metrics", "/collaboration/metrics"
READY = Answer(200, {}, b"ready")
PAGE = Answer(200, {}, SCRAPE.encode())
SESSIONS = Answer(
    200, {}, b"# TYPE cam_collaboration_sessions_active gauge\ncam_collaboration_sessions_active 0"
)
GOOD = {MAIN: PAGE, OTHER: SESSIONS}


def closed(status: int) -> Answer:
    return Answer(status, {}, b"")


def test_the_pages_of_the_service_keep_the_contract() -> None:
    found = judge.service_metrics(GOOD)
    assert (found.state, found.observed) == (
        "ok",
        "/metrics and /collaboration/metrics: status 200",
    )


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({OTHER: closed(404)}, "/collaboration/metrics answers with status 404"),
        ({MAIN: closed(503)}, "/metrics answers with status 503"),
        ({MAIN: Answer(200, {}, b"<html>")}, "/metrics is no page of metrics"),
        ({OTHER: Answer(200, {}, b"<html>")}, "/collaboration/metrics is no page of metrics"),
    ],
)
def test_a_page_that_the_service_does_not_give_is_red(
    change: dict[str, Answer], cause: str
) -> None:
    found = judge.service_metrics({**GOOD, **change})
    assert (found.state, cause in found.cause) == ("failed", True)


@pytest.mark.parametrize(
    ("change", "observed"),
    [
        ({}, "/ready: served, /metrics: served, /collaboration/metrics: served"),
        (
            {MAIN: closed(403), OTHER: closed(404)},
            "/ready: served, /metrics: closed (403), /collaboration/metrics: closed (404)",
        ),
        (
            {"/ready": closed(404), MAIN: closed(404), OTHER: closed(404)},
            "/ready: closed (404), /metrics: closed (404), /collaboration/metrics: closed (404)",
        ),
    ],
)
def test_what_the_edge_serves_or_closes_is_shown(change: dict[str, Answer], observed: str) -> None:
    found = judge.edge_paths({"/ready": READY, **GOOD, **change}, "https://mesh")
    assert (found.state, found.observed) == ("ok", observed)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"/ready": closed(503)}, "/ready answers with status 503"),
        ({MAIN: closed(500)}, "/metrics answers with status 500"),
        ({OTHER: closed(302)}, "/collaboration/metrics answers with status 302"),
        ({MAIN: Answer(200, {}, b"<html>log in")}, "/metrics is no page of metrics"),
        ({"/ready": Answer(200, {}, b"<html>log in")}, "/ready is not the mesh's"),
    ],
)
def test_a_path_that_is_neither_served_nor_closed_is_red(
    change: dict[str, Answer], cause: str
) -> None:
    found = judge.edge_paths({"/ready": READY, **GOOD, **change}, "https://mesh")
    assert (found.state, cause in found.cause) == ("degraded", True)
