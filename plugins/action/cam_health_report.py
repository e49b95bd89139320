# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cam_health_report in-process; its table goes to the terminal, in colour if that is one."""

from __future__ import annotations

from typing import Any

from ansible.utils.color import ANSIBLE_COLOR
from ansible.utils.display import Display
from ansible_collections.cam.mesh.plugins.module_utils import _publish, _report_table
from ansible_collections.cam.mesh.plugins.plugin_utils._action import CoreAction

display = Display()


class ActionModule(CoreAction):
    core = _publish

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        if result.get("table"):
            display.display(_report_table.render(result["report"], colour=ANSIBLE_COLOR))
        return result
