"""Add-ons of EKS, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_addon
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._eks_addon_diff import (
    configuration,
    default_version,
    newer,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws, role

DEFAULTS = {key: rule.get("default") for key, rule in _eks_addon.ARGUMENT_SPEC.items()}
ENTRY = _eks_addon.ARGUMENT_SPEC["addons"]["options"]
POLICY = {"enableNetworkPolicy": "true", "env": {"WARM_ENI_TARGET": "1"}}
CNI = {"name": "vpc-cni", "configuration": POLICY}
PROXY = {"name": "kube-proxy"}


def run(
    aws: SmallAws, *addons: dict[str, Any], check: bool = False, **options: Any
) -> dict[str, Any]:
    empty = {key: rule.get("default") for key, rule in ENTRY.items()}
    entries = [{**empty, **addon} for addon in addons]
    given = {"environment": "dev", "cluster": aws.name, "addons": entries}
    params = {**DEFAULTS, **given, **options}
    return _eks_addon.run(params, check_mode=check, diff=True, clock=aws.hands.clock)


def live(aws: SmallAws, name: str) -> dict[str, Any]:
    answer = aws.eks().describe_addon(clusterName=aws.name, addonName=name)
    return dict(answer["addon"])


def test_addons_are_created_once(aws: SmallAws) -> None:
    aws.cluster()
    planned = run(aws, CNI, PROXY, check=True)
    assert planned["plan"] == [
        "would create EKS add-on vpc-cni",
        "would create EKS add-on kube-proxy",
    ]
    assert aws.mutating() == []
    made = run(aws, CNI, PROXY)
    assert aws.mutating() == ["CreateAddon", "CreateAddon"]
    assert made["addons"] == [
        {"name": "vpc-cni", "version": "v1.20.4-eksbuild.1", "status": "ACTIVE"},
        {"name": "kube-proxy", "version": "v1.34.0-eksbuild.2", "status": "ACTIVE"},
    ]
    assert live(aws, "vpc-cni")["tags"] == aws.ours
    aws.forget()
    assert not run(aws, CNI, PROXY)["changed"]
    assert sorted(aws.asked()) == [
        "DescribeAddon",
        "DescribeAddon",
        "DescribeAddonVersions",
        "DescribeAddonVersions",
        "DescribeCluster",
    ]


def test_what_is_known_is_not_asked(aws: SmallAws) -> None:
    aws.cluster()
    pinned = {**CNI, "version": "v1.20.4-eksbuild.1"}
    run(aws, pinned)
    aws.forget()
    assert not run(aws, pinned)["changed"]
    assert aws.asked() == ["DescribeAddon"]
    aws.forget()
    assert not run(aws, CNI, kubernetes_version="1.34")["changed"]
    assert sorted(aws.asked()) == ["DescribeAddon", "DescribeAddonVersions"]


def test_addons_are_planned_where_there_is_no_cluster(aws: SmallAws) -> None:
    planned = run(aws, CNI, check=True)
    assert planned["plan"] == ["would create EKS add-on vpc-cni"]
    assert planned["addons"] == [{"name": "vpc-cni", "version": "", "status": "ABSENT"}]
    assert not run(aws, CNI, state="absent")["changed"]


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "version": (
        {"version": "v1.21.1-eksbuild.1"},
        "version v1.20.4-eksbuild.1 -> v1.21.1-eksbuild.1",
    ),
    "configuration": (
        {"configuration": {"enableNetworkPolicy": "false", "env": {"WARM_ENI_TARGET": "1"}}},
        "configuration.enableNetworkPolicy true -> false",
    ),
    "less configuration": (
        {"configuration": {"enableNetworkPolicy": "true"}},
        "configuration.env {WARM_ENI_TARGET=1} -> (none)",
    ),
    "no configuration": (
        {"configuration": {}},
        "configuration.enableNetworkPolicy true -> (none), configuration.env "
        "{WARM_ENI_TARGET=1} -> (none)",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_one_call_and_then_none(aws: SmallAws, what: str) -> None:
    aws.cluster()
    run(aws, CNI)
    aws.forget()
    options, said = CHANGES[what]
    wanted = {**CNI, **options}
    planned = run(aws, wanted, check=True)
    assert planned["plan"] == [f"would change EKS add-on vpc-cni: {said}"]
    assert aws.mutating() == []
    assert run(aws, wanted)["plan"] == [f"changed EKS add-on vpc-cni: {said}"]
    assert aws.mutating() == ["UpdateAddon"]
    assert not run(aws, wanted)["changed"]


def test_configuration_is_compared_by_content(aws: SmallAws) -> None:
    """What somebody wrote as YAML in another order is the same."""
    aws.cluster()
    aws.eks().create_addon(
        clusterName=aws.name,
        addonName="vpc-cni",
        configurationValues="env: {WARM_ENI_TARGET: '1'}\nenableNetworkPolicy: 'true'\n",
        tags=aws.ours,
    )
    live(aws, "vpc-cni")
    assert not run(aws, CNI)["changed"]
    assert not run(aws, {"name": "vpc-cni"})["changed"]


def test_an_addon_follows_its_cluster_and_never_goes_back(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, CNI, PROXY)
    newest = {**CNI, "version": "v1.21.1-eksbuild.1"}
    run(aws, newest)
    # Its own default is older by now than what runs.
    assert not run(aws, CNI)["changed"]
    result = run(aws, CNI, PROXY, kubernetes_version="1.35", check=True)
    assert result["plan"] == [
        "would change EKS add-on kube-proxy: version v1.34.0-eksbuild.2 -> v1.35.0-eksbuild.2"
    ]


def test_roles_by_service_account_and_by_pod_identity(aws: SmallAws) -> None:
    aws.cluster()
    iam = aws.double.client("iam")
    roles = [role(iam, f"{aws.name}-{n}", "pods.eks.amazonaws.com") for n in range(2)]
    by_account = {**CNI, "service_account_role_arn": roles[0]}
    run(aws, by_account)
    assert not run(aws, by_account)["changed"]
    # A change of something else takes the role along, else EKS would take it away.
    run(aws, {**by_account, "configuration": {}})
    assert live(aws, "vpc-cni")["serviceAccountRoleArn"] == roles[0]

    identities = [{"service_account": "aws-node", "role_arn": roles[0]}]
    by_pod = {"name": "kube-proxy", "pod_identities": identities}
    run(aws, by_pod)
    aws.forget()
    assert not run(aws, by_pod)["changed"]
    assert aws.asked().count("DescribePodIdentityAssociation") == 1
    changed = {**by_pod, "pod_identities": [{**identities[0], "role_arn": roles[1]}]}
    assert "pod_identities" in run(aws, changed)["plan"][0]
    assert not run(aws, changed)["changed"]
    assert run(aws, {**by_pod, "pod_identities": []})["changed"]
    assert not run(aws, {**by_pod, "pod_identities": []})["changed"]


def test_tags_are_set_by_themselves(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, PROXY)
    aws.forget()
    result = run(aws, PROXY, tags={"team": "a"})
    assert result["plan"] == ["changed EKS add-on kube-proxy: tag team (absent) -> a"]
    assert aws.mutating() == ["TagResource"]


def test_addons_are_waited_for_together(aws: SmallAws) -> None:
    aws.cluster()
    aws.double.transition("eks::addon", progression="manual", times=4)
    run(aws, CNI, PROXY)
    # Four looks with growing pauses, once and not twice.
    assert aws.hands.time == 1 + 1.5 + 2.25


def test_an_addon_without_nodes_is_borne_and_then_named(aws: SmallAws) -> None:
    aws.cluster()
    with pytest.raises(CamError, match="InsufficientNumberOfReplicas") as failed:
        run(aws, {"name": "coredns"})
    assert "EKS add-on coredns is DEGRADED" in str(failed.value)
    assert aws.hands.time >= 60
    again = run(aws, {"name": "coredns"})
    assert not again["changed"]
    assert "InsufficientNumberOfReplicas" in again["warnings"][0]


def test_an_addon_that_failed_is_made_anew(aws: SmallAws) -> None:
    aws.cluster()
    issue = {"code": "ConfigurationConflict", "message": "taken", "resourceIds": []}
    aws.double.outcomes({"model": "eks::addon", "status": "CREATE_FAILED", "issues": [issue]})
    with pytest.raises(CamError, match="ConfigurationConflict: taken"):
        run(aws, PROXY)
    aws.forget()
    said = "replace EKS add-on kube-proxy: status CREATE_FAILED -> ACTIVE"
    assert run(aws, PROXY, check=True)["plan"] == [f"would {said}"]
    assert run(aws, PROXY)["addons"][0]["status"] == "ACTIVE"
    assert aws.mutating() == ["DeleteAddon", "CreateAddon"]


def test_an_update_that_failed_is_tried_again(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, CNI)
    errors = [{"errorCode": "ConfigurationConflict", "errorMessage": "x", "resourceIds": []}]
    aws.double.outcomes({"model": "eks::update", "status": "Failed", "issues": errors})
    wanted = {**CNI, "configuration": {}}
    with pytest.raises(CamError, match="ConfigurationConflict: x"):
        run(aws, wanted)
    assert "status UPDATE_FAILED -> ACTIVE" in run(aws, wanted, check=True)["plan"][0]
    assert run(aws, wanted)["addons"][0]["status"] == "ACTIVE"
    assert not run(aws, wanted)["changed"]


def test_foreign_addons_are_left_alone(aws: SmallAws) -> None:
    aws.cluster()
    for name in ("kube-proxy", "vpc-cni"):
        aws.eks().create_addon(clusterName=aws.name, addonName=name, tags={"team": "b"})
        live(aws, name)
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws, PROXY)
    gone = run(aws, PROXY, state="absent")
    assert not gone["changed"]
    assert gone["warnings"] == [
        "EKS add-on kube-proxy is left alone: it is not made by this collection."
    ]
    assert aws.mutating() == []
    adopted = run(aws, PROXY, adopt=True)
    assert "tag app (absent) -> cam" in adopted["plan"][0]
    assert live(aws, "kube-proxy")["tags"] == {"team": "b", **aws.ours}
    assert live(aws, "vpc-cni")["tags"] == {"team": "b"}


@pytest.mark.parametrize("kind", ["reset", "throttle"])
def test_what_passes_leaves_one_addon(aws: SmallAws, kind: str) -> None:
    aws.cluster()
    aws.double.faults({"kind": kind, "action": "CreateAddon"})
    assert run(aws, PROXY)["addons"][0]["status"] == "ACTIVE"
    assert not run(aws, PROXY)["changed"]


def test_addons_are_removed_once(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, CNI, PROXY)
    aws.forget()
    assert len(run(aws, CNI, PROXY, state="absent", check=True)["plan"]) == 2
    assert aws.mutating() == []
    aws.double.transition("eks::addon", progression="manual", times=3)
    gone = run(aws, CNI, PROXY, state="absent", preserve=True)
    assert gone["plan"] == ["deleted EKS add-on vpc-cni", "deleted EKS add-on kube-proxy"]
    assert {addon["status"] for addon in gone["addons"]} == {"ABSENT"}
    assert aws.double.calls(action="DeleteAddon")[0]["parameters"]["preserve"] in (True, "true")
    assert not run(aws, CNI, PROXY, state="absent")["changed"]


def test_a_removal_that_was_interrupted_is_waited_for(aws: SmallAws) -> None:
    aws.cluster()
    run(aws, PROXY)
    aws.double.transition("eks::addon", progression="manual", times=3)
    aws.eks().delete_addon(clusterName=aws.name, addonName="kube-proxy")
    assert run(aws, PROXY, check=True)["plan"] == ["would create EKS add-on kube-proxy"]
    assert run(aws, PROXY)["plan"] == ["created EKS add-on kube-proxy"]


def test_what_eks_does_not_take_is_said(aws: SmallAws) -> None:
    aws.cluster()
    with pytest.raises(AwsError, match="not allowed"):
        run(aws, {**PROXY, "configuration": {"nothing": 1}})
    with pytest.raises(AwsError, match="describeless is not supported"):
        run(aws, {"name": "describeless"})
    with pytest.raises(CamError, match="names 'kube-proxy' twice"):
        run(aws, PROXY, PROXY)


def test_versions_are_compared_as_numbers() -> None:
    assert newer("v1.20.10-eksbuild.1", "v1.20.9-eksbuild.7")
    assert not newer("v1.20.4-eksbuild.1", "v1.20.4-eksbuild.1")
    assert not newer("", "v1.0.0-eksbuild.1")


def test_no_default_version_is_said() -> None:
    fits = {"clusterVersion": "1.34", "defaultVersion": False}
    offered = [{"addonVersions": [{"addonVersion": "v1", "compatibilities": [fits]}]}]
    with pytest.raises(CamError, match=r"no default version for Kubernetes 1.34 \(1 are offered"):
        default_version("x", "1.34", offered)


@pytest.mark.parametrize("text", ["[1]", "a: b: c", "7"])
def test_configuration_that_is_no_mapping_is_said(text: str) -> None:
    with pytest.raises(CamError, match="no mapping"):
        configuration("x", text)
    assert configuration("x", None) == configuration("x", "") == configuration("x", "{}") == {}
