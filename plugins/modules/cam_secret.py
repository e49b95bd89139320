#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a Secret once and never shows it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_secret
short_description: Keep a Kubernetes Secret with generated, given and derived values
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Makes a Secret have the wanted keys. A generated value is made once and then left alone; a given
    value is corrected when it differs; a derived value follows the one it is made from.
  - Refuses weak passwords, telling only their length and the rule.
  - Returns names of keys, never values. Keys that are not named stay as they are.
options:
  namespace:
    description: Namespace of the Secret.
    type: str
    required: true
  name:
    description: Name of the Secret.
    type: str
    required: true
  set:
    description: Name of the set that the Secret belongs to; becomes its label C(cam.mesh/set).
    type: str
    required: true
  generate:
    description: >-
      Keys to generate, each with its number of random bytes (at least 16; 32 if empty). A key that
      is also in O(values) is taken from there.
    type: dict
    default: {}
  values:
    description: >-
      Given values, by key; a key without a value counts as not given. Keys whose name speaks of a
      password, secret, token or key need 12 characters, five of them different.
    type: dict
    default: {}
  derive:
    description: Keys that are computed from another key of the same Secret.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: Key to write.
        type: str
        required: true
      template:
        description: >-
          How to compute it. V(redis_acl) is the ACL file of a Redis whose default user has the
          password, as its SHA-256.
        type: str
        choices: [redis_acl]
        required: true
      source:
        description: Key to compute it from.
        type: str
        default: password
  adopt:
    description: Whether to take over a Secret that somebody else made.
    type: bool
    default: false
  state:
    description: Whether the Secret shall exist.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.attributes
"""

EXAMPLES = r"""
- name: Keep the credentials of the database
  cam.mesh.cam_secret:
    kubeconfig: "{{ cam_cluster_access.kubeconfig }}"
    namespace: cam-dev
    name: postgres-secret
    set: database
    values:
      username: cam
    generate:
      password: 32
  no_log: true
  diff: false

- name: Keep the credentials of the cache
  cam.mesh.cam_secret:
    kubeconfig: "{{ cam_cluster_access.kubeconfig }}"
    namespace: cam-dev
    name: redis-secret
    set: cache
    generate:
      password: 32
    derive:
      - key: users.acl
        template: redis_acl
  no_log: true
  diff: false
"""

RETURN = r"""
name:
  description: Name of the Secret.
  returned: success
  type: str
  sample: postgres-secret
namespace:
  description: Namespace of the Secret.
  returned: success
  type: str
  sample: cam-dev
action:
  description: One of V(created), V(updated), V(unchanged) and V(deleted).
  returned: success
  type: str
  sample: created
key_names:
  description: Keys of the Secret.
  returned: success
  type: list
  elements: str
  sample: [password, username]
generated:
  description: Keys that were generated in this run.
  returned: success
  type: list
  elements: str
  sample: [password]
"""

from ansible_collections.cam.mesh.plugins.module_utils._run import run_module
from ansible_collections.cam.mesh.plugins.module_utils._secret import ARGUMENT_SPEC, run


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
