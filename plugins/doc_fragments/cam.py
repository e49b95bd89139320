# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules of the collection document alike."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  kubeconfig:
    description: Path of the kubeconfig file that leads to the cluster.
    type: path
    required: true
  context:
    description: Context in that file; its C(current-context) if not given.
    type: str
requirements:
  - python >= 3.12
  - kubernetes (Python library)
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cam.mesh.cam) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.cam
  check_mode:
    description: Can run in check mode and return what would change without changing it.
    support: full
  diff_mode:
    description: Will return details on what has changed (or would change) in diff mode.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cam.mesh.cam) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.cam
  check_mode:
    description: Changes nothing, in check mode or out of it.
    support: full
  diff_mode:
    description: Has nothing to show, since it changes nothing.
    support: N/A
"""

    LOCAL = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return what would change without changing it.
    support: full
  diff_mode:
    description: Will return details on what has changed (or would change) in diff mode.
    support: full
requirements:
  - python >= 3.12
"""
