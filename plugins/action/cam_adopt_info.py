# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cam_adopt_info without a Python process of its own."""

from __future__ import annotations

from ansible_collections.cam.mesh.plugins.module_utils import _adopt
from ansible_collections.cam.mesh.plugins.plugin_utils._action import CoreAction


class ActionModule(CoreAction):
    core = _adopt
