#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the secrets of a Compose project."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_compose_secrets
short_description: Keep the secrets of a Compose project as files
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Makes passwords and certificates once. What is there is kept; a certificate is renewed 30 days before it ends.
  - The folder is for its owner alone. No content is ever shown.
options:
  directory:
    description: Folder of the secrets.
    type: path
    required: true
  authority:
    description: What the authority that signs the certificates names.
    type: str
    required: true
  usernames:
    description: User names by the file that holds each; they follow the inventory.
    type: dict
    default: {}
  passwords:
    description: Files with a password that is made once; bring one by writing the file before.
    type: list
    elements: str
    default: []
  acls:
    description: Redis' lists of users by their file, each with the name of the password that it is made from.
    type: dict
    default: {}
  certificates:
    description: Host names of each certificate by its name; C(NAME.crt), C(NAME.key) and the authority's C(ca.crt) are written.
    type: dict
    default: {}
  state:
    description: V(absent) removes the folder.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - cam.mesh.cam.attributes
attributes:
  diff_mode:
    support: none
    description: Secrets are not shown.
requirements:
  - python >= 3.12
  - cryptography (Python library)
"""

EXAMPLES = r"""
- name: Provide the secrets
  cam.mesh.cam_compose_secrets:
    directory: /srv/cam-dev/secrets
    authority: cam-dev
    passwords: [redis-password]
    acls:
      redis-users.acl: redis-password
    certificates:
      redis: [redis]
  no_log: true
  diff: false
"""

RETURN = r"""
files:
  description: Names of the files that are there.
  returned: success
  type: list
  elements: str
  sample: [ca.crt, ca.key, redis-password, redis-users.acl, redis.crt, redis.key]
made:
  description: Names of those that were made or renewed.
  returned: success
  type: list
  elements: str
  sample: [redis.crt, redis.key]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _compose_secrets
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_compose_secrets.run, _compose_secrets.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
