#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: cam_preflight_info
short_description: Judge an inventory, and the cluster it names, before anything is changed
version_added: 1.0.0
author: CAM mesh contributors (@cam-protocol)
description:
  - Judges the variables of the host as the roles will see them. Needs no cluster and no account in phase V(static).
  - Phase V(names) judges the environment and the names of the variables alone; what judges or removes a mesh needs no more.
  - Phase V(owner) reads whether the namespace belongs to this very host of the inventory.
  - Phase V(live) reads the cluster and judges version, owner of the namespace, storage, and whether the pods find room.
  - Phase V(account) reads the account of a managed cluster, who asks first, and judges zones, version and types of nodes; what it does not say is a warning.
  - What may not hold one day, as an autoscaler's maximum beyond today's nodes, passes with a warning.
  - Runs on the controller only, as an action plugin.
attributes:
  check_mode:
    support: full
    description: Reads only.
  diff_mode:
    support: none
    description: Changes nothing.
options:
  phase:
    description: What to judge.
    type: str
    choices: [names, static, owner, account, live]
    default: static
  kubeconfig:
    description: Access to the cluster, for phases V(owner) and V(live).
    type: path
  context:
    description: Context in that file.
    type: str
  namespace:
    description: Namespace of the mesh, for phases V(owner) and V(live).
    type: str
"""

EXAMPLES = r"""
- name: Judge the inventory
  cam.mesh.cam_preflight_info:
    phase: static
"""

RETURN = r"""
findings:
  description: All checks.
  returned: always
  type: list
  elements: dict
  sample: [{name: replicas, passed: true, text: "3 pods or more, 9 at most", warning: false}]
lines:
  description: The same as lines to print.
  returned: always
  type: list
  elements: str
  sample: ["passed   replicas: 3 pods or more, 9 at most"]
refused:
  description: The texts of the checks that did not pass.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    spec = {
        "phase": {
            "type": "str",
            "choices": ["names", "static", "owner", "account", "live"],
            "default": "static",
        },
        "kubeconfig": {"type": "path"},
        "context": {"type": "str"},
        "namespace": {"type": "str"},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    module.fail_json(msg="cam_preflight_info reads variables: it runs on the controller only")


if __name__ == "__main__":
    main()
