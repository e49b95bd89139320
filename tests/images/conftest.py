"""A Podman of the tests' own: its containers, images and networks are nobody else's."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import debian
import pytest
from paths import CACHE, ENVIRONMENT, ROOT

sys.path.insert(0, str(ROOT / "lab"))

from camlab import binaries, images
from camlab.paths import Paths

# What the machine's init would give a container, and a sandbox without it forbids.
CONTAINERS = """
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_config_dir = "{home}/networks"
"""
STORAGE = """
[storage]
driver = "overlay"
graphroot = "{home}/storage"
runroot = "/run/cam-test-podman"
"""


@dataclass(frozen=True)
class Podman:
    """The engine, and the environment by which every program reaches this one."""

    environment: dict[str, str]

    def run(self, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["podman", *words], env=self.environment, input=stdin,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def must(self, *words: str | Path) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"podman {words}: {done.stderr}"
        return done.stdout

    def load(self, archive: Path, home: Path) -> None:
        """Take an image, unless it is the one that was taken last."""
        record = home / "loaded.json"
        loaded = json.loads(record.read_text("utf-8")) if record.exists() else {}
        name = archive.name.rpartition("-")[0]
        if loaded.get(name) != archive.name:
            self.must("load", "--quiet", "--input", archive)
            record.write_text(json.dumps({**loaded, name: archive.name}), "utf-8")


def _empty(podman: Podman) -> None:
    podman.run("rm", "--all", "--force", "--time", "1")
    podman.run("volume", "rm", "--all", "--force")


@pytest.fixture(scope="session")
def archives(tools: Path) -> dict[str, Path]:
    """The archive of each image by its name."""
    paths = Paths.default()
    return images.build(paths, binaries.build(paths))


@pytest.fixture(scope="session")
def podman(archives: dict[str, Path]) -> Iterator[Podman]:
    packages = ("podman", "podman-compose", "netavark", "aardvark-dns")
    for name in packages[:2]:
        debian.program(name, "--no-install-recommends", *packages)
    home = CACHE / "podman"
    home.mkdir(parents=True, exist_ok=True)
    _soft, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    for name, text in (("containers.conf", CONTAINERS), ("storage.conf", STORAGE)):
        (home / name).write_text(text.format(home=home, files=files), "utf-8")
    podman = Podman(
        {
            **ENVIRONMENT,
            "CONTAINERS_CONF": str(home / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(home / "storage.conf"),
        }
    )
    # Also what a run that was killed left.
    _empty(podman)
    for name in ("redis", "postgres", "app"):
        podman.load(archives[name], home)
    tried = podman.run("run", "--rm", "--memory", "64m", "localhost/redis:7.0", "true")
    if tried.returncode:
        pytest.skip(f"no container can run on this machine: {tried.stderr.strip()[-300:]}")
    yield podman
    _empty(podman)
    podman.run("network", "prune", "--force")
