# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on a Compose project: the same judgements and document as for a mesh in a cluster."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _check_dependencies,
    _check_endpoints,
    _check_function,
    _check_monitoring,
    _check_workload,
)
from ansible_collections.cam.mesh.plugins.module_utils._engine import (
    AUTO,
    CLIENTS,
    Container,
    Engine,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError, words
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    HEALTHY,
    OK,
    Check,
    Kind,
    report,
)
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._look import header_safe, signed
from ansible_collections.cam.mesh.plugins.module_utils._names import METRICS_PATHS
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    "project": {"type": "str", "required": True},
    "environment": {"type": "str", "default": ""},
    "engine": {"type": "str", "choices": [AUTO, *CLIENTS], "default": AUTO},
    "replicas": {"type": "dict", "required": True},
    "image": {"type": "str", "default": ""},
    "version": {"type": "str", "default": ""},
    "api_key_file": {"type": "path", "required": True, "no_log": False},
    "process": {"type": "dict", "default": {}},
    "timeout_seconds": {"type": "int", "default": 15},
    "wait_seconds": {"type": "int", "default": 0},
}
POLL_SECONDS = 2
DATABASE, CACHE = "postgres", "redis"
FUNCTION = (
    _check_function.PROCESS,
    _check_function.PROCESS_ROW,
    _check_function.CACHE_ROUND_TRIP,
)
# No answer, or one that has not the form of its contract.
NO_ANSWER = (
    *(CamError, OSError, http.client.HTTPException),
    *(AttributeError, LookupError, TypeError, ValueError),
)


@dataclass
class Probe:
    """One look at one project."""

    engine: Engine
    params: Params
    containers: dict[str, Container] = field(default_factory=dict)

    def look(self) -> list[Check]:
        """All checks; the independent ones in parallel."""
        self.containers = {one.service: one for one in self.engine.containers(self._project)}
        database, cache = _check_dependencies.DATABASE, _check_dependencies.CACHE
        jobs: list[tuple[Kind, Callable[[], list[Check]]]] = [
            (database, lambda: [self._container(database, DATABASE)]),
            (cache, lambda: [self._container(cache, CACHE)]),
            (_check_workload.ROLLOUT, self._rollout),
            (_check_endpoints.HEALTH, self._health),
            (_check_endpoints.READY, self._ready),
            (_check_function.PROCESS, self._process),
            (_check_endpoints.METRICS, self._metrics),
            (_check_endpoints.EDGE, _not_part),
        ]
        with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
            return [check for checks in pool.map(self._guarded, jobs) for check in checks]

    @property
    def _project(self) -> str:
        return str(self.params["project"])

    @property
    def _replicas(self) -> dict[str, str]:
        """Where each replica is published, by its service."""
        return dict(self.params["replicas"])

    def _guarded(self, job: tuple[Kind, Callable[[], list[Check]]]) -> list[Check]:
        kind, look = job
        started = time.monotonic()
        try:
            checks = look()
        except Exception as error:
            # Whatever it is: it must not take down what the others have seen.
            cause = words(error)
            checks = [kind.unknown(self._project, "no answer", "an answer", cause)]
        spent = int((time.monotonic() - started) * 1000)
        return [replace(self._typed(check), duration_ms=spent) for check in checks]

    def _typed(self, check: Check) -> Check:
        """The next command as it is typed here: there is no cluster to ask."""
        if "kubectl" not in check.next:
            return check
        name = self.engine.name
        return replace(check, next=f"{name} ps --all; {name} logs NAME")

    def _container(self, kind: Kind, service: str) -> Check:
        one = self.containers.get(service)
        target = f"{self._project}/{service}"
        if one is None:
            cause = f"{service} has no container"
            return kind.failed(target, "it does not exist", "it runs", cause, next="run it again")
        if one.running:
            return kind.ok(target, "running")
        said = self.engine.last_words(one.name)
        cause = f"{one.name} is {one.state} with exit code {one.exit_code}"
        cause += f"; it said last: {said}" if said else ""
        look = f"{self.engine.name} logs {one.name}; {self.engine.name} start {one.name}"
        return kind.failed(target, one.state, "running", cause, next=look)

    def _rollout(self) -> list[Check]:
        found = {
            service: self._container(_check_workload.ROLLOUT, service) for service in self._replicas
        }
        checks = [every(found)]
        mine = [self.containers[name] for name in self._replicas if name in self.containers]
        if self.params["image"] and mine:
            pods = [{"spec": {"containers": [{"image": one.image}]}} for one in mine]
            checks.append(_check_workload.image(pods, self.params["image"]))
        return checks

    def _health(self) -> list[Check]:
        version = self.params["version"]
        return [
            self._each(
                _check_endpoints.HEALTH, lambda at: _health(self._call(at, "/health"), version)
            )
        ]

    def _ready(self) -> list[Check]:
        return [self._each(_check_endpoints.READY, lambda at: _ready(self._call(at, "/ready")))]

    def _metrics(self) -> list[Check]:
        metrics = _check_endpoints.METRICS
        scrapes: dict[str, str] = {}

        def read(at: str) -> Check:
            texts = []
            for path in METRICS_PATHS:
                answer = self._call(at, path)
                if answer.status != 200:
                    observed, cause = f"{path}: status {answer.status}", "it serves no metrics"
                    return metrics.failed(at, observed, "status 200", cause)
                texts.append(answer.body.decode(errors="replace"))
            scrapes[at] = "\n".join(texts)
            return metrics.ok(at, "status 200")

        found = self._each(metrics, read)
        return [found if found.state != OK else _check_endpoints.metrics(scrapes)]

    def _process(self) -> list[Check]:
        """A real request to each replica; the first one's row, and the same question to another."""
        wanted = self.params["process"]
        if not wanted.get("enabled"):
            text = "off: no request may be sent here (cam_compose_process_enabled)"
            return [kind.left_out(self._project, text) for kind in FUNCTION]
        file = Path(self.params["api_key_file"])
        key = header_safe(file.read_text("utf-8").strip(), str(file))
        tag = f"probe-{secrets.token_hex(8)}"
        body = _check_function.question(tag, wanted.get("policy_id", ""))
        headers = signed(key, tag)
        answers: list[Answer] = []

        def ask(at: str) -> Check:
            answer = self._call(at, "/process", "POST", body, headers)
            answers.append(answer)
            return _check_function.process(answer.status, answer.body, at)

        asked = self._each(_check_function.PROCESS, ask)
        if asked.state != OK:
            return [asked]
        request = str(answers[0].json()["requestId"])
        last = list(self._replicas.values())[-1]
        again = self._call(last, "/process", "POST", body, headers)
        redis = str(self._call(last, "/health").json()["services"]["redis"]["status"])
        mark = again.headers.get("x-cam-cache")
        hit = _check_function.cache_hit(again.status, mark, redis)
        return [asked, self._row(request), hit]

    def _row(self, request: str) -> Check:
        command = ["sh", "-c", _check_function.COUNT_ROW, "cam", request]
        name = self.containers[DATABASE].name if DATABASE in self.containers else DATABASE
        done = self.engine.exec(
            name, command, _check_function.COUNT_QUERY, self.params["timeout_seconds"]
        )
        return _check_function.row(done.code, done.out, done.err, request)

    def _each(self, kind: Kind, look: Callable[[str], Check]) -> Check:
        """The same look at every replica."""
        found: dict[str, Check] = {}
        for service, at in self._replicas.items():
            try:
                found[service] = look(at)
            except NO_ANSWER as error:
                found[service] = kind.failed(at, "no answer", "an answer", f"{at}: {error}")
        return every(found)

    def _call(
        self,
        at: str,
        path: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        timeout = self.params["timeout_seconds"]
        return fetch(f"{at}{path}", method=method, body=body, headers=headers, timeout=timeout)


def every(found: Mapping[str, Check]) -> Check:
    """One check of all replicas: the first one that is not ok stands for them."""
    for service, check in found.items():
        if check.state != OK:
            bad = sum(one.state != OK for one in found.values())
            observed = f"{service}: {check.observed} ({bad} of {len(found)} replicas)"
            named = check.cause if service in check.cause else f"{service}: {check.cause}"
            return replace(check, observed=observed, cause=named)
    first = next(iter(found.values()))
    return replace(first, observed=f"{len(found)} of {len(found)} replicas: {first.observed}")


def _health(answer: Answer, version: str) -> Check:
    return _check_endpoints.health(answer.status, answer.body, version)


def _ready(answer: Answer) -> Check:
    return _check_endpoints.ready(answer.status, answer.body)


def _not_part() -> list[Check]:
    """What a cluster has and Compose has not."""
    return [
        _check_endpoints.EDGE.left_out(
            "Compose", "none is part of it: your proxy leads to the published ports"
        ),
        _check_monitoring.PROMETHEUS.left_out(
            "Compose", "none is part of it: yours scrapes the published ports"
        ),
    ]


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The verdict on one project, the last one if it may take a while; changes nothing."""
    if not params["replicas"]:
        raise CamError("`replicas` is empty: name each service with the URL where it answers")
    probe = Probe(Engine.find(params["engine"]), params)
    deadline = time.monotonic() + params["wait_seconds"]
    while True:
        started, began = datetime.now(UTC), time.monotonic()
        checks = probe.look()
        found = report(
            checks,
            cluster=params["project"],
            environment=params["environment"],
            started=started,
            duration_ms=int((time.monotonic() - began) * 1000),
        )
        if found["status"] == HEALTHY or time.monotonic() >= deadline:
            return found
        time.sleep(POLL_SECONDS)
