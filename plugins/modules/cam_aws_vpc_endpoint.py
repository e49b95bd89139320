#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps an endpoint of a VPC."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_vpc_endpoint
short_description: Keep an endpoint of a VPC as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Makes an endpoint, and changes its route tables, subnets and security groups in place, which C(amazon.aws.ec2_vpc_endpoint) cannot.
options:
  cluster:
    description: Name of the EKS cluster; with O(environment) it tells ours from foreign.
    type: str
    required: true
  name:
    description: What it is called in a plan.
    type: str
    required: true
  id:
    description: Id of one that exists; one is made if not given.
    type: str
  vpc_id:
    description: Id of the VPC.
    type: str
    required: true
  service:
    description: Full name of the service, such as V(com.amazonaws.eu-central-1.s3).
    type: str
    required: true
  type:
    description: Kind of the endpoint.
    type: str
    choices: [Gateway, Interface]
    required: true
  route_table_ids:
    description: All route tables that lead to it, of a gateway.
    type: list
    elements: str
    default: []
  subnet_ids:
    description: All subnets that it stands in, of an interface.
    type: list
    elements: str
    default: []
  security_group_ids:
    description: All its security groups, of an interface.
    type: list
    elements: str
    default: []
  tags:
    description: Tags beside our own, of one that is made.
    type: dict
    default: {}
  adopt:
    description: Whether one that was not made by this mesh is changed.
    type: bool
    default: false
  wait_seconds:
    description: How long to wait at most until it is available.
    type: int
    default: 600
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Reach S3 without the internet
  cam.mesh.cam_aws_vpc_endpoint:
    environment: dev
    cluster: cam-cluster-dev
    name: cam-s3-dev
    vpc_id: vpc-0a
    service: com.amazonaws.eu-central-1.s3
    type: Gateway
    route_table_ids: [rtb-0a, rtb-0b]
"""

RETURN = r"""
plan:
  description: What was changed, or would be changed in check mode.
  returned: success
  type: list
  elements: str
  sample: ["created VPC endpoint cam-s3-dev"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_vpc_endpoint import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
