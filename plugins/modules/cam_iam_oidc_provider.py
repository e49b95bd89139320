#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes IAM trust the issuer of an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_iam_oidc_provider
short_description: Keep the IAM OIDC provider of an EKS cluster
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Lets IAM take the tokens of a cluster's service accounts, so that these can have roles (IRSA).
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  url:
    description: >-
      Issuer of the cluster, RV(cam.mesh.cam_eks_cluster#module:oidc_issuer). May be empty in check mode, and with O(state=absent),
      where the providers that have our tags are meant.
    type: str
    default: ''
  thumbprints:
    description: Thumbprints of certificates. AWS does not need them for EKS; left alone if not given.
    type: list
    elements: str
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Let service accounts have roles
  cam.mesh.cam_iam_oidc_provider:
    cluster: cam-cluster-dev
    environment: dev
    url: "{{ __cam_cluster_eks.oidc_issuer }}"
"""

RETURN = r"""
arn:
  description: ARN of the provider, for the trust of roles; empty while it does not exist.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF
url:
  description: Issuer without its scheme, as conditions of roles name it.
  returned: success
  type: str
  sample: oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created IAM OIDC provider oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._iam_oidc_provider import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
