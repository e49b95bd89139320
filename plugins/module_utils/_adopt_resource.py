# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource that somebody else's tool made, in the words of Terraform's provider for AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """`address`: how its tool calls it. `values`: its attributes, never those that are secret."""

    address: str
    kind: str
    values: Mapping[str, Any]

    def get(self, path: str) -> Any:
        """An attribute; a block within is `block.0.attribute`. None if it is not told."""
        found: Any = self.values
        for part in path.split("."):
            if isinstance(found, Mapping):
                found = found.get(part)
            elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
                found = found[int(part)]
            else:
                return None
        return found

    def text(self, *paths: str) -> str:
        """The first of these attributes that says something."""
        found = map(self.get, paths)
        return next((str(one) for one in found if one not in (None, "")), "")

    def texts(self, path: str) -> list[str]:
        found = self.get(path)
        return [str(one) for one in found] if isinstance(found, list) else []


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; a file that was cut or edited holds anything."""
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, Mapping)]
