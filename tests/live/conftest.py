"""A mesh of the tests' own on the real local cluster; cam-local is left as it was."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from paths import BIN, ENVIRONMENT, ROOT, TOOLS

NAMESPACE = "cam-live"
OVERRIDES = {
    "cam_cluster_namespace": NAMESPACE,
    "cam_release_hosts": ["cam-live.localhost"],
    "cam_release_url": "https://cam-live.localhost:8443",
    "cam_release_replicas": 1,
    "cam_release_timeout_seconds": 240,
}


@dataclass
class Result:
    """A finished playbook."""

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
    """What the tests do to their mesh: run plays, read and change objects."""

    overrides: dict[str, Any]

    def play(self, name: str, *words: str, **changes: Any) -> Result:
        done = subprocess.run(
            [
                BIN / "ansible-playbook", name, "-i", "inventories/local",
                "-e", json.dumps({**self.overrides, **changes}), *words,
            ],
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Result(done.returncode, " ".join((done.stdout + done.stderr).split()))

    def kubectl(self, *words: str) -> str:
        done = subprocess.run(
            [
                TOOLS / "kubectl", "--kubeconfig", ROOT / ".cache" / "local" / "kubeconfig",
                "--namespace", NAMESPACE, *words,
            ],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def versions(self, namespace: str = NAMESPACE) -> dict[str, str]:
        """resourceVersion of all that a deploy manages."""
        kinds = "deployments,statefulsets,services,configmaps,secrets,ingresses,roles"
        listed = json.loads(self.kubectl("-n", namespace, "get", kinds, "-o", "json"))["items"]
        return {
            f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["resourceVersion"]
            for one in listed
            if one["kind"] not in ("Deployment", "StatefulSet")
        } | {
            f"{one['kind']}/{one['metadata']['name']}": str(one["metadata"]["generation"])
            for one in listed
            if one["kind"] in ("Deployment", "StatefulSet")
        }


@pytest.fixture(scope="session")
def mesh() -> Iterator[Mesh]:
    mesh = Mesh(OVERRIDES)
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-4000:]
    yield mesh
    removed = mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, removed.text[-4000:]


@pytest.fixture(scope="session")
def audit_log(mesh: Mesh) -> Path:
    done = subprocess.run(
        [BIN / "python", "-m", "camlab", "status"],
        cwd=ROOT, env={**ENVIRONMENT, "PYTHONPATH": "lab"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return Path(json.loads(done.stdout)["audit_log"])
