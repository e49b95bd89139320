# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules for AWS document alike."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  region:
    description: Region of AWS; that of E(AWS_REGION) or of the profile if not given.
    type: str
  endpoint_url:
    description: >-
      URL of the API in place of AWS' own; E(AWS_ENDPOINT_URL) does the same for all programs.
    type: str
  profile:
    description: >-
      Profile of the shared credentials and settings; the environment's credentials if not given.
    type: str
  environment:
    description:
      - Environment of the mesh, such as V(dev). With the name of the cluster it tells what is
        ours from what is foreign, as the
        tags C(app=cam), C(cam-environment) and C(cam-cluster) of each resource.
    type: str
    required: true
notes:
  - What lacks one of the three tags C(app=cam), C(cam-environment) and C(cam-cluster) is not
    ours. It is neither changed nor
    removed unless C(adopt=true); other tags are never removed.
  - Credentials are those of the AWS SDK, with its variables, files and instance profiles; no
    option takes a key.
  - Throttled and broken requests are asked again up to five times; E(AWS_MAX_ATTEMPTS) changes
    that.
requirements:
  - python >= 3.12
  - boto3 >= 1.44
"""

    OWNED = r"""
options:
  tags:
    description: >-
      Tags beside our own. Those of others are left alone, those that are no longer named as well.
    type: dict
    default: {}
  adopt:
    description: >-
      Whether to take over what exists and was not made by this mesh. It keeps its tags and gets
      ours.
    type: bool
    default: false
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
"""

    ALLOW = r"""
options:
  allow:
    description:
      - Dangerous changes that may be made, each by the name that its refusal tells, such as
        V(replace cam-nodes-dev).
    type: list
    elements: str
    default: []
"""

    WAIT = r"""
options:
  wait_seconds:
    description:
      - How long to wait at most, in seconds, for each change until AWS is done. A wait that ends
        too early loses nothing; the next run goes on with it.
    type: int
    default: 1800
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cam.mesh.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.aws
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
    description: Use C(group/cam.mesh.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cam.mesh.aws
  check_mode:
    description: Changes nothing, in check mode or out of it.
    support: full
  diff_mode:
    description: Has nothing to show, since it changes nothing.
    support: N/A
"""
