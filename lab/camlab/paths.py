"""Where the lab keeps things: one cache folder, one runtime folder, and what kubeadm insists on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LAB = Path(__file__).parents[1]
CHECKOUT = LAB.parent
RUN = Path("/run/cam-lab")
KUBERNETES = Path("/etc/kubernetes")
KUBELET = Path("/var/lib/kubelet")
MARKER = KUBERNETES / ".cam-lab"
# Where network namespaces of pods, and of others, are mounted.
NAMESPACES = Path("/run/netns")


@dataclass(frozen=True)
class Paths:
    """Everything below one cache folder, so that removing the folder removes the lab."""

    cache: Path

    @classmethod
    def default(cls) -> Paths:
        home = os.environ.get("CAM_CACHE_HOME")
        return cls(Path(home) if home else Path.home() / ".cache" / "cam-mesh")

    @property
    def bin(self) -> Path:
        return self.cache / "bin"

    @property
    def images(self) -> Path:
        return self.cache / "images"

    @property
    def buildah(self) -> Path:
        return self.cache / "buildah"

    @property
    def state(self) -> Path:
        """The running cluster: containers, etcd, volumes, certificates."""
        return self.cache / "cluster"

    @property
    def logs(self) -> Path:
        return self.cache / "logs"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"
