"""Takes away what interrupted runs of tests and proofs left in the local cluster."""

from __future__ import annotations

import re

from mesh import Mesh

# Every namespace that tests and proofs make; cam-local is the user's own.
NAMESPACES = re.compile(
    r"cam-(fault|keda|kill|live|molecule|nowhere|plain|prove|scale|vpa|wave|weak)(-.+)?"
)
# What a proof puts beside namespaces. An API whose server is gone keeps every namespace of the
# cluster from ending: it goes first.
LABEL = "cam.mesh/proof"
KINDS = (
    "apiservice",
    "validatingwebhookconfiguration",
    "mutatingwebhookconfiguration",
    "customresourcedefinition",
    "clusterrolebinding",
    "clusterrole",
    "rolebinding",
)


def remove() -> None:
    cluster = Mesh("")
    _release(cluster)
    for kind in KINDS:
        cluster.kubectl("delete", kind, "--all-namespaces", "-l", LABEL, "--ignore-not-found")
    names = cluster.kubectl("get", "namespaces", "-o", "name").split()
    left = [name for name in names if NAMESPACES.fullmatch(name.removeprefix("namespace/"))]
    if left:
        print(f"Removing what earlier tests left: {', '.join(left)}", flush=True)
        cluster.kubectl("delete", *left, "--ignore-not-found", "--timeout=300s")


def _release(cluster: Mesh) -> None:
    """Objects whose controller is gone wait for it for ever, and their definition for them."""
    for definition in cluster.get("customresourcedefinition", "-l", LABEL):
        for one in cluster.get(definition["metadata"]["name"], "--all-namespaces"):
            if one["metadata"].get("finalizers"):
                name = f"{definition['metadata']['name']}/{one['metadata']['name']}"
                own = Mesh(one["metadata"].get("namespace", ""))
                drop = '{"metadata": {"finalizers": null}}'
                own.kubectl("patch", name, "--type=merge", "-p", drop)


if __name__ == "__main__":
    remove()
