# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the monitoring: that Prometheus sees every pod, can alert, and what it has seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ansible_collections.cam.mesh.plugins.module_utils._check_workload import workload
from ansible_collections.cam.mesh.plugins.module_utils._health import OK, Check, Kind, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import parse
from ansible_collections.cam.mesh.plugins.module_utils._kube import KubeError
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, is_ready, name_of

Object = Mapping[str, Any]

PROMETHEUS = declare(
    "prometheus",
    "monitoring",
    looks_at="`/-/healthy` of Prometheus",
    red_when="it does not answer 200",
    next="kubectl get pods,svc prometheus; kubectl logs deployment/prometheus",
)
TARGETS = declare(
    "targets",
    "monitoring",
    looks_at="the targets of the mesh's jobs",
    red_when="a ready pod is not exactly one target of each job that is up",
    next="kubectl port-forward svc/prometheus 9090, then open /targets",
)
RULES = declare(
    "rules",
    "monitoring",
    looks_at="the loaded alert rules",
    red_when="there is none, or one does not evaluate",
    next="kubectl get configmap prometheus-config -o yaml; deploy again",
)
ALERTMANAGER = declare(
    "alertmanager",
    "monitoring",
    looks_at="the Alertmanagers that Prometheus knows, and whether one answers",
    red_when="there is none or it is not ready: alerts reach nobody",
    next="kubectl get pods,svc alertmanager; kubectl logs deployment/alertmanager",
)
SLO = declare(
    "slo",
    "monitoring",
    looks_at=(
        "error share and 95th percentile of the arbitration latency over 5 minutes, of the "
        "pods that run now"
    ),
    red_when=(
        "more than `error_percent` fail, or the percentile is above `latency_ms`; with fewer than "
        "100 requests, half of 10 or more fail, else it is an advice"
    ),
    next="kubectl logs deployment/cam-arbitration-mesh",
)
ALERTS = declare(
    "alerts",
    "monitoring",
    looks_at="alerts that fire, without those of `cam_health_ignore_alerts`",
    red_when="one fires: failed if critical, degraded otherwise",
    next="kubectl port-forward svc/prometheus 9090, then open /alerts",
)
GRAFANA = declare(
    "grafana",
    "monitoring",
    looks_at="`/api/health` of Grafana",
    red_when="it does not answer 200 with a database that is ok",
    next="kubectl logs deployment/grafana",
)
# Only pods that are scraped now: what a pod did that is gone is no verdict on those that run.
NOW = "and on(job, pod) (up == 1)"
WINDOW = "5m"
QUERIES = {
    "requests": f"sum(increase(cam_requests_total[{WINDOW}]) {NOW})",
    "errors": f'sum(increase(cam_requests_total{{status=~"5..|error"}}[{WINDOW}]) {NOW})',
    "latency": "histogram_quantile(0.95, sum by (le) "
    f"(increase(cam_arbitration_latency_ms_bucket[{WINDOW}]) {NOW}))",
}
# Below that a share says nothing.
FEWEST_REQUESTS = 100
# From here on it is no accident if half of them fail, which is `MOST_PERCENT`.
FEW_REQUESTS = 10
MOST_PERCENT = 50


def prometheus(status: int, body: bytes) -> Check:
    if status == 200:
        return PROMETHEUS.ok("Prometheus", "healthy")
    cause = f"Prometheus is down: {body[:100].decode(errors='replace').strip()}"
    return PROMETHEUS.failed("Prometheus", f"status {status}", "status 200", cause)


def targets(answer: Object, pods: Sequence[str], jobs: Sequence[str]) -> Check:
    """Every pod must be an `up` target exactly once in each job."""
    active = answer["data"]["activeTargets"]
    problems = []
    for job in jobs:
        for pod in pods:
            mine = [
                one
                for one in active
                if one["labels"].get("job") == job and one["labels"].get("pod") == pod
            ]
            if len(mine) != 1:
                problems.append(f"{pod} is {len(mine)} targets of job {job}")
            elif mine[0]["health"] != "up":
                problems.append(
                    f"{pod} in job {job} is {mine[0]['health']}: {mine[0]['lastError']}"
                )
    if problems or not pods:
        observed, cause = f"{len(problems)} problems", "; ".join(problems) or "no pod to look for"
        return TARGETS.failed("Prometheus", observed, "each pod up once", cause)
    return TARGETS.ok("Prometheus", f"{len(pods)} pods up in {len(jobs)} jobs")


def rules(answer: Object) -> Check:
    """Rules must be loaded and must evaluate."""
    groups = answer["data"]["groups"]
    every = [rule for group in groups for rule in group["rules"]]
    broken = [rule["name"] for rule in every if rule.get("health") == "err"]
    if not every or broken:
        observed = f"{len(every)} rules, broken: {broken}"
        return RULES.failed("Prometheus", observed, "rules that evaluate", "alerts cannot fire")
    return RULES.ok("Prometheus", f"{len(every)} rules")


def alerts(answer: Object, ignored: Sequence[str]) -> Check:
    """No alert may fire but those that the inventory ignores."""
    firing = [
        one["labels"]
        for one in answer["data"]["alerts"]
        if one["state"] == "firing" and one["labels"]["alertname"] not in ignored
    ]
    if not firing:
        return ALERTS.ok("Prometheus", "none fires")
    names = ", ".join(sorted({one["alertname"] for one in firing}))
    worst = any(one.get("severity") == "critical" for one in firing)
    judged = ALERTS.failed if worst else ALERTS.degraded
    return judged("Prometheus", names, "none", f"alerts fire: {names}")


def alertmanager(answer: Object, status: int) -> Check:
    """`status`: of the Alertmanager's own word that it is healthy."""
    active = answer["data"]["activeAlertmanagers"]
    expected, cause = "one that answers", "alerts reach nobody"
    if not active:
        observed = "Prometheus knows none"
        return ALERTMANAGER.failed("Alertmanager", observed, expected, cause)
    if status != 200:
        cause = f"{cause}, since Alertmanager is down"
        return ALERTMANAGER.failed("Alertmanager", f"status {status}", expected, cause)
    return ALERTMANAGER.ok("Alertmanager", f"{len(active)} known, healthy")


def slo(found: Mapping[str, float], errors: float, latency: float) -> Check:
    """`found`: requests and errors within the window, and the percentile in milliseconds."""
    target = f"the last {WINDOW}"
    requests, failed = found["requests"], found["errors"]
    if math.isnan(requests):
        cause = "Prometheus has no samples of the running pods (yet)"
        return SLO.unknown(target, "no data", "requests counted", cause)
    failed = 0.0 if math.isnan(failed) else failed
    share, slow = failed / requests * 100 if requests else 0.0, found["latency"]
    counted = f"{requests:.0f} requests, {failed:.0f} errors ({share:.1f} %)"
    failing = f"{share:.1f} % of the requests fail"
    if requests < FEWEST_REQUESTS:
        if requests >= FEW_REQUESTS and share >= MOST_PERCENT:
            return SLO.degraded(target, counted, f"below {MOST_PERCENT} %", failing)
        expected = f"{FEWEST_REQUESTS} requests or more"
        return SLO.advice(target, counted, expected, "too few requests to judge")
    expected = f"at most {errors:g} % and {latency:g} ms"
    if share > errors:
        return SLO.degraded(target, counted, expected, failing)
    if math.isnan(slow):
        cause = "Prometheus has no arbitration latency of these requests"
        return SLO.unknown(target, f"{counted}, p95 not known", expected, cause)
    observed = f"{counted}, p95 {slow:.0f} ms"
    if slow > latency:
        cause = f"the 95th percentile of the arbitration latency is {slow:.0f} ms"
        return SLO.degraded(target, observed, expected, cause)
    return SLO.ok(target, observed)


def number(answer: Object) -> float:
    """The one value of an instant query; not a number if there is none."""
    result = answer["data"]["result"]
    return float(result[0]["value"][1]) if result else math.nan


def grafana(status: int, body: bytes) -> Check:
    """GET /api/health of Grafana: 200 and a database that answers."""
    try:
        database = str(parse(body)["database"])
    except (ValueError, KeyError, TypeError):
        database = "no answer"
    observed = f"status {status}, database {database}"
    if (status, database) == (200, "ok"):
        return GRAFANA.ok("Grafana", observed)
    cause = "Grafana is sick; the mesh itself does not need it"
    return GRAFANA.degraded("Grafana", observed, "status 200, database ok", cause)


def _why(mesh: Look, kind: Kind, name: str) -> str:
    """Why one of our own workloads does not answer; empty if it runs or is not ours."""
    item = mesh.find("apps/v1", "deployments", name)
    if item is None:
        return ""
    return workload(kind, f"Deployment/{name}", item, mesh.pods(name=name), mesh).cause


def _alertmanager_status(mesh: Look) -> int:
    where = mesh.params["prometheus"]
    try:
        answer = mesh.kube.service(
            where["namespace"], "alertmanager", "http", "/-/healthy", timeout=mesh.timeout
        )
    except KubeError as error:
        if error.status == 403:
            raise
        return error.status
    return answer.status


@look(PROMETHEUS, TARGETS, RULES, ALERTMANAGER, SLO, ALERTS)
def _prometheus(mesh: Look) -> Iterator[Check]:
    if not mesh.params["prometheus"].get("enabled"):
        for kind in (PROMETHEUS, TARGETS, RULES, ALERTMANAGER, SLO, ALERTS):
            yield kind.left_out("Prometheus", "cam_monitoring_provider is none")
        return
    try:
        answer = mesh.prometheus("/-/healthy")
    except KubeError as error:
        if error.status == 403:
            raise
        cause = f"Prometheus is down: {_why(mesh, PROMETHEUS, 'prometheus') or error}"
        yield PROMETHEUS.failed("Prometheus", "no answer", "status 200", cause)
        return
    yield (first := prometheus(answer.status, answer.body))
    if first.state != OK:
        return
    limits = mesh.params["thresholds"]
    pods = [name_of(pod) for pod in mesh.app_pods if is_ready(pod)]
    yield targets(_api(mesh, "targets?state=active"), pods, mesh.params["jobs"])
    yield rules(_api(mesh, "rules"))
    receiver = alertmanager(_api(mesh, "alertmanagers"), _alertmanager_status(mesh))
    why = _why(mesh, ALERTMANAGER, "alertmanager") if receiver.state != OK else ""
    yield replace(receiver, cause=f"{receiver.cause}: {why}") if why else receiver
    found = {
        name: number(_api(mesh, f"query?query={quote(query)}")) for name, query in QUERIES.items()
    }
    yield slo(found, limits["error_percent"], limits["latency_ms"])
    yield alerts(_api(mesh, "alerts"), mesh.params["ignore_alerts"])


@look(GRAFANA)
def _grafana(mesh: Look) -> Iterator[Check]:
    where = mesh.params["prometheus"]
    if not where.get("grafana"):
        yield GRAFANA.left_out("Grafana", "cam_monitoring_grafana_enabled is false")
        return
    answer = mesh.kube.service(
        where["namespace"], "grafana", "http", "/api/health", timeout=mesh.timeout
    )
    yield grafana(answer.status, answer.body)


def _api(mesh: Look, question: str) -> Any:
    return mesh.prometheus(f"/api/v1/{question}").json()
