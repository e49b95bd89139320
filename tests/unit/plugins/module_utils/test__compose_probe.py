"""A project of three replicas is judged healthy; each thing that breaks is seen and named."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _compose_probe
from ansible_collections.cam.mesh.plugins.module_utils._engine import Done, Engine
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from fake_api import Server
from fake_engine import FakeEngine
from fake_mesh import HEALTH
from test__metrics import SCRAPE

KEY = "key-of-the-clients"
NAMES = ("cam-app-1", "cam-app-2", "cam-app-3")


class Replica:
    """One replica on a port of its own; what it answers may be changed by path."""

    def __init__(self, cache: set[str]) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.cache = cache
        replica = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                signed = self.headers.get("Authorization") == f"Bearer {KEY}"
                code, mark, body = replica.reply(self.path, signed, raw)
                self.send_response(code)
                if mark:
                    self.send_header("X-Cam-Cache", mark)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _serve

            def log_message(self, *_: object) -> None:
                """Be silent."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def reply(self, path: str, signed: bool, raw: bytes) -> tuple[int, str, bytes]:
        if path in self.answers:
            code, told = self.answers[path]
            return code, "", json.dumps(told).encode()
        kept, _, rest = SCRAPE.partition("# TYPE cam_collaboration_sessions_active")
        pages = {
            "/health": json.dumps(HEALTH),
            "/ready": "{}",
            "/metrics": kept,
            "/collaboration/metrics": f"# TYPE cam_collaboration_sessions_active{rest}",
        }
        if path in pages:
            return 200, "", pages[path].encode()
        if not signed:
            return 401, "", b"{}"
        prompt = json.loads(raw)["prompt"]
        mark = "hit" if prompt in self.cache else "miss"
        self.cache.add(prompt)
        answer = {"requestId": "r-1", "content": "c", "selectedModel": "m"}
        return 200, mark, json.dumps(answer).encode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Project:
    """Five containers of which each is as it should be until a test breaks one."""

    def __init__(self, folder: Path) -> None:
        self.fake = FakeEngine()
        self.fake.answers["podman", "exec"] = Done(0, "1\n", "")
        for service in (*NAMES, "postgres", "redis"):
            labels = {"cam.mesh/service": service}
            self.fake.add(service, {"labels": labels, "image": "cam:2.0.0"})
        cache: set[str] = set()
        self.replicas = {name: Replica(cache) for name in NAMES}
        self.key = folder / "api-key"
        self.key.write_text(KEY, "utf-8")

    def run(self, **changes: Any) -> Any:
        params = {
            "project": "cam-dev",
            "environment": "dev",
            "engine": "podman",
            "replicas": {name: one.url for name, one in self.replicas.items()},
            "image": "cam:2.0.0",
            "version": "2.0.0",
            "api_key_file": str(self.key),
            "process": {"enabled": True, "policy_id": ""},
            "timeout_seconds": 5,
            "wait_seconds": 0,
            **changes,
        }
        return _compose_probe.run(params, check_mode=False, diff=False)

    def check(self, name: str, **changes: Any) -> dict[str, Any]:
        (found,) = [one for one in self.run(**changes)["checks"] if one["name"] == name]
        return dict(found)

    def stop(self, service: str) -> None:
        for told in self.fake.containers.values():
            if told["Name"] == f"/p-{service}":
                told["State"] = {"Status": "exited", "ExitCode": 137}
        if service in self.replicas:
            self.replicas[service].stop()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    project = Project(tmp_path)
    find = Engine.find.__func__
    monkeypatch.setattr(
        Engine, "find", classmethod(lambda cls, name: find(cls, name, project.fake))
    )
    yield project
    for replica in project.replicas.values():
        replica.stop()


def test_a_good_project_is_healthy(project: Project) -> None:
    found = project.run()
    assert (found["status"], found["cluster"], found["environment"]) == (
        "healthy",
        "cam-dev",
        "dev",
    )
    states = {one["name"]: one["state"] for one in found["checks"]}
    assert {name for name, state in states.items() if state == "ok"} == {
        "database", "cache", "rollout", "image", "health", "ready", "process", "process_row",
        "cache_round_trip", "metrics",
    }  # fmt: skip
    assert {name for name, state in states.items() if state != "ok"} == {"edge", "prometheus"}


@pytest.mark.parametrize(
    ("service", "check"), [("cam-app-2", "rollout"), ("redis", "cache"), ("postgres", "database")]
)
def test_a_container_that_does_not_run_is_the_cause(
    project: Project, service: str, check: str
) -> None:
    project.stop(service)
    found = project.run()
    assert found["status"] == "failed"
    assert found["cause"].startswith(f"{check}: p-{service} is exited with exit code 137")
    assert "it said last: the last words" in found["cause"]
    assert "podman start p-" in project.check(check)["next"]


def test_a_look_that_breaks_is_unknown_and_stops_no_other(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_compose_probe.Probe, "_ready", lambda probe: 1 // 0)
    found = project.run()
    states = {one["name"]: one["state"] for one in found["checks"]}
    assert (found["status"], states["health"], states["metrics"]) == ("unknown", "ok", "ok")
    assert found["cause"].startswith("ready: ZeroDivisionError: ")


def test_a_container_that_is_not_there(project: Project) -> None:
    project.fake.containers = {
        one: told for one, told in project.fake.containers.items() if told["Name"] != "/p-redis"
    }
    assert project.check("cache")["cause"] == "redis has no container"


@pytest.mark.parametrize(
    ("path", "answer", "check", "cause"),
    [
        ("/health", (200, {**HEALTH, "version": "1.0.0"}), "health", "wrong version"),
        ("/ready", (503, {}), "ready", "misses a dependency"),
        ("/process", (401, {}), "process", "the API key is refused"),
        ("/metrics", (500, {}), "metrics", "it serves no metrics"),
        ("/collaboration/metrics", (200, ""), "metrics", "cam_collaboration_sessions_active"),
    ],
)
def test_one_replica_of_three_is_named(
    project: Project, path: str, answer: tuple[int, Any], check: str, cause: str
) -> None:
    project.replicas["cam-app-3"].answers[path] = answer
    found = project.check(check)
    assert found["state"] == "failed"
    assert cause in found["cause"]
    assert "cam-app-3" in found["observed"] or project.replicas["cam-app-3"].url in found["target"]


def test_an_answer_that_is_not_stored_or_not_cached(project: Project) -> None:
    project.fake.answers["podman", "exec"] = Done(0, "0\n", "")
    assert project.check("process_row")["state"] == "failed"
    project.fake.answers["podman", "exec"] = Done(1, "", "psql: error")
    assert project.check("process_row")["state"] == "unknown"
    asked = [call for call in project.fake.calls if call[1] == "exec"][-1]
    assert asked[:4] == ["podman", "exec", "--interactive", "p-postgres"]
    assert KEY not in " ".join(asked)
    for replica in project.replicas.values():
        replica.cache = set()
    assert project.check("cache_round_trip")["state"] == "ok"
    project.replicas["cam-app-3"].answers["/process"] = (
        200,
        {"requestId": "r", "content": "c", "selectedModel": "m"},
    )
    assert project.check("cache_round_trip")["observed"].startswith("/health says redis is healthy")


def test_a_key_that_no_header_can_carry_is_not_shown(project: Project) -> None:
    project.key.write_text("two\nlines", "utf-8")
    found = project.check("process")
    assert found["state"] == "unknown"
    assert "two" not in found["cause"]


def test_no_request_where_none_may_be_sent(project: Project) -> None:
    assert project.check("process", process={"enabled": False})["state"] == "not_configured"


def test_it_waits_for_health(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.replicas["cam-app-1"].answers["/ready"] = (503, {})
    monkeypatch.setattr(
        _compose_probe.time,
        "sleep",
        lambda seconds: project.replicas["cam-app-1"].answers.clear(),
    )
    assert project.run(wait_seconds=30)["status"] == "healthy"


def test_no_replicas_are_refused(project: Project) -> None:
    with pytest.raises(CamError, match="`replicas` is empty"):
        project.run(replicas={})
