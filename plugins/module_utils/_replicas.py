# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the number of pods while it passes from a chart to an autoscaler.

A chart with an autoscaler names no replicas. If its earlier revision named some, the server-side
apply of the new one takes the field away, the API server defaults it to 1, and all pods but one
end. So another manager takes the number over first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._kube import APPLY, Kube
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import ref_of

KINDS = ("Deployment", "StatefulSet")
KEEPER = "cam.mesh.replicas"


def scaled_by_others(manifest: Mapping[str, Any]) -> bool:
    """Whether this workload leaves its number of pods to an autoscaler."""
    return manifest["kind"] in KINDS and "replicas" not in manifest.get("spec", {})


def kept(manifest: dict[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    """The manifest with the number that runs, for a dry run that shows what will really be."""
    replicas = ((live or {}).get("spec") or {}).get("replicas")
    if replicas is None or not scaled_by_others(manifest):
        return manifest
    return {**manifest, "spec": {**manifest["spec"], "replicas": replicas}}


def hand_over(kube: Kube, manifests: Iterable[Mapping[str, Any]], manager: str) -> None:
    """Let KEEPER own the number of pods wherever this manager owns it and will not name it."""
    for manifest in manifests:
        if not scaled_by_others(manifest):
            continue
        path = ref_of(manifest).path(kube)
        live = kube.find(path)
        if live is None or not _owns_replicas(live, manager):
            continue
        body = {
            "apiVersion": manifest["apiVersion"],
            "kind": manifest["kind"],
            "metadata": {"name": live["metadata"]["name"]},
            "spec": {"replicas": live["spec"]["replicas"]},
        }
        kube.request(
            "PATCH",
            path,
            query={"fieldManager": KEEPER, "force": "true"},
            body=body,
            content_type=APPLY,
        )


def _owns_replicas(live: Mapping[str, Any], manager: str) -> bool:
    owned = [
        entry.get("fieldsV1") or {}
        for entry in live["metadata"].get("managedFields") or []
        if entry.get("manager") == manager
    ]
    return any("f:replicas" in fields.get("f:spec", {}) for fields in owned)
