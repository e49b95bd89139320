"""Pod identities of EKS, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_pod_identity
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws, role

DEFAULTS = {key: rule.get("default") for key, rule in _eks_pod_identity.ARGUMENT_SPEC.items()}
SERVICE = "pods.eks.amazonaws.com"


@pytest.fixture
def roles(aws: SmallAws) -> list[str]:
    """Two roles that pods may have, and the cluster."""
    aws.cluster()
    iam = aws.double.client("iam")
    found = [role(iam, f"{aws.name}-pods-{number}", SERVICE) for number in range(2)]
    aws.forget()
    return found


def one(role_arn: str | None, account: str = "autoscaler") -> dict[str, Any]:
    return {"namespace": "kube-system", "service_account": account, "role_arn": role_arn}


def run(
    aws: SmallAws, *associations: dict[str, Any], check: bool = False, **options: Any
) -> dict[str, Any]:
    given = {"environment": "dev", "cluster": aws.name, "associations": list(associations)}
    return _eks_pod_identity.run(
        {**DEFAULTS, **given, **options}, check_mode=check, diff=True, clock=aws.hands.clock
    )


def found(aws: SmallAws) -> list[str]:
    answer = aws.eks().list_pod_identity_associations(clusterName=aws.name)
    return sorted(item["serviceAccount"] for item in answer["associations"])


def test_associations_are_created_once(aws: SmallAws, roles: list[str]) -> None:
    wanted = [one(roles[0]), one(roles[1], "csi")]
    planned = run(aws, *wanted, check=True)
    assert planned["plan"] == [
        "would create EKS pod identity kube-system/autoscaler",
        "would create EKS pod identity kube-system/csi",
    ]
    assert aws.mutating() == []
    run(aws, *wanted)
    assert aws.mutating() == ["CreatePodIdentityAssociation"] * 2
    aws.forget()
    assert not run(aws, *wanted)["changed"]
    assert aws.asked() == ["ListPodIdentityAssociations"] + ["DescribePodIdentityAssociation"] * 2


def test_another_role_is_one_call(aws: SmallAws, roles: list[str]) -> None:
    run(aws, one(roles[0]))
    aws.forget()
    said = f"EKS pod identity kube-system/autoscaler: role_arn {roles[0]} -> {roles[1]}"
    assert run(aws, one(roles[1]), check=True)["plan"] == [f"would change {said}"]
    assert aws.mutating() == []
    assert run(aws, one(roles[1]))["plan"] == [f"changed {said}"]
    assert aws.mutating() == ["UpdatePodIdentityAssociation"]
    assert not run(aws, one(roles[1]))["changed"]


def test_they_are_planned_where_there_is_no_cluster(aws: SmallAws) -> None:
    assert run(aws, one(aws.node_role), check=True)["changed"]
    assert not run(aws, one(None), state="absent")["changed"]


def test_those_of_others_are_left_alone(aws: SmallAws, roles: list[str]) -> None:
    place = {"clusterName": aws.name, "namespace": "kube-system", "serviceAccount": "autoscaler"}
    aws.eks().create_pod_identity_association(**place, roleArn=roles[0], tags={"team": "b"})
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws, one(roles[1]))
    gone = run(aws, one(None), state="absent")
    assert (gone["changed"], len(gone["warnings"])) == (False, 1)
    assert aws.mutating() == []
    assert run(aws, one(roles[0]), adopt=True)["changed"]
    assert aws.mutating() == ["TagResource"]


def test_that_of_an_addon_is_the_addons(aws: SmallAws, roles: list[str]) -> None:
    identities = [{"serviceAccount": "aws-node", "roleArn": roles[0]}]
    aws.eks().create_addon(
        clusterName=aws.name, addonName="vpc-cni", podIdentityAssociations=identities
    )
    with pytest.raises(CamError, match="`pod_identities` of cam_eks_addon"):
        run(aws, one(roles[1], "aws-node"))


@pytest.mark.parametrize("kind", ["reset", "throttle", "unavailable"])
def test_what_passes_leaves_one_association(aws: SmallAws, roles: list[str], kind: str) -> None:
    aws.double.faults({"kind": kind, "action": "CreatePodIdentityAssociation"})
    run(aws, one(roles[0]))
    assert found(aws) == ["autoscaler"]
    assert not run(aws, one(roles[0]))["changed"]


def test_they_are_removed_once(aws: SmallAws, roles: list[str]) -> None:
    run(aws, one(roles[0]), one(roles[0], "csi"))
    assert run(aws, one(None), state="absent", check=True)["plan"] == [
        "would delete EKS pod identity kube-system/autoscaler"
    ]
    assert run(aws, one(None), state="absent")["changed"]
    assert found(aws) == ["csi"]
    assert not run(aws, one(None), state="absent")["changed"]


def test_a_bad_value_is_refused(aws: SmallAws) -> None:
    with pytest.raises(CamError, match="kube-system/autoscaler has no `role_arn`"):
        run(aws, one(None))
    with pytest.raises(CamError, match="names kube-system/autoscaler twice"):
        run(aws, one("a"), one("b"))
    assert aws.asked() == []
