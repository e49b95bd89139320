# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Secrets must be there before the objects of manifests can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _yaml
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

DOCUMENTATION = r"""
name: secrets_needed
short_description: Name the Secrets that manifests refer to and do not hold
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads the pods of workloads and the certificates of Ingresses.
  - Leaves out what is optional, and a certificate for which an annotation names an issuer.
options:
  _input:
    description: YAML documents.
    type: str
    required: true
  known:
    description: What each Secret holds, for those that the manifests mount as a whole.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Say what to make first
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'manifests.yml') | cam.mesh.secrets_needed }}"
"""

RETURN = r"""
_value:
  description: One line a Secret, its keys in brackets where they are known.
  type: list
  elements: str
"""

Reference = tuple[str, list[str]]
ISSUERS = {"cert-manager.io/cluster-issuer", "cert-manager.io/issuer"}


def secrets_needed(text: str, known: Mapping[str, list[str]] | None = None) -> list[str]:
    """One line for each, by name."""
    needed = _needed(text)
    keys = {**needed, **(known or {})}
    return [f"{name} ({', '.join(keys[name])})" if keys[name] else name for name in needed]


def _needed(text: str) -> dict[str, list[str]]:
    """The keys that are asked for by the name of the Secret; none where all of it is mounted."""
    objects = list(_yaml.documents(plain(text)))
    held = {one["metadata"]["name"] for one in objects if one["kind"] == "Secret"}
    found: dict[str, set[str]] = {}
    for item in objects:
        for name, keys in _of_object(item):
            found.setdefault(name, set()).update(keys)
    return {name: sorted(found[name]) for name in sorted(set(found) - held)}


def _of_object(item: Mapping[str, Any]) -> Iterator[Reference]:
    spec = item.get("spec") or {}
    if item["kind"] == "Ingress":
        if not ISSUERS & set(item["metadata"].get("annotations") or {}):
            yield from ((one["secretName"], ["tls.crt", "tls.key"]) for one in spec.get("tls", []))
        return
    template = (spec.get("jobTemplate") or {}).get("spec", spec).get("template") or {}
    pod = template.get("spec") or {}
    yield from ((one["name"], []) for one in pod.get("imagePullSecrets", []))
    for volume in pod.get("volumes", []):
        sources = [volume, *volume.get("projected", {}).get("sources", [])]
        yield from _of([one["secret"] for one in sources if "secret" in one])
    for container in [*pod.get("initContainers", []), *pod.get("containers", [])]:
        entries = [one.get("valueFrom", {}) for one in container.get("env", [])]
        yield from _of([one["secretKeyRef"] for one in entries if "secretKeyRef" in one])
        whole = container.get("envFrom", [])
        yield from _of([one["secretRef"] for one in whole if "secretRef" in one])


def _of(entries: list[dict[str, Any]]) -> Iterator[Reference]:
    for entry in entries:
        if not entry.get("optional"):
            keys = [one["key"] for one in entry.get("items", [])]
            keys += [entry["key"]] if "key" in entry else []
            yield entry.get("secretName") or entry["name"], keys


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"secrets_needed": secrets_needed}
