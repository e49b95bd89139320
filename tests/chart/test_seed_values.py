"""The values that the specification names, as the inventories render them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from charts import ENVIRONMENTS, EVERYTHING, only, render, values_of
from manifests import documents


def found(folder: Path, kind: str, name: str) -> dict[str, Any]:
    every = [one for file in folder.glob("*.yml") for one in documents(file.read_text("utf-8"))]
    (item,) = [one for one in every if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return item


def test_pods_roll_one_by_one_and_lose_none(rendered: Path) -> None:
    spec = found(rendered, "Deployment", "cam-arbitration-mesh")["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }


def test_users_and_labels(rendered: Path) -> None:
    template = found(rendered, "Deployment", "cam-arbitration-mesh")["spec"]["template"]
    context = template["spec"]["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (1000, 1000, 2000)
    assert template["metadata"]["labels"]["app"] == "cam"
    assert template["metadata"]["labels"]["app.kubernetes.io/version"] == "2.0.0"


def test_probes(rendered: Path) -> None:
    (container,) = found(rendered, "Deployment", "cam-arbitration-mesh")["spec"]["template"][
        "spec"
    ]["containers"]
    for probe, path, period in (
        ("startupProbe", "/health", 2),
        ("livenessProbe", "/health", 10),
        ("readinessProbe", "/ready", 5),
    ):
        assert container[probe]["httpGet"] == {"path": path, "port": "http"}
        assert container[probe]["periodSeconds"] == period
    # The seed's delays of 30 and 5 seconds fit into what the startup probe allows.
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 30


@pytest.mark.parametrize(
    ("environment", "requests", "limits"),
    [
        ("dev", {"memory": "512Mi", "cpu": "250m"}, {"memory": "4Gi", "cpu": "2"}),
        ("staging", {"memory": "1Gi", "cpu": "500m"}, {"memory": "4Gi", "cpu": "2"}),
        ("prod", {"memory": "2Gi", "cpu": "1"}, {"memory": "8Gi", "cpu": "4"}),
    ],
)
def test_resources(environment: str, requests: dict[str, str], limits: dict[str, str]) -> None:
    pod = only(render(*values_of(environment)), "Deployment")["spec"]["template"]["spec"]
    resources = pod["containers"][0]["resources"]
    assert requests.items() <= resources["requests"].items()
    assert limits.items() <= resources["limits"].items()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_monitoring_and_alerts(environment: str) -> None:
    kinds = ("ServiceMonitor", "PrometheusRule")
    known = [("--api-versions", f"monitoring.coreos.com/v1/{kind}") for kind in kinds]
    objects = render(*values_of(environment), *(word for pair in known for word in pair))
    points = only(objects, "ServiceMonitor")["spec"]["endpoints"]
    assert {point["interval"] for point in points} == {"30s"}
    rules = [one for one in objects if one["kind"] == "PrometheusRule"]
    assert bool(rules) == (environment == "prod")


def test_the_issuer_of_the_edge(rendered: Path) -> None:
    annotations = found(rendered, "Ingress", "cam-ingress")["metadata"].get("annotations") or {}
    wanted = None if rendered.name == "dev" else "letsencrypt-prod"
    assert annotations.get("cert-manager.io/cluster-issuer") == wanted


def test_scrape_intervals(rendered: Path) -> None:
    config = json.loads(found(rendered, "ConfigMap", "prometheus-config")["data"]["prometheus.yml"])
    assert config["global"] == {"scrape_interval": "15s", "evaluation_interval": "15s"}
    jobs = {one["job_name"]: one.get("scrape_interval") for one in config["scrape_configs"]}
    assert jobs == {
        "cam-arbitration-mesh": "5s",
        "cam-collaboration-engine": "10s",
        "kubernetes-pods": None,
    }


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_a_drain_moves_one_pod_at_a_time(environment: str) -> None:
    budget = only(render(*values_of(environment)), "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_pods_prefer_different_nodes_and_zones(rendered: Path) -> None:
    pod = found(rendered, "Deployment", "cam-arbitration-mesh")["spec"]["template"]["spec"]
    (term,) = pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
    keys = [one["topologyKey"] for one in pod["topologySpreadConstraints"]]
    assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_the_vpa_only_recommends() -> None:
    assert only(render(*EVERYTHING), "VerticalPodAutoscaler")["spec"]["updatePolicy"] == {
        "updateMode": "Off"
    }
