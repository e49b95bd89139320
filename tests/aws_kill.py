"""Kills a play at AWS once it has changed so much."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from doubles.aws.server import Double
from paths import ROOT

LOOK_SECONDS: Final = 0.05


def killed(
    double: Double,
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    after_writes: int,
) -> bool:
    """Run `command`; whether it got as far as `after_writes` changes of the account, and was ended

    then, without a chance to tidy up. Else it has ended by itself.
    """
    double.tell("calls/clear")
    with subprocess.Popen(
        command, cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as play:  # fmt: skip
        while play.poll() is None and len(double.calls(mutating=True)) < after_writes:
            time.sleep(LOOK_SECONDS)
        if play.poll() is not None:
            return False
        os.killpg(play.pid, signal.SIGKILL)
    return True
