# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that look at a cluster's part of an account document alike."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description: Name of the EKS cluster; with O(environment) it tells ours from foreign.
    type: str
    required: true
attributes:
  action_group:
    description: Use C(group/cam.mesh.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.aws
  check_mode:
    description: Changes nothing, in check mode or out of it.
    support: full
  diff_mode:
    description: Shows the fields that differ from what is wanted, where it compares.
    support: full
"""

    WANTED = r"""
options:
  tags:
    description: Tags beside our own. Those of others are left alone.
    type: dict
    default: {}
  adopt:
    description: Whether what exists under our names and was not made by this mesh is taken over.
    type: bool
    default: false
  state:
    description: Whether what is asked is what lacks, or what is left to remove.
    type: str
    choices: [present, absent]
    default: present
"""

    NAMED = r"""
options:
  suffix:
    description: End of all names, C(cam-<thing>-<suffix>); the environment if not given.
    type: str
"""

    ALLOW = r"""
options:
  allow:
    description: Dangerous changes that may be in the plan, each by the name that its refusal tells.
    type: list
    elements: str
    default: []
"""
