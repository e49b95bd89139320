#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps add-ons of an EKS cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_eks_addon
short_description: Keep add-ons of an EKS cluster as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Creates, changes and removes any number of add-ons in one task, and waits for all of them together.
  - Compares configuration by its content, whether it was written as JSON or as YAML.
  - Network policy is configuration of C(vpc-cni), V(enableNetworkPolicy).
notes:
  - Add-ons that run as ordinary pods, such as C(coredns), are healthy only once there are nodes. Name them after the node groups.
options:
  cluster:
    description: Name of the cluster.
    type: str
    required: true
  kubernetes_version:
    description: Version of the cluster, which chooses the default versions; EKS is asked for it if not given.
    type: str
  preserve:
    description: With O(state=absent), whether what the add-on runs in the cluster stays there.
    type: bool
    default: false
  addons:
    description: The add-ons. Those that are not named are left alone.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the add-on, such as V(vpc-cni).
        type: str
        required: true
      version:
        description: >-
          Version of the add-on; the default for the cluster's version if not given, but never an older one than runs.
        type: str
      configuration:
        description: All configuration values; left alone if not given.
        type: dict
      service_account_role_arn:
        description: Role of its service account, by the issuer of the cluster (IRSA).
        type: str
      pod_identities:
        description: All roles of its service accounts, by EKS Pod Identity; left alone if not given.
        type: list
        elements: dict
        suboptions:
          service_account:
            description: Name of the service account.
            type: str
            required: true
          role_arn:
            description: Its role.
            type: str
            required: true
      resolve_conflicts:
        description: Who wins where somebody else set a field of what the add-on runs.
        type: str
        choices: [OVERWRITE, PRESERVE, NONE]
        default: OVERWRITE
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.wait
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Keep the network of pods before there are nodes
  cam.mesh.cam_eks_addon:
    cluster: cam-cluster-dev
    environment: dev
    addons:
      - name: vpc-cni
        configuration:
          enableNetworkPolicy: "true"
      - name: kube-proxy
      - name: aws-ebs-csi-driver
        pod_identities:
          - service_account: ebs-csi-controller-sa
            role_arn: arn:aws:iam::123456789012:role/cam-cluster-dev-ebs
"""

RETURN = r"""
addons:
  description: The add-ons as they are now.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the add-on.
      type: str
      sample: vpc-cni
    version:
      description: Version that is installed.
      type: str
      sample: v1.20.4-eksbuild.1
    status:
      description: Status as EKS says it, or V(ABSENT).
      type: str
      sample: ACTIVE
  sample:
    - name: vpc-cni
      version: v1.20.4-eksbuild.1
      status: ACTIVE
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["created EKS add-on vpc-cni"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._eks_addon import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
