# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of an RDS instance: which are waited for, which are borne, which end a run.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_database_diff import Compare
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_instance import PLAIN
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import KIND, Found, Look
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import GONE, Live, Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change

# It works, and takes changes. Grown storage is optimised for hours.
READY: Final = frozenset({"available", "storage-optimization"})
# RDS has given up.
FAILED: Final = frozenset(
    {
        "failed",
        "inaccessible-encryption-credentials",
        "incompatible-create",
        "incompatible-network",
        "incompatible-restore",
        "insufficient-capacity",
        "restore-error",
    }
)
# A change of the inventory, or somebody, may mend these.
UNWELL: Final = frozenset(
    {
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-option-group",
        "incompatible-parameters",
        "storage-full",
    }
)
STOPPED: Final = "stopped"
SETTLED: Final = READY | FAILED | UNWELL | {STOPPED, GONE}
# It serves while RDS works on it, so that nothing is waited for if nothing is to be changed.
SERVING: Final = READY | {"backing-up", "modifying", "maintenance", "storage-config-upgrade"}
# Without a snapshot: RDS makes none of these.
UNSAVED: Final = frozenset({"failed", "incompatible-network", "incompatible-restore", "creating"})
PENDING: Final = frozenset(PLAIN.values()) | {"AllocatedStorage", "EngineVersion", "Port"}
EVENTS: Final = "CamEvents"
# The last few say why; those before tell the way there.
SHOWN_EVENTS: Final = 2


class Settle:
    """Waits for an instance where a comparison or a change needs it to be still."""

    def __init__(self, look: Look, wait: Wait) -> None:
        self.look = look
        self.wait = wait

    def compared(
        self, wanted: Wanted, compare: Compare, *, check_mode: bool, verify: bool
    ) -> tuple[Found, dict[str, Change]]:
        """What is there and what is to change; a dry run waits for nothing."""
        live = self.look.instance(wanted.name)
        if verify:
            live = self._made(wanted, live)
        elif not check_mode and live is not None and live["DBInstanceStatus"] not in SERVING:
            live = self._still(wanted.name)
        found = self.look.everything(wanted, live)
        changes = compare.all(wanted, found)
        busy = found.instance is not None and found.status not in SETTLED
        if "instance" in changes and busy and not check_mode:
            found.instance = self._still(wanted.name)
            changes = compare.all(wanted, found)
        if "instance" not in changes or found.status == STOPPED:
            self._refuse_broken(wanted.name, found)
        return found, changes

    def still(self, name: str, live: Live | None) -> Live | None:
        """The same once RDS no longer works on it; None if that was its removal."""
        if live is None or live["DBInstanceStatus"] in SETTLED:
            return live
        return self._still(name)

    def warnings(self, found: Found) -> list[str]:
        groups = (found.instance or {}).get("DBParameterGroups") or []
        if all(one.get("ParameterApplyStatus") != "pending-reboot" for one in groups):
            return []
        name = (found.instance or {})["DBInstanceIdentifier"]
        return [
            f"{KIND} {name} takes some parameters at its next restart only: restart it when it "
            f"suits, by aws rds reboot-db-instance --db-instance-identifier {name}"
        ]

    def _made(self, wanted: Wanted, live: Live | None) -> Live | None:
        """The instance once it serves, with all changes made that were to be made at once."""
        if live is None:
            return None
        watched = self._watched(wanted.name, READY, FAILED | {STOPPED}, UNWELL)
        if wanted.apply_immediately:
            watched.status = _with_pending
        return self.wait.one(watched)

    def _still(self, name: str) -> Live | None:
        return self.wait.one(self._watched(name, SETTLED, frozenset(), frozenset()))

    def _watched(
        self, name: str, done: frozenset[str], failed: frozenset[str], unwell: frozenset[str]
    ) -> Watched:
        def look() -> Live | None:
            live = self.look.instance(name)
            return None if live is None else self._explained(live)

        return Watched(
            f"{KIND} {name}", look, done, failed, unwell, status=_status, issues=_events
        )  # fmt: skip

    def _explained(self, live: Live) -> Live:
        """With what RDS said, if it is not well; DescribeDBInstances itself names no cause."""
        if live["DBInstanceStatus"] in FAILED | UNWELL:
            live[EVENTS] = self.look.events(live["DBInstanceIdentifier"])[-SHOWN_EVENTS:]
        return live

    def _refuse_broken(self, name: str, found: Found) -> None:
        if found.status == STOPPED:
            raise CamError(
                f"{KIND} {name} is stopped, and takes no changes.\nStart it: aws rds "
                f"start-db-instance --db-instance-identifier {name}. Then run again."
            )
        if found.instance is not None and found.status in FAILED | UNWELL:
            why = "; ".join(_events(self._explained(found.instance))) or "RDS names no cause"
            raise CamError(f"{KIND} {name} is {found.status}.\n{why}\nMend that, then run again.")


def _status(live: Mapping[str, Any]) -> str:
    return str(live.get("DBInstanceStatus") or "")


def _with_pending(live: Mapping[str, Any]) -> str:
    """For some seconds after a change is accepted the instance is available as before."""
    left = sorted(PENDING & set(live.get("PendingModifiedValues") or {}))
    status = _status(live)
    return f"{status}, {', '.join(left)} pending" if left and status in READY else status


def _events(live: Mapping[str, Any]) -> list[str]:
    return list(live.get(EVENTS) or [])
