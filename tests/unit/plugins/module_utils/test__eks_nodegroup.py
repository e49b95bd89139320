"""Managed node groups, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_nodegroup
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _eks_nodegroup.ARGUMENT_SPEC.items()}
TAINT = {"key": "only", "value": "cam", "effect": "NO_SCHEDULE"}
ISSUE = {"code": "NodeCreationFailure", "message": "no join", "resourceIds": ["i-1"]}
NAME = "cam-nodes-dev"


@pytest.fixture
def template(aws: SmallAws) -> dict[str, str]:
    """A launch template of two versions, and a cluster for what it starts."""
    aws.cluster()
    ec2 = aws.double.client("ec2")
    name = f"{aws.name}-nodes"
    data = {"InstanceType": "t3.large"}
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    ec2.create_launch_template_version(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.xlarge"}
    )
    aws.forget()
    return {"id": made["LaunchTemplate"]["LaunchTemplateId"], "name": "", "version": "1"}


def run(aws: SmallAws, *, check: bool = False, **options: Any) -> dict[str, Any]:
    params = {
        **DEFAULTS,
        "environment": "dev",
        "cluster": aws.name,
        "name": NAME,
        "role_arn": aws.node_role,
        "subnet_ids": aws.subnets,
        "min_size": 2,
        "max_size": 10,
        "desired_size": 3,
        **options,
    }
    return _eks_nodegroup.run(params, check_mode=check, diff=True, clock=aws.hands.clock)


def live(aws: SmallAws) -> dict[str, Any]:
    answer = aws.eks().describe_nodegroup(clusterName=aws.name, nodegroupName=NAME)
    return dict(answer["nodegroup"])


def scale(aws: SmallAws, desired: int) -> None:
    """As the autoscaler does."""
    place = {"clusterName": aws.name, "nodegroupName": NAME}
    update = aws.eks().update_nodegroup_config(**place, scalingConfig={"desiredSize": desired})
    aws.eks().describe_update(name=aws.name, nodegroupName=NAME, updateId=update["update"]["id"])
    aws.forget()


def test_a_group_is_created_once(aws: SmallAws, template: dict[str, str]) -> None:
    options = {
        "launch_template": template,
        "labels": {"role": "cam", "number": 1},
        "taints": [TAINT],
        "max_unavailable": 2,
        "version": "1.34",
        "tags": {"team": "a"},
        "capacity_type": "ON_DEMAND",
    }
    planned = run(aws, check=True, **options)
    assert planned["plan"] == [f"would create node group {NAME}"]
    assert planned["status"] == "ABSENT"
    assert aws.mutating() == []
    made = run(aws, **options)
    assert aws.mutating() == ["CreateNodegroup"]
    assert (made["status"], made["version"]) == ("ACTIVE", "1.34")
    assert made["scaling"] == {"min": 2, "max": 10, "desired": 3}
    assert made["auto_scaling_group"]
    found = live(aws)
    assert found["tags"] == {"team": "a", **aws.ours}
    assert found["labels"] == {"role": "cam", "number": "1"}
    assert found["amiType"].startswith("AL2023")
    aws.forget()
    assert not run(aws, **options)["changed"]
    assert aws.asked() == ["DescribeNodegroup"]


def test_a_group_is_planned_where_there_is_no_cluster(aws: SmallAws) -> None:
    assert run(aws, check=True)["changed"]
    with pytest.raises(AwsError, match="create that first"):
        run(aws)


CHANGES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "size": ({"max_size": 12}, ["UpdateNodegroupConfig"], "max_size 10 -> 12"),
    "size that moves nodes": (
        {"min_size": 5, "desired_size": None},
        ["UpdateNodegroupConfig"],
        "min_size 2 -> 5, desired_size 3 -> 5",
    ),
    "labels": (
        {"labels": {"role": "other", "new": "1"}},
        ["UpdateNodegroupConfig"],
        "label gone x -> (absent), label new (absent) -> 1, label role cam -> other",
    ),
    "taints": (
        {"taints": [{**TAINT, "value": "b"}]},
        ["UpdateNodegroupConfig"],
        "taints [gone=:NO_EXECUTE, only=cam:NO_SCHEDULE] -> [only=b:NO_SCHEDULE]",
    ),
    "pace": (
        {"max_unavailable": None, "max_unavailable_percentage": 50},
        ["UpdateNodegroupConfig"],
        "update_config {maxUnavailable=1} -> {maxUnavailablePercentage=50}",
    ),
    "tags": ({"tags": {"team": "a"}}, ["TagResource"], "tag team (absent) -> a"),
    "all in one call": (
        {"max_size": 12, "labels": {"role": "cam"}, "taints": []},
        ["UpdateNodegroupConfig"],
        "max_size 10 -> 12, label gone x -> (absent), taints [gone=:NO_EXECUTE, "
        "only=cam:NO_SCHEDULE] -> (none)",
    ),
}
START = {
    "labels": {"role": "cam", "gone": "x"},
    "taints": [TAINT, {"key": "gone", "value": None, "effect": "NO_EXECUTE"}],
    "max_unavailable": 1,
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_one_call_and_then_none(aws: SmallAws, what: str) -> None:
    aws.cluster()
    run(aws, **START)
    aws.forget()
    options, calls, said = CHANGES[what]
    wanted = {**START, **options}
    assert run(aws, check=True, **wanted)["plan"] == [f"would change node group {NAME}: {said}"]
    assert aws.mutating() == []
    assert run(aws, **wanted)["plan"] == [f"changed node group {NAME}: {said}"]
    assert aws.mutating() == calls
    aws.forget()
    assert not run(aws, **wanted)["changed"]
    assert aws.asked() == ["DescribeNodegroup"]


def test_the_autoscaler_is_not_fought(aws: SmallAws) -> None:
    aws.cluster()
    run(aws)
    scale(aws, 7)
    assert not run(aws)["changed"]
    # A bound that moves past the number of nodes takes it along; any other leaves it alone.
    grown = run(aws, max_size=12)
    assert grown["scaling"] == {"min": 2, "max": 12, "desired": 7}
    (call,) = aws.double.calls(action="UpdateNodegroupConfig")
    assert "desiredSize" not in str(call["parameters"])
    shrunk = run(aws, max_size=5)
    assert shrunk["scaling"] == {"min": 2, "max": 5, "desired": 5}


def test_version_and_template_move_in_one_call(aws: SmallAws, template: dict[str, str]) -> None:
    run(aws, launch_template=template, version="1.34")
    aws.eks().update_cluster_version(name=aws.name, version="1.35")
    for _ in range(3):
        aws.eks().list_updates(name=aws.name)
    updates = aws.eks().list_updates(name=aws.name)["updateIds"]
    aws.eks().describe_update(name=aws.name, updateId=updates[0])
    aws.forget()
    options = {"launch_template": {**template, "version": "2"}, "version": "1.35"}
    said = "version 1.34 -> 1.35, launch_template version 1 -> 2"
    result = run(aws, **options)
    assert result["plan"] == [f"changed node group {NAME}: {said}"]
    assert aws.mutating() == ["UpdateNodegroupVersion"]
    assert not run(aws, **options)["changed"]
    with pytest.raises(CamError, match="nodes do not go back"):
        run(aws, version="1.34", launch_template=options["launch_template"])


def test_what_only_a_new_group_has_must_be_named(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, instance_types=["t3.large"])
    scale(aws, 7)
    wanted = {"instance_types": ["t3.xlarge"], "subnet_ids": aws.subnets[:2]}
    with pytest.raises(CamError) as refused:
        run(aws, **wanted)
    said = str(refused.value)
    assert "instance_types [t3.large] -> [t3.xlarge]" in said
    assert "with all its nodes" in said
    assert f'allow: ["replace {NAME}"]' in said
    assert aws.mutating() == []
    result = run(aws, **wanted, allow=[f"replace {NAME}"])
    assert aws.mutating() == ["DeleteNodegroup", "CreateNodegroup"]
    assert result["scaling"]["desired"] == 7
    assert not run(aws, **wanted)["changed"]


def test_another_template_is_another_group(aws: SmallAws, template: dict[str, str]) -> None:
    run(aws, launch_template=template)
    with pytest.raises(CamError, match="launch_template name"):
        run(aws, launch_template={"id": None, "name": "other", "version": "1"})
    with pytest.raises(CamError, match="launch_template lt-"):
        run(aws)


def test_a_group_that_failed_says_why_and_is_made_anew(aws: SmallAws) -> None:
    aws.cluster()
    aws.double.outcomes({"model": "eks::nodegroup", "status": "CREATE_FAILED", "issues": [ISSUE]})
    with pytest.raises(CamError) as failed:
        run(aws)
    assert str(failed.value).splitlines()[:2] == [
        f"node group {NAME} is CREATE_FAILED after 0 s.",
        "NodeCreationFailure: no join (i-1)",
    ]
    aws.forget()
    said = f"would replace node group {NAME}: status CREATE_FAILED -> ACTIVE"
    assert run(aws, check=True)["plan"] == [said]
    assert aws.mutating() == []
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["DeleteNodegroup", "CreateNodegroup"]


def test_a_failed_group_of_somebody_else_is_not_touched(aws: SmallAws) -> None:
    aws.cluster()
    aws.double.outcomes({"model": "eks::nodegroup", "status": "CREATE_FAILED", "issues": [ISSUE]})
    place = {"clusterName": aws.name, "nodegroupName": NAME}
    aws.eks().create_nodegroup(**place, subnets=aws.subnets, nodeRole=aws.node_role)
    live(aws)
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws)
    with pytest.raises(CamError, match="it is another's and has failed"):
        run(aws, adopt=True)
    gone = run(aws, state="absent")
    assert (gone["changed"], len(gone["warnings"])) == (False, 1)
    assert aws.mutating() == []


def test_a_group_with_an_issue_is_warned_of(aws: SmallAws) -> None:
    aws.cluster()
    aws.double.outcomes({"model": "eks::nodegroup", "status": "DEGRADED", "issues": [ISSUE]})
    with pytest.raises(CamError, match="is DEGRADED"):
        run(aws)
    again = run(aws)
    assert not again["changed"]
    assert again["warnings"] == [
        f"node group {NAME} has an issue: NodeCreationFailure: no join (i-1)"
    ]


@pytest.mark.parametrize("kind", ["reset", "throttle", "unavailable"])
def test_what_passes_leaves_one_group(aws: SmallAws, kind: str) -> None:
    aws.cluster()
    aws.double.faults({"kind": kind, "action": "CreateNodegroup"})
    assert run(aws)["status"] == "ACTIVE"
    assert aws.eks().list_nodegroups(clusterName=aws.name)["nodegroups"] == [NAME]
    assert not run(aws)["changed"]


def test_an_interrupted_run_is_gone_on_with(aws: SmallAws) -> None:
    aws.cluster()
    aws.double.transition("eks::nodegroup", progression="manual", times=5)
    aws.double.faults({"kind": "expired", "action": "DescribeNodegroup", "after": 2})
    with pytest.raises(AwsError, match="have expired"):
        run(aws)
    assert run(aws)["status"] == "ACTIVE"
    assert aws.mutating() == ["CreateNodegroup"]


def test_a_group_is_removed_once(aws: SmallAws) -> None:
    aws.cluster()
    run(aws)
    aws.forget()
    assert run(aws, state="absent", check=True)["plan"] == [f"would delete node group {NAME}"]
    assert aws.mutating() == []
    aws.double.transition("eks::nodegroup", progression="manual", times=3)
    assert run(aws, state="absent")["plan"] == [f"deleted node group {NAME}"]
    assert aws.mutating() == ["DeleteNodegroup"]
    assert not run(aws, state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min_size": None}, "`min_size` must be given"),
        ({"min_size": 3, "max_size": 2}, "0 <= min_size <= max_size"),
        ({"min_size": 0, "max_size": 0, "desired_size": 0}, "at least 1"),
        ({"desired_size": 11}, "not between `min_size` 2 and `max_size` 10"),
        ({"version": "1.34.1"}, "leave out the patch"),
        ({"launch_template": {"id": "a", "name": "b", "version": "1"}}, "by `id` or by `name`"),
        ({"launch_template": {"id": "a", "name": "", "version": "$Latest"}}, "Give its number"),
        ({"max_unavailable": 1, "max_unavailable_percentage": 2}, "not both"),
        ({"labels": {"a": True}}, "`labels`: a is True"),
    ],
)
def test_a_bad_value_is_refused(aws: SmallAws, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CamError) as refused:
        run(aws, **options)
    assert said in str(refused.value).replace("\n", " ")
    assert aws.asked() == []
