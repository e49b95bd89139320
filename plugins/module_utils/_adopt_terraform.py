# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources of a Terraform state, without what is marked as sensitive in it.

Formats: state version 4 (Terraform 0.12 and later, OpenTofu); `terraform show -json`, format 1.
https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource, objects
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

STATE_VERSION: Final = 4


def read(document: Mapping[str, Any], path: str) -> tuple[str, list[Resource]] | None:
    """None for what is no state."""
    if "format_version" in document and ("values" in document or "terraform_version" in document):
        values = document.get("values")
        root = values.get("root_module") if isinstance(values, Mapping) else None
        return "terraform show -json", list(_shown(root))
    if "terraform_version" not in document or "version" not in document:
        return None
    if document["version"] != STATE_VERSION:
        raise CamError(
            f"{path} is a Terraform state of version {document['version']!r}, and version "
            f"{STATE_VERSION} is read. Let Terraform 0.12 or later write it anew: `terraform "
            "apply -refresh-only`, then `terraform state pull`."
        )
    return "terraform state", list(_of_state(document))


def _of_state(document: Mapping[str, Any]) -> Iterator[Resource]:
    for one in objects(document.get("resources")):
        # What is only looked up by Terraform was made by somebody else again.
        if one.get("mode") != "managed":
            continue
        kind = str(one.get("type"))
        address = ".".join(filter(None, (one.get("module"), kind, str(one.get("name")))))
        for instance in objects(one.get("instances")):
            # Of one that waits for its removal there is another beside it.
            if "deposed" in instance:
                continue
            found = instance.get("attributes")
            values = found if isinstance(found, Mapping) else {}
            hidden = _hidden(instance.get("sensitive_attributes"))
            kept = {key: value for key, value in values.items() if key not in hidden}
            yield Resource(address + _index(instance.get("index_key")), kind, kept)


def _index(key: Any) -> str:
    if key is None:
        return ""
    return f'["{key}"]' if isinstance(key, str) else f"[{key}]"


def _hidden(paths: Any) -> set[str]:
    """The attributes that hold something sensitive: each path begins with the name of one."""
    found = set()
    for steps in paths if isinstance(paths, list) else []:
        first = objects(steps if isinstance(steps, list) else [steps])[:1]
        found |= {str(one.get("value")) for one in first}
    return found


def _shown(module: Any) -> Iterator[Resource]:
    if not isinstance(module, Mapping):
        return
    for one in objects(module.get("resources")):
        if one.get("mode", "managed") != "managed":
            continue
        found, marks = one.get("values"), one.get("sensitive_values")
        values = found if isinstance(found, Mapping) else {}
        hidden = marks if isinstance(marks, Mapping) else {}
        kept = {key: value for key, value in values.items() if not _is_marked(hidden.get(key))}
        kind = str(one.get("type"))
        yield Resource(str(one.get("address") or f"{kind}.{one.get('name')}"), kind, kept)
    for child in objects(module.get("child_modules")):
        yield from _shown(child)


def _is_marked(mark: Any) -> bool:
    """Whether anything in an attribute is sensitive."""
    if isinstance(mark, Mapping):
        return any(map(_is_marked, mark.values()))
    if isinstance(mark, list):
        return any(map(_is_marked, mark))
    return mark is True
