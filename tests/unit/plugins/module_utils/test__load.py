"""A load is bounded and refused before it starts; a run is judged, accepted and compared."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _load
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi
from small_mesh import KEY, SmallMesh, small_mesh
from test__pods_info import table

SPACE = "/api/v1/namespaces/cam-dev"
ACCEPTED = f"{SPACE}/configmaps/cam-load-accepted"


@pytest.fixture
def mesh() -> Iterator[SmallMesh]:
    with small_mesh() as found:
        yield found


class Run:
    """A run whose generator is a script that writes a result as k6 would."""

    def __init__(self, api: FakeApi, kubeconfig: str, mesh: SmallMesh, folder: Path) -> None:
        self.api = api
        self.folder = folder
        self.pods = [("cam-1", "1/1", "Running", 0)]
        api.put(SPACE, {})
        secret = {"data": {"api-key": base64.b64encode(KEY.encode()).decode()}}
        api.put(f"{SPACE}/secrets/cam-api-key", secret)
        api.answers["GET", f"{SPACE}/pods"] = lambda _query, _body: (200, table(*self.pods))
        defaults = {name: option.get("default") for name, option in _load.ARGUMENT_SPEC.items()}
        self.params = {
            **defaults,
            "kubeconfig": kubeconfig,
            "namespace": "cam-dev",
            "url": mesh.url,
            "api_key_secret": {"name": "cam-api-key", "key": "api-key"},
            "scenario": "load",
            "script": "k6.js",
            "tool": str(folder / "tool"),
        }
        self.measures(p95=40)

    def measures(self, p95: float, failed: int = 0) -> None:
        metrics = {
            "http_reqs": {"count": 1000},
            "http_req_duration": {"med": 5, "p(95)": p95, "p(99)": p95},
            "checks": {"fails": failed},
        }
        summary = {"metrics": {name: {"values": values} for name, values in metrics.items()}}
        (self.folder / "result.json").write_text(json.dumps(summary), "utf-8")
        file = self.folder / "tool"
        file.write_text(f'#!/bin/sh\ncp {self.folder}/result.json "$CAM_SUMMARY"\n', "utf-8")
        file.chmod(0o755)

    def __call__(self, *, check_mode: bool = False, **changes: Any) -> dict[str, Any]:
        return call(_load.run, {**self.params, **changes}, check_mode=check_mode, diff=False)

    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.api.objects[ACCEPTED]["data"]["load"])
        return found


@pytest.fixture
def run(api: FakeApi, kubeconfig: str, mesh: SmallMesh, tmp_path: Path) -> Run:
    return Run(api, kubeconfig, mesh, tmp_path)


def red(result: dict[str, Any]) -> list[str]:
    return [
        check["name"]
        for check in result["checks"]
        if check["critical"] and check["state"] not in ("ok", "not_configured")
    ]


def test_a_first_run_holds_and_says_that_nothing_was_accepted(run: Run) -> None:
    result = run()
    assert result["status"] == "healthy"
    assert not result["changed"]
    assert "no run was accepted yet" in str(result["lines"])
    assert result["numbers"]["requests"] == 1000
    assert ACCEPTED not in run.api.objects


def test_an_accepted_run_is_the_gate_of_the_next(run: Run) -> None:
    assert run(accept=True)["changed"]
    assert (run.kept()["p95_ms"], run.kept()["version"]) == (40, "2.0.0")
    run.measures(p95=53)
    assert run()["status"] == "healthy"
    run.measures(p95=54)
    result = run()
    assert (result["status"], red(result)) == ("failed", ["regression_p95"])
    assert "54 ms, accepted 40 ms" in result["cause"]
    # A regression that is wanted is accepted, and the gate is the new one.
    assert run(accept=True)["status"] == "healthy"
    assert run.kept()["p95_ms"] == 54


def test_a_run_beyond_its_limits_is_never_accepted(run: Run) -> None:
    run.measures(p95=600, failed=100)
    result = run(accept=True)
    assert red(result) == ["load_errors", "load_p95"]
    assert not result["changed"]
    assert ACCEPTED not in run.api.objects


def test_another_load_is_no_comparison(run: Run) -> None:
    run(accept=True)
    result = run(rate=30)
    assert result["status"] == "healthy"
    assert "accepted was 'load 20 a second" in str(result["lines"])


def test_a_restart_under_the_load_is_a_failure(run: Run) -> None:
    pods = iter([[("cam-1", "1/1", "Running", 2)], [("cam-1", "1/1", "Running", "3 (5s ago)")]])
    run.api.answers["GET", f"{SPACE}/pods"] = lambda _q, _b: (200, table(*next(pods)))
    result = run()
    assert red(result) == ["load_survived"]
    assert "cam-1 restarted under the load" in result["cause"]


def test_a_mesh_that_is_not_ready_after_the_load(
    run: Run, mesh: SmallMesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_load, "RECOVERY_PAUSE_SECONDS", 0.01)
    mesh.answers["GET", "/ready"] = (503, {})
    result = run()
    assert red(result) == ["load_survived"]
    assert "/ready answers 503" in result["cause"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rate": 0}, "rate is 0; it must be 1 or more"),
        ({"seconds": -1}, "seconds is -1; it must be 1 or more"),
        ({"process_percent": 101}, "process_percent is 101; it must be 0 to 100"),
        ({"scenario": "spike", "peak_rate": 10}, "peak_rate is 10, below rate 20"),
        ({"scenario": "stress", "seconds": 9}, "seconds is 9; a stress run needs 10 or more"),
        ({"rate": 1000}, "is about 60000 requests, above max_requests 50000"),
        ({"tool": "no-such-tool"}, "cam_load_k6 is 'no-such-tool', which is not there"),
        ({"scenario": "stress", "tool": "no-such-tool"}, "cam_load_artillery is 'no-such-tool'"),
        ({"url": ""}, "set cam_release_url in the inventory"),
        ({"url": "http://127.0.0.1:1"}, "does not answer before the load: connection refused"),
    ],
)
def test_what_is_refused_before_any_load(run: Run, changes: dict[str, Any], message: str) -> None:
    (run.folder / "tool").write_text("#!/bin/sh\ntouch ran\n", "utf-8")
    assert message in run(**changes)["msg"]
    assert not (run.folder / "ran").exists()


def test_a_dry_run_sends_no_load(run: Run) -> None:
    result = run(check_mode=True)
    assert result["lines"] == [
        "would run load 20 a second, 60 s, 50 % process: about 1200 requests"
    ]


def test_results_are_kept_where_a_folder_is_named(run: Run, tmp_path: Path) -> None:
    run(results_directory=str(tmp_path / "results"), cluster="prod-1")
    (file,) = (tmp_path / "results").iterdir()
    assert file.name.startswith("prod-1-load-")
    assert json.loads(file.read_text("utf-8"))["numbers"]["p95_ms"] == 40
    assert KEY not in file.read_text("utf-8")
    assert "could not be written" in run(results_directory=str(file))["msg"]
