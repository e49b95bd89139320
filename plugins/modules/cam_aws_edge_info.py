#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what leads to a mesh from outside of its cluster on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_edge_info
short_description: Read image repository and certificate of a mesh on AWS
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Says where the images of a mesh are, and which certificate is to be shown; asks for nothing that is not named.
options:
  registry:
    description: Name of the image repository; empty for none.
    type: str
    default: ''
  certificate_domains:
    description: Domains of the certificate, the first as its name; empty for none.
    type: list
    elements: str
    default: []
  adopt:
    description: Whether what exists under our names and was not made by this mesh is told as well.
    type: bool
    default: false
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
"""

EXAMPLES = r"""
- name: Read where the images are
  cam.mesh.cam_aws_edge_info:
    environment: dev
    cluster: cam-cluster-dev
    registry: cam-dev
  register: __cam_cluster_aws_edge
"""

RETURN = r"""
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

from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
