#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live view of the health of some meshes."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_health_watch
short_description: Show the health of meshes, again and again
version_added: 1.0.0
author: CAM mesh contributors (@cam-protocol)
description:
  - Judges each mesh every few seconds and prints the table of M(cam.mesh.cam_health_report), on a terminal in place of the
    one before. Control-C ends it.
  - It writes to the screen, so it runs on the controller only.
attributes:
  check_mode:
    support: full
    description: Changes nothing, in check mode or out of it.
  diff_mode:
    support: none
    description: There is nothing to compare.
options:
  clusters:
    description: The options of M(cam.mesh.cam_health_info) for each cluster, by its name.
    type: dict
    required: true
  seconds:
    description: Time between the beginnings of two rounds.
    type: int
    default: 5
  rounds:
    description: How often; V(0) does not end by itself.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Watch two clusters for a minute
  cam.mesh.cam_health_watch:
    clusters:
      eu: {kubeconfig: /etc/cam/eu, namespace: cam-prod}
      us: {kubeconfig: /etc/cam/us, namespace: cam-prod}
    rounds: 12
"""

RETURN = r"""
status:
  description: The worst status of the last round.
  returned: success
  type: str
  sample: healthy
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    spec = {
        "clusters": {"type": "dict", "required": True},
        "seconds": {"type": "int", "default": 5},
        "rounds": {"type": "int", "default": 0},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    module.fail_json(msg="cam_health_watch writes to the screen and so only runs as an action")


if __name__ == "__main__":
    main()
