# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the ways to the app: its Service, its own word of its health, its edge, its metrics."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _metrics
from ansible_collections.cam.mesh.plugins.module_utils._check_cluster import ready_addresses
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import parse
from ansible_collections.cam.mesh.plugins.module_utils._look import Look
from ansible_collections.cam.mesh.plugins.module_utils._names import METRICS_PATHS

Object = Mapping[str, Any]

ENDPOINTS = declare(
    "endpoints",
    "endpoints",
    looks_at="the Service of the app and the addresses behind it",
    red_when="it is gone, its selector matches no pod, or no pod behind it is ready",
    next="kubectl get pods --show-labels; kubectl describe service cam-service",
)
HEALTH = declare(
    "health",
    "endpoints",
    looks_at="`GET /health` through the Service",
    red_when=(
        "no 200, not the contract's JSON, the wrong version (failed), or a service in it is "
        "not healthy (degraded)"
    ),
    next="kubectl logs deployment/cam-arbitration-mesh",
)
READY = declare(
    "ready",
    "endpoints",
    looks_at="`GET /ready` through the Service",
    red_when="no 200: the app misses a dependency, and says which",
    next="kubectl logs deployment/cam-arbitration-mesh",
)
METRICS = declare(
    "metrics",
    "endpoints",
    looks_at=(
        "`/metrics` and `/collaboration/metrics` of every pod, held against the metric contract"
    ),
    red_when="a metric is missing, renamed, of another type or lacks a label",
    next="correct the app: rules and dashboards that use these names are blind",
)
EDGE = declare(
    "edge",
    "endpoints",
    looks_at="`GET /health` at `cam_release_url`, over verified TLS",
    red_when="nobody answers, the certificate is not trusted, or the answer is not the app's",
    next="kubectl describe ingress; kubectl get endpointslices",
)


def endpoints(service: Object | None, slices: Sequence[Object], pods: Sequence[Object]) -> Check:
    """The Service must lead to ready pods."""
    if service is None:
        cause = "the Service is gone"
        return ENDPOINTS.failed(
            "Service", "it does not exist", "it exists", cause, next="deploy again"
        )
    target = f"Service/{service['metadata']['name']}"
    ready = ready_addresses(slices)
    if ready:
        return ENDPOINTS.ok(target, f"{ready} ready addresses")
    selector = (service.get("spec") or {}).get("selector") or {}
    matched = [
        pod for pod in pods if selector.items() <= (pod["metadata"].get("labels") or {}).items()
    ]
    cause = "no pod behind it is ready" if matched else f"its selector {selector} matches no pod"
    return ENDPOINTS.failed(target, "no ready address", "1 or more", cause)


def health(status: int, body: bytes, version: str) -> Check:
    """GET /health: 200, the contract's JSON, the expected version, every service healthy."""
    target = "GET /health"
    try:
        answer = parse(body)
        said, services = str(answer["status"]), dict(answer["services"])
        sick = sorted(name for name, one in services.items() if one.get("status") != "healthy")
    except (ValueError, KeyError, TypeError, AttributeError):
        observed, cause = f"status {status}, no health document", "the answer breaks the contract"
        return HEALTH.failed(target, observed, "200 with JSON", cause)
    observed = f"status {status}, {said}, version {answer.get('version')}"
    if status != 200 or said == "unhealthy":
        return HEALTH.failed(target, observed, "200 healthy", "the process is unhealthy")
    if version and answer.get("version") != version:
        return HEALTH.failed(target, observed, f"version {version}", "wrong version runs")
    if said != "healthy" or sick:
        return HEALTH.degraded(target, observed, "healthy", f"not healthy: {sick}")
    return HEALTH.ok(target, observed)


def ready(status: int, body: bytes) -> Check:
    if status == 200:
        return READY.ok("GET /ready", "status 200")
    cause = f"the app misses a dependency: {body[:200].decode(errors='replace')}"
    return READY.failed("GET /ready", f"status {status}", "status 200", cause)


def metrics(scrapes: Mapping[str, str]) -> Check:
    """Every pod must serve the metric contract. `scrapes`: text by target, as in Pod/name."""
    for target, text in sorted(scrapes.items()):
        found = _metrics.breaches(_metrics.parse(text))
        if found:
            observed = f"{len(found)} breaches"
            return METRICS.failed(target, observed, "the metric contract", "; ".join(found))
    if not scrapes:
        cause = "no pod of the app runs"
        return METRICS.unknown("pods", "no pod to scrape", "one or more", cause)
    observed = f"{len(_metrics.CONTRACT)} metrics on {len(scrapes)} replicas"
    return METRICS.ok(", ".join(sorted(scrapes)), observed)


def edge(status: int, body: bytes, url: str) -> Check:
    """What answers must be the app: a login page of somebody else has status 200 as well."""
    if status != 200:
        cause = "the edge does not lead to the mesh"
        return EDGE.failed(url, f"status {status}", "status 200", cause)
    try:
        parse(body)["services"]
    except (ValueError, LookupError, TypeError):
        cause = "something else than the mesh answers there"
        return EDGE.failed(url, "status 200, no health document", "the mesh's /health", cause)
    return EDGE.ok(url, "status 200 over verified TLS")


class NoPage(CamError):
    """A pod answers, but not with the page."""


def page(mesh: Look, pod: str, path: str) -> str:
    """A page of one pod. Raises NoPage unless the pod gives it."""
    answer = mesh.pod(pod, path)
    if answer.status != 200:
        raise NoPage(f"Pod/{pod}{path} answers with status {answer.status}")
    return answer.body.decode(errors="replace")


@look(ENDPOINTS)
def _endpoints(mesh: Look) -> Iterator[Check]:
    name = mesh.params["service"]
    slices = [
        item
        for item in mesh.objects("discovery.k8s.io/v1", "endpointslices")
        if (item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == name
    ]
    yield endpoints(mesh.find("v1", "services", name), slices, mesh.app_pods)


@look(HEALTH)
def _health(mesh: Look) -> Iterator[Check]:
    answer = mesh.service("/health")
    yield health(answer.status, answer.body, mesh.params["version"])


@look(READY)
def _ready(mesh: Look) -> Iterator[Check]:
    answer = mesh.service("/ready")
    yield ready(answer.status, answer.body)


@look(METRICS)
def _metrics_of_every_pod(mesh: Look) -> Iterator[Check]:
    def scrape(pod: str) -> str:
        return "\n".join(page(mesh, pod, path) for path in METRICS_PATHS)

    pods = mesh.running_pods
    try:
        texts = mesh.each(scrape, pods)
    except NoPage as error:
        yield METRICS.failed("pods", "no page", "status 200 from every pod", str(error))
        return
    yield metrics({f"Pod/{pod}": text for pod, text in zip(pods, texts, strict=True)})


@look(EDGE)
def _edge(mesh: Look) -> Iterator[Check]:
    url = mesh.params["url"]
    if not url:
        yield EDGE.left_out("edge", "no cam_release_url in the inventory")
        return
    try:
        answer = mesh.edge_health()
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or str(error)
        cause = f"its certificate is not trusted: {reason}"
        yield EDGE.failed(url, "no TLS", "status 200 over verified TLS", cause)
        return
    except OSError as error:
        cause = f"nobody answers: {error or type(error).__name__}"
        yield EDGE.failed(url, "no answer", "status 200", cause)
        return
    yield edge(answer.status, answer.body, url)
