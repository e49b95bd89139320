"""Kills a play at AWS once it has changed so much."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from doubles.aws.server import Double
from paths import ROOT

LOOK_SECONDS: Final = 0.05
LAST_SECONDS: Final = 60


def killed(
    double: Double,
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    folder: Path,
    after_writes: int,
) -> bool:
    """Run `command`; whether it got as far as `after_writes` changes of the account, and was ended

    then, without a chance to tidy up. Else it has ended by itself, which must be well. A module
    that runs by then goes on, as after the death of any play, and is waited for. `folder`: for what
    the play says.
    """
    double.tell("calls/clear")
    mark = uuid4().hex
    said = folder / "killed.log"
    with said.open("w") as log, subprocess.Popen(
        command, cwd=ROOT, env={**environment, "CAM_TEST_PLAY": mark},
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    ) as play:  # fmt: skip
        while play.poll() is None and len(double.calls(mutating=True)) < after_writes:
            time.sleep(LOOK_SECONDS)
        code = play.poll()
        if code is None:
            os.killpg(play.pid, signal.SIGKILL)
    assert code in (None, 0), said.read_text()[-3000:]
    until = time.monotonic() + LAST_SECONDS
    while _runs(mark.encode()):
        assert time.monotonic() < until, f"a module runs {LAST_SECONDS} s after its play"
        time.sleep(LOOK_SECONDS)
    return code is None


def _runs(mark: bytes) -> bool:
    """Whether a process has it in its environment."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in file.read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return False
