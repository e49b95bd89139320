#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a Compose project; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_compose_info
short_description: Judge a mesh that runs by Compose, from outside
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Looks at the containers, at health, readiness and metrics of each replica, at a real request to each, its row in the
    database and the cache. The result is the document of M(cam.mesh.cam_health_info).
  - A sick mesh is a result, not a failure of the module; the caller decides what fails.
options:
  project:
    description: Name of the project.
    type: str
    required: true
  environment:
    description: Class of the environment, for the document.
    type: str
    default: ""
  engine:
    description: Container engine; V(auto) takes the first of Docker and Podman that answers.
    type: str
    choices: [auto, docker, podman]
    default: auto
  replicas:
    description: The URL where each replica answers, by the name of its service.
    type: dict
    required: true
  image:
    description: Image that the replicas must run; not judged if empty.
    type: str
    default: ""
  version:
    description: Version that the app must report; not judged if empty.
    type: str
    default: ""
  api_key_file:
    description: File with the key for requests.
    type: path
    required: true
  process:
    description: Whether a real request is sent (C(enabled)), and under which policy (C(policy_id)).
    type: dict
    default: {}
  timeout_seconds:
    description: Deadline of one question.
    type: int
    default: 15
  wait_seconds:
    description: How long the mesh may take to become healthy; 0 judges once.
    type: int
    default: 0
extends_documentation_fragment:
  - cam.mesh.cam.info
"""

EXAMPLES = r"""
- name: Judge the mesh
  cam.mesh.cam_compose_info:
    project: cam-dev
    replicas:
      cam-app-1: http://127.0.0.1:8081
    api_key_file: /srv/cam-dev/secrets/api-key
    process:
      enabled: true
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
  sample: "cache: cam-dev-redis is exited with exit code 0"
checks:
  description: >-
    All checks with name, target, state (ok, degraded, failed, unknown, not_configured), observed, expected, cause, next
    command and duration.
  returned: success
  type: list
  elements: dict
  sample: [{name: ready, target: GET /ready, state: ok, observed: "3 replicas: status 200", expected: "", cause: "", next: "", duration_ms: 8}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 10 of 10 checks ok, 2 not configured"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _compose_probe
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_compose_probe.run, _compose_probe.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
