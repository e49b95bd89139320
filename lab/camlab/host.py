"""Refuses a machine that cannot carry the cluster, before anything is touched."""

from __future__ import annotations

import os
import platform
import shutil
import socket
from pathlib import Path

from . import settings
from .paths import KUBELET, KUBERNETES, MARKER, Paths
from .shell import LabError, run

OLDEST_DEBIAN = 12
PACKAGES = [
    "buildah",
    "conntrack",
    "containerd",
    "containernetworking-plugins",
    "debootstrap",
    "ethtool",
    "iproute2",
    "iptables",
    "kmod",
    "nftables",
    "runc",
    "socat",
    "busybox-static",
]


def check(paths: Paths, ports: tuple[int, ...], *, running: bool) -> None:
    """Raise LabError for the first thing that is missing or in the way."""
    if os.geteuid() != 0:
        raise LabError("the local cluster needs root (containers, network); run as root or sudo")
    _check_system(platform.freedesktop_os_release())
    if (KUBERNETES / "admin.conf").exists() and not MARKER.exists():
        raise LabError(
            f"{KUBERNETES}/admin.conf belongs to a Kubernetes that this project did not make; "
            "use provider 'existing' with its kubeconfig, or another machine"
        )
    if not running and not MARKER.exists() and (KUBELET / "config.yaml").exists():
        raise LabError(f"{KUBELET} belongs to a kubelet that this project did not start")
    free = shutil.disk_usage(_existing(paths.cache)).free / 2**30
    if free < settings.MIN_DISK_GIB and not running:
        raise LabError(
            f"{free:.1f} GiB free below {paths.cache}, {settings.MIN_DISK_GIB} GiB needed; "
            "free some or set CAM_CACHE_HOME to a larger disk"
        )
    if not running:
        for port in ports:
            _check_port(port)


def _check_system(release: dict[str, str]) -> None:
    # The testing release of Debian has no number.
    if release["ID"] != "debian" or int(release.get("VERSION_ID", OLDEST_DEBIAN)) < OLDEST_DEBIAN:
        raise LabError(
            f"this is {release['PRETTY_NAME']}; the local cluster needs Debian {OLDEST_DEBIAN} or "
            "newer. Use provider 'existing' with the kubeconfig of another cluster."
        )


def install_packages() -> None:
    """Install the Debian packages that are missing."""
    states = run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n"])
    present = {line.split()[0] for line in states.splitlines() if " ii" in line}
    missing = [name for name in PACKAGES if name not in present]
    if missing:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        # The machine itself may be at it; apt gives up at once by default.
        apt = ["apt-get", "-y", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        run([*apt, "update"], env=quiet)
        run([*apt, "install", "--no-install-recommends", *missing], env=quiet)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LabError(
                f"port {port} on 127.0.0.1 is taken ({error.strerror}); "
                f"stop what listens there: ss -ltnp 'sport = :{port}'"
            ) from None


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
