"""EKS clusters, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_cluster, _eks_cluster_info
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _eks_cluster.ARGUMENT_SPEC.items()}


def params(aws: SmallAws, **options: Any) -> dict[str, Any]:
    return {
        **DEFAULTS,
        "environment": "dev",
        "name": aws.name,
        "version": "1.34",
        "role_arn": aws.cluster_role,
        "subnet_ids": aws.subnets[:2],
        **options,
    }


def run(aws: SmallAws, *, check: bool = False, diff: bool = True, **options: Any) -> dict[str, Any]:
    return _eks_cluster.run(
        params(aws, **options), check_mode=check, diff=diff, clock=aws.hands.clock
    )


def test_a_cluster_is_created_once(aws: SmallAws) -> None:
    planned = run(aws, check=True)
    assert planned["changed"]
    assert planned["plan"] == [f"would create EKS cluster {aws.name}"]
    assert (planned["endpoint"], planned["status"]) == ("", "ABSENT")
    assert aws.mutating() == []

    made = run(aws)
    assert made["plan"] == [f"created EKS cluster {aws.name}"]
    assert made["status"] == "ACTIVE"
    assert all(made[key] for key in ("endpoint", "certificate_authority", "oidc_issuer", "arn"))
    assert all(made[key] for key in ("cluster_security_group_id", "vpc_id", "platform"))
    assert aws.mutating() == ["CreateCluster"]
    live = aws.eks().describe_cluster(name=aws.name)["cluster"]
    assert live["tags"] == aws.ours
    assert live["resourcesVpcConfig"]["endpointPrivateAccess"] is True

    aws.forget()
    again = run(aws)
    assert (again["changed"], again["plan"], again["diff"]) == (False, [], [])
    assert aws.asked() == ["DescribeCluster"]
    assert again["endpoint"] == made["endpoint"]


CHANGES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "version": ({"version": "1.35"}, ["UpdateClusterVersion"], "version 1.34 -> 1.35"),
    "private endpoint": (
        {"endpoint_private": False},
        ["UpdateClusterConfig"],
        "endpoint_private on -> off",
    ),
    "allow-list": (
        {"public_access_cidrs": ["203.0.113.7/24", "198.51.100.1/32"]},
        ["UpdateClusterConfig"],
        "public_access_cidrs [0.0.0.0/0] -> [198.51.100.1/32, 203.0.113.0/24]",
    ),
    "logging": (
        {"logging": ["audit", "api"]},
        ["UpdateClusterConfig"],
        "logging (none) -> [api, audit]",
    ),
    "protection": (
        {"deletion_protection": True},
        ["UpdateClusterConfig"],
        "deletion_protection off -> on",
    ),
    "tags": ({"tags": {"team": "a"}}, ["TagResource"], "tag team (absent) -> a"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_one_call_and_then_none(aws: SmallAws, what: str) -> None:
    run(aws)
    options, calls, said = CHANGES[what]
    aws.forget()
    planned = run(aws, check=True, **options)
    assert planned["plan"] == [f"would change EKS cluster {aws.name}: {said}"]
    assert len(planned["diff"]) == 1
    assert aws.mutating() == []
    assert run(aws, **options)["plan"] == [f"changed EKS cluster {aws.name}: {said}"]
    assert aws.mutating() == calls
    aws.forget()
    assert not run(aws, **options)["changed"]
    assert aws.asked() == ["DescribeCluster"]


def test_what_differs_in_several_ways_is_changed_one_by_one(aws: SmallAws) -> None:
    run(aws)
    aws.forget()
    options = {"version": "1.35", "logging": ["audit"], "endpoint_private": False}
    result = run(aws, **options, tags={"team": "a"})
    assert aws.mutating() == [
        "TagResource",
        "UpdateClusterConfig",
        "UpdateClusterConfig",
        "UpdateClusterVersion",
    ]
    assert len(result["plan"]) == 4
    assert result["version"] == "1.35"


def test_the_mode_of_authentication_goes_step_by_step_and_not_back(aws: SmallAws) -> None:
    eks = aws.eks()
    eks.create_cluster(
        name=aws.name,
        version="1.34",
        roleArn=aws.cluster_role,
        resourcesVpcConfig={"subnetIds": aws.subnets[:2], "endpointPrivateAccess": True},
        accessConfig={"authenticationMode": "CONFIG_MAP"},
        tags=aws.ours,
    )
    eks.describe_cluster(name=aws.name)
    assert not run(aws)["changed"]
    with pytest.raises(CamError, match="whom only aws-auth lets in is locked out"):
        run(aws, authentication_mode="API")
    allow = [f"update {aws.name} authentication_mode"]
    result = run(aws, authentication_mode="API", allow=allow)
    assert [line.partition(": ")[2] for line in result["plan"]] == [
        "authentication_mode CONFIG_MAP -> API_AND_CONFIG_MAP",
        "authentication_mode API_AND_CONFIG_MAP -> API",
    ]
    assert not run(aws, authentication_mode="API")["changed"]
    with pytest.raises(CamError, match="EKS does not go back"):
        run(aws, authentication_mode="API_AND_CONFIG_MAP")


def test_other_subnets_must_be_named(aws: SmallAws) -> None:
    run(aws)
    aws.forget()
    with pytest.raises(CamError) as refused:
        run(aws, subnet_ids=aws.subnets)
    said = str(refused.value)
    key = f"update {aws.name} subnet_ids"
    assert f'allow: ["{key}"]' in said
    assert aws.subnets[2] in said
    assert aws.mutating() == []
    result = run(aws, subnet_ids=aws.subnets, allow=[key])
    assert result["changed"]
    assert aws.mutating() == ["UpdateClusterConfig"]
    live = aws.eks().describe_cluster(name=aws.name)["cluster"]
    assert sorted(live["resourcesVpcConfig"]["subnetIds"]) == sorted(aws.subnets)


def test_encryption_once_named_stays(aws: SmallAws) -> None:
    keys = [aws.double.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    run(aws)
    with pytest.raises(CamError, match="can never be switched off"):
        run(aws, kms_key_arn=keys[0])
    allow = [f"update {aws.name} kms_key_arn"]
    assert run(aws, kms_key_arn=keys[0], allow=allow)["changed"]
    assert not run(aws, kms_key_arn=keys[0])["changed"]
    with pytest.raises(CamError, match="never changes that key"):
        run(aws, kms_key_arn=keys[1], allow=allow)


def test_a_cluster_is_created_with_all_that_is_wanted(aws: SmallAws) -> None:
    key = aws.double.client("kms").create_key()["KeyMetadata"]["Arn"]
    wanted = {
        "kms_key_arn": key,
        "logging": ["audit"],
        "public_access_cidrs": ["203.0.113.0/24"],
        "deletion_protection": True,
        "tags": {"team": "a"},
    }
    run(aws, **wanted)
    aws.forget()
    assert not run(aws, **wanted)["changed"]
    assert aws.asked() == ["DescribeCluster"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"version": "1.3"}, "quote it in YAML"),
        ({"version": "1.28"}, "does not offer"),
        ({"version": None}, "`version` must be given"),
        ({"subnet_ids": ["subnet-1"]}, "at least 2"),
        ({"endpoint_private": False, "endpoint_public": False}, "nobody could reach"),
        ({"public_access_cidrs": ["here"]}, "no range of addresses"),
        ({"public_access_cidrs": []}, "whole internet"),
        ({"environment": "a b"}, "`environment` is 'a b'"),
        ({"tags": {"app": "other"}}, "leave it out of `tags`"),
        ({"tags": {"team": True}}, "Quote it in YAML"),
    ],
)
def test_a_bad_value_is_refused_before_the_first_change(
    aws: SmallAws, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(CamError, match=said):
        run(aws, **options)
    assert aws.mutating() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"version": "1.36"}, "Set `version` to '1.35' first"),
        ({"version": "1.33"}, "EKS does not go back"),
        ({"role_arn": "arn:aws:iam::123456789012:role/x"}, "never changes a cluster's role"),
    ],
)
def test_what_eks_never_does_is_refused_with_the_next_step(
    aws: SmallAws, options: dict[str, Any], said: str
) -> None:
    run(aws)
    aws.forget()
    with pytest.raises(CamError, match=said):
        run(aws, **options)
    assert aws.mutating() == []


def test_a_version_in_extended_support_is_warned_of(aws: SmallAws) -> None:
    found = run(aws, version="1.32")
    assert "extended support" in found["warnings"][0]
    assert "warnings" not in run(aws, version="1.32")


def test_a_preflight_without_an_answer_is_a_warning(aws: SmallAws) -> None:
    aws.double.faults({"kind": "denied", "action": "DescribeClusterVersions"})
    found = run(aws)
    assert "is unknown" in found["warnings"][0]
    assert "AccessDeniedException" in found["warnings"][0]
    assert found["status"] == "ACTIVE"


def told(aws: SmallAws) -> dict[str, Any]:
    given = {key: rule.get("default") for key, rule in _eks_cluster_info.ARGUMENT_SPEC.items()}
    params = {**given, "environment": "dev", "name": aws.name}
    return _eks_cluster_info.run(params, check_mode=False, diff=False)


def test_what_there_is_is_told_with_one_question(aws: SmallAws) -> None:
    nothing = told(aws)
    assert (nothing["exists"], nothing["owned"], nothing["status"]) == (False, False, "ABSENT")
    made = run(aws)
    aws.forget()
    found = told(aws)
    assert aws.asked() == ["DescribeCluster"]
    assert (found["exists"], found["owned"], found["issues"]) == (True, True, [])
    assert found["tags"] == aws.ours
    assert {key: made[key] for key in _eks_cluster.facts(None)}.items() <= found.items()
