#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the Helm release of a mesh."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_release
short_description: Keep a Helm 4 release, compared before it is written
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Renders the chart and compares it with the deployed revision, and every object with what runs, by
    server-side dry runs. Helm is asked only when the release itself changes, so a run without a change
    makes no revision.
  - An object that was edited by hand is put right without a new revision.
  - A revision that a killed Helm left pending is taken away before the next upgrade.
  - An upgrade that fails is rolled back to the newest revision that was recorded as verified.
options:
  namespace:
    description: Namespace of the release.
    type: str
    required: true
  name:
    description: Name of the release.
    type: str
    required: true
  helm:
    description: The Helm 4 binary.
    type: str
    default: helm
  chart:
    description: Path of the chart; needed for O(state=present).
    type: path
  values:
    description: Values of the chart. They reach Helm through a private file.
    type: dict
    default: {}
  state:
    description:
      - V(present) installs or upgrades; V(absent) removes.
      - V(rolled_back) returns to a verified revision, V(verified) records the deployed one as such.
    type: str
    choices: [present, absent, rolled_back, verified]
    default: present
  revision:
    description: Verified revision to return to; the newest one that differs from what runs if not given.
    type: int
  timeout_seconds:
    description: How long Helm may wait.
    type: int
    default: 600
  diagnose_seconds:
    description: How long a cause such as a missing image must persist before the wait is ended early.
    type: int
    default: 20
  history_max:
    description: Revisions that Helm keeps.
    type: int
    default: 10
  wait:
    description: Wait until the objects are ready.
    type: bool
    default: true
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.attributes
"""

EXAMPLES = r"""
- name: Install or upgrade
  cam.mesh.cam_release:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
    name: cam-arbitration-mesh
    chart: roles/cam_release/files/cam-chart
    values:
      replicaCount: 5

- name: Return to the revision that was verified before
  cam.mesh.cam_release:
    kubeconfig: /etc/cam/kubeconfig
    namespace: cam-prod
    name: cam-arbitration-mesh
    state: rolled_back
"""

RETURN = r"""
action:
  description: What was done.
  returned: success
  type: str
  sample: upgraded
revision:
  description: Helm's newest revision; 0 without a release.
  returned: success
  type: int
  sample: 3
status:
  description: Helm's status of that revision.
  returned: success
  type: str
  sample: deployed
verified_revisions:
  description: Revisions that were recorded as verified.
  returned: success
  type: list
  elements: int
  sample: [1, 3]
objects:
  description: Objects that differed, with what was done to them.
  returned: success
  type: list
  elements: dict
  sample: [{kind: Service, namespace: cam-prod, name: cam-service, action: updated}]
target:
  description: The revision that was returned to.
  returned: when rolled back
  type: int
  sample: 1
"""

from ansible_collections.cam.mesh.plugins.module_utils import _release
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_release.run, _release.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
