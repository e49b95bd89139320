"""Versions, addresses and names of the local cluster, in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

KUBERNETES = "v1.36.3"
PAUSE = "3.10.2"
ETCD = "3.6.8-0"
COREDNS = "v1.15.0"
NODE = "lab"
BRIDGE = "cam-lab0"
CNI_BRIDGE = "cam-lab1"
NODE_IP = "10.245.0.1"
POD_CIDR = "10.244.0.0/16"
NODE_POD_CIDR = "10.244.0.0/24"
SERVICE_CIDR = "10.96.0.0/16"
API_PORT = 6443
MIN_DISK_GIB = 12

# Ports the cluster takes on this machine: API, kubelet, etcd, controllers.
PORTS = (API_PORT, 10250, 2379, 2380, 10257, 10259, 10248, 10256)


@dataclass(frozen=True)
class Settings:
    """What an inventory may vary."""

    ingress_port: int = 8443
    token_webhook: str = ""

    @classmethod
    def read(cls, file: Path | None) -> Settings:
        return cls(**json.loads(file.read_text("utf-8"))) if file else cls()
