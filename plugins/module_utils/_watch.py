# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges meshes again and again, for somebody who looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import words
from ansible_collections.cam.mesh.plugins.module_utils._report import UNKNOWN, Report, assemble, now

Judge = Callable[[Any], Mapping[str, Any]]


def watch(
    judge: Judge,
    clusters: Mapping[str, Any],
    *,
    seconds: int,
    rounds: int,
    show: Callable[[Report], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Show a report every so many seconds, for ever with 0 rounds; return the last status."""
    status, number = UNKNOWN, 0
    with ThreadPoolExecutor(max_workers=max(len(clusters), 1)) as pool:
        while True:
            number += 1
            due = clock() + seconds
            found = dict(
                zip(
                    clusters, pool.map(lambda one: _ask(judge, one), clusters.values()), strict=True
                )
            )
            report = assemble(found, now())
            status = report["status"]
            show(report)
            if number == rounds:
                return str(status)
            sleep(max(due - clock(), 0))


def _ask(judge: Judge, arguments: Any) -> Mapping[str, Any]:
    """A cluster that cannot be asked does not end the watch."""
    try:
        return judge(arguments)
    except Exception as error:
        # Whatever it is: the others are still looked at, and this one again in the next round.
        return {"status": UNKNOWN, "cause": words(error), "checks": []}
