# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of EKS share: reading, creating, changing and removing, each with its wait."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import (
    OWNED_SPEC,
    WAIT_SPEC,
    Call,
    Part,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import GONE, Live, Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

# What every module of EKS takes that waits for it.
EKS_SPEC: dict[str, Any] = {**OWNED_SPEC, **WAIT_SPEC}
BUSY: Final = frozenset({"CREATING", "UPDATING", "DELETING", "PENDING"})
FAILED: Final = frozenset({"FAILED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"})
# IAM tells the other services of a new role within seconds, not at once.
UNSEEN: Final = re.compile(
    r"could not be assumed|principalArn.* is invalid|invalid principal", re.I
)
UNSEEN_SECONDS: Final = 60.0
UNSEEN_PAUSE_SECONDS: Final = 5.0
AGAIN: Final = "Mend that, then run again: what failed is ours and is made anew."


def tag_calls(
    kind: str, name: str, arn: str, found: Mapping[str, str] | None, wanted: Mapping[str, str]
) -> list[Call]:
    """The call that sets the tags which differ; none if none does."""
    missing = tags_to_set(wanted, found)
    if not missing:
        return []
    fields = {
        f"tag {key}": ((found or {}).get(key, ABSENT), missing[key]) for key in sorted(missing)
    }
    change = Change(kind, name, "update", fields)
    return [Call(change, "tag_resource", {"resourceArn": arn, "tags": missing})]


class Eks:
    """The EKS API of one account and region."""

    def __init__(self, aws: Aws, wait: Wait) -> None:
        self.service = aws.service("eks")
        self.wait = wait

    def find(self, operation: str, about: str, key: str, /, **given: Any) -> Live | None:
        """What a describe call answers below a key; None if it, or its cluster, does not exist."""
        try:
            found: Live = self.service.ask(operation, about, **given)[key]
        except AwsError as error:
            if error.cause != "missing":
                raise
            return None
        return found

    def create(self, part: Part, owner: Owner, operation: str, /, **given: Any) -> None:
        """Creates; a name that we took ourselves was taken by an attempt whose answer was lost."""
        started = self.wait.clock.now()
        while True:
            try:
                self.service.ask(operation, part.title, **given)
                return
            except AwsError as error:
                live = part.look() if error.cause == "taken" else None
                if live is not None and owner.owns(live.get("tags")):
                    return
                waited = self.wait.clock.now() - started
                if not UNSEEN.search(str(error)) or waited >= UNSEEN_SECONDS:
                    raise
            self.wait.progress(f"{part.title}: EKS does not see its role yet")
            self.wait.clock.sleep(UNSEEN_PAUSE_SECONDS)

    def make(self, part: Part, call: Call) -> None:
        """Makes a change and waits for its end."""
        if (watched := self.started(part, call)) is not None:
            self.wait.one(watched)

    def started(self, part: Part, call: Call) -> Watched | None:
        """Starts a change. What EKS does in the background is to be waited for, and names its

        errors; None if it is done.
        """
        given, update = call.given, self.service.ask(call.operation, part.title, **call.given)
        if "update" not in update:
            return None
        identifier = update["update"]["id"]
        place = {"name": given.get("clusterName") or given["name"]}
        place |= {key: given[key] for key in given if key in ("nodegroupName", "addonName")}
        about = f"the update of {part.title}"

        def look() -> Live | None:
            return self.find("describe_update", about, "update", updateId=identifier, **place)

        return Watched(about, look, done=frozenset({"Successful"}))

    def until_active(self, part: Part) -> None:
        self.wait.one(Watched(part.title, part.look, remedy=AGAIN))

    def until_gone(self, part: Part) -> None:
        failed = frozenset({"FAILED", "DELETE_FAILED"})
        self.wait.one(Watched(part.title, part.look, frozenset({GONE}), failed, frozenset()))

    def settled(self, part: Part, live: Live | None) -> Live | None:
        """The same, once AWS no longer works on it; what failed is not judged here."""
        if live is None or live["status"] not in BUSY:
            return live
        done = FAILED | {GONE, "ACTIVE", "DEGRADED"}
        return self.wait.one(Watched(part.title, part.look, done))

    def remove(
        self,
        part: Part,
        owner: Owner,
        params: Params,
        deletion: Callable[[Live], Step],
        *,
        check_mode: bool,
        diff: bool,
    ) -> tuple[Result, Live | None]:
        """Removes what is ours and waits until it is gone; leaves alone what is not."""
        live, steps = part.look(), []
        if live is not None and not owner.owns(live.get("tags")) and not params["adopt"]:
            left = f"{part.title} is left alone: it is {owner.whose(live.get('tags'))}."
            return {"changed": False, "plan": [], "warnings": [left]}, live
        if not check_mode:
            live = self.settled(part, live)
        if live is not None and live["status"] != "DELETING":
            steps = [deletion(live)]
        result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
        return result, live if check_mode else None
