"""Programs of others that the cluster runs for a proof: built from their Go modules, as images."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import leftovers
import yaml
from mesh import Mesh
from paths import CACHE, ENVIRONMENT, ROOT

sys.path.insert(0, str(ROOT / "lab"))

from camlab import images, node
from camlab.paths import LAB, Paths


@dataclass(frozen=True)
class Program:
    """A main package of the Go module in `folder`; in its image it is /<name>."""

    name: str
    package: str
    folder: Path

    @property
    def image(self) -> str:
        return f"localhost/{self.name}:prove"

    def load(self) -> None:
        """Put the image on the node."""
        archive = self._binary().with_suffix(".tar")
        if not archive.exists():
            image = images.Image(
                self.name,
                LAB / "images" / "static",
                (self.image,),
                ((self.name, self._binary()),),
                arguments=(f"BINARY={self.name}",),
            )
            images.build_one(Paths.default(), image, archive)
        subprocess.run([*node.ctr(), "images", "import", archive], check=True, capture_output=True)

    def unload(self) -> None:
        subprocess.run([*node.ctr(), "images", "rm", self.image], check=False, capture_output=True)

    def _binary(self) -> Path:
        """Built once from what go.sum names."""
        digest = hashlib.sha256((self.folder / "go.sum").read_bytes()).hexdigest()[:16]
        place = CACHE / "programs" / digest / self.name
        if not place.exists():
            print(f"building {self.name}; minutes, once", flush=True)
            words = ["nice", "go", "build", "-trimpath", "-ldflags", "-s -w"]
            subprocess.run(
                [*words, "-o", place, self.package],
                cwd=self.folder, env={**ENVIRONMENT, "CGO_ENABLED": "0"}, check=True,
            )  # fmt: skip
        return place


def source(folder: Path, module: str) -> Path:
    """Where the files of a module lie that the Go module in `folder` needs."""
    subprocess.run(["go", "mod", "download", module], cwd=folder, check=True)
    told = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", module],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return Path(told.stdout.strip())


@contextmanager
def installed(
    namespace: str, programs: Sequence[Program], objects: Sequence[dict[str, Any]]
) -> Iterator[None]:
    """Programs and their objects in the cluster; nothing of them is left afterwards."""
    # Objects say where they belong, and by their label an interrupted proof finds them again.
    cluster, own = Mesh(""), Mesh(namespace)
    for one in objects:
        one["metadata"].setdefault("labels", {})[leftovers.LABEL] = namespace
    leftovers.remove()
    # Until its server runs, a registered API would spoil what everyone else asks the cluster.
    apis = [one for one in objects if one["kind"] == "APIService"]
    others = [one for one in objects if one["kind"] != "APIService"]
    apply = ("apply", "--server-side", "-f", "-")
    try:
        for program in programs:
            program.load()
        own.kubectl("create", "namespace", namespace)
        cluster.kubectl(*apply, stdin=yaml.safe_dump_all(others))
        for name in [one["metadata"]["name"] for one in others if one["kind"] == "Deployment"]:
            own.kubectl("rollout", "status", f"deployment/{name}", "--timeout=240s")
        for api in apis:
            cluster.kubectl(*apply, stdin=yaml.safe_dump(api))
            name = f"apiservice/{api['metadata']['name']}"
            cluster.kubectl("wait", name, "--for=condition=Available", "--timeout=120s")
        yield
    finally:
        for part in (apis, others):
            if part:
                text = yaml.safe_dump_all(part)
                cluster.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=text)
        own.kubectl("delete", "namespace", namespace, "--ignore-not-found")
        for program in programs:
            program.unload()
