"""Who may do what: narrowed to one cluster, and compared by what it says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_policies import (
    autoscaler,
    load_balancer,
    pod_trust,
    same,
    service_trust,
)

WRITES = ("Create", "Delete", "Modify", "Set", "Terminate", "Add", "Remove", "Authorize", "Revoke",
          "Register", "Deregister")  # fmt: skip
ARN = "arn:aws:eks:eu-central-1:123456789012:nodegroup/cam-cluster-dev/*"


@pytest.mark.parametrize(
    "policy", [autoscaler("cam-cluster-dev", ARN), load_balancer("cam-cluster-dev")]
)
def test_nothing_is_written_without_a_condition(policy: dict[str, Any]) -> None:
    for one in policy["Statement"]:
        names = [action.partition(":")[2] for action in one["Action"]]
        if any(name.startswith(WRITES) for name in names):
            assert one.get("Condition") or one["Resource"] == "arn:*:ec2:*:*:vpc/*", one["Sid"]
        assert not any("*" in action for action in one["Action"])


@pytest.mark.parametrize(
    "policy", [autoscaler("cam-cluster-dev", ARN), load_balancer("cam-cluster-dev")]
)
def test_conditions_name_the_cluster(policy: dict[str, Any]) -> None:
    for one in policy["Statement"]:
        if one.get("Condition") and one["Sid"] != "LinkedRole":
            assert "cam-cluster-dev" in str(one["Condition"])


@pytest.mark.parametrize(
    "policy", [autoscaler("cam-cluster-dev", ARN), load_balancer("cam-cluster-dev")]
)
def test_iam_takes_their_length(policy: dict[str, Any]) -> None:
    """6144 characters without white space: quotas of IAM."""
    assert len(str(policy).replace(" ", "")) < 6144


def test_only_one_service_account_may_take_a_role_of_a_pod() -> None:
    (one,) = pod_trust("cam-cluster-dev", "kube-system", "aws-node")["Statement"]
    assert one["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-name": "cam-cluster-dev",
        "aws:RequestTag/kubernetes-namespace": "kube-system",
        "aws:RequestTag/kubernetes-service-account": "aws-node",
    }


def test_order_and_lists_of_one_say_nothing() -> None:
    trust = pod_trust("a", "b", "c")
    (one,) = trust["Statement"]
    turned = {"Statement": {**one, "Action": one["Action"][::-1]}, "Version": "2012-10-17"}
    assert same(trust, turned)
    assert not same(trust, pod_trust("a", "b", "d"))
    assert not same(service_trust("eks"), service_trust("ec2"))
