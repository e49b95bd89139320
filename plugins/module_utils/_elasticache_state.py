# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for a replication group. Source of the states: ReplicationGroup, field `Status`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import GONE, Live, Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import KIND, Look

READY: Final = frozenset({"available"})
FAILED: Final = frozenset({"create-failed"})
SETTLED: Final = READY | FAILED | {GONE}
# Promised and not made yet, while the group is available as before.
PENDING: Final = frozenset({"AutomaticFailoverStatus", "AuthTokenStatus", "Resharding"})
EVENTS: Final = "CamEvents"
SHOWN_EVENTS: Final = 2


class Settle:
    """Waits for a group where a comparison or a change needs it to be still."""

    def __init__(self, look: Look, wait: Wait) -> None:
        self.look = look
        self.wait = wait

    def still(self, name: str, live: Live | None) -> Live | None:
        """The same once AWS no longer works on it; None if that was its removal."""
        if live is None or live.get("Status") in SETTLED:
            return live
        return self.wait.one(self._watched(name, SETTLED, frozenset()))

    def available(self, name: str) -> None:
        watched = self._watched(name, READY, FAILED)
        watched.status = _with_pending
        self.wait.one(watched)

    def gone(self, name: str) -> None:
        self.wait.one(self._watched(name, frozenset({GONE}), frozenset()))

    def _watched(self, name: str, done: frozenset[str], failed: frozenset[str]) -> Watched:
        def look() -> Live | None:
            live = self.look.group(name)
            if live is not None and live.get("Status") in failed:
                live[EVENTS] = self.look.events(name)[-SHOWN_EVENTS:]
            return live

        return Watched(
            f"{KIND} {name}", look, done, failed, frozenset(),
            remedy="Mend that, then run again: what failed is ours and is made anew.",
            status=_status, issues=_events,
        )  # fmt: skip


def _status(live: Mapping[str, Any]) -> str:
    return str(live.get("Status") or "")


def _with_pending(live: Mapping[str, Any]) -> str:
    left = sorted(PENDING & {key for key, value in _pending(live).items() if value})
    status = _status(live)
    return f"{status}, {', '.join(left)} pending" if left and status in READY else status


def _pending(live: Mapping[str, Any]) -> Mapping[str, Any]:
    return live.get("PendingModifiedValues") or {}


def _events(live: Mapping[str, Any]) -> list[str]:
    return list(live.get(EVENTS) or [])
