#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the roles, the key and the log group of a cluster on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_identity_info
short_description: Compare roles, key and log group of a cluster on AWS with the wanted ones
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Says what lacks or was changed by hand, as lines to read and as what to give to the modules that write.
  - The roles are those of the control plane, the nodes, and, by EKS Pod Identity, of the network plugin, the EBS driver, the Cluster Autoscaler and the
    AWS Load Balancer Controller; each may do what it needs in this cluster and no more.
  - The key is one of KMS with an alias, and is rotated each year. The log group is the one that EKS writes the logs of the control plane to.
  - With O(state=absent) it says what carries our tags and is to be removed. A key that a snapshot of a database needs is kept.
options:
  cluster_role_arn:
    description: A role of the control plane that exists, in place of one of ours.
    type: str
  node_role_arn:
    description: A role of the nodes that exists, in place of one of ours.
    type: str
  autoscaler:
    description: Whether there is a role for the Cluster Autoscaler.
    type: bool
    default: true
  load_balancer:
    description: Whether there is a role for the AWS Load Balancer Controller.
    type: bool
    default: false
  boundary_arn:
    description: Policy that bounds all roles, where the account demands one.
    type: str
  kms:
    description: Whether data is encrypted with a key of the customer; otherwise with AWS' own.
    type: bool
    default: true
  kms_key_arn:
    description: A key that exists, in place of one of ours.
    type: str
  log_days:
    description: How long the logs of the control plane are kept.
    type: int
    choices: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653]
    default: 90
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
  - cam.mesh.aws_info.wanted
  - cam.mesh.aws_info.named
  - cam.mesh.aws_info.allow
"""

EXAMPLES = r"""
- name: Look at roles, key and log group
  cam.mesh.cam_aws_identity_info:
    environment: dev
    cluster: cam-cluster-dev
  register: __cam_cluster_aws_identity
"""

RETURN = r"""
plan:
  description: What lacks or differs, or what is to be removed, as lines.
  returned: success
  type: list
  elements: str
  sample: ["would create role cam-eks-nodes-dev"]
pending:
  description: Lines of the plan that cannot be written yet; none.
  returned: success
  type: list
  elements: str
  sample: []
todo:
  description: What can be written now, by kind.
  returned: success
  type: dict
  sample: {"log_groups": [{"name": "/aws/eks/cam-cluster-dev/cluster", "days": 90, "tags": {"app": "cam"}}]}
kept:
  description: What is not to be removed, and why.
  returned: with O(state=absent)
  type: list
  elements: str
  sample: ["KMS key 0a: snapshot cam-db-prod-final cannot be restored without it"]
account:
  description: Id of the account.
  returned: with O(state=present)
  type: str
  sample: "123456789012"
region:
  description: The region that was asked.
  returned: with O(state=present)
  type: str
  sample: eu-central-1
role_arns:
  description: ARNs of all roles, which follow from their names.
  returned: with O(state=present)
  type: dict
  sample: {"nodes": "arn:aws:iam::123456789012:role/cam-eks-nodes-dev"}
service_accounts:
  description: Service account of each role of pods, in C(kube-system).
  returned: with O(state=present)
  type: dict
  sample: {"autoscaler": "cluster-autoscaler"}
kms_key_arn:
  description: ARN of the key; empty while there is none, or with O(kms=false).
  returned: with O(state=present)
  type: str
  sample: arn:aws:kms:eu-central-1:123456789012:key/0a
kms_key:
  description: The same, and its alias while it is not there. For a plan only.
  returned: with O(state=present)
  type: str
  sample: alias/cam-key-dev
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
