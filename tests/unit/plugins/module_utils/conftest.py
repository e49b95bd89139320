"""What the tests of the cores share: an API in memory and a client for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from fake_api import FakeApi, serving

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
