#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a Compose project run as its file says."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_compose
short_description: Make a Compose project run, service by service
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Compares what runs with the document and makes only the services anew that differ, one after another, each only when the
    one before is healthy.
  - A service differs if its words, its secrets or its image changed, or if its container does not run.
  - Works with Docker and its Compose plugin, and with Podman and podman-compose.
options:
  project:
    description: Name of the project.
    type: str
    required: true
  directory:
    description: Folder of the project; C(compose.yml) is written there.
    type: path
    required: true
  document:
    description: The Compose file as data. The files of its C(secrets) are relative to O(directory).
    type: dict
    default: {}
  engine:
    description: Container engine; V(auto) takes the first of Docker and Podman that answers.
    type: str
    choices: [auto, docker, podman]
    default: auto
  delete_data:
    description: With O(state=absent), remove the volumes as well.
    type: bool
    default: false
  timeout_seconds:
    description: How long one service may take to become healthy.
    type: int
    default: 180
  state:
    description: Whether the project runs.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - cam.mesh.cam.attributes
requirements:
  - python >= 3.12
  - PyYAML
"""

EXAMPLES = r"""
- name: Run the mesh on this machine
  cam.mesh.cam_compose:
    project: cam-dev
    directory: /srv/cam-dev
    document: "{{ lookup('ansible.builtin.template', 'compose.yml.j2') | from_yaml }}"
"""

RETURN = r"""
engine:
  description: The engine that was used.
  returned: success
  type: str
  sample: podman
services:
  description: What was done, or in check mode would be, and why.
  returned: success
  type: list
  elements: dict
  sample: [{name: redis, action: replaced, reason: "it is exited, exit code 0"}]
kept_volumes:
  description: Volumes that were left.
  returned: when O(state=absent)
  type: list
  elements: str
  sample: [cam-dev-postgres]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _compose
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_compose.run, _compose.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
