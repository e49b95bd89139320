# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JSON, in the form of docs/schema/health-report-v1.json."""

from __future__ import annotations

import json

from ansible_collections.cam.mesh.plugins.module_utils._report import Report


def render(report: Report) -> str:
    """Letters beyond ASCII stay readable; the order of the keys is the document's."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
