"""Kills a deploy with SIGKILL at a task boundary."""

from __future__ import annotations

import signal
import subprocess
import time

from mesh import Mesh
from paths import ENVIRONMENT, ROOT


def tasks_of(text: str) -> int:
    """Task boundaries in the output of a play."""
    return text.count("TASK [")


def kill_deploy(mesh: Mesh, *words: str, at: str | int, after_seconds: float = 0) -> str:
    """Start a deploy and kill ansible-playbook (not its children) when a task begins.

    `at` is a part of the task's headline or its number from 1. Returns the headline; raises
    AssertionError if the deploy ended without reaching it.
    """
    process = subprocess.Popen(
        mesh.command("deploy.yml", *words),
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    number = 0
    for line in process.stdout:
        if not line.startswith("TASK ["):
            continue
        number += 1
        if (number == at) if isinstance(at, int) else (at in line):
            time.sleep(after_seconds)
            process.send_signal(signal.SIGKILL)
            process.wait()
            return line.strip(" *\n")
    raise AssertionError(f"the deploy ended before task {at}")
