# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for AWS to finish. The waiters of boto3 know no failure and poll on until their timeout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

Live = dict[str, Any]
Progress = Callable[[str], None]

# Quick at first, so that a small change loses no time; then gentle to the account's API rate.
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 15.0
PROGRESS_SECONDS: Final = 30.0
# How long a state that may heal by itself (add-ons are DEGRADED until nodes come) is borne.
PERSISTENCE_SECONDS: Final = 60.0
GONE: Final = "GONE"


def eks_issues(live: Mapping[str, Any]) -> list[str]:
    """`health.issues` of clusters, node groups and add-ons; `errors` of an update."""
    issues = [
        (one.get("code"), one.get("message"), one.get("resourceIds"))
        for one in (live.get("health") or {}).get("issues") or []
    ] + [
        (one.get("errorCode"), one.get("errorMessage"), one.get("resourceIds"))
        for one in live.get("errors") or []
    ]
    return [
        f"{code}: {message}" + (f" ({', '.join(names)})" if names else "")
        for code, message, names in issues
    ]


def eks_status(live: Mapping[str, Any]) -> str:
    return str(live.get("status") or "")


@dataclass
class Watched:
    """Something that AWS works on. `look` asks for it: None once it is gone."""

    title: str
    look: Callable[[], Live | None]
    done: frozenset[str] = frozenset({"ACTIVE"})
    # AWS has given up on these.
    failed: frozenset[str] = frozenset(
        {"FAILED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "Failed", "Cancelled"}
    )
    # This may heal; with an issue that lasts it does not.
    unwell: frozenset[str] = frozenset({"DEGRADED"})
    remedy: str = "Mend that, then run again."
    status: Callable[[Mapping[str, Any]], str] = eks_status
    issues: Callable[[Mapping[str, Any]], list[str]] = eks_issues
    live: Live | None = field(default_factory=dict)
    said: str = ""
    unwell_since: float | None = None

    @property
    def state(self) -> str:
        if self.live is None:
            return GONE
        return self.status(self.live) or "unknown"

    @property
    def why(self) -> str:
        return "; ".join(self.issues(self.live or {}))


@dataclass(frozen=True)
class Wait:
    """How a run waits: for how many seconds at most, by which clock, told to whom."""

    seconds: float
    clock: Clock = field(default_factory=Clock)
    progress: Progress = lambda line: None

    def one(self, watched: Watched) -> Live | None:
        """What it looked like at last; None if it is gone."""
        return self.all([watched])[0]

    def all(self, watched: Sequence[Watched]) -> list[Live | None]:
        """Waits for all of them at once; ends with the first cause that waiting does not heal."""
        started = self.clock.now()
        left, pause, told = list(watched), FIRST_PAUSE_SECONDS, started
        while True:
            left = [item for item in left if not self._ended(item, started)]
            now = self.clock.now()
            if not left:
                return [item.live for item in watched]
            if now - started + pause > self.seconds:
                raise CamError("\n".join(self._late(item) for item in left))
            told = self._tell(left, now, now - started, told)
            self.clock.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _answered(self, item: Watched) -> bool:
        try:
            item.live = item.look()
        except AwsError as error:
            # AWS works on, whether it answers this moment or not.
            if not error.passes:
                raise
            self.progress(f"{item.title}: AWS did not answer ({error.code}), asking again")
            return False
        return True

    def _ended(self, item: Watched, started: float) -> bool:
        if not self._answered(item):
            return False
        state, waited = item.state, self.clock.now() - started
        if state in item.done:
            return True
        if state == GONE:
            raise CamError(
                f"{item.title} was removed by somebody while this run waited for it. Run again."
            )
        bad = state in item.failed
        if state in item.unwell and item.why:
            now = self.clock.now()
            item.unwell_since = now if item.unwell_since is None else item.unwell_since
            bad = bad or now - item.unwell_since >= PERSISTENCE_SECONDS
        else:
            item.unwell_since = None
        if bad:
            why = item.why or "AWS names no cause; see its events in the console"
            raise CamError(f"{item.title} is {state} after {waited:.0f} s.\n{why}\n{item.remedy}")
        return False

    def _late(self, item: Watched) -> str:
        why = f" ({item.why})" if item.why else ""
        return (
            f"{item.title} is still {item.state}{why} after `wait_seconds`, {self.seconds:g} s. "
            "AWS works on: run again to go on waiting, or raise `wait_seconds`."
        )

    def _tell(self, left: Sequence[Watched], now: float, waited: float, told: float) -> float:
        """A line for each change of state, and now and then while there is none."""
        due = now - told >= PROGRESS_SECONDS
        for item in left:
            text = f"{item.state} {item.why}".rstrip()
            if text != item.said or due:
                item.said = text
                self.progress(f"{item.title}: {text} for {waited:.0f} s")
        return now if due else told
