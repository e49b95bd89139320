"""What goes wrong at AWS while a cluster is made: each run ends done, or is refused by its cause.

One account, in this order: each row breaks a run further on, and the next one goes on from there.
All rows: `make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_faults.py
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from aws_site import AwsSite
from lifecycle import Ran, changed_nothing, succeeded

HEALTH: Final = {"code": "NodeCreationFailure", "message": "Instances failed to join the cluster"}


@dataclass(frozen=True)
class Row:
    """`faults`, `outcomes`: of the double. `says`: of the refusal; empty: the run ends well."""

    name: str
    says: str = ""
    faults: tuple[dict[str, Any], ...] = ()
    outcomes: tuple[dict[str, Any], ...] = ()
    variables: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.name


def always(kind: str, action: str, **more: Any) -> tuple[dict[str, Any], ...]:
    return ({"kind": kind, "action": action, "times": 0, **more},)


ROWS: Final = (
    Row("no permission for the network", "ec2:CreateVpc", always("denied", "CreateVpc")),
    Row("no address left", "Service Quotas", always("quota", "AllocateAddress")),
    Row("credentials end in the middle", "Get new ones and run again",
        always("expired", "CreateNatGateway")),
    Row("no permission to look", "eks:DescribeCluster", always("denied", "DescribeCluster")),
    Row("a name that is taken meanwhile", "EntityAlreadyExists",
        always("quota", "CreateRole", code="EntityAlreadyExists")),
    Row("no permission for a key", "kms:CreateKey", always("denied", "CreateKey")),
    Row("no cluster left", "Service Quotas", always("quota", "CreateCluster")),
    Row("a control plane that fails", "is FAILED",
        outcomes=({"model": "eks::cluster", "status": "FAILED",
                   "issues": [{"code": "InsufficientFreeAddresses", "message": "No address"}]},)),
    Row("a node group that fails", "NodeCreationFailure",
        outcomes=({"model": "eks::nodegroup", "status": "CREATE_FAILED", "issues": [HEALTH]},)),
    Row("throttled, broken and lost answers",
        faults=({"kind": "throttle", "action": "CreateNodegroup", "times": 2},
                {"kind": "unavailable", "action": "DescribeNodegroup", "times": 2},
                {"kind": "reset", "action": "CreateAddon"})),
)  # fmt: skip
NAMES: Final = {
    "no permission for the network", "a node group that fails", "throttled, broken and lost answers"
}  # fmt: skip
SAMPLE: Final = tuple(row for row in ROWS if row.name in NAMES)


def play(site: AwsSite, row: Row) -> Ran:
    site.double.faults(*row.faults)
    site.double.outcomes(*row.outcomes)
    try:
        ran = site.run("main", **row.variables)
    finally:
        site.double.faults()
        site.double.outcomes()
    if row.says:
        assert ran.code != 0, ran.output[-3000:]
        assert row.says in ran.refusal, ran.output[-3000:]
        assert len(ran.refusal.splitlines()) <= 3, ran.refusal
        assert "Traceback" not in ran.output
    else:
        succeeded(ran)
    return ran


def whole_and_gone(site: AwsSite) -> None:
    """What broke left nothing that the next run cannot use, and no orphan."""
    succeeded(site.run("main"))
    changed_nothing(site.run("main"))
    succeeded(site.run("absent"))
    assert site.rest() == []


class TestAll:
    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("row", ROWS, ids=str)
    def test_a_fault_ends_done_or_refused_by_its_cause(self, site: AwsSite, row: Row) -> None:
        play(site, row)

    @pytest.mark.timeout(900)
    def test_the_next_run_makes_it_whole_and_a_removal_leaves_nothing(self, site: AwsSite) -> None:
        whole_and_gone(site)
