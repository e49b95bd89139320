#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that nothing of a cluster is left in an account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_leftovers_info
short_description: Say what of a cluster is left in an account
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Asks the tagging API of the region, the tags of EC2, and the roles, policies and OIDC providers of IAM for what carries our three tags.
  - What AWS only keeps for a while, such as a key that waits for its end, and what holds data, such as a last snapshot, is told apart.
options:
  also:
    description: Other names that parts of the mesh are marked with in the tag C(cam-cluster).
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
"""

EXAMPLES = r"""
- name: Read what is left
  cam.mesh.cam_aws_leftovers_info:
    environment: dev
    cluster: cam-cluster-dev
  register: __cam_cluster_aws_left
"""

RETURN = r"""
left:
  description: ARNs and names of what is left.
  returned: success
  type: list
  elements: str
  sample: []
kept:
  description: What stays for a while or for its data, and why.
  returned: success
  type: list
  elements: str
  sample: ["arn:aws:kms:eu-central-1:123456789012:key/0a: it goes on 2027-01-31"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_leftovers_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
