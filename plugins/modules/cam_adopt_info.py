#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what Terraform or CloudFormation says of an estate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_adopt_info
short_description: Read an estate of Terraform or CloudFormation as variables
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads a file and gives the variables that lead the roles C(cam_cluster), C(cam_database) and C(cam_cache) to what exists at AWS.
  - The file is recognised by its content. It is a Terraform state of version 4, the output of C(terraform show -json), or that of
    C(aws cloudformation) with C(describe-stack-resources), C(list-stack-resources) or C(describe-stacks).
  - No password and nothing else that the file marks as sensitive is in the result.
  - Asks neither AWS nor a cluster.
options:
  path:
    description: The file.
    type: path
    required: true
extends_documentation_fragment:
  - cam.mesh.cam.info
requirements:
  - python >= 3.12
"""

EXAMPLES = r"""
- name: Read the state
  cam.mesh.cam_adopt_info:
    path: terraform.tfstate
  register: estate
"""

RETURN = r"""
source:
  description: What the file was recognised as.
  returned: success
  type: str
  sample: terraform state
variables:
  description: Variables of the inventory, by their names.
  returned: success
  type: dict
  sample: {cam_cluster_provider: aws, cam_cluster_aws_adopt: true, cam_cluster_aws_name: cam-cluster-dev}
missing:
  description: Variables that the file does not tell, each with the command that asks AWS and where in its answer the value is.
  returned: success
  type: list
  elements: dict
  sample: [{variable: cam_cluster_aws_version, command: aws eks describe-cluster --name cam-cluster-dev, query: cluster.version}]
left:
  description: Addresses of what no variable takes; it stays as it is.
  returned: success
  type: list
  elements: str
  sample: [module.aws_infrastructure.aws_internet_gateway.igw]
notes:
  description: What the first run would not leave as it is.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible_collections.cam.mesh.plugins.module_utils._adopt import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
