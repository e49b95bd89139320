"""The chart as helm renders it, in each of its modes."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Any

from manifests import documents
from paths import CHART, TOOLS

RELEASE = "cam-arbitration-mesh"
ENVIRONMENTS = ("dev", "staging", "prod")
EXTRA = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: cam-prod}}"
EVERYTHING = [
    "--set", "keda.enabled=true,autoscaling.enabled=false,vpa.enabled=true,httpRoute.enabled=true",
    "--set", "resourceQuota.enabled=true,limitRange.enabled=true,rbac.create=true",
    "--set", "monitoring.alerting.enabled=true,monitoring.dashboards.enabled=true",
    "--set", "tracing.enabled=true,tracing.endpoint=http://collector:4317",
    "--set", "secret.create=true,secret.data.api-key=not-a-secret-of-anyone",
    "--set-json", 'httpRoute.parentRefs=[{"name":"gateway"}]',
    "--set-json", 'rbac.rules=[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}]',
    "--set-json", f'extraObjects=["{EXTRA}"]',
    "--api-versions", "monitoring.coreos.com/v1/ServiceMonitor",
    "--api-versions", "monitoring.coreos.com/v1/PrometheusRule",
    "--api-versions", "autoscaling.k8s.io/v1/VerticalPodAutoscaler",
]  # fmt: skip


def values_of(environment: str) -> list[str]:
    return ["-f", str(CHART / f"values-{environment}.yaml")]


# What is judged: each environment, and the chart's wishes that none of them has.
MODES: dict[str, list[str]] = {
    "default": [],
    **{name: values_of(name) for name in ENVIRONMENTS},
    "everything": EVERYTHING,
    "istio": ["-f", str(CHART / "ci" / "istio-values.yaml")],
    "guaranteed": ["-f", str(CHART / "ci" / "guaranteed-values.yaml")],
}


@cache
def helm(*words: str) -> subprocess.CompletedProcess[str]:
    """What helm answers; it reads files and words only, so the same question is asked once."""
    return subprocess.run([TOOLS / "helm", *words], capture_output=True, text=True, check=False)


def render(*words: str, namespace: str = "cam-test") -> list[dict[str, Any]]:
    done = helm("template", RELEASE, str(CHART), "-n", namespace, *words)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def only(objects: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [one for one in objects if one["kind"] == kind]
    return found
