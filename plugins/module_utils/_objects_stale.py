# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may still run what an edited ConfigMap held, though the ConfigMap is repaired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Manifest, Ref, ref_of


def warnings(mended: Sequence[Ref], staying: Sequence[Manifest]) -> list[str]:
    """One a workload that reads a ConfigMap which this run mends, and that itself stays.

    A configuration that the inventory changes comes with a new hash in the pods; what is edited
    by hand and repaired does not. A database is not restarted for a guess: whoever edited it
    knows whether it was read.
    """
    edited = {ref.name: ref for ref in mended if ref.kind == "ConfigMap"}
    readers = [(ref_of(manifest), set(_config_maps(manifest))) for manifest in staying]
    return [
        f"{edited[name].title} was not as it is wanted, and {reader.title}, which reads it, stays. "
        f"If it started meanwhile, let it read again: kubectl --namespace {reader.namespace} "
        f"rollout restart {reader.kind.lower()}/{reader.name}"
        for reader, names in readers
        for name in sorted(edited.keys() & names)
    ]


def _config_maps(manifest: Manifest) -> Iterator[str]:
    """Names of what the pods of a workload mount or take as their environment."""
    template = (manifest.get("spec") or {}).get("template") or {}
    pod: dict[str, Any] = template.get("spec") or {}
    for volume in pod.get("volumes") or []:
        sources = (volume.get("projected") or {}).get("sources") or []
        yield from (one["configMap"]["name"] for one in [volume, *sources] if "configMap" in one)
    for container in pod.get("containers") or []:
        sources = container.get("envFrom") or []
        yield from (one["configMapRef"]["name"] for one in sources if "configMapRef" in one)
