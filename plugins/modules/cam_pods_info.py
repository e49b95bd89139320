#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the pods of a namespace and explains those that are not ready; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_pods_info
short_description: Judge ten thousand pods with one request
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Has the API server print the pods of a namespace as a table, 125 bytes a pod, and counts them by state. Only pods that are
    not ready are read whole, up to O(report_limit), to say why.
  - Pods that finished or are on their way out need not be ready.
  - Pods that are not ready are a result, not a failure of the module. No pod at all is V(unknown).
options:
  namespace:
    description: Namespace of the pods.
    type: str
    required: true
  label_selector:
    description: Labels of the pods; all pods if empty.
    type: str
    default: ""
  report_limit:
    description: How many pods that are not ready get a check of their own.
    type: int
    default: 20
  timeout_seconds:
    description: Deadline of the list.
    type: int
    default: 30
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.info
"""

EXAMPLES = r"""
- name: Judge every pod of the mesh
  cam.mesh.cam_pods_info:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
    label_selector: app=cam
  register: pods
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, degraded, failed, unknown.
  returned: success
  type: str
  sample: degraded
cause:
  description: How many pods are in which state.
  returned: success
  type: str
  sample: "pods_sweep: 3 CrashLoopBackOff"
checks:
  description: >-
    The check C(pods_sweep) and one named C(pod) for each pod that is not ready up to O(report_limit), with the fields of
    M(cam.mesh.cam_health_info).
  returned: success
  type: list
  elements: dict
  sample: [{name: pods_sweep, target: 200 pods, state: degraded, observed: 197 of 200 pods ready}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["degraded: 0 of 1 checks ok, 0 not configured"]
counts:
  description: How many pods there are, are ready, are not, have finished, and how often they were restarted in all.
  returned: success
  type: dict
  sample: {pods: 200, ready: 197, not_ready: 3, finished: 0, restarts: 12}
states:
  description: How many pods are in which state, as C(kubectl get pods) names it.
  returned: success
  type: dict
  sample: {Running: 197, CrashLoopBackOff: 3}
duration_ms:
  description: How long the list took.
  returned: success
  type: int
  sample: 140
"""

from ansible_collections.cam.mesh.plugins.module_utils import _pods_info
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_pods_info.run, _pods_info.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
