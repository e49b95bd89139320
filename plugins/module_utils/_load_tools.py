# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs k6 and Artillery as children, secrets in private files, and reads what they measured."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import socket_of
from ansible_collections.cam.mesh.plugins.module_utils._http import parse, printable
from ansible_collections.cam.mesh.plugins.module_utils._load_judge import Numbers, Step

GET_K6 = "go install go.k6.io/k6@latest, or the package of your distribution"
GET_ARTILLERY = "npm install -g artillery (Node 22.18 or newer)"
# Beyond the scenario itself: start, the last answers, the summary.
GRACE_SECONDS = 90
STRESS_STEPS = 5
# As the scenario says it, in k6's form of a log line.
K6_FAILURE = re.compile(r'msg="failed: ([^"]*)"')


@dataclass(frozen=True)
class Load:
    """A load: what is asked, how often, and for how long."""

    scenario: str
    rate: int
    peak_rate: int
    seconds: int
    process_percent: int

    @property
    def shape(self) -> str:
        """Runs of one shape can be compared."""
        peak = f" to {self.peak_rate}" if self.scenario in ("spike", "stress") else ""
        return (
            f"{self.scenario} {self.rate}{peak} a second, {self.seconds} s, "
            f"{self.process_percent} % process"
        )

    @property
    def requests(self) -> int:
        """About how many requests this is: ramps count with their higher end."""
        if self.scenario == "spike":
            return int(self.seconds * (0.5 * self.rate + 0.5 * self.peak_rate))
        if self.scenario == "stress":
            return sum(rate * (self.seconds // STRESS_STEPS) for rate in self.steps)
        return self.seconds * self.rate

    @property
    def steps(self) -> list[int]:
        """The rates of a stress run, from the everyday one to the peak."""
        width = (self.peak_rate - self.rate) / (STRESS_STEPS - 1)
        return [round(self.rate + width * number) for number in range(STRESS_STEPS)]


@dataclass(frozen=True)
class Target:
    """Where the load goes, and what it takes to be let in."""

    url: str
    address: str
    key: str
    authority: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def with_port(self) -> str:
        """The URL with the port of the address: Artillery can be led to another host alone."""
        if not self.address:
            return self.url
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}:{socket_of(self.address)[1]}"


def find_tool(name: str, variable: str, how: str) -> str:
    found = shutil.which(os.path.expanduser(name))
    if found is None:
        raise CamError(
            f"{variable} is '{name}', which is not there. Install it ({how}), or name its path in "
            f"{variable}"
        )
    return found


def k6(tool: str, script: str, load: Load, target: Target) -> Numbers:
    with tempfile.TemporaryDirectory(prefix="cam-load-") as name:
        folder = Path(name)
        summary = folder / "summary.json"
        environment = {**_environment(folder, load, target), "CAM_SUMMARY": str(summary)}
        if target.authority:
            environment["SSL_CERT_FILE"] = environment["CAM_AUTHORITY_FILE"]
        words = [tool, "run", "--quiet", "--no-usage-report", "--no-color", script]
        said = _child(words, environment, load.seconds + GRACE_SECONDS)
        return k6_numbers(_summary(summary, said), said)


def artillery(tool: str, script: str, load: Load, target: Target) -> Numbers:
    with tempfile.TemporaryDirectory(prefix="cam-load-") as name:
        folder = Path(name)
        summary = folder / "summary.json"
        environment = {
            **_environment(folder, load, target),
            "ARTILLERY_DISABLE_TELEMETRY": "true",
            "CAM_TARGET": target.with_port,
            "CAM_STEP_SECONDS": str(load.seconds // STRESS_STEPS),
        }
        if target.authority:
            environment["NODE_EXTRA_CA_CERTS"] = environment["CAM_AUTHORITY_FILE"]
        phases = [
            {"arrivalRate": rate, "duration": load.seconds // STRESS_STEPS} for rate in load.steps
        ]
        overrides = json.dumps({"config": {"phases": phases, "target": target.with_port}})
        words = [tool, "run", "--quiet", "--overrides", overrides, "--output", str(summary), script]
        said = _child(words, environment, load.seconds + GRACE_SECONDS)
        return artillery_numbers(_summary(summary, said), load.steps)


def k6_numbers(summary: Mapping[str, Any], said: str) -> Numbers:
    """Of the summary that the scenario writes at its end, and of the failures that it told."""
    metrics = summary["metrics"]
    latency = metrics.get("http_req_duration", {}).get("values", {})
    requests = int(metrics.get("http_reqs", {}).get("values", {}).get("count", 0))
    checks = metrics.get("checks", {}).get("values", {})
    return Numbers(
        requests,
        int(checks.get("fails", 0)),
        int(metrics.get("dropped_iterations", {}).get("values", {}).get("count", 0)),
        float(latency.get("med", 0)),
        float(latency.get("p(95)", 0)),
        float(latency.get("p(99)", 0)),
        cause=_most(Counter(K6_FAILURE.findall(said))),
    )


def artillery_numbers(report: Mapping[str, Any], rates: Sequence[int]) -> Numbers:
    """Of Artillery's report; its processor counts each step apart."""
    counters = report["aggregate"].get("counters", {})
    summaries = report["aggregate"].get("summaries", {})
    latency = summaries.get("http.response_time", {})
    steps = []
    for number, rate in enumerate(rates):
        requests = int(counters.get(f"cam.step.{number}.requests", 0))
        good = int(counters.get(f"cam.step.{number}.good", 0))
        p95 = float(summaries.get(f"cam.step.{number}.ms", {}).get("p95", 0))
        steps.append(Step(rate, requests, requests - good, p95))
    causes = {
        name.removeprefix("errors.").replace("http.codes.", "status "): int(count)
        for name, count in counters.items()
        if name.startswith(("errors.", "http.codes.")) and name != "http.codes.200"
    }
    return Numbers(
        sum(step.requests for step in steps),
        sum(step.failed for step in steps),
        int(counters.get("vusers.skipped", 0)),
        float(latency.get("median", 0)),
        float(latency.get("p95", 0)),
        float(latency.get("p99", 0)),
        tuple(steps),
        _most(Counter(causes)),
    )


def _most(causes: Counter[str]) -> str:
    return printable(causes.most_common(1)[0][0]) if causes else ""


def _environment(folder: Path, load: Load, target: Target) -> dict[str, str]:
    """What a scenario reads. The key is in a private file, never in a word or a variable."""
    key, authority = folder / "api-key", folder / "ca.crt"
    key.touch(mode=0o600)
    key.write_text(target.key, "utf-8")
    authority.write_text(target.authority, "utf-8")
    return {
        **os.environ,
        "NO_COLOR": "1",
        "CAM_URL": target.url,
        "CAM_HOST": target.host,
        "CAM_ADDRESS": target.address,
        "CAM_API_KEY_FILE": str(key),
        "CAM_AUTHORITY_FILE": str(authority),
        "CAM_SCENARIO": load.scenario,
        "CAM_RATE": str(load.rate),
        "CAM_PEAK_RATE": str(load.peak_rate),
        "CAM_SECONDS": str(load.seconds),
        "CAM_PROCESS_PERCENT": str(load.process_percent),
    }


def _child(words: Sequence[str], environment: Mapping[str, str], seconds: float) -> str:
    """What the tool said. It and all that it started are gone when this returns."""
    process = subprocess.Popen(  # pylint: disable=ansible-bad-function
        words, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        said, _none = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise CamError(f"{words[0]} did not end within {seconds:.0f} s; it was stopped") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return said


def _summary(file: Path, said: str) -> dict[str, Any]:
    """The summary is the result; the exit code tells only which of the tool's own limits broke."""
    try:
        found: dict[str, Any] = parse(file.read_bytes())
    except (OSError, ValueError):
        lines = [line for line in said.splitlines() if line.strip()]
        text = printable(re.sub(r"\x1b\[[0-9;]*m", "", " ".join(lines[-5:])))
        raise CamError(f"the load generator wrote no result; it said: {text}") from None
    return found
