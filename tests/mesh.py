"""What tests do to a mesh on the local cluster: run plays on it, read it, break it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paths import BIN, ENVIRONMENT, ROOT, TOOLS

KUBECONFIG = ROOT / ".cache" / "local" / "kubeconfig"
# Inventories that are AWS', led to the local cluster.
EXISTING = {
    "cam_cluster_provider": "existing",
    "cam_cluster_kubeconfig": str(KUBECONFIG),
    "cam_database_provider": "in_cluster",
    "cam_cache_provider": "in_cluster",
}
# kubectl runs for a moment and never needs its memory back: a quarter of its time is collection.
KUBECTL_ENVIRONMENT = {**os.environ, "GOGC": "off"}
APP = "deployment/cam-arbitration-mesh"
MANAGED = (
    "deployments,statefulsets,services,configmaps,secrets,ingresses,roles,rolebindings,"
    "serviceaccounts,persistentvolumeclaims,networkpolicies,poddisruptionbudgets,"
    "horizontalpodautoscalers"
)


def until(what: str, holds: Callable[[], bool], seconds: float) -> float:
    """Poll until it holds, for so many seconds at most; how long it took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() < started + seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(1)
    return time.monotonic() - started


@dataclass
class Result:
    """A finished playbook: its exit code and its output on one line."""

    code: int
    text: str

    @property
    def changed(self) -> int:
        recap = self.text.rpartition("PLAY RECAP")[2]
        return sum(
            int(part.partition("=")[2]) for part in recap.split() if part.startswith("changed=")
        )


@dataclass
class Mesh:
    """A namespace of the local cluster and the variables that lead a play there."""

    namespace: str
    overrides: dict[str, Any] = field(default_factory=dict)
    inventory: Path = ROOT / "inventories" / "local"

    @classmethod
    def local(cls, namespace: str, **more: Any) -> Mesh:
        """A mesh of one pod in a namespace of its own, reached by the name of the namespace."""
        host = f"{namespace}.localhost"
        overrides = {
            "cam_cluster_namespace": namespace,
            "cam_release_hosts": [host],
            "cam_release_url": f"https://{host}:8443",
            "cam_release_replicas": 1,
        }
        return cls(namespace, {**overrides, **more})

    def command(self, name: str, *words: str, **changes: Any) -> list[str]:
        variables = json.dumps({**self.overrides, **changes})
        playbook = str(BIN / "ansible-playbook")
        return [playbook, name, "-i", str(self.inventory), "-e", variables, *words]

    def play(self, name: str, *words: str, **changes: Any) -> Result:
        done = subprocess.run(
            self.command(name, *words, **changes),
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Result(done.returncode, " ".join((done.stdout + done.stderr).split()))

    def kubectl_command(self, *words: str) -> list[str | Path]:
        return [TOOLS / "kubectl", "--kubeconfig", KUBECONFIG, "-n", self.namespace, *words]

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            self.kubectl_command(*words), env=KUBECTL_ENVIRONMENT,
            input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def get(self, *words: str) -> list[dict[str, Any]]:
        """The objects of some kinds."""
        items: list[dict[str, Any]] = json.loads(self.kubectl("get", *words, "-o", "json"))["items"]
        return items

    def running(self) -> list[dict[str, Any]]:
        """The pods of all parts that run and stay: none on its way out, none of a job."""
        return [
            pod
            for pod in self.get("pods", "--field-selector=status.phase=Running")
            if "deletionTimestamp" not in pod["metadata"]
            and all(owner["kind"] != "Job" for owner in pod["metadata"].get("ownerReferences", []))
        ]

    def is_deployed(self) -> bool:
        """Whether the cluster answers and holds this namespace."""
        words = self.kubectl_command("get", "namespace", self.namespace, "--request-timeout=5s")
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def exists(self) -> bool:
        found = self.kubectl("get", "namespace", self.namespace, "--ignore-not-found", "-o", "name")
        return bool(found.strip())

    def secret(self, name: str, key: str) -> str:
        data = json.loads(self.kubectl("get", "secret", name, "-o", "json"))["data"]
        return base64.b64decode(data[key]).decode()

    def pods(self) -> list[str]:
        """Names of the app's pods that are not on their way out."""
        listed = json.loads(self.kubectl("get", "pods", "-l", "app=cam", "-o", "json"))["items"]
        return [
            pod["metadata"]["name"] for pod in listed if "deletionTimestamp" not in pod["metadata"]
        ]

    def settle(self) -> None:
        """Wait until the app's rollout is complete."""
        self.kubectl("rollout", "status", APP, "--timeout=120s")

    def evict_each(self) -> None:
        """Evict one pod of the app after another, each when the budget allows it."""
        self.settle()
        for pod in self.pods():
            self.evict(pod)
            self.settle()

    def evict(self, pod: str) -> None:
        """Ask the Eviction API, which honours the disruption budget."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": self.namespace},
        }
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction"
        self.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(body))

    def versions(self) -> dict[str, str]:
        """All that a deploy manages, and the namespace; each as whoever wrote it left it."""
        space = json.loads(self.kubectl("get", "namespace", self.namespace, "-o", "json"))
        return {
            f"{one['kind']}/{one['metadata']['name']}": _written(one)
            for one in [space, *self.get(MANAGED)]
        }


def _written(item: dict[str, Any]) -> str:
    """Who wrote an object when, and what it says; its status lives without any deploy."""
    metadata = dict(item["metadata"])
    del metadata["resourceVersion"]
    metadata["managedFields"] = [
        (one["manager"], one.get("time"))
        for one in metadata.get("managedFields", [])
        if one.get("subresource") != "status"
    ]
    return json.dumps({**item, "metadata": metadata, "status": None}, sort_keys=True)
