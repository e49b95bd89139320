"""A Podman of the tests' own: its containers, images and networks are nobody else's."""

from __future__ import annotations

import json
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

import debian
from paths import CACHE, ENVIRONMENT

HOME = CACHE / "podman"
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

    def load(self, archive: Path) -> None:
        """Take an image, unless it is the one that was taken last."""
        record = HOME / "loaded.json"
        loaded = json.loads(record.read_text("utf-8")) if record.exists() else {}
        name = archive.name.rpartition("-")[0]
        if loaded.get(name) != archive.name:
            self.must("load", "--quiet", "--input", archive)
            record.write_text(json.dumps({**loaded, name: archive.name}), "utf-8")

    def empty(self) -> None:
        self.run("rm", "--all", "--force", "--time", "1")
        self.run("volume", "rm", "--all", "--force")


def prepared() -> Podman:
    """The engine with its settings written, its packages installed, and nothing in it."""
    packages = ("podman", "podman-compose", "netavark", "aardvark-dns")
    for name in packages[:2]:
        debian.program(name, "--no-install-recommends", *packages)
    HOME.mkdir(parents=True, exist_ok=True)
    _soft, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = {"containers.conf": CONTAINERS, "storage.conf": STORAGE}
    for name, text in settings.items():
        (HOME / name).write_text(text.format(home=HOME, files=files), "utf-8")
    podman = Podman(
        {
            **ENVIRONMENT,
            "CONTAINERS_CONF": str(HOME / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(HOME / "storage.conf"),
        }
    )
    # Also what a run that was killed left.
    podman.empty()
    return podman
