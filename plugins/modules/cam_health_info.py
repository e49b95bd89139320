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
  - Looks at the cluster, database and cache, the app's rollout, its Service, edge and metrics, a real request and what is
    left of it, the mesh as one, and the monitoring, all at the same time.
  - A sick mesh is a result, not a failure of the module; the caller decides what fails.
  - A check that cannot be made is V(unknown), and unknown is not healthy. Every check of the collection is in every verdict.
extends_documentation_fragment:
  - cam.mesh.health
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
schema:
  description: Name and version of this document's form.
  returned: success
  type: str
  sample: cam.mesh/health/v1
cluster:
  description: The name that was given.
  returned: success
  type: str
  sample: prod-eu
environment:
  description: The class that was given.
  returned: success
  type: str
  sample: prod
namespace:
  description: Namespace of the mesh.
  returned: success
  type: str
  sample: cam-prod
started_at:
  description: When the look began, in UTC.
  returned: success
  type: str
  sample: "2026-11-25T03:10:00+00:00"
duration_ms:
  description: How long it took.
  returned: success
  type: int
  sample: 640
status:
  description: The verdict of the critical checks; one of healthy, degraded, failed, unknown.
  returned: success
  type: str
  sample: healthy
cause:
  description: What the most fundamental of the worst critical checks says.
  returned: success
  type: str
  sample: "database: scaled to 0"
checks:
  description: >-
    All checks, causes before their consequences, with name, group, target, state (ok, degraded, failed, unknown,
    not_configured), whether they are critical, observed, expected, cause, next command and duration. A check that is not
    critical is an advice and never changes the status.
  returned: success
  type: list
  elements: dict
  sample:
    - name: ready
      group: endpoints
      target: GET /ready
      state: ok
      critical: true
      observed: status 200
      expected: ""
      cause: ""
      next: ""
      duration_ms: 8
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 38 of 38 checks ok, 4 not configured, 0 advice"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _verdict
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_verdict.run, _verdict.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
