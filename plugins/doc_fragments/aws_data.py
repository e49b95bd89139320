# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of databases and caches on AWS document alike."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  region:
    description: Region of AWS; E(AWS_REGION), E(AWS_DEFAULT_REGION) or the profile's if not given.
    type: str
  endpoint_url:
    description: Where the API is if not at the region's own address; or E(AWS_ENDPOINT_URL).
    type: str
  profile:
    description: Profile with the credentials; what boto3 finds by itself if not given.
    type: str
  environment:
    description: Environment class; becomes the tag C(cam-environment).
    type: str
    required: true
  cluster:
    description: Name of the mesh cluster that owns everything; becomes the tag C(cam-cluster).
    type: str
    required: true
  tags:
    description: Tags that everything carries besides those that say whose it is. Others stay.
    type: dict
    default: {}
  adopt:
    description: Whether to take over what bears the name and lacks the tags.
    type: bool
    default: false
  allow:
    description: Dangerous changes that may be made, named as the refusal names them.
    type: list
    elements: str
    default: []
  wait_seconds:
    description: How long to wait for what AWS is making, changing or removing.
    type: int
    default: 3600
  name:
    description: Name of it, and of all that is made for it.
    type: str
    required: true
  subnet_ids:
    description: Subnets in at least two zones.
    type: list
    elements: str
    default: []
  security_group_ids:
    description: Security groups that say who may reach it.
    type: list
    elements: str
    default: []
  kms_key_arn:
    description: Key that encrypts it; empty takes the service's own, and is never compared.
    type: str
    default: ''
requirements:
  - python >= 3.12
  - boto3 (Python library)
"""

    WINDOW = r"""
options:
  maintenance_window:
    description: When AWS may maintain it, in UTC.
    type: str
    default: sun:04:00-sun:05:00
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Changes nothing, in check mode or out of it; waits for nothing in check mode.
    support: full
  diff_mode:
    description: Will return details on what whoever writes would change.
    support: full
"""
