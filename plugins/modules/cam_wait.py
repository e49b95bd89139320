#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits until a mesh is healthy; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_wait
short_description: Wait until one mesh cluster is healthy
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Judges the mesh as M(cam.mesh.cam_health_info) does, again and again, quickly at first, until it is healthy.
  - Ends early on a cause that waiting does not heal, such as an image that cannot be pulled, a crash that repeats itself, a
    quota or a policy that refuses pods.
  - Fails unless the last verdict is healthy; that verdict is returned anyway.
options:
  wait_seconds:
    description: How long to wait at most; V(0) judges once.
    type: int
    default: 120
  persistence_seconds:
    description: How long a cause that waiting does not heal is borne.
    type: int
    default: 15
extends_documentation_fragment:
  - cam.mesh.health
  - cam.mesh.cam
  - cam.mesh.cam.info
"""

EXAMPLES = r"""
- name: Wait for the mesh
  cam.mesh.cam_wait:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
    wait_seconds: 300
"""

RETURN = r"""
schema:
  description: Name and version of this document's form.
  returned: always
  type: str
  sample: cam.mesh/health/v1
cluster:
  description: The name that was given.
  returned: always
  type: str
  sample: prod-eu
environment:
  description: The class that was given.
  returned: always
  type: str
  sample: prod
namespace:
  description: Namespace of the mesh.
  returned: always
  type: str
  sample: cam-prod
started_at:
  description: When the look began, in UTC.
  returned: always
  type: str
  sample: "2026-11-25T03:10:00+00:00"
duration_ms:
  description: How long it took.
  returned: always
  type: int
  sample: 640
status:
  description: The verdict of the critical checks; one of healthy, degraded, failed, unknown.
  returned: always
  type: str
  sample: healthy
cause:
  description: What the most fundamental of the worst critical checks says.
  returned: always
  type: str
  sample: "database: scaled to 0"
checks:
  description: >-
    All checks, causes before their consequences, with name, group, target, state (ok, degraded, failed, unknown,
    not_configured), whether they are critical, observed, expected, cause, next command and duration. A check that is not
    critical is an advice and never changes the status.
  returned: always
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
  returned: always
  type: list
  elements: str
  sample: ["healthy: 38 of 38 checks ok, 4 not configured, 0 advice"]
waited_seconds:
  description: How long the wait took.
  returned: always
  type: float
  sample: 7.5
looks:
  description: How often the mesh was judged.
  returned: always
  type: int
  sample: 6
"""

from ansible_collections.cam.mesh.plugins.module_utils import _wait
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_wait.run, _wait.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
