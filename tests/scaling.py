"""An autoscaler that acts while a test waits, and what it has done."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mesh import APP, Mesh

# The chart waits for minutes before it takes a pod away.
AT_ONCE = {
    "scaleDown": {
        "stabilizationWindowSeconds": 0,
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
    }
}


def by_cpu(mesh: Mesh, least: int, most: int) -> Mesh:
    """The same mesh with an HPA that looks at the CPU alone.

    Node's heap keeps what a load made it take: by memory the pods would stay many.
    """
    return Mesh(
        mesh.namespace,
        {
            **mesh.overrides,
            "cam_release_autoscaling_enabled": True,
            "cam_release_autoscaling_min_replicas": least,
            "cam_release_autoscaling_max_replicas": most,
            "cam_release_autoscaling_cpu_percent": 50,
            "cam_release_values": {
                "autoscaling": {"targetMemoryUtilizationPercentage": None, "behavior": AT_ONCE}
            },
        },
    )


def pods(mesh: Mesh) -> tuple[int, int]:
    """How many pods the Deployment wants, and how many serve."""
    found = json.loads(mesh.kubectl("get", APP, "-o", "json"))
    return found["spec"]["replicas"], found["status"].get("availableReplicas", 0)


def conditions(mesh: Mesh, name: str = "cam-arbitration-mesh") -> dict[str, str]:
    """What an HPA says of itself: ScalingActive is True where it gets its metrics."""
    found: dict[str, Any] = json.loads(mesh.kubectl("get", "hpa", name, "-o", "json"))
    return {one["type"]: one["status"] for one in found["status"].get("conditions", [])}


@contextmanager
def watched_replicas(mesh: Mesh) -> Iterator[list[int]]:
    """Every number of pods that the Deployment wants meanwhile."""
    process = subprocess.Popen(
        mesh.kubectl_command("get", APP, "--watch", "-o", "jsonpath={.spec.replicas} "),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    seen: list[int] = []
    try:
        yield seen
    finally:
        time.sleep(2)
        process.terminate()
        output, _ = process.communicate()
        seen.extend(int(word) for word in output.split())
