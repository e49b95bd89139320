"""The tools' own results are read right; a tool that fails or hangs ends as a message."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _load_tools
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._load_judge import Step
from ansible_collections.cam.mesh.plugins.module_utils._load_tools import (
    Load,
    Target,
    artillery,
    artillery_numbers,
    find_tool,
    k6,
    k6_numbers,
)

KEY = "key-of-the-clients"
LOAD = Load("load", rate=20, peak_rate=100, seconds=60, process_percent=50)
TARGET = Target("https://cam.example:8443", "127.0.0.1:9443", KEY, "an authority")
# What k6 1.4 and Artillery 2.0 wrote of real runs, less what is not read.
K6 = {
    "metrics": {
        "http_reqs": {"type": "counter", "values": {"rate": 4.99, "count": 50}},
        "http_req_duration": {"values": {"med": 5.09, "p(95)": 28.6, "p(99)": 46.0, "max": 53.1}},
        "checks": {"type": "rate", "values": {"rate": 0.96, "passes": 48, "fails": 2}},
        "dropped_iterations": {"values": {"count": 3, "rate": 0.3}},
    }
}
K6_SAID = (
    'time="2026-11-25T03:53:15Z" level=warning msg="failed: status 500" source=console\n'
    'time="2026-11-25T03:53:16Z" level=warning msg="failed: connection refused" source=console\n'
    'time="2026-11-25T03:53:17Z" level=warning msg="failed: status 500" source=console\n'
)
ARTILLERY = {
    "aggregate": {
        "counters": {
            "vusers.created": 20,
            "http.requests": 20,
            "cam.step.0.requests": 9,
            "cam.step.0.good": 9,
            "cam.step.1.requests": 11,
            "cam.step.1.good": 8,
            "http.codes.200": 17,
            "http.codes.503": 2,
            "errors.ETIMEDOUT": 1,
        },
        "summaries": {
            "http.response_time": {"median": 3, "p95": 25.8, "p99": 36.2},
            "cam.step.0.ms": {"p95": 27.9},
            "cam.step.1.ms": {"p95": 300.0},
        },
    },
    "intermediate": [],
}


def test_a_result_of_k6() -> None:
    found = k6_numbers(K6, K6_SAID)
    assert (found.requests, found.failed, found.late) == (50, 2, 3)
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == (5.09, 28.6, 46.0)
    assert found.cause == "status 500"
    assert found.error_percent == 4


def test_a_run_of_k6_that_sent_nothing() -> None:
    found = k6_numbers({"metrics": {}}, "")
    assert (found.requests, found.error_percent, found.cause) == (0, 100, "")


def test_a_result_of_artillery() -> None:
    found = artillery_numbers(ARTILLERY, [10, 20, 30])
    assert found.steps == (Step(10, 9, 0, 27.9), Step(20, 11, 3, 300.0), Step(30, 0, 0, 0))
    assert (found.requests, found.failed, found.p95_ms) == (20, 3, 25.8)
    assert found.cause == "status 503"


def test_steps_rise_evenly_and_requests_are_counted() -> None:
    load = Load("stress", rate=20, peak_rate=100, seconds=50, process_percent=0)
    assert load.steps == [20, 40, 60, 80, 100]
    assert load.requests == 10 * 300
    assert LOAD.requests == 1200
    assert Load("spike", 20, 100, 60, 0).requests == 3600
    assert Load("soak", 20, 100, 1800, 0).requests == 36_000
    assert load.shape == "stress 20 to 100 a second, 50 s, 0 % process"
    assert LOAD.shape == "load 20 a second, 60 s, 50 % process"


def test_where_the_tools_are_led() -> None:
    assert TARGET.host == "cam.example:8443"
    assert TARGET.with_port == "https://cam.example:9443"
    assert Target("https://cam.example", "", KEY, "").with_port == "https://cam.example"


def test_a_tool_that_is_missing_is_named_with_a_way_to_get_it() -> None:
    with pytest.raises(CamError, match="cam_load_k6 is 'no-such-k6'"):
        find_tool("no-such-k6", "cam_load_k6", _load_tools.GET_K6)


def tool(folder: Path, script: str) -> str:
    """A program in the place of the tool; the environment of the last run is in `seen`."""
    file = folder / "tool"
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)
    return str(file)


RECORD = 'env > {0}/seen; echo "$*" > {0}/words; stat -c %a "$CAM_API_KEY_FILE" > {0}/mode; '


@pytest.mark.parametrize("generate", [k6, artillery])
def test_the_key_reaches_the_tool_by_a_private_file_alone(tmp_path: Path, generate: Any) -> None:
    script = RECORD.format(tmp_path) + f'cp "$CAM_API_KEY_FILE" {tmp_path}/key; exit 1'
    with pytest.raises(CamError, match="wrote no result"):
        generate(tool(tmp_path, script), "scenario", LOAD, TARGET)
    assert (tmp_path / "key").read_text("utf-8") == KEY
    assert (tmp_path / "mode").read_text("utf-8") == "600\n"
    assert KEY not in (tmp_path / "seen").read_text("utf-8")
    assert KEY not in (tmp_path / "words").read_text("utf-8")
    seen = dict(
        line.split("=", 1)
        for line in (tmp_path / "seen").read_text("utf-8").splitlines()
        if line.startswith("CAM_")
    )
    assert not os.path.exists(seen["CAM_API_KEY_FILE"])


def test_what_the_tool_wrote_is_read(tmp_path: Path) -> None:
    summary = tmp_path / "result.json"
    summary.write_text(json.dumps(K6), "utf-8")
    script = f'cp {summary} "$CAM_SUMMARY"; exit 99'
    assert k6(tool(tmp_path, script), "scenario", LOAD, TARGET).requests == 50


def test_what_the_tool_said_last_is_in_the_message(tmp_path: Path) -> None:
    script = r'printf "first\n\033[31mno such scenario\033[0m\n"; exit 1'
    with pytest.raises(CamError, match="it said: first no such scenario"):
        k6(tool(tmp_path, script), "scenario", LOAD, TARGET)


def test_a_tool_that_hangs_is_stopped_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_load_tools, "GRACE_SECONDS", 1)
    load = Load("load", rate=1, peak_rate=1, seconds=0, process_percent=0)
    script = f"sleep 300 & echo $! > {tmp_path}/child; wait"
    started = time.monotonic()
    with pytest.raises(CamError, match="did not end within 1 s; it was stopped"):
        k6(tool(tmp_path, script), "scenario", load, TARGET)
    assert time.monotonic() - started < 20
    child = (tmp_path / "child").read_text("utf-8").strip()
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True)
    assert state.stdout.strip()[:1] in ("", "Z")
