#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says where a cluster on AWS is and how to reach it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_cluster_info
short_description: Say where a cluster on AWS is and how to reach it
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads, in four calls, what other parts of a mesh need to know of its cluster.
  - A cluster of that name that is not ours ends the run, since nobody of ours has any business there.
options:
  adopt:
    description: Whether a cluster that was not made by this mesh is taken for ours.
    type: bool
    default: false
  private_subnet_ids:
    description: Private subnets, where they are not ours.
    type: list
    elements: str
    default: []
  public_subnet_ids:
    description: Public subnets, where they are not ours.
    type: list
    elements: str
    default: []
  kms:
    description: Whether data is encrypted with a key of the customer.
    type: bool
    default: true
  kms_key_arn:
    description: The key, where it is not ours.
    type: str
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
  - cam.mesh.aws_info.named
"""

EXAMPLES = r"""
- name: Read where the cluster is
  cam.mesh.cam_aws_cluster_info:
    environment: dev
    cluster: cam-cluster-dev
  register: __cam_cluster_aws
"""

RETURN = r"""
running:
  description: Whether the API of the cluster answers.
  returned: success
  type: bool
  sample: true
status:
  description: Status as EKS says it, or V(ABSENT).
  returned: success
  type: str
  sample: ACTIVE
endpoint:
  description: URL of the API server. This and all others are empty while there is none.
  returned: success
  type: str
  sample: https://0A.gr7.eu-central-1.eks.amazonaws.com
certificate_authority:
  description: Its certificate authority, base64 of PEM.
  returned: success
  type: str
  sample: LS0tLS1CRUdJTi...
region:
  description: The region that was asked.
  returned: success
  type: str
  sample: eu-central-1
vpc_id:
  description: The VPC of the cluster.
  returned: success
  type: str
  sample: vpc-0a
private_subnet_ids:
  description: Subnets of nodes, databases and caches.
  returned: success
  type: list
  elements: str
  sample: [subnet-0a, subnet-0b]
public_subnet_ids:
  description: Subnets of load balancers.
  returned: success
  type: list
  elements: str
  sample: [subnet-0c, subnet-0d]
node_security_group_ids:
  description: Security groups of the nodes.
  returned: success
  type: list
  elements: str
  sample: [sg-0a]
database_security_group_ids:
  description: Security groups for a database that only the nodes reach.
  returned: success
  type: list
  elements: str
  sample: [sg-0b]
cache_security_group_ids:
  description: Security groups for a cache that only the nodes reach.
  returned: success
  type: list
  elements: str
  sample: [sg-0c]
kms_key_arn:
  description: The key that data is to be encrypted with.
  returned: success
  type: str
  sample: arn:aws:kms:eu-central-1:123456789012:key/0a
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_cluster_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
