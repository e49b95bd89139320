# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between two objects, in a form that may be shown: no secret, no bookkeeping."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

BOOKKEEPING = (
    "managedFields",
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "selfLink",
)
# kubectl keeps a copy of the whole manifest here, a Secret's values included.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_MISSING = object()


def essence(item: Mapping[str, Any] | None) -> dict[str, Any]:
    """The object without what the API server keeps for itself."""
    if not item:
        return {}
    found = {key: value for key, value in item.items() if key != "status"}
    found["metadata"] = {
        key: value for key, value in (item.get("metadata") or {}).items() if key not in BOOKKEEPING
    }
    return found


def entry(
    title: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, str]:
    """One entry of Ansible's `diff`: the changed fields as YAML."""
    old, new = _masked(essence(before), essence(after))
    if old and new:
        old, new = _changed(old, new)
    return {
        "before_header": title,
        "after_header": title,
        "before": _text(old),
        "after": _text(new),
    }


def without_values(text: str, manifest: Mapping[str, Any]) -> str:
    """An error text in which no value of this Secret is left."""
    if manifest.get("kind") != "Secret":
        return text
    forms = {str(value) for value in (manifest.get("stringData") or {}).values()}
    for value in (manifest.get("data") or {}).values():
        forms |= {str(value), _decoded(value).decode("utf-8", "replace")}
    # The longest first: one value may be a part of another.
    for form in sorted(forms, key=len, reverse=True):
        if len(form) > 3:
            text = text.replace(form, "<secret>")
    return text


def _masked(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = copy.deepcopy(dict(before)), copy.deepcopy(dict(after))
    if "Secret" not in (old.get("kind"), new.get("kind")):
        return old, new
    for field in ("data", "stringData"):
        one, two = before.get(field) or {}, after.get(field) or {}
        if field in old:
            old[field] = {key: _size(value, field) for key, value in one.items()}
        if field in new:
            # Two values of one length would look alike without the last word.
            new[field] = {
                key: _size(value, field, differs=key in one and one[key] != value)
                for key, value in two.items()
            }
    for shown in (old, new):
        (shown.get("metadata", {}).get("annotations") or {}).pop(LAST_APPLIED, None)
    return old, new


def _size(value: Any, field: str, differs: bool = False) -> str:
    content = _decoded(value) if field == "data" else str(value).encode()
    return f"<secret: {len(content)} bytes{', differs' if differs else ''}>"


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        return str(value).encode()


def _changed(old: Any, new: Any) -> tuple[Any, Any]:
    """Both sides, reduced to what differs; names of list items stay, to find the place."""
    if isinstance(old, dict) and isinstance(new, dict):
        left: dict[str, Any] = {}
        right: dict[str, Any] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            one, two = old.get(key, _MISSING), new.get(key, _MISSING)
            if one == two:
                continue
            if one is not _MISSING and two is not _MISSING:
                one, two = _changed(one, two)
            if one is not _MISSING:
                left[key] = one
            if two is not _MISSING:
                right[key] = two
        if (left or right) and "name" in old and old.get("name") == new.get("name"):
            left, right = {"name": old["name"], **left}, {"name": new["name"], **right}
        return left, right
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [_changed(a, b) for a, b in zip(old, new, strict=True) if a != b]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return old, new


def _text(item: Mapping[str, Any]) -> str:
    if not item:
        return ""
    if not HAS_YAML:
        raise CamError("The Python library PyYAML is not here: pip install PyYAML")
    dumper: Any = type("Dumper", (yaml.SafeDumper,), {})
    dumper.add_representer(str, _represent)
    return str(yaml.dump(dict(item), Dumper=dumper, default_flow_style=False, width=1000))


def _represent(dumper: Any, text: str) -> Any:
    """Files inside a ConfigMap are compared line by line, so they are shown as lines."""
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
