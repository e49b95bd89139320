#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells of an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_cluster_info
short_description: Tell what there is of an EKS cluster
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads an EKS cluster with one request, whether it is ours, what is wrong with it, and what others need to know of it.
options:
  name:
    description: Name of the cluster.
    type: str
    required: true
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.info
"""

EXAMPLES = r"""
- name: Look for the cluster
  cam.mesh.cam_eks_cluster_info:
    name: cam-cluster-dev
    environment: dev
  register: __cam_cluster_eks
"""

RETURN = r"""
exists:
  description: Whether there is a cluster of that name.
  returned: success
  type: bool
  sample: true
owned:
  description: Whether it has the three tags of this mesh.
  returned: success
  type: bool
  sample: true
issues:
  description: What EKS says is wrong with it.
  returned: success
  type: list
  elements: str
  sample: []
tags:
  description: Its tags.
  returned: success
  type: dict
  sample: {"app": "cam", "cam-environment": "dev", "cam-cluster": "cam-cluster-dev"}
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
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_cluster_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
