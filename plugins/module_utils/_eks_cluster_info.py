# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of an EKS cluster; changes nothing and waits for nothing."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Wait, eks_issues
from ansible_collections.cam.mesh.plugins.module_utils._eks import Eks
from ansible_collections.cam.mesh.plugins.module_utils._eks_cluster import facts, part_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {**AWS_SPEC, "name": {"type": "str", "required": True}}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["name"])
    live = part_of(Eks(Aws.of(params), Wait(0)), params["name"]).look()
    tags = (live or {}).get("tags") or {}
    return {
        "exists": live is not None,
        "owned": live is not None and owner.owns(tags),
        "issues": eks_issues(live or {}),
        "tags": tags,
        **facts(live),
    }
