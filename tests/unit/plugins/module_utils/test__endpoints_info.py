"""The verdict of a sweep: counts and causes, never thousands of answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _endpoints_info
from ansible_collections.cam.mesh.plugins.module_utils._endpoints import Endpoint
from ansible_collections.cam.mesh.plugins.module_utils._endpoints_info import judge
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from ansible_collections.cam.mesh.plugins.module_utils._sweep import Sweep
from hostile import hostile


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with hostile() as port:
        yield f"http://127.0.0.1:{port}"


def run(endpoints: list[Any], **changes: Any) -> dict[str, Any]:
    spec = _endpoints_info.ARGUMENT_SPEC
    defaults = {name: option.get("default") for name, option in spec.items()}
    params = {**defaults, "endpoints": endpoints, **changes}
    return call(_endpoints_info.run, params, check_mode=False, diff=False)


def test_all_well(base: str) -> None:
    result = run([f"{base}/good", {"url": f"{base}/redirect_loop", "expect_status": 302}])
    assert result["status"] == "healthy"
    assert result["counts"] == {"endpoints": 2, "ok": 2, "failed": 0, "not_asked": 0}
    assert [check["name"] for check in result["checks"]] == ["endpoints_sweep"]
    assert result["latency_ms"]["p95"] <= result["latency_ms"]["max"]
    assert not result["changed"]


def test_the_frequent_cause_leads_and_the_limit_holds(base: str) -> None:
    dead = [f"http://127.0.0.1:1/{number}" for number in range(30)]
    result = run([f"{base}/jinja", *dead, f"{base}/good"], report_limit=5)
    assert result["status"] == "failed"
    assert result["counts"] == {"endpoints": 32, "ok": 1, "failed": 31, "not_asked": 0}
    assert result["cause"] == (
        "endpoints_sweep: 31 failed, 30 of them: connection refused, such as http://127.0.0.1:1/0"
    )
    assert [check["name"] for check in result["checks"]].count("endpoint") == 5
    assert result["checks"][1]["cause"] == "status 500, expected 200"
    assert f"curl -v {base}/jinja" in result["lines"][1]


def test_not_asked_is_unknown_and_not_healthy(base: str) -> None:
    seen = Sweep([Endpoint("http://a/"), Endpoint("http://b/")], latencies_ms=[3.0], asked=1)
    (check,) = judge(seen, 20)
    assert check.state == "unknown"
    assert check.observed == "1 of 2 endpoints ok, p95 3 ms, 1 not asked when the deadline ended"
    assert check.next == "raise deadline_seconds or concurrency"


def test_no_endpoint_is_not_configured_and_not_healthy() -> None:
    result = run([])
    assert result["status"] == "unknown"
    assert result["checks"][0]["state"] == "not_configured"


@pytest.mark.parametrize("name", ["timeout_seconds", "deadline_seconds", "concurrency"])
def test_numbers_below_one_are_refused(name: str) -> None:
    assert run([], **{name: 0})["msg"] == f"{name} is 0; it must be 1 or more"


def test_more_at_once_than_a_system_allows() -> None:
    assert "must be 10000 or less" in run([], concurrency=10_001)["msg"]


def test_a_bad_entry_fails_without_a_traceback() -> None:
    result = run(["nonsense"])
    assert result["failed"]
    assert result["msg"].startswith("endpoints[0]: url 'nonsense' must begin with")
