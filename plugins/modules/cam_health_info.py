#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a mesh; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_health_info
short_description: Judge one mesh cluster from outside
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Looks at rollout, image, endpoints, database, cache, the app's own health, a real request and its row in the
    database, the cache, the edge, the metric contract, Prometheus with its targets, rules and alerts, and at whether
    network policies hold.
  - A sick mesh is a result, not a failure of the module; the caller decides what fails.
  - A check that cannot be made is V(unknown), and unknown is not healthy.
options:
  namespace:
    description: Namespace of the mesh.
    type: str
    required: true
  deployment:
    description: Deployment of the app.
    type: str
    default: cam-arbitration-mesh
  service:
    description: Service of the app.
    type: str
    default: cam-service
  min_replicas:
    description: Pods that must be available at least.
    type: int
    default: 1
  image:
    description: Image that the pods must run; not judged if empty.
    type: str
    default: ""
  version:
    description: Version that the app must report; not judged if empty.
    type: str
    default: ""
  url:
    description: Where clients reach the mesh; the edge is not configured if empty.
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
  database:
    description: Where the database is, C(provider) and C(name).
    type: dict
    default: {}
  cache:
    description: Where the cache is, C(provider).
    type: dict
    default: {}
  process:
    description: Whether a real request is sent (C(enabled)), and under which policy (C(policy_id)).
    type: dict
    default: {}
  prometheus:
    description: Where Prometheus is, C(enabled), C(namespace), C(service) and C(port); C(grafana) if Grafana is beside it.
    type: dict
    default: {}
  jobs:
    description: Jobs in which every pod must be a target that is up.
    type: list
    elements: str
    default: [cam-arbitration-mesh, cam-collaboration-engine]
  ignore_alerts:
    description: Alerts that do not count.
    type: list
    elements: str
    default: [Watchdog]
  network_policy:
    description:
      - Whether the network plugin must enforce network policies. The database, whose policy lets it go nowhere, knocks
        at a pod of the app; where it gets through, policies are not enforced.
      - V(required) calls that V(degraded); V(not_enforced) lists it as V(not_configured), for a cluster that cannot.
    type: str
    choices: [required, not_enforced]
    default: required
  timeout_seconds:
    description: Deadline of one question.
    type: int
    default: 15
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.info
"""

EXAMPLES = r"""
- name: Judge the mesh
  cam.mesh.cam_health_info:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
  register: verdict
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, degraded, failed, unknown.
  returned: success
  type: str
  sample: healthy
cause:
  description: What the most fundamental of the worst checks says.
  returned: success
  type: str
  sample: "database: scaled to 0"
checks:
  description: >-
    All checks with name, target, state (ok, degraded, failed, unknown, not_configured), observed, expected, cause, next
    command and duration.
  returned: success
  type: list
  elements: dict
  sample: [{name: ready, target: GET /ready, state: ok, observed: status 200, expected: "", cause: "", next: "", duration_ms: 8}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 15 of 15 checks ok, 0 not configured"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _probe
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_probe.run, _probe.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
