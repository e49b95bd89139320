#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the metrics of a mesh against the metric contract; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_metrics_info
short_description: Hold the metrics of a mesh against the metric contract
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads the metrics of every pod through the API server, or those of a URL, and names each metric of the contract that is
    missing, renamed, of another type or without a label that rules and dashboards need.
  - A breach is a result, not a failure of the module. A target that cannot be read is V(unknown).
options:
  kubeconfig:
    description: Kubeconfig of the cluster; needed unless O(url) is given.
    type: path
  context:
    description: Context of the kubeconfig; its current one if not given.
    type: str
  namespace:
    description: Namespace of the mesh; needed unless O(url) is given.
    type: str
  selector:
    description: Labels of the pods.
    type: str
    default: app.kubernetes.io/name=cam,app.kubernetes.io/instance=cam-arbitration-mesh,app.kubernetes.io/component=app
  port:
    description: Port of the pods.
    type: int
    default: 8080
  url:
    description: Base URL to read instead of pods.
    type: str
  paths:
    description: Paths that together serve the contract.
    type: list
    elements: str
    default: [/metrics, /collaboration/metrics]
  timeout_seconds:
    description: Deadline of one answer.
    type: int
    default: 15
extends_documentation_fragment:
  - cam.mesh.cam.info
"""

EXAMPLES = r"""
- name: Hold every pod against the contract
  cam.mesh.cam_metrics_info:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
  register: metrics

- name: Hold a process on this machine against the contract
  cam.mesh.cam_metrics_info:
    url: http://127.0.0.1:8080
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, failed, unknown.
  returned: success
  type: str
  sample: failed
cause:
  description: What the worst check says.
  returned: success
  type: str
  sample: "metrics: cam_cost_total is missing, perhaps renamed to cam_costs_total"
checks:
  description: One check a target, with the fields of M(cam.mesh.cam_health_info).
  returned: success
  type: list
  elements: dict
  sample: [{name: metrics, target: Pod/cam-1, state: ok, observed: 8 metrics on 1 pods, expected: "", cause: "", next: "", duration_ms: 0}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 1 of 1 checks ok, 0 not configured"]
families:
  description: Names of the metric families that each target serves.
  returned: success
  type: dict
  sample: {Pod/cam-1: [cam_cost_total, cam_requests_total]}
"""

from ansible_collections.cam.mesh.plugins.module_utils import _scrape
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_scrape.run, _scrape.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
