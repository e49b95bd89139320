# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for a healthy verdict; gives up early on a cause that waiting does not heal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _verdict
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._health import Check
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **_verdict.ARGUMENT_SPEC,
    "wait_seconds": {"type": "int", "default": 120},
    "persistence_seconds": {"type": "int", "default": 15},
}
# Quick at first, so that a deploy loses no time; then gentle to a mesh that has trouble enough.
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 4.0
PROGRESS_SECONDS = 15.0

Judge = Callable[[Params], tuple[list[Check], datetime, int]]
REAL_TIME = Clock()


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Callable[[str], None] = lambda line: None,
    judge: Judge = _verdict.judge,
    clock: Clock = REAL_TIME,
) -> Result:
    """The last verdict; failed unless it is healthy. Changes nothing."""
    started = clock.now()
    deadline = started + params["wait_seconds"]
    watch = _Watch(params["persistence_seconds"])
    teller = _Teller(progress, params["cluster"] or params["namespace"])
    pause, looks = FIRST_PAUSE_SECONDS, 0
    while True:
        checks, began, duration = judge(params)
        found = _verdict.document(params, checks, began, duration)
        looks += 1
        now = clock.now()
        gave_up = watch.gives_up(checks, now)
        if found["status"] == "healthy" or gave_up or now + pause > deadline:
            break
        teller.tell(found, now)
        clock.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
    result = {**found, "waited_seconds": round(now - started, 1), "looks": looks}
    if found["status"] == "healthy":
        return result
    why = gave_up or f"not healthy after {result['waited_seconds']:g} s and {looks} looks"
    text = f"{found['cause']} ({why})" if found["cause"] else why
    return {**result, "failed": True, "msg": f"{teller.name} is {found['status']}: {text}"}


@dataclass
class _Watch:
    """Since when each cause lasts that does not go away by waiting."""

    seconds: float
    since: dict[str, float] = field(default_factory=dict)

    def gives_up(self, checks: list[Check], now: float) -> str:
        keys = {check.terminal for check in checks if check.critical and check.terminal}
        self.since = {key: self.since.get(key, now) for key in keys}
        if any(now - first >= self.seconds for first in self.since.values()):
            return f"given up after {self.seconds:g} s of a cause that waiting does not heal"
        return ""


@dataclass
class _Teller:
    """A line whenever the cause changes, and now and then while it does not."""

    progress: Callable[[str], None]
    name: str
    said: str = ""
    at: float = 0.0

    def tell(self, found: Result, now: float) -> None:
        text = found["cause"] or found["status"]
        if text == self.said and now - self.at < PROGRESS_SECONDS:
            return
        self.said, self.at = text, now
        self.progress(f"{self.name}: waiting, {found['lines'][0]}; {text}")
