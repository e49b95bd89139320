"""What goes wrong around an EKS cluster, and how the run that follows goes on from there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_cluster
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _eks_cluster.ARGUMENT_SPEC.items()}
ISSUE = {"code": "InsufficientFreeAddresses", "message": "no room", "resourceIds": ["subnet-1"]}


def run(
    aws: SmallAws, *, check: bool = False, said: list[str] | None = None, **options: Any
) -> dict[str, Any]:
    params = {
        **DEFAULTS,
        "environment": "dev",
        "name": aws.name,
        "version": "1.34",
        "role_arn": aws.cluster_role,
        "subnet_ids": aws.subnets[:2],
        **options,
    }
    return _eks_cluster.run(
        params,
        check_mode=check,
        diff=False,
        clock=aws.hands.clock,
        progress=(said if said is not None else []).append,
    )


def foreign(aws: SmallAws, **tags: str) -> None:
    eks = aws.eks()
    network = {"subnetIds": aws.subnets[:2], "endpointPrivateAccess": True}
    role = aws.cluster_role
    eks.create_cluster(
        name=aws.name,
        version="1.34",
        roleArn=role,
        resourcesVpcConfig=network,
        accessConfig={"authenticationMode": "CONFIG_MAP"},
        tags=tags,
    )
    eks.describe_cluster(name=aws.name)
    aws.forget()


@pytest.mark.parametrize("kind", ["throttle", "unavailable", "drop"])
def test_what_passes_is_asked_again(aws: SmallAws, kind: str) -> None:
    aws.double.faults({"kind": kind, "action": "CreateCluster", "times": 1})
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["CreateCluster", "CreateCluster"]


def test_an_answer_that_is_lost_within_a_run_is_no_taken_name(aws: SmallAws) -> None:
    """The first attempt was carried out, so that the second finds the name taken: by us."""
    aws.double.faults({"kind": "reset", "action": "CreateCluster"})
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["CreateCluster", "CreateCluster"]


def test_an_answer_that_is_lost_between_runs_is_found_by_the_next(
    aws: SmallAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws.double.faults({"kind": "reset", "action": "CreateCluster"})
    with pytest.raises(AwsError, match="AWS gave no answer"):
        run(aws)
    aws.forget()
    assert not run(aws)["changed"]
    assert aws.mutating() == []


@pytest.mark.parametrize(
    ("kind", "code", "remedy"),
    [
        ("throttle", "ThrottlingException", "AWS_MAX_ATTEMPTS"),
        ("unavailable", "ServiceUnavailableException", "Run again in some minutes"),
        ("denied", "AccessDeniedException", "Allow the action eks:CreateCluster"),
        ("expired", "ExpiredTokenException", "Get new ones and run again"),
        ("quota", "ResourceLimitExceededException", "Service Quotas"),
    ],
)
def test_a_refusal_says_its_cause_in_three_lines(
    aws: SmallAws, monkeypatch: pytest.MonkeyPatch, kind: str, code: str, remedy: str
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws.double.faults({"kind": kind, "action": "CreateCluster", "times": 0})
    with pytest.raises(AwsError) as refused:
        run(aws)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert f"eks CreateCluster of EKS cluster {aws.name} in eu-central-1" in lines[0]
    assert code in lines[1]
    assert remedy in lines[2]
    aws.double.faults()
    assert run(aws)["status"] == "ACTIVE"


def test_credentials_that_expire_while_it_waits_end_the_run_at_once(aws: SmallAws) -> None:
    aws.double.transition("eks::cluster", progression="manual", times=4)
    aws.double.faults({"kind": "expired", "action": "DescribeCluster", "after": 2, "times": 1})
    with pytest.raises(AwsError, match="have expired"):
        run(aws)
    # The run that follows goes on waiting; nothing is created a second time.
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["CreateCluster"]


def test_a_throttled_look_does_not_end_a_wait(
    aws: SmallAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws.double.transition("eks::cluster", progression="manual", times=3)
    aws.double.faults({"kind": "throttle", "action": "DescribeCluster", "after": 1, "times": 2})
    said: list[str] = []
    assert run(aws, said=said)["status"] == "ACTIVE"
    assert any("did not answer (ThrottlingException), asking again" in line for line in said)


def test_a_long_creation_is_told_and_ended_by_its_deadline(aws: SmallAws) -> None:
    aws.double.transition("eks::cluster", progression="manual", times=1000)
    said: list[str] = []
    with pytest.raises(CamError) as late:
        run(aws, said=said, wait_seconds=300)
    assert "is still CREATING after `wait_seconds`, 300 s" in str(late.value)
    assert said[0] == f"EKS cluster {aws.name}: CREATING for 0 s"
    assert 8 <= len(said) <= 11
    assert aws.hands.time <= 300


def test_a_creation_that_fails_names_its_issue_and_is_made_anew(aws: SmallAws) -> None:
    aws.double.outcomes({"model": "eks::cluster", "status": "FAILED", "issues": [ISSUE]})
    with pytest.raises(CamError) as failed:
        run(aws)
    lines = str(failed.value).splitlines()
    assert lines[0] == f"EKS cluster {aws.name} is FAILED after 0 s."
    assert lines[1] == "InsufficientFreeAddresses: no room (subnet-1)"
    assert len(lines) == 3
    aws.forget()
    assert run(aws, check=True)["plan"] == [
        f"would replace EKS cluster {aws.name}: status FAILED -> ACTIVE"
    ]
    assert aws.mutating() == []
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["DeleteCluster", "CreateCluster"]


def test_an_update_that_fails_says_why(aws: SmallAws) -> None:
    run(aws)
    errors = [{"errorCode": "EniLimitReached", "errorMessage": "too many", "resourceIds": ["a"]}]
    aws.double.outcomes({"model": "eks::update", "status": "Failed", "issues": errors})
    with pytest.raises(CamError, match="EniLimitReached: too many") as failed:
        run(aws, endpoint_private=False)
    assert f"the update of EKS cluster {aws.name} is Failed" in str(failed.value)
    assert run(aws, endpoint_private=False)["changed"]


def test_a_role_that_iam_does_not_show_yet_is_waited_for(aws: SmallAws) -> None:
    said: list[str] = []
    missing = aws.cluster_role + "-later"
    with pytest.raises(AwsError, match="could not be assumed"):
        run(aws, said=said, role_arn=missing)
    assert said[0] == f"EKS cluster {aws.name}: EKS does not see its role yet"
    assert 10 <= len(said) <= 13
    assert aws.hands.time == 60


def test_a_foreign_cluster_is_neither_changed_nor_removed(aws: SmallAws) -> None:
    foreign(aws, team="other")
    with pytest.raises(CamError) as refused:
        run(aws, endpoint_private=False)
    assert "is not made by this collection" in str(refused.value)
    assert "`adopt: true`" in str(refused.value)
    gone = run(aws, state="absent")
    assert (gone["changed"], gone["plan"]) == (False, [])
    assert gone["warnings"] == [
        f"EKS cluster {aws.name} is left alone: it is not made by this collection."
    ]
    assert aws.mutating() == []


def test_the_cluster_of_another_mesh_is_named_as_that(aws: SmallAws) -> None:
    foreign(aws, **{"app": "cam", "cam-environment": "prod", "cam-cluster": aws.name})
    with pytest.raises(CamError, match=re.escape("(environment prod)")):
        run(aws)


def test_an_adopted_cluster_keeps_what_others_tagged(aws: SmallAws) -> None:
    foreign(aws, team="other")
    result = run(aws, adopt=True)
    assert aws.mutating() == ["TagResource"]
    assert "tag app (absent) -> cam" in result["plan"][0]
    tags = aws.eks().describe_cluster(name=aws.name)["cluster"]["tags"]
    assert tags == {"team": "other", **aws.ours}
    aws.forget()
    assert not run(aws)["changed"]


def test_a_name_that_is_taken_in_between_is_said_to_be(aws: SmallAws) -> None:
    """Somebody creates it between our look and our call."""
    foreign(aws, team="other")
    missing = {"kind": "denied", "code": "ResourceNotFoundException", "status": 404}
    aws.double.faults({**missing, "action": "DescribeCluster"})
    with pytest.raises(AwsError, match="taken by what this mesh does not own"):
        run(aws)


def test_a_cluster_is_removed_once_and_only_unprotected(aws: SmallAws) -> None:
    run(aws, deletion_protection=True)
    aws.forget()
    with pytest.raises(CamError, match="its deletion protection is on"):
        run(aws, state="absent")
    assert aws.mutating() == []
    allow = [f"delete {aws.name}"]
    planned = run(aws, state="absent", allow=allow, check=True)
    assert planned["plan"] == [f"would delete EKS cluster {aws.name}"]
    assert aws.mutating() == []
    aws.double.transition("eks::cluster", progression="manual", times=3)
    gone = run(aws, state="absent", allow=allow)
    assert (gone["plan"], gone["status"]) == ([f"deleted EKS cluster {aws.name}"], "ABSENT")
    assert aws.mutating() == ["UpdateClusterConfig", "DeleteCluster"]
    aws.forget()
    assert not run(aws, state="absent")["changed"]
    assert aws.asked() == ["DescribeCluster"]


def test_a_removal_that_was_interrupted_is_waited_for(aws: SmallAws) -> None:
    run(aws)
    aws.double.transition("eks::cluster", progression="manual", times=3)
    aws.eks().delete_cluster(name=aws.name)
    aws.forget()
    assert not run(aws, state="absent")["changed"]
    assert aws.mutating() == []
    assert run(aws)["plan"] == [f"created EKS cluster {aws.name}"]


def test_a_cluster_with_node_groups_says_what_to_remove_first(aws: SmallAws) -> None:
    run(aws)
    aws.eks().create_nodegroup(
        clusterName=aws.name, nodegroupName="n", subnets=aws.subnets, nodeRole=aws.node_role
    )
    with pytest.raises(AwsError, match="Remove first what AWS names"):
        run(aws, state="absent")


def test_a_failure_is_a_result_without_a_traceback(aws: SmallAws) -> None:
    aws.double.faults({"kind": "denied", "action": "DescribeCluster", "times": 0})
    params = {**DEFAULTS, "environment": "dev", "name": aws.name, "state": "absent"}
    result = call(_eks_cluster.run, params, check_mode=False, diff=False)
    assert result["failed"]
    assert "Allow the action eks:DescribeCluster" in result["msg"]
