# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be removed with a set: only its own, no data unless asked, nothing of others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import KubeError
from ansible_collections.cam.mesh.plugins.module_utils._objects_apply import Step
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import (
    DATA_KINDS,
    Api,
    Manifest,
    Ref,
    Tracking,
    parallel,
    ref_of,
    set_label,
)

# What may live in a namespace without being anybody's work.
AUTOMATIC = frozenset({("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")})
CONTENTS = (
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("v1", "Service"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
)


def plan_removals(
    api: Api, tracking: Tracking, wanted: Mapping[Ref, bool], *, delete_data: bool
) -> tuple[list[Step], list[Step]]:
    """What was made before and is no longer wanted: to delete, and to keep and remember."""
    still = {ref.key for ref in wanted}
    stale = [ref for ref in tracking.entries if ref.key not in still]
    found = parallel(lambda ref: _find_stale(api, ref), stale)
    removals, kept = [], []
    for ref, live in zip(stale, found, strict=True):
        # Who lost our label is somebody else's now; an adopted namespace always was.
        if live is None or set_label(live) != tracking.set_name or tracking.entries[ref]:
            continue
        step = Step(ref, "deleted", live, live=live)
        if ref.kind in DATA_KINDS and not delete_data:
            step.why_kept = "it holds data; `delete_data: true` with `state: absent` deletes it"
            kept.append(step)
        else:
            removals.append(step)
    return removals, kept


def _find_stale(api: Api, ref: Ref) -> Manifest | None:
    try:
        path = ref.path(api)
    except KubeError:
        raise
    except CamError:
        # The kind is gone from the cluster, and its objects with it.
        return None
    return api.find(path)


def volume_claims(api: Api, removals: Sequence[Step], manifests: Sequence[Manifest]) -> list[Step]:
    """The volumes that StatefulSets made for themselves: they stay behind unless they are named.

    A StatefulSet that an earlier run removed is known by its manifest only.
    """
    known = {step.ref.key for step in removals}
    sets = [step.live for step in removals if step.ref.kind == "StatefulSet" and step.live]
    for manifest in manifests:
        ref = ref_of(manifest)
        if ref.kind == "StatefulSet" and ref.key not in known and api.find(ref.path(api)) is None:
            sets.append(manifest)
    found = []
    for item in sets:
        templates = (item.get("spec") or {}).get("volumeClaimTemplates") or []
        if not templates:
            continue
        namespace, name = item["metadata"]["namespace"], item["metadata"]["name"]
        names = "|".join(re.escape(template["metadata"]["name"]) for template in templates)
        pattern = re.compile(rf"({names})-{re.escape(name)}-[0-9]+")
        claims = api.find(api.path_for("v1", "PersistentVolumeClaim", namespace, None)) or {}
        for claim in claims.get("items") or []:
            ref = Ref("v1", "PersistentVolumeClaim", namespace, claim["metadata"]["name"])
            if pattern.fullmatch(ref.name) and ref.key not in known:
                live = {"apiVersion": ref.api_version, "kind": ref.kind, **claim}
                found.append(Step(ref, "deleted", live, live=live))
    return found


def what_else_is_in(api: Api, namespace: str, removals: Sequence[Step], tracking_ref: Ref) -> str:
    """Names what others keep in a namespace; it must not go with ours."""
    ours = {step.ref.key for step in removals} | {tracking_ref.key}

    def strangers(kind: tuple[str, str]) -> list[str]:
        found = []
        for item in api.get(api.path_for(*kind, namespace, None)).get("items") or []:
            ref = Ref(*kind, namespace, item["metadata"]["name"])
            going = item["metadata"].get("deletionTimestamp")
            owned = going or item["metadata"].get("ownerReferences")
            if ref.key not in ours and not owned and (ref.kind, ref.name) not in AUTOMATIC:
                found.append(ref.title)
        return found

    others = [title for titles in parallel(strangers, CONTENTS) for title in titles]
    return f"it still holds {', '.join(others[:5])}" if others else ""
