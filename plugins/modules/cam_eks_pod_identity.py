#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps which role pods have."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_pod_identity
short_description: Keep EKS Pod Identity associations as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Gives service accounts a role, changes it in place and takes it away. Associations that are not named are left alone.
notes:
  - The cluster needs the add-on C(eks-pod-identity-agent).
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  associations:
    description: The associations; one service account has one role.
    type: list
    elements: dict
    required: true
    suboptions:
      namespace:
        description: Namespace of the service account.
        type: str
        required: true
      service_account:
        description: Name of the service account.
        type: str
        required: true
      role_arn:
        description: Role of its pods. Required with O(state=present).
        type: str
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Give the autoscaler its role
  cam.mesh.cam_eks_pod_identity:
    cluster: cam-cluster-dev
    environment: dev
    associations:
      - namespace: kube-system
        service_account: cluster-autoscaler
        role_arn: arn:aws:iam::123456789012:role/cam-cluster-dev-autoscaler
"""

RETURN = r"""
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created EKS pod identity kube-system/cluster-autoscaler"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_pod_identity import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
