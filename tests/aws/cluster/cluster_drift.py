"""What an inventory may change of a cluster at AWS: told first, then made by few calls, then none.

All rows: `make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_drift.py
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest
from aws_site import AwsSite
from lifecycle import changed_nothing, succeeded, wrote_nothing

# What the cluster starts with; the double offers one minor more.
BEFORE: Final = {"cam_cluster_aws_version": "1.34"}


@dataclass(frozen=True)
class Row:
    """`says`: parts of the plan. `calls`: all that the run writes."""

    name: str
    variables: dict[str, Any]
    says: tuple[str, ...]
    calls: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


CONFIG: Final = ("eks:UpdateNodegroupConfig",)
ROWS: Final = (
    Row("allow-list", {"cam_cluster_aws_public_access_cidrs": ["198.51.100.0/24"]},
        ("public_access_cidrs [203.0.113.0/24] -> [198.51.100.0/24]",),
        ("eks:UpdateClusterConfig",)),
    Row("logs", {"cam_cluster_aws_logging": ["audit"]}, ("logging [",),
        ("eks:UpdateClusterConfig",)),
    Row("most nodes", {"cam_cluster_aws_max_nodes": 12}, ("max_size 10 -> 12",), CONFIG),
    Row("fewest nodes", {"cam_cluster_aws_min_nodes": 4, "cam_cluster_aws_nodes": 4},
        ("min_size 2 -> 4",), CONFIG),
    Row("labels", {"cam_cluster_aws_node_labels": {"pool": "a"}}, ("label pool (absent) -> a",),
        CONFIG),
    Row("another label", {"cam_cluster_aws_node_labels": {"pool": "b"}}, ("label pool a -> b",),
        CONFIG),
    Row("taints",
        {"cam_cluster_aws_node_taints": [{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}]},
        ("taints (none) -> [k=v:NO_SCHEDULE]",), CONFIG),
    Row("disk", {"cam_cluster_aws_disk_gib": 80},
        ("launch template cam-nodes-dev: disk_gib 50 -> 80",
         "node group cam-nodes-dev: launch_template version 1 -> 2"),
        ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate",
         "eks:UpdateNodegroupVersion")),
    Row("version", {"cam_cluster_aws_version": "1.35"},
        ("EKS cluster cam-cluster-dev: version 1.34 -> 1.35",),
        ("eks:UpdateClusterVersion", "eks:UpdateAddon", "eks:UpdateNodegroupVersion")),
    Row("log days", {"cam_cluster_aws_log_days": 30}, ("days 90 -> 30",),
        ("logs:PutRetentionPolicy",)),
)  # fmt: skip
SAMPLE: Final = tuple(row for row in ROWS if row.name == "version")


def play(site: AwsSite, row: Row) -> None:
    """One row on top of those before it."""
    site.variables |= row.variables
    dry = site.run("main", "--check", "--diff")
    wrote_nothing(dry)
    for part in row.says:
        assert part in dry.text, part
    made = site.run("main")
    succeeded(made)
    assert made.writes == list(row.calls)
    changed_nothing(site.run("main"))


def begin(site: AwsSite) -> AwsSite:
    site.variables |= BEFORE
    succeeded(site.run("main"))
    return site


@pytest.fixture(scope="class")
def running_site(site: AwsSite) -> AwsSite:
    return begin(site)


class TestAll:
    """In this order, in one account."""

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("row", ROWS, ids=str)
    def test_a_change_is_told_then_made_then_none(self, running_site: AwsSite, row: Row) -> None:
        play(running_site, row)
