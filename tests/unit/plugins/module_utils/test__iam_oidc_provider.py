"""IAM OIDC providers, on the stand-in of the AWS API."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _iam_oidc_provider
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _iam_oidc_provider.ARGUMENT_SPEC.items()}
PRINT = "0123456789abcdef0123456789abcdef01234567"


def url(aws: SmallAws) -> str:
    return f"https://oidc.eks.eu-central-1.amazonaws.com/id/{aws.name}"


def run(aws: SmallAws, *, check: bool = False, **options: Any) -> dict[str, Any]:
    given = {"environment": "dev", "cluster": aws.name, "url": url(aws), "thumbprints": [PRINT]}
    params = {**DEFAULTS, **given, **options}
    return _iam_oidc_provider.run(params, check_mode=check, diff=True)


def live(aws: SmallAws) -> dict[str, Any]:
    iam = aws.double.client("iam")
    arns = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    (arn,) = [one for one in arns if one.endswith(aws.name)]
    return dict(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn))


def tags(aws: SmallAws) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in live(aws)["Tags"]}


def test_a_provider_is_created_once(aws: SmallAws) -> None:
    short = url(aws).removeprefix("https://")
    planned = run(aws, check=True)
    assert planned["plan"] == [f"would create IAM OIDC provider {short}"]
    assert (planned["arn"], planned["url"]) == ("", short)
    assert aws.mutating() == []
    made = run(aws)
    assert made["arn"].endswith(f":oidc-provider/{short}")
    assert tags(aws) == aws.ours
    assert live(aws)["ClientIDList"] == ["sts.amazonaws.com"]
    aws.forget()
    assert not run(aws)["changed"]
    assert aws.asked() == ["ListOpenIDConnectProviders", "GetOpenIDConnectProvider"]
    # None given are not judged.
    assert not run(aws, thumbprints=None)["changed"]


def test_a_provider_needs_no_thumbprint(aws: SmallAws) -> None:
    assert run(aws, thumbprints=None)["arn"]
    assert not run(aws, thumbprints=None)["changed"]


def test_a_provider_that_refuses_the_tokens_of_pods_is_said(aws: SmallAws) -> None:
    aws.double.client("iam").create_open_id_connect_provider(
        Url=url(aws), ThumbprintList=[PRINT], ClientIDList=["other"]
    )
    with pytest.raises(CamError, match="does not take tokens for sts"):
        run(aws, adopt=True)


def test_it_is_planned_before_its_cluster_has_an_issuer(aws: SmallAws) -> None:
    assert run(aws, url="", check=True)["plan"] == [f"would create IAM OIDC provider of {aws.name}"]
    with pytest.raises(CamError, match="`url` is empty"):
        run(aws, url="")
    assert aws.mutating() == []


@pytest.mark.parametrize(
    ("options", "call"),
    [
        ({"thumbprints": ["f" * 40]}, "UpdateOpenIDConnectProviderThumbprint"),
        ({"tags": {"team": "a"}}, "TagOpenIDConnectProvider"),
    ],
)
def test_a_change_is_one_call_and_then_none(
    aws: SmallAws, options: dict[str, Any], call: str
) -> None:
    run(aws)
    aws.forget()
    assert run(aws, check=True, **options)["changed"]
    assert aws.mutating() == []
    assert run(aws, **options)["changed"]
    assert aws.mutating() == [call]
    assert not run(aws, **options)["changed"]


def test_that_of_somebody_else_is_left_alone(aws: SmallAws) -> None:
    iam = aws.double.client("iam")
    iam.create_open_id_connect_provider(
        Url=url(aws),
        ThumbprintList=[PRINT],
        ClientIDList=["sts.amazonaws.com"],
        Tags=[{"Key": "team", "Value": "b"}],
    )
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws)
    gone = run(aws, state="absent")
    assert (gone["changed"], len(gone["warnings"])) == (False, 1)
    # Nor is it found by tags when the URL is not known any more.
    assert run(aws, state="absent", url="")["plan"] == []
    assert aws.mutating() == []
    assert run(aws, adopt=True)["changed"]
    assert tags(aws) == {"team": "b", **aws.ours}


@pytest.mark.parametrize("kind", ["reset", "throttle"])
def test_what_passes_leaves_one_provider(aws: SmallAws, kind: str) -> None:
    aws.double.faults({"kind": kind, "action": "CreateOpenIDConnectProvider"})
    assert run(aws)["arn"]
    assert not run(aws)["changed"]


def test_a_denial_is_said(aws: SmallAws) -> None:
    aws.double.faults({"kind": "denied", "action": "GetOpenIDConnectProvider", "times": 0})
    run(aws)
    with pytest.raises(AwsError, match="Allow the action iam:GetOpenIDConnectProvider"):
        run(aws)


def test_it_is_removed_once_by_its_url_or_by_its_tags(aws: SmallAws) -> None:
    short = url(aws).removeprefix("https://")
    for given in ({}, {"url": ""}):
        run(aws)
        aws.forget()
        assert run(aws, state="absent", check=True, **given)["plan"] == [
            f"would delete IAM OIDC provider {short}"
        ]
        assert aws.mutating() == []
        assert run(aws, state="absent", **given)["changed"]
        assert aws.mutating() == ["DeleteOpenIDConnectProvider"]
        assert not run(aws, state="absent", **given)["changed"]
