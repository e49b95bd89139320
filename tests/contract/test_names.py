"""The names of the document that the project comes from are kept."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _names
from paths import CHART, ROOT


def test_the_chart_is_cam_chart_2_0_0() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert (chart["name"], chart["version"], chart["appVersion"]) == ("cam-chart", "2.0.0", "2.0.0")


def test_helm_has_the_ten_minutes_of_the_script() -> None:
    defaults = ROOT / "roles" / "cam_release" / "defaults" / "main.yml"
    assert yaml.safe_load(defaults.read_text("utf-8"))["cam_release_timeout_seconds"] == 600


def test_the_templates_are_there() -> None:
    wanted = {
        "_helpers.tpl", "deployment.yaml", "service.yaml", "ingress.yaml", "hpa.yaml",
        "monitoring.yaml", "configmap.yaml", "secret.yaml", "serviceaccount.yaml",
        "network-policy.yaml", "tests",
    }  # fmt: skip
    assert wanted <= {file.name for file in (CHART / "templates").iterdir()}


def test_values_keep_their_defaults() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert values["replicaCount"] == 3
    assert values["image"]["repository"] == "cam-protocol/complete-arbitration-mesh"
    assert values["image"]["tag"] == "2.0.0"
    assert (values["service"]["port"], values["service"]["targetPort"]) == (80, 8080)
    scaling = {
        "enabled": True,
        "minReplicas": 3,
        "maxReplicas": 100,
        "targetCPUUtilizationPercentage": 70,
        "targetMemoryUtilizationPercentage": 80,
    }
    assert scaling.items() <= values["autoscaling"].items()
    assert {"memory": "1Gi", "cpu": "500m"}.items() <= values["resources"]["requests"].items()
    assert {"memory": "4Gi", "cpu": "2"}.items() <= values["resources"]["limits"].items()


@pytest.mark.parametrize(
    ("environment", "replicas", "hosts"),
    [
        ("dev", 1, ["cam-dev.local"]),
        ("staging", 3, ["api.staging.complete-cam.com"]),
        ("prod", 5, ["api.complete-cam.com"]),
    ],
)
def test_environments(environment: str, replicas: int, hosts: list[str]) -> None:
    folder = ROOT / "inventories" / environment / "group_vars" / "all"
    release = yaml.safe_load((folder / "cam_release.yml").read_text("utf-8"))
    assert release["cam_release_replicas"] == replicas
    assert release["cam_release_hosts"] == hosts


def test_names_of_the_parts() -> None:
    defaults = (ROOT / "roles" / "cam_database" / "defaults" / "main.yml").read_text("utf-8")
    assert "cam_database_name: cam_production" in defaults
    assert "cam_database_secret: postgres-secret" in defaults
    assert _names.MANAGER == "cam.mesh"
    cluster = (ROOT / "roles" / "cam_cluster" / "defaults" / "main.yml").read_text("utf-8")
    assert 'cam_cluster_namespace: "cam-{{ cam_cluster_environment }}"' in cluster
