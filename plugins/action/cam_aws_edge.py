# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In-process form of cam_aws_edge; says what it waits for while it does."""

from __future__ import annotations

from ansible_collections.cam.mesh.plugins.module_utils import _aws_edge
from ansible_collections.cam.mesh.plugins.plugin_utils._action import CoreAction, telling


class ActionModule(CoreAction):
    core = telling(_aws_edge)
