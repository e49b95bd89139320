"""A mesh whose parts answer as badly as they can: a red check with its cause, never a crash."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_api import FakeApi
from fake_mesh import APP, HEALTH, Mesh
from hostile import JINJA, SCRIPTS, hostile
from paths import BIN, ENVIRONMENT, ROOT


@pytest.fixture
def mesh(api: FakeApi, kubeconfig: str) -> Mesh:
    return Mesh(api, kubeconfig)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile() as port:
        yield port


@pytest.mark.parametrize("script", sorted(set(SCRIPTS) - {"good", "jinja_body", "jinja_type"}))
def test_an_edge_that_answers_badly(mesh: Mesh, port: int, script: str) -> None:
    started = time.monotonic()
    url = f"http://127.0.0.1:{port}/{script}"
    result = mesh.run(url=url, timeout_seconds=1, deadline_seconds=10)
    assert time.monotonic() - started < 30
    assert "msg" not in result
    (edge,) = [check for check in result["checks"] if check["name"] == "edge"]
    assert edge["state"] in ("failed", "unknown")
    assert edge["cause"]
    assert all(line.isprintable() for line in result["lines"])
    assert result["status"] != "healthy"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"[" * 200_000, "health"),
        (b'{"status": "\xff\xfe"}', "health"),
        (b"<html>please log in</html>", "health"),
        (b'"healthy"', "health"),
        (b"null", "health"),
        (json.dumps({**HEALTH, "status": JINJA}).encode(), JINJA),
        (json.dumps({**HEALTH, "status": "\x1b[2Jowned"}).encode(), "owned"),
    ],
)
def test_an_app_that_says_odd_things(mesh: Mesh, body: bytes, cause: str) -> None:
    mesh.answer(f"{APP}/health", body)
    result = mesh.run()
    assert "msg" not in result
    check = mesh.check("health")
    assert check["state"] in ("failed", "unknown", "degraded")
    assert cause in " ".join(result["lines"])
    assert "\x1b" not in str(result)


def test_more_urls_are_swept_with_the_rest(mesh: Mesh, port: int) -> None:
    good, bad = f"http://127.0.0.1:{port}/good", f"http://127.0.0.1:{port}/jinja_type"
    assert mesh.check("endpoints_sweep")["state"] == "not_configured"
    assert mesh.check("endpoints_sweep", endpoints=[good])["state"] == "ok"
    wanted = {"url": bad, "expect_type": "application/json"}
    red = mesh.check("endpoints_sweep", endpoints=[good, wanted])
    assert red["state"] == "failed"
    assert f"content type {JINJA}, expected application/json, such as {bad}" in red["cause"]
    refused = mesh.check("endpoints_sweep", endpoints=["nonsense"])
    assert (refused["state"], "endpoints[0]" in refused["cause"]) == ("unknown", True)


def play(folder: Path, tasks: list[dict[str, Any]]) -> str:
    file = folder / "play.yml"
    hosts = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    file.write_text(json.dumps([{**hosts, "tasks": tasks}]), "utf-8")
    done = subprocess.run(
        [BIN / "ansible-playbook", "-i", "localhost,", file],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


def test_ansible_prints_what_a_stranger_says_as_it_is(
    mesh: Mesh, port: int, tmp_path: Path
) -> None:
    """Neither the sweep nor the verdict is ever a template, however often it is handed on."""
    mesh.answer(f"{APP}/health", json.dumps({**HEALTH, "status": JINJA}).encode())
    base = f"http://127.0.0.1:{port}"
    sweep = {
        "endpoints": [
            {"url": f"{base}/{script}", "expect_type": "application/json"}
            for script in ("jinja_type", "escapes", "redirect_loop", "closes", "not_http")
        ],
        "timeout_seconds": 5,
    }
    verdict = {
        name: mesh.params[name]
        for name in ("kubeconfig", "namespace", "api_key_secret", "timeout_seconds")
    }
    text = play(
        tmp_path,
        [
            {"cam.mesh.cam_endpoints_info": sweep, "register": "swept"},
            {"ansible.builtin.set_fact": {"kept": "{{ swept.lines }}"}},
            {"ansible.builtin.debug": {"msg": "{{ kept }}"}},
            {"cam.mesh.cam_health_info": verdict, "register": "judged"},
            {"ansible.builtin.debug": {"msg": "{{ judged.lines }} {{ judged.cause }}"}},
        ],
    )
    assert f"content type {JINJA}" in text
    assert "status 503" in text
    assert text.count(JINJA) >= 3
    assert "49" not in text.replace(str(port), "")
    assert "x" * 9 not in text
