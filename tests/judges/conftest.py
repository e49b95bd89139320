"""What the judges need: their programs, and an API server of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import places
from apiserver import ApiServer, api_server

LEVELS = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
RESTRICTED = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "cam-prod", "labels": LEVELS},
}


@pytest.fixture(scope="session")
def judges(tools: Path, request: pytest.FixtureRequest) -> Path:
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        return places.folder()


@pytest.fixture(scope="session")
def server(judges: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API server that knows every kind, and a namespace that refuses what is not restricted."""
    with api_server(tmp_path_factory.mktemp("server")) as server:
        server.apply(list(places.definitions()))
        known = server.kubectl("wait", "--for=condition=Established", "crd", "--all")
        assert known.stdout.count("condition met") >= 5, known.stderr
        assert server.apply([RESTRICTED]) == ""
        yield server
