#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells people that the status of a mesh changed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_health_notify
short_description: Tell receivers when the status of a mesh changes
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Compares each verdict with what a receiver was last told, and tells it only what changed. Before the first run a mesh
    counts as healthy.
  - What a receiver did not take is a warning, never a failure, and is tried again by the next run.
  - In check mode nobody is told anything.
options:
  verdicts:
    description: The result of M(cam.mesh.cam_health_info) by cluster; an empty one counts as unknown.
    type: dict
    required: true
  history_directory:
    description: Folder that remembers what was told, in C(notified.json).
    type: path
    required: true
  alertmanager_url:
    description:
      - Alertmanager, version 2 of its API. The alert C(CAMMeshNotHealthy) fires while the mesh is not healthy and is
        resolved when it is. Each run renews it, since an Alertmanager forgets when it restarts; people hear of it once.
    type: str
    default: ""
  webhook_url:
    description: Where each change is posted as JSON. Never printed.
    type: str
    default: ""
  webhook_authorization:
    description: Header C(Authorization) of that request. Never printed.
    type: str
    default: ""
  timeout_seconds:
    description: Deadline of one request.
    type: int
    default: 15
extends_documentation_fragment:
  - cam.mesh.cam.local
"""

EXAMPLES = r"""
- name: Tell the chat what changed
  cam.mesh.cam_health_notify:
    verdicts: {eu: "{{ verdict }}"}
    history_directory: /var/lib/cam-mesh/history
    webhook_url: "{{ vault_chat_url }}"
  no_log: true
"""

RETURN = r"""
lines:
  description: What was told to whom.
  returned: success
  type: list
  elements: str
  sample: ["webhook was told: eu: healthy -> failed"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _notify
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_notify.run, _notify.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
