# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object: the dry run that plans it, the write that makes it so, the delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names, _objects_diff
from ansible_collections.cam.mesh.plugins.module_utils._kube import APPLY, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._objects_foreign import without_foreign
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Api, Manifest, Ref

# How the API says that a field cannot be changed.
IMMUTABLE = ("immutable", "may not change", "Forbidden: updates to", "may not be changed")


@dataclass
class Step:
    """What happens, or would happen, to one object."""

    ref: Ref
    action: str
    manifest: Manifest
    live: Manifest | None = None
    after: Manifest | None = None
    adopted: bool = False
    recreate: bool = False
    why_kept: str = ""

    def diff(self) -> dict[str, str]:
        return _objects_diff.entry(self.ref.title, self.live, self.after)


def same(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    return _objects_diff.essence(one) == _objects_diff.essence(two)


def apply(api: Api, ref: Ref, manifest: Manifest, *, dry_run: bool) -> Manifest:
    """A server-side apply, and where needed the removal of what somebody else added."""
    query = {"fieldManager": _names.MANAGER}
    if dry_run:
        query["dryRun"] = "All"
    path = ref.path(api)
    try:
        after: Manifest = api.request(
            "PATCH", path, query={**query, "force": "true"}, body=manifest, content_type=APPLY
        ).json()
        stripped = without_foreign(after)
        if stripped is not None:
            after = api.request("PUT", path, query=query, body=stripped).json()
    except KubeError as error:
        raise _explained(error, ref, manifest) from None
    return after


def delete(api: Api, step: Step) -> None:
    """Deletes exactly the object that was looked at, its dependents in the background."""
    options: dict[str, Any] = {"propagationPolicy": "Background"}
    uid = ((step.live or {}).get("metadata") or {}).get("uid")
    if uid:
        options["preconditions"] = {"uid": uid}
    try:
        api.request("DELETE", step.ref.path(api), body=options)
    except KubeError as error:
        if error.status not in (404, 409):
            raise


def uids(steps: Sequence[Step]) -> list[tuple[Ref, str]]:
    return [(step.ref, str(((step.live or {}).get("metadata") or {}).get("uid"))) for step in steps]


def stages(steps: Sequence[Step], *, backwards: bool = False) -> list[list[Step]]:
    ordered = sorted(steps, key=lambda step: step.ref.rank, reverse=backwards)
    return [list(group) for _rank, group in groupby(ordered, key=lambda step: step.ref.rank)]


def _explained(error: KubeError, ref: Ref, manifest: Manifest) -> KubeError:
    text = f"{ref.title}: {_objects_diff.without_values(str(error), manifest)}"
    if error.status == 422 and any(words in text for words in IMMUTABLE):
        text += (
            ". This cannot be changed on a living object: keep the old value, or delete the object "
            "first (its data may go with it)."
        )
    return KubeError(text, status=error.status, reason=error.reason, path=error.path)
