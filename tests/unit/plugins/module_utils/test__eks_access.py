"""Access entries of EKS, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_access
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._eks_access import policy_arn
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws, role

DEFAULTS = {key: rule.get("default") for key, rule in _eks_access.ARGUMENT_SPEC.items()}
ENTRY = _eks_access.ARGUMENT_SPEC["entries"]["options"]
ADMIN = {"policy": "AmazonEKSClusterAdminPolicy", "namespaces": []}
VIEW = {"policy": "AmazonEKSViewPolicy", "namespaces": ["cam-dev", "apps"]}


@pytest.fixture
def person(aws: SmallAws) -> str:
    """A role of somebody who shall enter, and the cluster."""
    aws.cluster()
    arn = role(aws.double.client("iam"), f"{aws.name}-person", "ec2.amazonaws.com")
    aws.forget()
    return arn


def run(
    aws: SmallAws, *entries: dict[str, Any], check: bool = False, **options: Any
) -> dict[str, Any]:
    empty = {key: rule.get("default") for key, rule in ENTRY.items()}
    given = {"environment": "dev", "cluster": aws.name}
    params = {**DEFAULTS, **given, "entries": [{**empty, **one} for one in entries], **options}
    return _eks_access.run(params, check_mode=check, diff=True, clock=aws.hands.clock)


def policies(aws: SmallAws, arn: str) -> dict[str, list[str]]:
    answer = aws.eks().list_associated_access_policies(clusterName=aws.name, principalArn=arn)
    return {
        one["policyArn"].rpartition("/")[2]: one["accessScope"]["namespaces"]
        for one in answer["associatedAccessPolicies"]
    }


def test_an_entry_is_created_once(aws: SmallAws, person: str) -> None:
    entry = {"principal_arn": person, "kubernetes_groups": ["ops"], "policies": [ADMIN, VIEW]}
    planned = run(aws, entry, check=True)
    assert planned["plan"] == [
        f"would create EKS access entry {person}",
        f"would change EKS access entry {person}: policy AmazonEKSClusterAdminPolicy (absent) -> "
        "the whole cluster",
        f"would change EKS access entry {person}: policy AmazonEKSViewPolicy (absent) -> apps, "
        "cam-dev",
    ]
    assert aws.mutating() == []
    assert run(aws, entry)["changed"]
    assert aws.mutating() == [
        "CreateAccessEntry",
        "AssociateAccessPolicy",
        "AssociateAccessPolicy",
    ]
    assert policies(aws, person) == {
        "AmazonEKSClusterAdminPolicy": [],
        "AmazonEKSViewPolicy": ["apps", "cam-dev"],
    }
    aws.forget()
    assert not run(aws, entry)["changed"]
    assert aws.asked() == ["DescribeAccessEntry", "ListAssociatedAccessPolicies"]


def test_entries_are_planned_where_there_is_no_cluster(aws: SmallAws) -> None:
    entry = {"principal_arn": aws.node_role, "policies": [ADMIN]}
    assert len(run(aws, entry, check=True)["plan"]) == 2
    assert not run(aws, entry, state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        ({"policies": [VIEW]}, ["DisassociateAccessPolicy"]),
        ({"policies": [ADMIN, {**VIEW, "namespaces": ["cam-dev"]}]}, ["AssociateAccessPolicy"]),
        ({"policies": []}, ["DisassociateAccessPolicy", "DisassociateAccessPolicy"]),
        ({"kubernetes_groups": ["dev"]}, ["UpdateAccessEntry"]),
        ({"kubernetes_groups": ["dev"], "username": "somebody"}, ["UpdateAccessEntry"]),
    ],
)
def test_a_change_is_made_in_place_and_then_none(
    aws: SmallAws, person: str, options: dict[str, Any], calls: list[str]
) -> None:
    entry = {"principal_arn": person, "kubernetes_groups": ["ops"], "policies": [ADMIN, VIEW]}
    run(aws, entry)
    aws.forget()
    wanted = {**entry, **options}
    assert run(aws, wanted, check=True)["changed"]
    assert aws.mutating() == []
    assert run(aws, wanted)["changed"]
    assert aws.mutating() == calls
    assert not run(aws, wanted)["changed"]


def test_what_is_not_given_is_not_judged(aws: SmallAws, person: str) -> None:
    run(aws, {"principal_arn": person, "kubernetes_groups": ["ops"], "policies": [ADMIN]})
    aws.forget()
    assert not run(aws, {"principal_arn": person})["changed"]
    assert aws.asked() == ["DescribeAccessEntry"]


def test_entries_of_others_are_left_alone(aws: SmallAws, person: str) -> None:
    aws.eks().create_access_entry(
        clusterName=aws.name, principalArn=person, tags={"team": "b"}, kubernetesGroups=["b"]
    )
    aws.forget()
    entry = {"principal_arn": person, "policies": [VIEW]}
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws, entry)
    gone = run(aws, entry, state="absent")
    assert gone["warnings"] == [
        f"EKS access entry {person} is left alone: it is not made by this collection."
    ]
    assert aws.mutating() == []
    other = {"principal_arn": aws.node_role, "policies": [VIEW]}
    run(aws, other)
    run(aws, other, state="absent")
    assert "DeleteAccessEntry" in aws.mutating()
    found = aws.eks().describe_access_entry(clusterName=aws.name, principalArn=person)
    assert found["accessEntry"]["kubernetesGroups"] == ["b"]
    assert run(aws, entry, adopt=True)["changed"]
    tags = aws.eks().describe_access_entry(clusterName=aws.name, principalArn=person)
    assert tags["accessEntry"]["tags"] == {"team": "b", **aws.ours}


def test_another_type_is_another_entry_and_must_be_named(aws: SmallAws, person: str) -> None:
    run(aws, {"principal_arn": person, "policies": [ADMIN]})
    aws.forget()
    nodes = {"principal_arn": person, "type": "EC2_LINUX"}
    with pytest.raises(CamError, match="locked out"):
        run(aws, nodes)
    assert aws.mutating() == []
    assert run(aws, nodes, allow=[f"replace {person}"])["changed"]
    assert aws.mutating() == ["DeleteAccessEntry", "CreateAccessEntry"]
    assert not run(aws, nodes)["changed"]


@pytest.mark.parametrize("kind", ["reset", "throttle"])
def test_what_passes_leaves_one_entry(aws: SmallAws, person: str, kind: str) -> None:
    aws.double.faults({"kind": kind, "action": "(Create|Associate)Access.*", "times": 1})
    entry = {"principal_arn": person, "policies": [ADMIN]}
    assert run(aws, entry)["changed"]
    assert not run(aws, entry)["changed"]
    assert policies(aws, person) == {"AmazonEKSClusterAdminPolicy": []}


def test_a_run_that_ended_between_entry_and_policy_is_gone_on_with(
    aws: SmallAws, person: str
) -> None:
    entry = {"principal_arn": person, "policies": [ADMIN]}
    aws.double.faults({"kind": "expired", "action": "AssociateAccessPolicy"})
    with pytest.raises(AwsError, match="have expired"):
        run(aws, entry)
    aws.forget()
    run(aws, entry)
    assert aws.mutating() == ["AssociateAccessPolicy"]


def test_tags_are_set(aws: SmallAws, person: str) -> None:
    run(aws, {"principal_arn": person})
    result = run(aws, {"principal_arn": person}, tags={"team": "a"})
    assert result["plan"] == [f"changed EKS access entry {person}: tag team (absent) -> a"]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{"principal_arn": "admin"}], "Give the ARN of a role or user"),
        ([{"principal_arn": "arn:aws:iam::123456789012:role/a"}] * 2, "twice"),
        (
            [{"principal_arn": "arn:aws:iam::123456789012:role/a", "type": "EC2_LINUX",
              "policies": [ADMIN]}],
            "leave `policies` out",
        ),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(aws: SmallAws, entries: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(CamError, match=said):
        run(aws, *entries)
    assert aws.asked() == []


def test_policies_are_those_of_the_principals_partition() -> None:
    name = "AmazonEKSViewPolicy"
    arn = policy_arn("arn:aws-cn:iam::123456789012:role/a", name)
    assert arn == f"arn:aws-cn:eks::aws:cluster-access-policy/{name}"
    assert policy_arn("arn:aws:iam::123456789012:user/a", arn) == arn
