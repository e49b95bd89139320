# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory gives to one role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._preflight import PUBLISHED_FACTS
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

DOCUMENTATION = r"""
name: given
short_description: Take the variables of one role out of all variables of a host
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Keeps the variables that begin with a prefix, without what roles published as facts.
options:
  _input:
    description: The variables of a host.
    type: dict
    required: true
  prefix:
    description: Beginning of the names.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show what the inventory says of the health check
  ansible.builtin.debug:
    msg: "{{ hostvars[inventory_hostname] | cam.mesh.given('cam_health_') }}"
"""

RETURN = r"""
_value:
  description: The variables by name.
  type: dict
"""


def given(variables: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The variables that begin with the prefix, templated, without published facts."""
    names = [name for name in variables if name.startswith(plain(prefix))]
    return {name: plain(variables[name]) for name in names if name not in PUBLISHED_FACTS}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"given": given}
