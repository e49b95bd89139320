"""The specification's YAML by value: defaults of the chart, PostgreSQL and Redis in a cluster."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from manifests import documents
from paths import CHART

DEFAULTS = {
    "replicaCount": 3,
    "image.repository": "cam-protocol/complete-arbitration-mesh",
    "image.tag": "2.0.0",
    "image.pullPolicy": "IfNotPresent",
    "service.type": "ClusterIP",
    "service.port": 80,
    "service.targetPort": 8080,
    "ingress.enabled": True,
    "ingress.annotations": {"cert-manager.io/cluster-issuer": "letsencrypt-prod"},
    "ingress.hosts.0.host": "api.complete-cam.com",
    "ingress.hosts.0.paths": ["/"],
    "ingress.tls.0.secretName": "cam-tls",
    "autoscaling.enabled": True,
    "autoscaling.minReplicas": 3,
    "autoscaling.maxReplicas": 100,
    "autoscaling.targetCPUUtilizationPercentage": 70,
    "autoscaling.targetMemoryUtilizationPercentage": 80,
    "resources.requests.memory": "1Gi",
    "resources.requests.cpu": "500m",
    "resources.limits.memory": "4Gi",
    "resources.limits.cpu": "2",
    "monitoring.enabled": True,
    "monitoring.serviceMonitor.enabled": True,
    "monitoring.serviceMonitor.interval": "30s",
}
POD = "spec.template.spec.containers.0"
CLAIM = "spec.volumeClaimTemplates.0"
POSTGRES = {
    "kind": "StatefulSet",
    "spec.serviceName": "postgres",
    "spec.replicas": 1,
    f"{POD}.name": "postgres",
    f"{POD}.image": "postgres:15-alpine",
    f"{POD}.volumeMounts.0.name": "postgres-storage",
    f"{POD}.volumeMounts.0.mountPath": "/var/lib/postgresql/data",
    f"{POD}.env.0": {"name": "POSTGRES_DB", "value": "cam_production"},
    f"{CLAIM}.metadata.name": "postgres-storage",
    f"{CLAIM}.spec.accessModes": ["ReadWriteOnce"],
    f"{CLAIM}.spec.resources.requests.storage": "100Gi",
}
REDIS = {
    "kind": "Deployment",
    "spec.replicas": 1,
    f"{POD}.name": "redis",
    f"{POD}.image": "redis:7-alpine",
    f"{POD}.ports.0.containerPort": 6379,
    f"{POD}.resources.requests": {"memory": "256Mi", "cpu": "250m"},
    f"{POD}.resources.limits": {"memory": "1Gi", "cpu": "500m"},
}


def at(found: Any, path: str) -> Any:
    """What stands at a path."""

    def step(value: Any, key: str) -> Any:
        return value[int(key)] if isinstance(value, list) else value[key]

    return reduce(step, path.split("."), found)


@pytest.mark.parametrize("path", DEFAULTS)
def test_a_value_keeps_its_default(path: str) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert at(values, path) == DEFAULTS[path]


@pytest.mark.parametrize(
    ("name", "file", "wanted"),
    [("postgres", "2-database.yml", POSTGRES), ("redis", "3-cache.yml", REDIS)],
)
def test_a_service_in_the_cluster_is_the_one_that_was_asked_for(
    renderings: Callable[[str], Path], name: str, file: str, wanted: dict[str, Any]
) -> None:
    objects = documents((renderings("existing") / file).read_text("utf-8"))
    (found,) = [
        one for one in objects if one["metadata"]["name"] == name and one["kind"] == wanted["kind"]
    ]
    assert {path: at(found, path) for path in wanted} == wanted
