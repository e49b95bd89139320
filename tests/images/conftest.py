"""Images of the lab, and a Podman that has them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT
from podman import Podman, prepared

sys.path.insert(0, str(ROOT / "lab"))

from camlab import binaries, images
from camlab.paths import Paths


@pytest.fixture(scope="session")
def archives(tools: Path) -> dict[str, Path]:
    """The archive of each image by its name."""
    paths = Paths.default()
    return images.build(paths, binaries.build(paths))


@pytest.fixture(scope="session")
def podman(archives: dict[str, Path]) -> Iterator[Podman]:
    engine = prepared()
    for name in ("redis", "postgres", "app"):
        engine.load(archives[name])
    tried = engine.run("run", "--rm", "--memory", "64m", "localhost/redis:7.0", "true")
    if tried.returncode:
        pytest.skip(f"no container can run on this machine: {tried.stderr.strip()[-300:]}")
    yield engine
    engine.empty()
    engine.run("network", "prune", "--force")
