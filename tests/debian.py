"""Programs of Debian that tests need: installed where they are missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess

import pytest
from paths import CACHE

# The machine itself may be at it; apt gives up at once by default.
APT = ("apt-get", "-y", "-qq", "-o", "DPkg::Lock::Timeout=300")


def program(name: str, *packages: str) -> str:
    """Where it is; the test is skipped, with apt's own words, where it cannot be had.

    `packages`: as `apt-get install` takes them, options as well.
    """
    with (CACHE / "tests-apt.lock").open("a") as lock:
        # Processes that run tests side by side would take apt's lock from each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = "" if shutil.which(name) else _install(packages)
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not here, and apt-get cannot install it: {said}")
    return found


def _install(packages: tuple[str, ...]) -> str:
    for words in (("update",), ("install", *packages)):
        done = subprocess.run(
            [*APT, *words], capture_output=True, text=True, check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        if done.returncode:
            return done.stderr.strip()[-300:]
    return "it did not bring one"
