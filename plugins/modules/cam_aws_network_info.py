#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the network of a cluster on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_network_info
short_description: Compare the network of a cluster on AWS with the wanted one
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Says what a network of a cluster lacks, as lines to read and as what to give to the modules that write, and the ids of what is there.
  - The network is a VPC with a private and a public subnet in each zone, an internet gateway, NAT gateways with their addresses, route tables,
    endpoints, and the security groups of the control plane, the database and the cache. These two admit the nodes and nobody else.
  - Or it is a VPC that exists, to which nothing is written but these security groups.
  - With O(state=absent) it says what carries our tags and is to be removed, in order.
options:
  cidr:
    description: >-
      Addresses of the VPC, /16 to /22. An eighth goes to the private subnet of each zone, an eighth of the last eighth to the public one.
    type: str
    default: 10.20.0.0/16
  zones:
    description: Names of the zones; the first ones of the region that EKS can use if not given. Their order never changes.
    type: list
    elements: str
    default: []
  zone_count:
    description: How many zones, 2 to 6. Zones can be added, never taken away.
    type: int
    default: 2
  private_cidrs:
    description: Addresses of the private subnets, one a zone, for an estate that was divided otherwise.
    type: list
    elements: str
    default: []
  public_cidrs:
    description: Addresses of the public subnets, one a zone.
    type: list
    elements: str
    default: []
  nat:
    description: >-
      How the private subnets reach the internet. With V(one), all lose it when that zone fails; V(none) needs O(interface_endpoints).
    type: str
    choices: [one, per_zone, none]
    default: one
  interface_endpoints:
    description: Services of AWS that are reached inside the VPC, such as V(ecr.api). Each is paid by the hour. That to S3 is free and always there.
    type: list
    elements: str
    default: []
  control_cidrs:
    description: Addresses, beside the nodes, that reach the private endpoint of the API server.
    type: list
    elements: str
    default: []
  vpc_id:
    description: A VPC that exists, in place of one of ours.
    type: str
  private_subnet_ids:
    description: Its private subnets, in two zones or more.
    type: list
    elements: str
    default: []
  public_subnet_ids:
    description: Its public subnets.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
  - cam.mesh.aws_info.wanted
  - cam.mesh.aws_info.named
  - cam.mesh.aws_info.allow
"""

EXAMPLES = r"""
- name: Look at the network
  cam.mesh.cam_aws_network_info:
    environment: dev
    cluster: cam-cluster-dev
    nat: one
  register: __cam_cluster_aws_network
"""

RETURN = r"""
plan:
  description: What lacks or differs, or what is to be removed, as lines.
  returned: success
  type: list
  elements: str
  sample: ["would create subnet cam-private-1-dev"]
pending:
  description: Lines of the plan that wait for the cluster, whose security group EKS makes.
  returned: success
  type: list
  elements: str
  sample: []
todo:
  description: What can be written now, by kind. What needs an id that is not there yet is in a later look.
  returned: success
  type: dict
  sample: {"vpcs": [{"vpc_id": "", "name": "cam-vpc-dev", "cidr": "10.20.0.0/16", "tags": {"app": "cam"}}]}
busy:
  description: Ids of what AWS is removing, which is to be waited for.
  returned: success
  type: list
  elements: str
  sample: []
blocked:
  description: What others have in our VPC, so that it cannot be removed.
  returned: with O(state=absent)
  type: list
  elements: str
  sample: ["a load balancer by eni-0a (ELB app/k8s-cam/0a)"]
vpc_id:
  description: Id of the VPC; empty while there is none.
  returned: with O(state=present)
  type: str
  sample: vpc-0a
private_subnet_ids:
  description: Ids of the private subnets that are there, in the order of the zones.
  returned: with O(state=present)
  type: list
  elements: str
  sample: [subnet-0a, subnet-0b]
public_subnet_ids:
  description: Ids of the public subnets that are there.
  returned: with O(state=present)
  type: list
  elements: str
  sample: [subnet-0c, subnet-0d]
private_subnets:
  description: Ids of the private subnets, and names of those that are not there yet. For a plan only.
  returned: with O(state=present)
  type: list
  elements: str
  sample: [subnet-0a, cam-private-2-dev]
control_security_group:
  description: Id of the security group of the control plane, or its name while it is not there. For a plan only.
  returned: with O(state=present)
  type: str
  sample: sg-0a
node_security_group_id:
  description: Id of the security group that EKS gives the nodes; empty while there is no cluster.
  returned: with O(state=present)
  type: str
  sample: sg-0b
security_group_ids:
  description: Ids of the security groups that are there, by what they protect.
  returned: with O(state=present)
  type: dict
  sample: {"control": "sg-0a", "database": "sg-0c", "cache": "sg-0d"}
region:
  description: The region that was asked.
  returned: with O(state=present)
  type: str
  sample: eu-central-1
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_network_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
