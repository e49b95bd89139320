#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what leads to a mesh from outside of its cluster on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_edge
short_description: Keep image repository, certificate and name of a mesh on AWS
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - The image repository (ECR) has tags that never move, scans each image that comes, and keeps the last ones.
  - The certificate (ACM) is proven by records of DNS. They are set in the hosted zone if it holds their names; others are named in RV(by_hand).
  - The record (Route 53) is a CNAME, or an alias. A TXT record C(_cam-owner.<name>) beside each record says whose it is; one of others is never written over.
  - With O(state=absent) all that carries our tags is removed, and in the hosted zone all that is marked as ours, whatever the other options say. A repository
    that holds images stays unless O(allow) names it.
options:
  cluster:
    description: Name of the EKS cluster; with O(environment) it tells ours from foreign.
    type: str
    required: true
  registry:
    description: Name of the image repository; empty for none.
    type: str
    default: ''
  certificate_domains:
    description: Domains of the certificate, the first as its name; empty for none.
    type: list
    elements: str
    default: []
  keep_images:
    description: How many images the repository keeps; older ones are removed by ECR.
    type: int
    default: 30
  zone_id:
    description: Hosted zone of Route 53 that the records stand in. It stays its owner's.
    type: str
    default: ''
  record_name:
    description: Full name of the record; empty for none.
    type: str
    default: ''
  record_target:
    description: Where it leads, such as the name of a load balancer.
    type: str
    default: ''
  record_target_zone_id:
    description: Hosted zone of the target, for an alias; empty for a CNAME.
    type: str
    default: ''
  record_ttl:
    description: How long a CNAME may be remembered, in seconds.
    type: int
    default: 300
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.wait
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Keep a repository, a certificate and a name
  cam.mesh.cam_aws_edge:
    environment: dev
    cluster: cam-cluster-dev
    registry: cam-dev
    certificate_domains: [mesh.example.com]
    zone_id: Z0123456789ABCDEFGHIJ
    record_name: mesh.example.com
    record_target: k8s-cam-0a.eu-central-1.elb.amazonaws.com
"""

RETURN = r"""
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created image repository cam-dev"]
registry_url:
  description: The image repository, as an image is named by; empty while there is none.
  returned: success
  type: str
  sample: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/cam-dev
certificate_arn:
  description: ARN of the certificate, once ACM has issued it.
  returned: success
  type: str
  sample: arn:aws:acm:eu-central-1:123456789012:certificate/0a
certificate_status:
  description: What ACM says of it; empty while there is none.
  returned: success
  type: str
  sample: ISSUED
by_hand:
  description: Records of DNS that prove the domains and that nobody but the user can set.
  returned: success
  type: list
  elements: str
  sample: ["CNAME _0a.mesh.example.com -> _0b.acm-validations.aws"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_edge import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
