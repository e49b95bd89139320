"""What the tests of the cores share: an API in memory and a client for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from fake_api import FakeApi, serving

if TYPE_CHECKING:
    from small_aws import Account, SmallAws

# How fast an example runs is the machine's business.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as fake:
        yield fake


@pytest.fixture
def kubeconfig(api: FakeApi, tmp_path: Path) -> str:
    return api.kubeconfig(tmp_path)


@pytest.fixture
def kube(kubeconfig: str) -> Kube:
    return Kube.connect(kubeconfig)


@pytest.fixture(scope="session")
def account() -> Iterator[Account]:
    """The stand-in of the AWS API in a process of its own. An empty account costs seconds, so that

    all tests share one, each under a name of its own; what is imported for it takes a second.
    """
    import botocore.loaders
    import botocore.session
    import small_aws
    from doubles.aws.server import running

    # Each session reads the models of AWS anew, which is most of what a client costs.
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch, running() as double:
        patch.setattr(botocore.session, "create_loader", lambda path=None: loader)
        yield small_aws.build(double)


@pytest.fixture
def aws(account: Account, monkeypatch: pytest.MonkeyPatch) -> SmallAws:
    """This process talks to the account as its operator, and to nothing else."""
    import small_aws

    for name, value in account.double.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_MAX_ATTEMPTS"):
        monkeypatch.delenv(name, raising=False)
    return small_aws.of(account)
