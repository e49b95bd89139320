#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the launch template of nodes on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_template_info
short_description: Compare the launch template of nodes on AWS with the wanted one
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Says whether the default version of a launch template gives nodes an encrypted gp3 volume of the wanted size, metadata that only the node reads
    and only with a token (IMDSv2), and our tags. It names no image, so that EKS takes that of Amazon Linux 2023.
options:
  name:
    description: Name of the template.
    type: str
    required: true
  disk_gib:
    description: Size of a node's volume.
    type: int
    default: 50
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws_info
  - cam.mesh.aws_info.wanted
"""

EXAMPLES = r"""
- name: Look at the launch template
  cam.mesh.cam_aws_template_info:
    environment: dev
    cluster: cam-cluster-dev
    name: cam-nodes-dev
  register: __cam_cluster_aws_template
"""

RETURN = r"""
plan:
  description: What lacks or differs, or what is to be removed, as lines.
  returned: success
  type: list
  elements: str
  sample: ["would change launch template cam-nodes-dev: disk_gib 50 -> 80"]
pending:
  description: Lines of the plan that cannot be written yet; none.
  returned: success
  type: list
  elements: str
  sample: []
todo:
  description: What can be written now.
  returned: success
  type: dict
  sample: {}
version:
  description: Number of the default version; empty while there is no template.
  returned: with O(state=present)
  type: str
  sample: "1"
next_version:
  description: Number of the version that nodes use once the plan is done.
  returned: with O(state=present)
  type: str
  sample: "2"
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_template_info import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
