#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: cam_lab
short_description: Bring up the local Kubernetes cluster of a clone
version_added: 1.0.0
author: CAM mesh contributors (@cam-protocol)
description:
  - Builds the binaries and images of the local cluster once, then starts it and waits until its node is ready.
  - Needs a clone of the project on a Debian machine, and root. The packed collection holds no lab.
attributes:
  check_mode:
    support: full
    description: Reads whether the cluster runs; starts nothing.
  diff_mode:
    support: none
    description: There is nothing to compare.
options:
  lab:
    description: Folder C(lab) of the clone.
    type: path
    required: true
  verb:
    description: What to do. V(status) only reads.
    type: str
    choices: [up, status]
    default: up
  ingress_port:
    description: Port on 127.0.0.1 that the ingress controller takes; checked to be free before the first start.
    type: int
    default: 8443
  token_webhook:
    description: Kubeconfig file of a token review webhook for the API server.
    type: path
"""

EXAMPLES = r"""
- name: Start the local cluster
  cam.mesh.cam_lab:
    lab: "{{ playbook_dir }}/lab"
"""

RETURN = r"""
running:
  description: Whether the cluster's supervisor lives.
  returned: success
  type: bool
  sample: true
kubeconfig:
  description: File with the administrator's access, mode 0600.
  returned: success
  type: str
  sample: /var/cache/cam-mesh/cluster/kubeconfig
version:
  description: Version of Kubernetes.
  returned: success
  type: str
  sample: v1.36.3
audit_log:
  description: The API server's audit log.
  returned: success
  type: str
  sample: /var/cache/cam-mesh/cluster/audit/audit.log
volumes:
  description: Folder of the persistent volumes.
  returned: success
  type: str
  sample: /var/cache/cam-mesh/cluster/volumes
"""

from ansible_collections.cam.mesh.plugins.module_utils import _lab
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_lab.run, _lab.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
