"""The names of the document that the project comes from are kept."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _names
from paths import CHART, ROLES, ROOT


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


def told(environment: str) -> dict[str, Any]:
    """What an environment says, over what the roles say by themselves."""
    found: dict[str, Any] = {}
    for role in ROLES:
        found |= yaml.safe_load((role / "defaults" / "main.yml").read_text("utf-8")) or {}
    for file in sorted((ROOT / "inventories" / environment / "group_vars" / "all").iterdir()):
        found |= yaml.safe_load(file.read_text("utf-8"))
    return found


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_environments_at_aws_are_those_of_the_specification(environment: str) -> None:
    found = told(environment)
    assert {found[f"cam_{part}_provider"] for part in ("cluster", "database", "cache")} == {"aws"}
    wanted = {
        "cam_cluster_aws_name": "cam-cluster-{{ cam_cluster_aws_suffix }}",
        "cam_cluster_aws_suffix": "{{ cam_cluster_environment }}",
        "cam_cluster_aws_node_name": "cam-nodes-{{ cam_cluster_aws_suffix }}",
        "cam_cluster_aws_instance_types": ["t3.large"],
        "cam_cluster_aws_min_nodes": 2,
        "cam_cluster_aws_nodes": 3,
        "cam_cluster_aws_max_nodes": 10,
        "cam_database_aws_name": "cam-db-{{ cam_database_environment }}",
        "cam_database_storage_gib": 100,
        "cam_database_aws_max_storage_gib": 1000,
        "cam_database_aws_backup_retention_days": 7,
        "cam_database_aws_backup_window": "03:00-04:00",
        "cam_database_aws_maintenance_window": "sun:04:00-sun:05:00",
        "cam_database_aws_final_snapshot": "{{ cam_database_environment == 'prod' }}",
        "cam_cache_aws_name": "cam-cache-{{ cam_cache_environment }}",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert (found["cam_database_aws_instance_class"] == "db.t3.micro") == (environment == "dev")
    assert (found["cam_cluster_aws_nat"] == "per_zone") == (environment == "prod")
    # What only the user can say is said by nobody else.
    assert not found["cam_cluster_aws_region"]
    assert not found["cam_cluster_aws_public_access_cidrs"]


def test_names_of_the_parts() -> None:
    defaults = (ROOT / "roles" / "cam_database" / "defaults" / "main.yml").read_text("utf-8")
    assert "cam_database_name: cam_production" in defaults
    assert "cam_database_secret: postgres-secret" in defaults
    assert _names.MANAGER == "cam.mesh"
    cluster = (ROOT / "roles" / "cam_cluster" / "defaults" / "main.yml").read_text("utf-8")
    assert 'cam_cluster_namespace: "cam-{{ cam_cluster_environment }}"' in cluster
