#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the kubeconfig of an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_kubeconfig
short_description: Keep a kubeconfig that asks for EKS tokens without the AWS CLI
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Writes a kubeconfig that holds no secret. kubectl, helm and the Kubernetes clients run a small program of the
    collection, which signs a token with the credentials of whoever runs them.
  - The file is for its owner only, and replaced as a whole.
options:
  path:
    description: Path of the kubeconfig. A file that this module did not write is never overwritten.
    type: path
    required: true
  cluster:
    description: Name of the cluster; also of the context.
    type: str
    required: true
  endpoint:
    description: URL of the API server. Required with O(state=present); may be empty in check mode.
    type: str
    default: ''
  certificate_authority:
    description: Certificate of its authority, base64 of PEM. Required with O(state=present); may be empty in check mode.
    type: str
    default: ''
  region:
    description: Region of the cluster. Required with O(state=present).
    type: str
  endpoint_url:
    description: URL of AWS' STS in place of its own.
    type: str
  profile:
    description: Profile of the shared credentials and settings.
    type: str
  command:
    description: Program that prints the token, and its first arguments; this Python with the collection's own if not given.
    type: list
    elements: str
  state:
    description: Whether the file shall exist.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - cam.mesh.cam.local
"""

EXAMPLES = r"""
- name: Lead to the cluster
  cam.mesh.cam_eks_kubeconfig:
    path: ~/.kube/cam-cluster-dev
    cluster: cam-cluster-dev
    endpoint: "{{ __cam_cluster_eks.endpoint }}"
    certificate_authority: "{{ __cam_cluster_eks.certificate_authority }}"
    region: eu-central-1
"""

RETURN = r"""
path:
  description: Path of the file.
  returned: success
  type: str
  sample: /home/ops/.kube/cam-cluster-dev
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created kubeconfig /home/ops/.kube/cam-cluster-dev"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_kubeconfig import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
