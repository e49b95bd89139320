# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the cluster can answer: version, permissions, owner of the namespace, images."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ansible_collections.cam.mesh.plugins.module_utils import _preflight_room
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    Finding,
    image_name,
    passed,
    refused,
)

OLDEST = (1, 30)
SHORTEST_PASSWORD = 16


class Reader(Protocol):
    """The part of Kube that a read-only judgement needs."""

    def get(self, path: str, **query: str) -> dict[str, Any]: ...
    def find(self, path: str) -> dict[str, Any] | None: ...


def run(kube: Kube, values: Mapping[str, Any], namespace: str, cluster: str) -> list[Finding]:
    """All live checks; reads only."""
    nodes = kube.get("/api/v1/nodes")["items"]
    pods = kube.get("/api/v1/pods", fieldSelector="status.phase!=Succeeded,status.phase!=Failed")
    classes = kube.get("/apis/storage.k8s.io/v1/storageclasses")["items"]
    quotas = kube.get(f"/api/v1/namespaces/{namespace}/resourcequotas")["items"]
    room = _preflight_room.free(nodes, pods["items"], values, namespace)
    return [
        version(kube.get("/version")),
        whose(kube, values["cam_environment"], cluster, namespace),
        storage(classes, values),
        _preflight_room.capacity(room, values),
        _preflight_room.limits(nodes, values),
        _preflight_room.scaler(room, kube.api_versions(), values),
        _preflight_room.quota(quotas, values),
        images(nodes, values),
        credentials(kube, values, namespace),
    ]


def version(answer: Mapping[str, Any]) -> Finding:
    found = tuple(int(re.sub(r"\D", "", str(answer[part]))) for part in ("major", "minor"))
    text = f"Kubernetes {answer.get('gitVersion', '.'.join(map(str, found)))}"
    if found < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        return refused("version", f"{text} is too old; {wanted} or newer is needed")
    return passed("version", text)


def whose(kube: Reader, environment: str, cluster: str, namespace: str) -> Finding:
    """What removes a mesh, or returns it to an older release, asks this alone."""
    identity = kube.find(f"/api/v1/namespaces/{namespace}/configmaps/cam-identity")
    return owner(identity, environment, cluster, namespace)


def owner(
    identity: Mapping[str, Any] | None, environment: str, cluster: str, namespace: str
) -> Finding:
    """The namespace must be new or belong to this very inventory host."""
    if identity is None:
        return passed("owner", f"namespace {namespace} belongs to no other deploy")
    data = identity.get("data") or {}
    found = (data.get("environment", ""), data.get("cluster", ""))
    if found == (environment, cluster):
        return passed("owner", f"namespace {namespace} is ours")
    return refused(
        "owner",
        f"namespace {namespace} belongs to environment '{found[0]}', cluster '{found[1]}', not to "
        f"'{environment}', '{cluster}'; correct the kubeconfig or cam_cluster_namespace.",
    )


def storage(classes: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Finding:
    """Every volume needs a class that exists, or a default one."""
    existing = {item["metadata"]["name"] for item in classes}
    key = "storageclass.kubernetes.io/is-default-class"
    default = any(
        (item["metadata"].get("annotations") or {}).get(key) == "true" for item in classes
    )
    # These providers bring one; a run that was cut off may have left a cluster that has none yet.
    brought = values["cam_cluster_provider"] in ("aws", "local")
    for role in ("cam_database", "cam_cache"):
        if values[f"{role}_provider"] != "in_cluster":
            continue
        wanted = values[f"{role}_storage_class"]
        if wanted and wanted not in existing:
            found = ", ".join(sorted(existing)) or "none"
            return refused(
                "storage", f"{role}_storage_class is '{wanted}'; the cluster has: {found}"
            )
        if not wanted and not default and not brought:
            return refused(
                "storage",
                f"the cluster has no default storage class; set {role}_storage_class "
                f"(found: {', '.join(sorted(existing)) or 'none'})",
            )
    return passed("storage", "volumes find a storage class")


def images(nodes: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Finding:
    """An image of the local cluster is there or will never be: nothing pulls `localhost/`."""
    name = image_name(values)
    if not name.startswith("localhost/"):
        return passed("image", f"{name} is pulled by the cluster")
    held = {
        tag
        for node in nodes
        for item in node["status"].get("images") or []
        for tag in item.get("names") or []
    }
    if name in held:
        return passed("image", f"{name} is on the node")
    return refused(
        "image",
        f"image {name} does not exist on the node, and localhost/ images are never pulled; "
        "correct cam_release_image_repository or cam_release_image_tag.",
    )


def credentials(kube: Reader, values: Mapping[str, Any], namespace: str) -> Finding:
    """Passwords that are there already must be strong; an external service must have one."""
    wanted = [
        ("cam_database", values["cam_database_secret"], "password"),
        ("cam_cache", values["cam_cache_secret"], "password"),
        ("cam_release", values["cam_release_api_key_secret"], "api-key"),
    ]
    for role, name, key in wanted:
        secret = kube.find(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        if secret is None:
            if values.get(f"{role}_provider") == "external":
                return refused(
                    "credentials",
                    f"Secret {name} does not exist in {namespace}; provider external of {role} "
                    f"needs it: kubectl -n {namespace} create secret generic {name} "
                    f"--from-file={key}=FILE",
                )
            continue
        length = len(base64.b64decode((secret.get("data") or {}).get(key, "")))
        if length < SHORTEST_PASSWORD:
            return refused(
                "credentials",
                f"'{key}' of Secret {name} has {length} characters; {SHORTEST_PASSWORD} or more "
                "are needed. Replace it there and at the service, or delete the Secret of a "
                "service that the deploy makes itself.",
            )
    return passed("credentials", "no password is weak")
