#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps who may enter an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_access
short_description: Keep access entries of an EKS cluster as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Creates, changes and removes access entries and their access policies. Entries that are not named are left alone.
  - The policies of an entry are those that are named; others are taken from it.
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  entries:
    description: The entries.
    type: list
    elements: dict
    required: true
    suboptions:
      principal_arn:
        description: ARN of the role or user.
        type: str
        required: true
      type:
        description: Kind of entry; nodes have one of their own. Another one is another entry.
        type: str
        choices: [STANDARD, EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, HYBRID_LINUX, EC2]
        default: STANDARD
      username:
        description: Name in Kubernetes; EKS' own choice if not given.
        type: str
      kubernetes_groups:
        description: Groups in Kubernetes; left alone if not given.
        type: list
        elements: str
      policies:
        description: All access policies; left alone if not given.
        type: list
        elements: dict
        suboptions:
          policy:
            description: Name, such as V(AmazonEKSViewPolicy), or ARN of the policy.
            type: str
            required: true
          namespaces:
            description: Namespaces that it holds for; the whole cluster if there are none.
            type: list
            elements: str
            default: []
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Let operators in
  cam.mesh.cam_eks_access:
    cluster: cam-cluster-dev
    environment: dev
    entries:
      - principal_arn: arn:aws:iam::123456789012:role/operators
        policies:
          - policy: AmazonEKSViewPolicy
          - policy: AmazonEKSEditPolicy
            namespaces: [cam-dev]
"""

RETURN = r"""
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created EKS access entry arn:aws:iam::123456789012:role/operators"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_access import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
