"""What an inventory alone tells of AWS."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils._preflight import connections
from ansible_collections.cam.mesh.plugins.module_utils._preflight_aws_data import judge

ROLES = Path(__file__).parents[4] / "roles"
ROWS = yaml.safe_load((ROLES / "cam_preflight/files/aws_prices.yml").read_text("utf-8"))["prices"]
TODAY = date(2026, 11, 27)


def values(**given: Any) -> dict[str, Any]:
    """The defaults of the roles for dev, as preflight computes them."""
    found: dict[str, Any] = {}
    for role in ("cam_release", "cam_database", "cam_cache"):
        found |= yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text("utf-8"))
    computed = {
        "cam_database_provider": "aws", "cam_cache_provider": "aws",
        "cam_database_aws_name": "cam-db-dev", "cam_cache_aws_name": "cam-cache-dev",
        "cam_database_aws_instance_class": "db.t3.micro", "cam_database_aws_multi_az": False,
        "cam_database_aws_deletion_protection": False, "cam_cache_aws_nodes": 1,
        "cam_cache_aws_node_type": "cache.t3.micro", "cam_cache_aws_snapshot_retention_days": 1,
        "cam_database_aws_region": "us-east-1", "cam_cache_aws_region": "us-east-1",
        "cam_release_replicas": 1, "cam_release_autoscaling_enabled": False,
    }  # fmt: skip
    return {**found, **computed, **given}


def told(**given: Any) -> dict[str, tuple[bool, str]]:
    return {one.name: (one.passed, one.text) for one in judge(values(**given), ROWS, TODAY)}


def test_the_defaults_of_dev_pass_and_what_they_cost_is_told() -> None:
    found = told()
    assert found["database"] == (True, "PostgreSQL 17 on db.t3.micro, 100 GiB")
    assert found["cache"] == (True, "redis 7.1, 1 x cache.t3.micro")
    assert found["cost"] == (
        True,
        "at least 25 USD a month (database 12, cache 13), list prices of us-east-1, 2026-06 to "
        "2026-11-27, without traffic; unknown in us-east-1: rds postgres db.t3.micro",
    )


def test_nothing_is_said_where_nothing_runs_at_aws() -> None:
    assert told(cam_database_provider="in_cluster", cam_cache_provider="external") == {}


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({"cam_database_aws_version": "15.4"}, "database", "'15', '18', '17', '16', '14'"),
        ({"cam_database_aws_instance_class": ""}, "database", "has a default in dev alone"),
        ({"cam_database_aws_backup_window": "04:30-05:00"}, "database", "over each other"),
        ({"cam_cache_aws_node_type": ""}, "cache", "has a default in dev alone"),
        ({"cam_cache_aws_version": "5.0"}, "cache", "no longer supports"),
    ],
)
def test_what_aws_would_refuse_is_refused_before_it_is_asked(
    given: dict[str, Any], name: str, says: str
) -> None:
    found = told(**given)
    assert not found[name][0]
    assert says in found[name][1]
    assert "cost" not in found


def test_a_version_that_ends_soon_is_a_warning() -> None:
    [finding, *_] = judge(values(cam_database_aws_version="14"), ROWS, TODAY)
    assert (finding.passed, finding.warning) == (True, True)
    assert "ends on 2027-02-28" in finding.text


def test_pods_are_held_against_the_addresses_of_the_nodes() -> None:
    cluster = {
        "cam_cluster_provider": "aws", "cam_cluster_aws_region": "us-east-1",
        "cam_cluster_aws_instance_types": ["t3.large"], "cam_cluster_aws_max_nodes": 2,
        "cam_cluster_aws_nodes": 2,
    }  # fmt: skip
    fits = told(**cluster)["pods"][1]
    assert fits == (
        "2 nodes of t3.large take 35 pods each, 55 besides those of EKS; 2 are asked for at most"
    )
    many = judge(values(**cluster, cam_release_replicas=60), ROWS, TODAY)
    [pods] = [one for one in many if one.name == "pods"]
    assert pods.warning
    assert "raise cam_cluster_aws_max_nodes" in pods.text
    unknown = told(**{**cluster, "cam_cluster_aws_instance_types": ["x9z.large"]})["pods"][1]
    assert unknown == "how many pods a x9z.large takes is not known here"


def test_connections_are_held_against_what_the_class_carries() -> None:
    small = connections(values(cam_release_replicas=20))
    assert not small.passed
    assert "above what db.t3.micro carries (memory / 9531392): 112" in small.text
    assert "take a cam_database_aws_instance_class that carries 210 or more" in small.text
    assert connections(values(cam_release_replicas=10)).passed
    large = connections(values(cam_database_aws_instance_class="db.m6g.large"))
    assert large.text.endswith("within 901")
    asked = values(cam_database_max_connections=30, cam_release_replicas=20)
    assert "above cam_database_max_connections 30" in connections(asked).text
