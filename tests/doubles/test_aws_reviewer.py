"""Whom the API server of a cluster at AWS lets in: the collection's own tokens, reviewed."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _eks_token
from doubles.aws.access import ADMIN, OPERATOR, User
from doubles.aws.reviewer import reviewing
from doubles.aws.server import REGION, Double
from doubles.probes.base import Account


@pytest.fixture(scope="module")
def cluster(account: Account) -> str:
    """Made by the administrator of the account, who thereby administers the cluster."""
    access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
    return account.active(version="1.33", accessConfig=access)


@pytest.fixture(scope="module")
def webhook(double: Double, cluster: str) -> Iterator[str]:
    with reviewing(double, cluster) as (_reviewer, kubeconfig):
        yield kubeconfig.partition('server: "')[2].partition('"')[0]


def token(
    double: Double, cluster: str, user: User, monkeypatch: pytest.MonkeyPatch, secret: str = ""
) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", user.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret or user.secret_key)
    return _eks_token.token(cluster, REGION, double.url, None)


def reviewed(webhook: str, text: str) -> dict[str, Any]:
    asked = {"apiVersion": "authentication.k8s.io/v1", "spec": {"token": text}}
    request = urllib.request.Request(webhook, data=json.dumps(asked).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        status: dict[str, Any] = json.load(answer)["status"]
        return status


def test_who_made_a_cluster_administers_it(
    double: Double, cluster: str, webhook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = reviewed(webhook, token(double, cluster, ADMIN, monkeypatch))
    assert status["authenticated"] is True
    assert status["user"]["groups"] == ["system:masters"]


@pytest.mark.parametrize(
    ("user", "names", "secret", "said"),
    [
        (OPERATOR, "", "", "has no access entry"),
        (ADMIN, "another", "", "STS: 403"),
        (ADMIN, "", "another secret", "STS: 403"),
    ],
    ids=["nobody", "another cluster", "another secret"],
)
def test_nobody_else_gets_in(
    user: User, names: str, secret: str, said: str,
    double: Double, cluster: str, webhook: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    status = reviewed(webhook, token(double, names or cluster, user, monkeypatch, secret))
    assert status["authenticated"] is False
    assert said in status["error"]


@pytest.mark.parametrize("text", ["", "abc", "k8s-aws-v1.aHR0cDovL2V4YW1wbGUub3JnLw"])
def test_what_is_no_token_of_this_account_is_refused(webhook: str, text: str) -> None:
    assert reviewed(webhook, text)["authenticated"] is False
