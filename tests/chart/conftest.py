"""The plain manifests of each environment, rendered once for all tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from paths import BIN, ENVIRONMENT, ROOT


@pytest.fixture(scope="session", params=["dev", "staging", "prod"])
def rendered(
    tools: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of plain manifests of one environment, named after it."""
    folder = tmp_path_factory.mktemp("render")
    done = subprocess.run(
        [
            BIN / "ansible-playbook", "playbooks/render.yml", "-i", f"inventories/{request.param}",
            "-e", f"cam_render_directory={folder}", "-e", f"cam_release_helm={tools / 'helm'}",
        ],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return folder / request.param
