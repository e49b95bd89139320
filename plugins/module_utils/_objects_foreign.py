# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what somebody added by hand inside an object that the set owns.

A server-side apply corrects the fields that it names and leaves the rest: a variable added with
`kubectl edit` would stay for ever. The API server notes who set which field; what a person or tool
other than Kubernetes itself put into the parts below is taken out again. Annotations, labels and
replicas are left alone: `kubectl rollout restart` and autoscalers write those.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names

POD_SPEC = ("spec", "template", "spec")
GUARDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "ConfigMap": (("data",), ("binaryData",)),
    "Secret": (("data",),),
    "Service": (("spec", "ports"), ("spec", "selector")),
    "Deployment": (POD_SPEC,),
    "StatefulSet": (POD_SPEC,),
    "DaemonSet": (POD_SPEC,),
    "CronJob": (("spec", "jobTemplate", *POD_SPEC),),
}


def without_foreign(
    item: Mapping[str, Any], manager: str = _names.MANAGER
) -> dict[str, Any] | None:
    """The object without what others than this manager added, or None if there is nothing."""
    fields = (item.get("metadata") or {}).get("managedFields") or []
    ours: dict[str, Any] = {}
    foreign: dict[str, Any] = {}
    for owned in fields:
        name = str(owned.get("manager", ""))
        if name == manager:
            _merge(ours, owned.get("fieldsV1") or {})
        elif not owned.get("subresource") and not name.startswith("kube-"):
            _merge(foreign, owned.get("fieldsV1") or {})
    stripped = copy.deepcopy(dict(item))
    found = False
    for path in GUARDED.get(str(item.get("kind")), ()):
        found |= _strip_at(stripped, foreign, ours, path)
    if not found:
        return None
    stripped["metadata"].pop("managedFields", None)
    return stripped


def _merge(into: dict[str, Any], fields: Mapping[str, Any]) -> None:
    for key, below in fields.items():
        _merge(into.setdefault(key, {}), below)


def _strip_at(value: Any, foreign: Any, ours: Any, path: tuple[str, ...]) -> bool:
    *parents, last = path
    for name in parents:
        value = (value or {}).get(name)
        foreign = foreign.get(f"f:{name}", {})
        ours = ours.get(f"f:{name}", {})
    key = f"f:{last}"
    if not isinstance(value, dict) or key not in foreign:
        return False
    return _strip(value, {key: foreign[key]}, ours)


def _strip(value: Any, foreign: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    found = False
    for key, below in foreign.items():
        where = _find(value, key)
        if where is None:
            continue
        if key not in ours:
            del value[where]
            found = True
        elif below:
            found |= _strip(value[where], below, ours[key])
    return found


def _find(value: Any, key: str) -> Any:
    """Where a managed field is in the object: a key, an index, or None."""
    if key.startswith("f:") and isinstance(value, dict):
        return key[2:] if key[2:] in value else None
    if key.startswith("k:") and isinstance(value, list):
        wanted = json.loads(key[2:])
        for index, item in enumerate(value):
            if isinstance(item, dict) and wanted.items() <= item.items():
                return index
    return None
