# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the verdicts on the screen as they come, which only the controller can."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.color import ANSIBLE_COLOR
from ansible.utils.display import Display
from ansible_collections.cam.mesh.plugins.action.cam_health_info import ActionModule as Info
from ansible_collections.cam.mesh.plugins.module_utils import _report_table
from ansible_collections.cam.mesh.plugins.module_utils._report import Report
from ansible_collections.cam.mesh.plugins.module_utils._run import plain
from ansible_collections.cam.mesh.plugins.module_utils._watch import watch

display = Display()
CLEAR = "\x1b[H\x1b[2J"


def show(report: Report) -> None:
    # A terminal shows one table in place of the other; a file gets them all.
    display.display(
        (CLEAR if ANSIBLE_COLOR else "") + _report_table.render(report, colour=ANSIBLE_COLOR)
    )


class ActionModule(ActionBase):  # type: ignore[misc]
    """`clusters` holds the arguments of cam_health_info by the name of the cluster."""

    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        validator = ArgumentSpecValidator(Info.core.ARGUMENT_SPEC)
        clusters = {}
        for name, given in arguments["clusters"].items():
            # Some arguments of a role are for waiting, which a watch does not.
            known = {key: given[key] for key in Info.core.ARGUMENT_SPEC if key in given}
            validated = validator.validate(known)
            if validated.error_messages:
                text = f"{name}: {'; '.join(validated.error_messages)}"
                return {"failed": True, "msg": text}
            clusters[name] = validated.validated_parameters
        status = watch(
            lambda one: Info.core.run(one, check_mode=False, diff=False),
            clusters,
            seconds=int(arguments.get("seconds", 5)),
            rounds=int(arguments.get("rounds", 0)),
            show=show,
        )
        return {"changed": False, "status": status}
