# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules for AWS share about one resource: how it is found, changed, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change

# What every module takes that keeps a resource.
OWNED_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "allow": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
WAIT_SPEC: dict[str, Any] = {"wait_seconds": {"type": "int", "default": 1800}}


@dataclass(frozen=True)
class Part:
    """One resource: what it is called and how it is looked at."""

    kind: str
    name: str
    look: Callable[[], Live | None]

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Call:
    """A change and the one request that makes it."""

    change: Change
    operation: str
    given: Mapping[str, Any]
