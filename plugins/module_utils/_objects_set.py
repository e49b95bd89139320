# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set of manifests: what belongs to it, in which order it is written, who owns it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer

Manifest = dict[str, Any]

THREADS = 8
# What is needed first is written first; kinds that are not named come last.
ORDER: tuple[tuple[str, ...], ...] = (
    ("Namespace",),
    ("CustomResourceDefinition",),
    ("PriorityClass",),
    ("StorageClass", "PersistentVolume"),
    ("ServiceAccount",),
    ("Role", "ClusterRole"),
    ("RoleBinding", "ClusterRoleBinding"),
    ("LimitRange", "ResourceQuota"),
    ("Secret",),
    ("ConfigMap",),
    ("PersistentVolumeClaim",),
    ("Service",),
    ("NetworkPolicy",),
    ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"),
)
# Deleting one of these deletes what cannot be made again from a manifest.
DATA_KINDS = frozenset(
    {
        "CustomResourceDefinition",
        "Namespace",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Secret",
    }
)


class Api(Protocol):
    """What this code needs of the Kubernetes client."""

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        check: bool = True,
    ) -> Answer: ...

    def get(self, path: str, **query: str) -> dict[str, Any]: ...

    def find(self, path: str) -> dict[str, Any] | None: ...

    def path_for(
        self, api_version: str, kind: str, namespace: str | None, name: str | None
    ) -> str: ...

    def namespaced(self, api_version: str, kind: str) -> bool: ...


@dataclass(frozen=True)
class Ref:
    """Names one object."""

    api_version: str
    kind: str
    namespace: str | None
    name: str

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        """The identity without the API version, which may change while the object stays."""
        group = self.api_version.rpartition("/")[0]
        return group, self.kind, self.namespace, self.name

    @property
    def rank(self) -> int:
        return next((i for i, kinds in enumerate(ORDER) if self.kind in kinds), len(ORDER))

    @property
    def title(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"

    def path(self, api: Api) -> str:
        return api.path_for(self.api_version, self.kind, self.namespace, self.name)

    def row(self, action: str) -> dict[str, Any]:
        """How a result lists the object."""
        return {
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "action": action,
        }


def ref_of(manifest: Mapping[str, Any]) -> Ref:
    metadata = manifest["metadata"]
    return Ref(
        manifest["apiVersion"], manifest["kind"], metadata.get("namespace"), metadata["name"]
    )


def prepare(api: Api, objects: Sequence[Any], namespace: str, set_name: str) -> list[Manifest]:
    """The manifests with namespace and labels filled in; refuses what is not a manifest."""
    prepared: list[Manifest] = []
    seen: set[tuple[str, str, str | None, str]] = set()
    for position, given in enumerate(objects, start=1):
        manifest = _checked(given, position)
        metadata = manifest["metadata"]
        if api.namespaced(manifest["apiVersion"], manifest["kind"]):
            metadata.setdefault("namespace", namespace)
        else:
            metadata.pop("namespace", None)
        labels = metadata["labels"]
        labels.setdefault(_names.LABEL_MANAGED_BY, _names.MANAGER)
        labels.setdefault(_names.LABEL_SET, set_name)
        if manifest["kind"] == "Secret":
            _encode_secret(manifest)
        ref = ref_of(manifest)
        if ref.key in seen:
            raise CamError(f"`objects` names {ref.title} twice. Keep one of the two.")
        seen.add(ref.key)
        prepared.append(manifest)
    return prepared


def _checked(given: Any, position: int) -> Manifest:
    manifest: Manifest = json.loads(json.dumps(given)) if isinstance(given, dict) else {}
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    texts = (manifest.get("apiVersion"), manifest.get("kind"), name)
    if not all(isinstance(text, str) and text for text in texts):
        raise CamError(
            f"Entry {position} of `objects` is not a manifest: apiVersion={texts[0]!r}, "
            f"kind={texts[1]!r}, metadata.name={texts[2]!r}. Each of the three must be a text."
        )
    manifest.pop("status", None)
    if not isinstance(manifest["metadata"].get("labels"), dict):
        manifest["metadata"]["labels"] = {}
    return manifest


def _encode_secret(manifest: Manifest) -> None:
    """stringData becomes data: the server never removes a key that it got as stringData."""
    data = dict(manifest.get("data") or {})
    texts = manifest.pop("stringData", None) or {}
    for key, value in [*data.items(), *texts.items()]:
        if not isinstance(value, str):
            raise CamError(
                f"Secret {manifest['metadata']['name']}: the value of {key!r} is a "
                f"{type(value).__name__}, not a text. Quote it."
            )
    for key, value in texts.items():
        data[key] = base64.b64encode(value.encode()).decode()
    manifest["data"] = data


def owner(live: Mapping[str, Any]) -> str:
    """Who made an object, in words."""
    metadata = live.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if _names.LABEL_SET in labels:
        return f"the set {labels[_names.LABEL_SET]!r}"
    release = (metadata.get("annotations") or {}).get("meta.helm.sh/release-name")
    if release:
        return f"the Helm release {release!r}"
    if _names.LABEL_MANAGED_BY in labels:
        return f"{labels[_names.LABEL_MANAGED_BY]!r}"
    return f"somebody else (it has no label {_names.LABEL_SET})"


def set_label(live: Mapping[str, Any]) -> str | None:
    labels = (live.get("metadata") or {}).get("labels") or {}
    value = labels.get(_names.LABEL_SET)
    return value if isinstance(value, str) else None


def refuse_foreign(ref: Ref, live: Mapping[str, Any], set_name: str) -> None:
    raise CamError(
        f"{ref.title} already exists and belongs to {owner(live)}, not to the set {set_name!r}. "
        "Give one of the two another name or namespace, or take it over with `adopt: true`."
    )


class Tracking:
    """The ConfigMap that remembers what a set has made."""

    def __init__(self, set_name: str, namespace: str, live: Mapping[str, Any] | None) -> None:
        self.ref = Ref("v1", "ConfigMap", namespace, _names.SET_CONFIG_MAP_PREFIX + set_name)
        self.set_name = set_name
        self.exists = live is not None
        text = ((live or {}).get("data") or {}).get("objects", "[]")
        try:
            rows = json.loads(text)
            self.entries = {
                Ref(row["apiVersion"], row["kind"], row.get("namespace"), row["name"]): bool(
                    row.get("adopted")
                )
                for row in rows
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CamError(
                f"{self.ref.title} is not what this collection wrote into it. Restore it, or "
                "delete it: the next run writes it anew from the manifests."
            ) from None
        # The text decides about a write, so that a differently ordered list is one too.
        self.text = text if self.exists else ""

    def knows(self, ref: Ref) -> bool:
        return any(ref.key == known.key for known in self.entries)

    def render(self, entries: Mapping[Ref, bool]) -> str:
        rows = []
        for ref in sorted(entries, key=lambda r: (r.rank, r.kind, r.namespace or "", r.name)):
            row: dict[str, Any] = {"apiVersion": ref.api_version, "kind": ref.kind}
            if ref.namespace:
                row["namespace"] = ref.namespace
            row["name"] = ref.name
            if entries[ref]:
                row["adopted"] = True
            rows.append(json.dumps(row))
        return "[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n"

    def manifest(self, text: str) -> Manifest:
        return {
            "apiVersion": self.ref.api_version,
            "kind": self.ref.kind,
            "metadata": {
                "name": self.ref.name,
                "namespace": self.ref.namespace,
                "labels": {
                    _names.LABEL_MANAGED_BY: _names.MANAGER,
                    _names.LABEL_SET: self.set_name,
                },
            },
            "data": {"objects": text},
        }


def union(one: Mapping[Ref, bool], two: Mapping[Ref, bool]) -> dict[Ref, bool]:
    """Both lists; of two versions of the same object the second counts."""
    replaced = {ref.key for ref in two}
    return {**{ref: flag for ref, flag in one.items() if ref.key not in replaced}, **two}


# pylint assumes Python 3.9 of every module; tests/config.yml demands 3.12.
# pylint: disable-next=using-generic-type-syntax-in-unsupported-version
def parallel[T, R](function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Calls the function for each item at once; all refusals are told together."""
    work = list(items)
    if len(work) < 2:
        return [function(item) for item in work]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        futures = [pool.submit(function, item) for item in work]
    errors = [error for future in futures if (error := future.exception()) is not None]
    refusals = list(dict.fromkeys(str(error) for error in errors if isinstance(error, CamError)))
    for error in errors:
        if not isinstance(error, CamError) or len(refusals) == 1:
            raise error
    if refusals:
        raise CamError("\n".join(refusals))
    return [future.result() for future in futures]
