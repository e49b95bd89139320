# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of cam_smoke: uses a mesh as a client would, and leaves nothing behind but its log.

Smoke: does it answer, and does it refuse what it must? Integration: a policy's whole life, a
request under it, and that request in the audit log.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    FAILED,
    NOT_CONFIGURED,
    OK,
    UNKNOWN,
    Check,
    report,
)
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer, cause_of, printable
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._look import CLIENT_SPEC, Look
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **CLIENT_SPEC,
    "integration_enabled": {"type": "bool", "default": True},
    "process_enabled": {"type": "bool", "default": True},
}
GROUP = "function"
# The audit log may be written behind the answer.
AUDIT_TRIES = 5
AUDIT_PAUSE_SECONDS = 1.0
# A policy of a run that was killed is removed by a later one, when it can no longer be in use.
LEFTOVER_SECONDS = 3600
NEXT = "kubectl -n {namespace} logs deployment/cam-arbitration-mesh --tail=50"
MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


class Wrong(Exception):
    """An answer that is not what the contract says."""

    def __init__(self, observed: str, expected: str) -> None:
        super().__init__(observed)
        self.expected = expected


@dataclass
class Suite:
    """One run of the suite."""

    mesh: Look
    params: Params
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    policy: str = ""
    request: str = ""
    checks: list[Check] = field(default_factory=list)

    def run(self) -> list[Check]:
        self._step("smoke_health", "GET /health", self._health)
        self._step("smoke_ready", "GET /ready", self._ready)
        self._step("smoke_no_key", "POST /process without a key", self._no_key)
        self._step("smoke_wrong_key", "GET /models with a wrong key", self._wrong_key)
        self._step("smoke_bad_body", "POST /process without a prompt", self._bad_body)
        self._step("smoke_models", "GET /models", self._models)
        self._collaboration()
        if self.params["integration_enabled"]:
            self._integration()
        return self.checks

    def _integration(self) -> None:
        try:
            self._step("smoke_policy_create", "POST /policies", self._create)
            self._step("smoke_policy_read", "GET /policies/{id}", self._read, needs=self.policy)
            self._step("smoke_policy_update", "PUT /policies/{id}", self._update, needs=self.policy)
            if self.params["process_enabled"]:
                self._step("smoke_process", "POST /process", self._process, needs=self.policy)
                self._step("smoke_audit", "GET /audit-logs", self._audit, needs=self.request)
            else:
                for name in ("smoke_process", "smoke_audit"):
                    self._left_out(name, "off: no request may be sent here")
        finally:
            self._step(
                "smoke_policy_delete", "DELETE /policies/{id}", self._delete, needs=self.policy
            )
        self._step("smoke_policy_leftovers", "GET /policies", self._leftovers)

    def _step(self, name: str, target: str, look: Callable[[], str], needs: str = "-") -> None:
        """Every step runs, whatever became of the others; one whose input is missing says so."""
        started = time.monotonic()
        state, observed, expected, cause = OK, "", "", ""
        if not needs:
            state, observed = UNKNOWN, "not asked"
            cause = "an earlier step failed that this one needs"
        else:
            try:
                observed = look()
            except Wrong as wrong:
                state, observed, expected = FAILED, str(wrong), wrong.expected
                cause = f"{target} answers {observed}"
            except (CamError, OSError) as error:
                state, observed = FAILED, "no answer"
                cause = cause_of(error)
            except MALFORMED as error:
                state, observed = FAILED, "an answer that does not keep the contract"
                cause = printable(f"{type(error).__name__}: {error}")
        spent = int((time.monotonic() - started) * 1000)
        after = "" if state == OK else NEXT.format(namespace=self.mesh.namespace)
        self.checks.append(
            Check(name, GROUP, target, state, True, observed, expected, cause, after, spent)
        )

    def _left_out(self, name: str, why: str) -> None:
        self.checks.append(Check(name, GROUP, "mesh", NOT_CONFIGURED, True, why))

    # Smoke

    def _health(self) -> str:
        answer = _want(self.mesh.ask("GET", "/health"), 200)
        said = str(answer.json()["status"])
        if said != "healthy":
            raise Wrong(f"status {said}", "healthy")
        return f"healthy, version {printable(str(answer.json()['version']))}"

    def _ready(self) -> str:
        _want(self.mesh.ask("GET", "/ready"), 200)
        return "status 200"

    def _no_key(self) -> str:
        return self._refused(self.mesh.ask("POST", "/process", {"prompt": "smoke"}), 401)

    def _wrong_key(self) -> str:
        wrong = {"Authorization": f"Bearer {secrets.token_hex(16)}"}
        return self._refused(self.mesh.ask("GET", "/models", headers=wrong), 401)

    def _bad_body(self) -> str:
        return self._refused(self.mesh.call("POST", "/process", {"parameters": {}}), 400)

    def _refused(self, answer: Answer, status: int) -> str:
        _want(answer, status)
        if not isinstance(answer.json()["error"], Mapping):
            raise Wrong("an error that is no object", "an `error` object")
        return f"refused with {status}"

    def _models(self) -> str:
        found = _items(_want(self.mesh.call("GET", "/models"), 200))
        if not found:
            raise Wrong("no model", "one model or more")
        return f"{len(found)} models"

    def _collaboration(self) -> None:
        """Where no collaboration is served there is nothing to judge."""
        name, path = "smoke_collaboration", "/collaboration/metrics"

        def look() -> str:
            answer = self.mesh.ask("GET", path)
            if answer.status == 404:
                return ""
            text = _want(answer, 200).body.decode(errors="replace")
            if not re.search(r"^cam_collaboration_sessions_active\b", text, re.MULTILINE):
                raise Wrong("no metric of sessions", "cam_collaboration_sessions_active")
            return "sessions are counted"

        self._step(name, f"GET {path}", look)
        if not self.checks[-1].observed:
            del self.checks[-1]
            self._left_out(name, "this mesh serves no collaboration")

    # Integration

    def _create(self) -> str:
        name = f"cam-smoke-{int(self.now())}-{secrets.token_hex(4)}"
        body = {"name": name, "category": "balanced"}
        self.policy = str(_want(self.mesh.call("POST", "/policies", body), 200, 201).json()["id"])
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", self.policy):
            self.policy = ""
            raise Wrong("an id that fits no path", "an id of letters, digits, _ and -")
        return "created"

    def _read(self) -> str:
        found = _want(self.mesh.call("GET", self._path), 200).json()
        return self._same(found, "balanced")

    def _update(self) -> str:
        found = _want(self.mesh.call("GET", self._path), 200).json()
        body = {"name": found["name"], "category": "speed_priority"}
        _want(self.mesh.call("PUT", self._path, body), 200, 204)
        return self._same(_want(self.mesh.call("GET", self._path), 200).json(), "speed_priority")

    def _same(self, found: Mapping[str, Any], category: str) -> str:
        if found["category"] != category:
            raise Wrong(printable(f"category {found['category']}"), category)
        return f"category {category}"

    def _process(self) -> str:
        body = {
            "prompt": f"smoke {secrets.token_hex(8)}",
            "policyId": self.policy,
            "parameters": {"maxTokens": 1},
        }
        answer = _want(self.mesh.call("POST", "/process", body), 200).json()
        model = printable(str(answer["selectedModel"]))
        self.request = str(answer["requestId"])
        return f"answered by {model}"

    def _audit(self) -> str:
        for attempt in range(AUDIT_TRIES):
            if attempt:
                self.sleep(AUDIT_PAUSE_SECONDS)
            answer = _want(self.mesh.call("GET", "/audit-logs?limit=100"), 200)
            if self.request in answer.body.decode(errors="replace"):
                return "the request is in the log"
        raise Wrong("the request is not among the newest 100 rows", "its row")

    def _delete(self) -> str:
        _want(self.mesh.call("DELETE", self._path), 200, 202, 204)
        _want(self.mesh.call("GET", self._path), 404)
        return "removed, and gone"

    def _leftovers(self) -> str:
        removed = 0
        for policy in _items(_want(self.mesh.call("GET", "/policies?limit=100"), 200)):
            made = re.fullmatch(r"cam-smoke-(\d{1,12})-[0-9a-f]{8}", str(policy["name"]))
            if made and self.now() - int(made[1]) > LEFTOVER_SECONDS:
                path = f"/policies/{policy['id']}"
                _want(self.mesh.call("DELETE", path), 200, 202, 204, 404)
                removed += 1
        return f"{removed} of earlier runs removed" if removed else "none of earlier runs"

    @property
    def _path(self) -> str:
        return f"/policies/{self.policy}"


def _want(answer: Answer, *statuses: int) -> Answer:
    if answer.status not in statuses:
        text = answer.body[:200].decode(errors="replace")
        expected = " or ".join(map(str, statuses))
        raise Wrong(printable(f"status {answer.status}: {text}"), f"status {expected}")
    return answer


def _items(answer: Answer) -> list[Mapping[str, Any]]:
    """The entries of a list, which some builds answer bare and some inside an object."""
    found = answer.json()
    entries = found if isinstance(found, list) else next(_lists(found), None)
    if entries is None:
        raise Wrong("no list", "a list")
    return entries


def _lists(found: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    return (value for value in found.values() if isinstance(value, list))


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The verdict of the suite; in check mode only what reads."""
    mesh = Look(Kube.connect(params["kubeconfig"], params["context"]), params)
    # A key that cannot be read is not the mesh's fault: nothing is judged.
    mesh.api_key()
    mesh.authority()
    if check_mode:
        params = {**params, "integration_enabled": False}
    started, clock = datetime.now(UTC), time.monotonic()
    checks = Suite(mesh, params).run()
    return report(
        checks,
        cluster=params["cluster"],
        environment=params["environment"],
        namespace=mesh.namespace,
        started=started,
        duration_ms=int((time.monotonic() - clock) * 1000),
    )
