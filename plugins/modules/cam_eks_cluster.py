#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_cluster
short_description: Keep an EKS cluster as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Creates an EKS cluster, changes it in place where EKS can, one change in a request, and removes it.
  - Tells in check mode and in R(plan,plan) what would change, without a request that changes anything.
  - Waits for what EKS does in the background and ends early with its cause; a cluster that failed to be created is made anew by the next run.
  - Goes one minor version at a time. A version that EKS no longer offers is refused before the first request.
options:
  name:
    description: Name of the cluster; also the value of the tag C(cam-cluster).
    type: str
    required: true
  version:
    description: Version of Kubernetes, major and minor, such as V('1.34'). Required with O(state=present).
    type: str
  role_arn:
    description: Role that the control plane has. Never changed. Required with O(state=present).
    type: str
  subnet_ids:
    description: >-
      Subnets of the control plane, at least two in different zones. Another list must be named in O(allow). Required with
      O(state=present).
    type: list
    elements: str
  security_group_ids:
    description: Security groups beside the one that EKS makes; left alone if not given.
    type: list
    elements: str
  endpoint_private:
    description: Whether the API is reached from within the network.
    type: bool
    default: true
  endpoint_public:
    description: Whether the API is reached from the internet, by O(public_access_cidrs).
    type: bool
    default: true
  public_access_cidrs:
    description: Ranges of addresses that reach the public endpoint; the whole internet at creation if not given.
    type: list
    elements: str
  logging:
    description: Logs of the control plane that go to CloudWatch; left alone if not given.
    type: list
    elements: str
    choices: [api, audit, authenticator, controllerManager, scheduler]
  kms_key_arn:
    description: Key that Kubernetes secrets are encrypted with; can be set later, and never be changed or taken away.
    type: str
  authentication_mode:
    description: >-
      How identities are let in; V(API) at creation, and left alone later, if not given. There is no way back from V(API), and
      the way there must be named in O(allow).
    type: str
    choices: [API, API_AND_CONFIG_MAP]
  creator_is_admin:
    description: Whether the identity that creates the cluster administers it; of account only at creation.
    type: bool
    default: true
  deletion_protection:
    description: Whether EKS refuses to delete the cluster; left alone if not given.
    type: bool
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.wait
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Keep the cluster
  cam.mesh.cam_eks_cluster:
    name: cam-cluster-dev
    environment: dev
    version: "1.34"
    role_arn: arn:aws:iam::123456789012:role/cam-cluster-dev
    subnet_ids: [subnet-0a, subnet-0b]
    public_access_cidrs: [203.0.113.0/24]
    logging: [audit]
  register: __cam_cluster_eks
"""

RETURN = r"""
arn:
  description: ARN of the cluster. This and all other values are empty while it does not exist.
  returned: success
  type: str
  sample: arn:aws:eks:eu-central-1:123456789012:cluster/cam-cluster-dev
endpoint:
  description: URL of the API server.
  returned: success
  type: str
  sample: https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com
certificate_authority:
  description: Certificate of the API server's authority, base64 of PEM.
  returned: success
  type: str
  sample: LS0tLS1CRUdJTi...
oidc_issuer:
  description: Issuer of the tokens of service accounts, for M(cam.mesh.cam_iam_oidc_provider).
  returned: success
  type: str
  sample: https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF
cluster_security_group_id:
  description: Security group that EKS made and gives to the nodes.
  returned: success
  type: str
  sample: sg-0a
vpc_id:
  description: Network of the cluster.
  returned: success
  type: str
  sample: vpc-0a
version:
  description: Version of Kubernetes that runs.
  returned: success
  type: str
  sample: "1.34"
platform:
  description: Version of the EKS platform.
  returned: success
  type: str
  sample: eks.12
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
  sample: ["changed EKS cluster cam-cluster-dev: version 1.33 -> 1.34"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_cluster import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
