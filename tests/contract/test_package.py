"""What is packed works from meta, plugins, roles and playbooks alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from paths import BIN, ENVIRONMENT, ROOT

PACKED = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}


def galaxy(*words: str | Path, folder: Path) -> None:
    done = subprocess.run(
        [BIN / "ansible-galaxy", "collection", *words],
        cwd=folder, env={**ENVIRONMENT, "ANSIBLE_COLLECTIONS_PATH": str(folder / "installed")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the artifact in it and the collection installed from it, far from the clone."""
    folder = tmp_path_factory.mktemp("package")
    galaxy("build", ROOT, "--output-path", folder, folder=folder)
    (artifact,) = folder.glob("cam-mesh-*.tar.gz")
    galaxy("install", artifact, "--offline", "--no-deps", "-p", folder / "installed", folder=folder)
    return folder


def play(place: Path, *words: str) -> tuple[int, str]:
    shutil.copytree(ROOT / "inventories", place / "inventories", dirs_exist_ok=True)
    done = subprocess.run(
        [BIN / "ansible-playbook", "cam.mesh.preflight", *words],
        cwd=place,
        env={
            **{name: value for name, value in os.environ.items() if "ANSIBLE" not in name},
            "PATH": ENVIRONMENT["PATH"],
            "ANSIBLE_COLLECTIONS_PATH": str(place / "installed"),
            "NO_COLOR": "1",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_only_what_ships_is_packed(place: Path) -> None:
    (artifact,) = place.glob("cam-mesh-*.tar.gz")
    with tarfile.open(artifact) as packed:
        names = packed.getnames()
    assert {name.split("/")[0] for name in names} == PACKED
    assert not [name for name in names if "__pycache__" in name]


def test_the_installed_collection_judges_an_inventory(place: Path) -> None:
    code, text = play(place, "-i", "inventories/prod", "-e", "cam_preflight_live=false")
    assert code == 0, text
    assert "passed environment: cam_environment is prod" in text


def test_the_installed_collection_says_that_provider_local_needs_a_clone(place: Path) -> None:
    code, text = play(place, "-i", "inventories/local")
    assert code != 0
    assert "it needs a clone of the project" in text
