#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses a mesh as a client would, and judges its answers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_smoke
short_description: Use a mesh once, as a client would
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Smoke asks for health, readiness, models and collaboration, and must be refused without a key, with a wrong key and with a
    bad body.
  - Integration makes a policy, reads, changes and removes it, sends a request under it and finds that in the audit log.
    The policy is removed whatever happens; one of a run that was killed is removed by a later run after an hour.
  - A mesh that answers wrongly is a result, not a failure of the module. All steps run; none stops another.
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
    description: Where clients reach the mesh; a tunnel to a ready pod if empty.
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
  integration_enabled:
    description: Whether to make a policy and to use it.
    type: bool
    default: true
  process_enabled:
    description: Whether to send a request through the models, which may cost money.
    type: bool
    default: true
  timeout_seconds:
    description: Deadline of one request.
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
    description: Runs smoke alone, which only reads.
    support: full
  diff_mode:
    description: Has nothing to show, since it leaves nothing behind.
    support: N/A
"""

EXAMPLES = r"""
- name: Use the mesh once
  cam.mesh.cam_smoke:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
    url: https://api.complete-cam.com
    api_key_secret: {name: cam-api-key, key: api-key}
  register: verdict
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, degraded, failed, unknown.
  returned: success
  type: str
  sample: healthy
cause:
  description: What the first of the worst checks says.
  returned: success
  type: str
  sample: "smoke_no_key: POST /process without a key answers status 200"
checks:
  description: All checks with the fields of M(cam.mesh.cam_health_info).
  returned: success
  type: list
  elements: dict
  sample: [{name: smoke_no_key, target: POST /process without a key, state: ok, observed: refused with 401}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 14 of 14 checks ok, 0 not configured"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _smoke
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_smoke.run, _smoke.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
