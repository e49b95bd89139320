# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why AWS refused what a task asked it for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws_refusal import refusal
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

DOCUMENTATION = r"""
name: aws_refusal
short_description: Say in three lines why a task of amazon.aws or community.aws failed
version_added: 1.1.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Says what AWS was asked, what it answered, and what to do about it.
options:
  _input:
    description: The result of the task.
    type: dict
    required: true
  service:
    description: The service that was asked, as IAM calls it.
    type: str
    required: true
  about:
    description: What the task was about.
    type: str
    required: true
  region:
    description: Where; empty for the region of the environment.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Say why AWS refused
  ansible.builtin.fail:
    msg: "{{ ansible_failed_result | cam.mesh.aws_refusal('rds', 'cam-db-dev', 'eu-central-1') }}"
"""

RETURN = r"""
_value:
  description: Three lines.
  type: str
"""


def aws_refusal(result: Mapping[str, Any], service: str, about: str, region: str = "") -> str:
    """Three lines for who deploys."""
    return refusal(plain(result), plain(service), plain(about), plain(region) or "this region")


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"aws_refusal": aws_refusal}
