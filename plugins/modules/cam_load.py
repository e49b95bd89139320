#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a bounded load on a mesh, and judges what became of it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_load
short_description: Put a bounded load on a mesh and judge the run
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Runs k6 (load, spike, soak) or Artillery (stress) against the edge of a mesh, holds what they measured against limits and
    against the last accepted run of the same load, and looks whether the mesh is ready afterwards with no container restarted.
  - The API key reaches the tool by a private file, never by its words or its environment.
  - A mesh that does not hold its limits is a result, not a failure of the module.
options:
  cluster:
    description: Name of the cluster in the verdict.
    type: str
    default: ""
  environment:
    description: Environment in the verdict.
    type: str
    default: ""
  namespace:
    description: Namespace of the mesh.
    type: str
    required: true
  url:
    description: Where clients reach the mesh. There is no load without one.
    type: str
    default: ""
  url_address:
    description: Address (host:port) to connect to instead of looking the host of O(url) up.
    type: str
    default: ""
  url_ca_secret:
    description: Secret (C(name), C(key)) with the authority of the edge; the system's authorities if not given.
    type: dict
  api_key_secret:
    description: Secret (C(name), C(key)) with the key for requests.
    type: dict
    required: true
  scenario:
    description:
      - V(load) and V(soak) send O(rate) requests a second for O(seconds), V(spike) rises to O(peak_rate) and back.
      - V(stress) rises from O(rate) to O(peak_rate) in five steps; what counts is the last rate at which the limits held.
    type: str
    required: true
    choices: [load, spike, soak, stress]
  script:
    description: The scenario for the tool.
    type: path
    required: true
  tool:
    description: k6, for V(stress) Artillery; a name on PATH or a path.
    type: str
    required: true
  rate:
    description: Requests a second.
    type: int
    default: 20
  peak_rate:
    description: Requests a second at the top of V(spike) and at the end of V(stress).
    type: int
    default: 100
  seconds:
    description: How long the scenario lasts.
    type: int
    default: 60
  process_percent:
    description: Share of the requests that go through the models; the others read.
    type: int
    default: 50
  max_requests:
    description: A scenario of more requests than this is refused.
    type: int
    default: 50000
  p95_ms:
    description: 95 of 100 answers must come within this time.
    type: float
    default: 500
  error_percent:
    description: So many of the requests may fail.
    type: float
    default: 1
  regression_percent:
    description: A run that is worse than the accepted one by more than this fails.
    type: float
    default: 20
  accept:
    description: Keep this run, if it holds its limits, in the ConfigMap C(cam-load-accepted) as the one to compare with.
    type: bool
    default: false
  results_directory:
    description: Folder that keeps the result of each run as JSON.
    type: path
  timeout_seconds:
    description: Deadline of one request before and after the load.
    type: int
    default: 10
extends_documentation_fragment:
  - cam.mesh.cam
attributes:
  action_group:
    description: Use C(group/cam.mesh.cam) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.cam
  check_mode:
    description: Says what would run and sends no load.
    support: full
  diff_mode:
    description: Has nothing to show.
    support: N/A
requirements:
  - k6 for load, spike and soak; Artillery for stress
"""

EXAMPLES = r"""
- name: Put a spike on staging
  cam.mesh.cam_load:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-staging
    url: https://api.staging.complete-cam.com
    api_key_secret: {name: cam-api-key, key: api-key}
    scenario: spike
    script: roles/cam_load/files/k6.js
    tool: k6
    peak_rate: 300
  register: run
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, failed, unknown.
  returned: success
  type: str
  sample: failed
cause:
  description: What the first of the worst checks says.
  returned: success
  type: str
  sample: "load_p95: p95 812 ms (p50 90, p99 1204): above 500 ms"
checks:
  description: All checks with the fields of M(cam.mesh.cam_health_info).
  returned: success
  type: list
  elements: dict
  sample: [{name: load_p95, target: the mesh under load, state: ok, observed: "p95 48 ms (p50 9, p99 77)", expected: 500 ms or less}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 6 of 6 checks ok, 0 not configured"]
scenario:
  description: What ran.
  returned: when a load was sent
  type: str
  sample: load
shape:
  description: What makes two runs comparable.
  returned: when a load was sent
  type: str
  sample: load 20 a second, 60 s, 50 % process
numbers:
  description: What was measured.
  returned: when a load was sent
  type: dict
  sample: {requests: 1200, failed: 0, never_sent: 0, error_percent: 0.0, p50_ms: 9.1, p95_ms: 48.2, p99_ms: 77.0, steps: []}
accepted:
  description: The accepted run that this one was compared with; empty if there is none.
  returned: when a load was sent
  type: dict
  sample: {scenario: load, version: 2.0.0, p95_ms: 44.0, error_percent: 0.0, accepted_at: "2026-11-25T10:00:00+00:00"}
"""

from ansible_collections.cam.mesh.plugins.module_utils import _load
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_load.run, _load.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
