#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a managed node group of EKS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_nodegroup
short_description: Keep a managed node group of EKS as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Creates a node group, changes sizes, labels, taints, tags, version and launch template in place, and removes it.
  - Leaves the number of nodes to the autoscaler; it is set at creation, and moved only if a bound passes it.
  - Changes that EKS can only make with a new group are refused unless they are named in O(allow).
  - A group whose creation failed ends the run with its health issues, and is made anew by the next run if it is ours.
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  name:
    description: Name of the node group.
    type: str
    required: true
  role_arn:
    description: Role that the nodes have. Another one is another group. Required with O(state=present).
    type: str
  subnet_ids:
    description: Subnets of the nodes. Others are another group. Required with O(state=present).
    type: list
    elements: str
  launch_template:
    description: >-
      Launch template of the nodes, without an AMI, so that EKS takes that of Amazon Linux 2023. A new version of it replaces
      the nodes one by one.
    type: dict
    suboptions:
      id:
        description: Id of the template, or give O(launch_template.name).
        type: str
      name:
        description: Name of the template.
        type: str
      version:
        description: Number of its version.
        type: str
        required: true
  instance_types:
    description: Types of instances, where the template names none. Others are another group.
    type: list
    elements: str
  ami_type:
    description: Kind of machine image; EKS' own choice, Amazon Linux 2023, if not given. Another one is another group.
    type: str
  capacity_type:
    description: How instances are bought; on demand if not given. Another one is another group.
    type: str
    choices: [ON_DEMAND, SPOT]
  min_size:
    description: Fewest nodes. Required with O(state=present).
    type: int
  max_size:
    description: Most nodes. Required with O(state=present).
    type: int
  desired_size:
    description: Number of nodes at creation; the fewest if not given. Of no account later.
    type: int
  labels:
    description: All labels that the group gives its nodes; left alone if not given.
    type: dict
  taints:
    description: All taints that the group gives its nodes; left alone if not given.
    type: list
    elements: dict
    suboptions:
      key:
        description: Key of the taint.
        type: str
        required: true
      value:
        description: Value of the taint.
        type: str
      effect:
        description: What happens to pods that do not tolerate it.
        type: str
        required: true
        choices: [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE]
  version:
    description: Version of Kubernetes; the cluster's at creation, and left alone later, if not given.
    type: str
  force_version:
    description: Whether a new version evicts pods that a disruption budget protects.
    type: bool
    default: false
  max_unavailable:
    description: How many nodes may be replaced at once; left alone if not given.
    type: int
  max_unavailable_percentage:
    description: The same as a share of the nodes.
    type: int
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.wait
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Keep the nodes
  cam.mesh.cam_eks_nodegroup:
    cluster: cam-cluster-dev
    environment: dev
    name: cam-nodes-dev
    role_arn: arn:aws:iam::123456789012:role/cam-nodes-dev
    subnet_ids: [subnet-0a, subnet-0b]
    launch_template:
      id: lt-0a
      version: "3"
    min_size: 2
    max_size: 10
    desired_size: 3
"""

RETURN = r"""
arn:
  description: ARN of the node group. This and all other values are empty while it does not exist.
  returned: success
  type: str
  sample: arn:aws:eks:eu-central-1:123456789012:nodegroup/cam-cluster-dev/cam-nodes-dev/0a
auto_scaling_group:
  description: Name of the group's auto scaling group.
  returned: success
  type: str
  sample: eks-cam-nodes-dev-0a
scaling:
  description: Fewest, most and wanted nodes.
  returned: success
  type: dict
  sample: {"min": 2, "max": 10, "desired": 3}
version:
  description: Version of Kubernetes that its nodes run.
  returned: success
  type: str
  sample: "1.34"
status:
  description: Status as EKS says it, or V(ABSENT).
  returned: success
  type: str
  sample: ACTIVE
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["changed node group cam-nodes-dev: max_size 10 -> 12"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_nodegroup import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
