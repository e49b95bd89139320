# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects what the judgements need, all at once; a question without an answer is a finding."""

from __future__ import annotations

import base64
import http.client
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _judge
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    DEGRADED,
    FAILED,
    NOT_CONFIGURED,
    OK,
    UNKNOWN,
    Check,
    report,
)
from ansible_collections.cam.mesh.plugins.module_utils._kube import Answer, Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._names import METRICS_PATHS
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._scrape import pod_text

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "deployment": {"type": "str", "default": "cam-arbitration-mesh"},
    "service": {"type": "str", "default": "cam-service"},
    "min_replicas": {"type": "int", "default": 1},
    "image": {"type": "str", "default": ""},
    "version": {"type": "str", "default": ""},
    "url": {"type": "str", "default": ""},
    "url_address": {"type": "str", "default": ""},
    "url_ca_secret": {"type": "dict", "no_log": False},
    "api_key_secret": {"type": "dict", "no_log": False},
    "database": {"type": "dict", "default": {}},
    "cache": {"type": "dict", "default": {}},
    "process": {"type": "dict", "default": {}},
    "prometheus": {"type": "dict", "default": {}},
    "jobs": {
        "type": "list",
        "elements": "str",
        "default": ["cam-arbitration-mesh", "cam-collaboration-engine"],
    },
    "ignore_alerts": {"type": "list", "elements": "str", "default": ["Watchdog"]},
    "network_policy": {
        "type": "str",
        "choices": ["required", "not_enforced"],
        "default": "required",
    },
    "timeout_seconds": {"type": "int", "default": 15},
}
SELECTOR = "app.kubernetes.io/name=cam,app.kubernetes.io/component=app"
PORT = 8080
# Run beside the database. The password is read where it lies; nothing secret is in the command.
ROW_COMMAND = (
    "sh",
    "-c",
    'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec psql -tA -U "$POSTGRES_USER" '
    '-h /var/run/postgresql -d "$POSTGRES_DB" -v request="$1"',
    "probe",
)
ROW_QUERY = "SELECT count(*) FROM requests WHERE request_id = :'request';\n"
# What reading an answer raises that has not the form of its contract.
MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


@dataclass
class Probe:
    """One look at one mesh cluster."""

    kube: Kube
    params: Params
    pods: list[dict[str, Any]] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        return str(self.params["namespace"])

    def look(self) -> list[Check]:
        """All checks; the independent ones in parallel."""
        try:
            self.kube.get("/version")
            self.pods = self._list("v1", "pods", SELECTOR)
        except KubeError as error:
            return [Check("api", self.kube.server, FAILED, "no answer", "an answer", str(error))]
        jobs: list[tuple[str, Callable[[], list[Check]]]] = [
            ("database", self._database),
            ("cache", self._cache),
            ("rollout", self._rollout),
            ("endpoints", self._endpoints),
            ("health", self._health),
            ("ready", self._ready),
            ("process", self._process),
            ("edge", self._edge),
            ("metrics", self._metrics),
            ("prometheus", self._prometheus),
            ("grafana", self._grafana),
            ("network_policy", self._network_policy),
        ]
        with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
            return [check for checks in pool.map(self._guarded, jobs) for check in checks]

    def _guarded(self, job: tuple[str, Callable[[], list[Check]]]) -> list[Check]:
        """A check that cannot be made is unknown, and unknown is not healthy."""
        name, look = job
        started = time.monotonic()
        try:
            checks = look()
        except KubeError as error:
            state = FAILED if error.status == 503 else UNKNOWN
            checks = [Check(name, self.namespace, state, "no answer", "an answer", str(error))]
        except (CamError, OSError, http.client.HTTPException, *MALFORMED) as error:
            cause = f"{type(error).__name__}: {error}"
            checks = [Check(name, self.namespace, UNKNOWN, "no answer", "an answer", cause)]
        spent = int((time.monotonic() - started) * 1000)
        return [check.timed(spent) for check in checks]

    def _database(self) -> list[Check]:
        if self.params["database"].get("provider") != "in_cluster":
            return [Check("database", "external", NOT_CONFIGURED, "judged through /ready")]
        item = self._find("apps/v1", "statefulsets", "postgres")
        pods = self._list("v1", "pods", "app.kubernetes.io/name=postgres")
        return [_judge.workload("database", "StatefulSet/postgres", item, pods)]

    def _cache(self) -> list[Check]:
        if self.params["cache"].get("provider") != "in_cluster":
            return [Check("cache", "external", NOT_CONFIGURED, "judged through /ready")]
        item = self._find("apps/v1", "deployments", "redis")
        pods = self._list("v1", "pods", "app.kubernetes.io/name=redis")
        return [_judge.workload("cache", "Deployment/redis", item, pods)]

    def _rollout(self) -> list[Check]:
        name = self.params["deployment"]
        item = self._find("apps/v1", "deployments", name)
        check = _judge.workload("rollout", f"Deployment/{name}", item, self.pods)
        checks = [_judge.enough(check, item, self.params["min_replicas"])]
        if self.params["image"] and self.pods:
            checks.append(_judge.image(self.pods, self.params["image"]))
        return checks

    def _endpoints(self) -> list[Check]:
        name = self.params["service"]
        service = self._find("v1", "services", name)
        slices = self._list(
            "discovery.k8s.io/v1", "endpointslices", f"kubernetes.io/service-name={name}"
        )
        return [_judge.endpoints(service, slices, self.pods)]

    def _health(self) -> list[Check]:
        answer = self._service("/health")
        return [_judge.health(answer.status, answer.body, self.params["version"])]

    def _ready(self) -> list[Check]:
        answer = self._service("/ready")
        return [_judge.ready(answer.status, answer.body)]

    def _process(self) -> list[Check]:
        """A real request, its row in the database, and the same request from the cache."""
        names = ("process", "process_row", "cache_round_trip")
        wanted = self.params["process"]
        if not wanted.get("enabled"):
            text = "off: no request may be sent here (cam_health_process_enabled)"
            return [Check(name, "mesh", NOT_CONFIGURED, text) for name in names]
        tag = f"probe-{secrets.token_hex(8)}"
        body = probe_body(tag, wanted.get("policy_id", ""))
        answer = self._call("POST", "/process", body, tag)
        first = _judge.process(answer.status, answer.body, self.params["url"] or "pod")
        if first.state != OK:
            return [first]
        request = str(answer.json()["requestId"])
        again = self._call("POST", "/process", body, tag)
        redis = str(self._service("/health").json()["services"]["redis"]["status"])
        return [
            first,
            self._row(request),
            _judge.cache_hit(again.headers.get("x-cam-cache"), redis),
        ]

    def _row(self, request: str) -> Check:
        database = self.params["database"]
        if database.get("provider") != "in_cluster":
            answer = self._call("GET", "/audit-logs?limit=100", None, "")
            found = request in answer.body.decode(errors="replace")
            state, text = (OK, "in") if found else (DEGRADED, "not in")
            return Check(
                "process_row",
                "audit log",
                state,
                f"{request} is {text} the audit log",
                "in the audit log",
            )
        code, out, err = self.kube.exec(
            self.namespace,
            "postgres-0",
            "postgres",
            [*ROW_COMMAND, request],
            stdin=ROW_QUERY,
            timeout=self.params["timeout_seconds"],
        )
        return _judge.row(code, out, err, request)

    def _edge(self) -> list[Check]:
        url = self.params["url"]
        if not url:
            return [Check("edge", "edge", NOT_CONFIGURED, "no cam_release_url in the inventory")]
        answer = self._url("GET", "/health", None, {})
        if answer.status == 200:
            return [Check("edge", url, OK, "status 200 over verified TLS")]
        return [
            Check(
                "edge",
                url,
                FAILED,
                f"status {answer.status}",
                "status 200",
                "the edge does not lead to the mesh",
            )
        ]

    def _metrics(self) -> list[Check]:
        timeout = self.params["timeout_seconds"]
        names = [pod["metadata"]["name"] for pod in self.pods]
        scrapes = {
            f"Pod/{name}": "\n".join(
                pod_text(self.kube, self.namespace, name, PORT, path, timeout)
                for path in METRICS_PATHS
            )
            for name in names
        }
        return [_judge.metrics(scrapes)]

    def _prometheus(self) -> list[Check]:
        where = self.params["prometheus"]
        names = ("prometheus", "targets", "rules", "alerts")
        if not where.get("enabled"):
            text = "cam_monitoring_provider is none"
            return [Check(name, "Prometheus", NOT_CONFIGURED, text) for name in names]
        try:
            answers = {path: self._ask_prometheus(path) for path in ("targets", "rules", "alerts")}
        except (CamError, ValueError) as error:
            return [
                Check(
                    "prometheus",
                    "Prometheus",
                    FAILED,
                    "no answer",
                    "an answer",
                    f"Prometheus is down: {error}",
                    "kubectl get pods,svc prometheus",
                )
            ]
        pods = [pod["metadata"]["name"] for pod in self.pods if _is_ready(pod)]
        return [
            Check("prometheus", "Prometheus", OK, "answers"),
            _judge.targets(answers["targets"], pods, self.params["jobs"]),
            _judge.rules(answers["rules"]),
            _judge.alerts(answers["alerts"], self.params["ignore_alerts"]),
        ]

    def _grafana(self) -> list[Check]:
        where = self.params["prometheus"]
        if not where.get("grafana"):
            text = "cam_monitoring_grafana_enabled is false"
            return [Check("grafana", "Grafana", NOT_CONFIGURED, text)]
        timeout = self.params["timeout_seconds"]
        answer = self.kube.service(
            where["namespace"], "grafana", "http", "/api/health", timeout=timeout
        )
        return [_judge.grafana(answer.status, answer.body)]

    def _network_policy(self) -> list[Check]:
        """The database, which may go nowhere, knocks at a pod of the app; not a byte is sent."""
        if self.params["database"].get("provider") != "in_cluster":
            text = "not judged: no database in the cluster, from which nothing is allowed"
            return [Check("network_policy", "external", NOT_CONFIGURED, text)]
        ready = [pod for pod in self.pods if _is_ready(pod)]
        if not ready:
            raise CamError("no pod is ready to be knocked at")
        name, address = ready[0]["metadata"]["name"], ready[0]["status"]["podIP"]
        knock = ["timeout", "3", "bash", "-c", "exec 3<>/dev/tcp/$0/$1", address, str(PORT)]
        code, _, error = self.kube.exec(
            self.namespace, "postgres-0", "postgres", knock, timeout=self.params["timeout_seconds"]
        )
        accepted = self.params["network_policy"] == "not_enforced"
        return [_judge.network_policy(f"Pod/{name}", code, error, accepted)]

    def _ask_prometheus(self, what: str) -> Mapping[str, Any]:
        where = self.params["prometheus"]
        answer = self.kube.service(
            where["namespace"],
            where["service"],
            where["port"],
            f"/api/v1/{what}",
            timeout=self.params["timeout_seconds"],
        )
        found: Mapping[str, Any] = answer.json()
        return found

    def _service(self, path: str) -> Answer:
        return self.kube.service(
            self.namespace,
            self.params["service"],
            "http",
            path,
            timeout=self.params["timeout_seconds"],
        )

    def _call(self, method: str, path: str, body: Any, tag: str) -> Answer:
        """With the API key: by the edge if there is one, else by a tunnel to a pod.

        The API server's service proxy takes the Authorization header for itself.
        """
        headers = probe_headers(tag, self._api_key())
        if self.params["url"]:
            return self._url(method, path, body, headers)
        ready = [pod["metadata"]["name"] for pod in self.pods if _is_ready(pod)]
        if not ready:
            raise CamError("no pod is ready to take a request")
        return self.kube.forward(
            self.namespace,
            ready[0],
            PORT,
            method=method,
            path=path,
            headers=headers,
            body=body,
            timeout=self.params["timeout_seconds"],
        )

    def _url(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        url = f"{self.params['url'].rstrip('/')}{path}"
        return fetch(
            url,
            method=method,
            body=body,
            headers=headers,
            address=self.params["url_address"],
            trust=self._trust() if url.startswith("https:") else None,
            timeout=self.params["timeout_seconds"],
        )

    def _trust(self) -> ssl.SSLContext:
        secret = self.params["url_ca_secret"]
        if not secret:
            return ssl.create_default_context()
        text = self._secret(secret["name"], secret["key"])
        return ssl.create_default_context(cadata=text)

    def _api_key(self) -> str:
        secret = self.params["api_key_secret"]
        if not secret:
            raise CamError("a request needs `api_key_secret` with name and key")
        key = self._secret(secret["name"], secret["key"])
        return header_safe(key, f"{secret['key']} in Secret {secret['name']}")

    def _secret(self, name: str, key: str) -> str:
        item = self.kube.get(f"/api/v1/namespaces/{self.namespace}/secrets/{name}")
        return base64.b64decode(item["data"][key]).decode()

    def _find(self, version: str, kind: str, name: str) -> dict[str, Any] | None:
        return self.kube.find(f"{_root(version)}/namespaces/{self.namespace}/{kind}/{name}")

    def _list(self, version: str, kind: str, selector: str) -> list[dict[str, Any]]:
        path = f"{_root(version)}/namespaces/{self.namespace}/{kind}"
        found: list[dict[str, Any]] = self.kube.get(path, labelSelector=selector)["items"]
        return [one for one in found if not one["metadata"].get("deletionTimestamp")]


def probe_body(tag: str, policy: str) -> dict[str, Any]:
    """The real request of a health check: no answer to it can be older than its tag."""
    body = {"prompt": f"health probe {tag}", "parameters": {"maxTokens": 1}}
    return {**body, "policyId": policy} if policy else body


def probe_headers(tag: str, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "X-Cam-Probe": tag}


def header_safe(key: str, where: str) -> str:
    """The key; Python's own refusal of one that no header can carry would show it."""
    if not (key.isascii() and key.isprintable()):
        raise CamError(f"{where} is not one line of printable ASCII")
    return key


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The verdict on one mesh cluster; changes nothing."""
    kube = Kube.connect(params["kubeconfig"], params["context"])
    return report(Probe(kube, params).look())


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
