"""Stops the cluster and removes what it left: processes, mounts, interfaces, firewall rules."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import node, settings
from .paths import KUBELET, KUBERNETES, MARKER, NAMESPACES, RUN, Paths
from .shell import LabError, run, say


def down(paths: Paths) -> bool:
    """Leave nothing of the cluster on the machine; the cache of builds stays."""
    if not MARKER.exists() and not paths.state.exists() and not node.is_running():
        return False
    if MARKER.exists() or not (KUBERNETES / "admin.conf").exists():
        say("Stopping the local cluster")
    _stop_supervisor(paths)
    _kill_containers(paths)
    _unmount((str(RUN), str(KUBELET), str(paths.state)))
    _remove_namespaces()
    _remove_interfaces()
    _remove_rules()
    for folder in (RUN, paths.state, *((KUBELET, KUBERNETES) if MARKER.exists() else ())):
        shutil.rmtree(folder, ignore_errors=True)
    return True


def clean(paths: Paths) -> None:
    """Remove the caches as well."""
    down(paths)
    _unmount((str(paths.cache),))
    shutil.rmtree(paths.cache, ignore_errors=True)


def _stop_supervisor(paths: Paths) -> None:
    if node.is_running():
        node.supervisorctl(paths, "stop", "kubelet")


def _kill_containers(paths: Paths) -> None:
    """Containers first, then their runtime: shims outlive a containerd that is simply killed."""
    socket = str(RUN / "containerd.sock")
    for shim, _ in [p for p in node.processes() if "containerd-shim" in p[1] and socket in p[1]]:
        for child in _descendants(shim):
            _signal(child, signal.SIGKILL)
        _signal(shim, signal.SIGKILL)
    if node.is_running():
        pid = int((RUN / "supervisord.pid").read_text("utf-8"))
        _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + 60
        while Path(f"/proc/{pid}").exists():
            if time.monotonic() > deadline:
                raise LabError(f"supervisord (process {pid}) does not stop; end it and try again")
            time.sleep(0.2)
    node.stop_orphans(paths)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text("utf-8").split():
            found += [int(child), *_descendants(int(child))]
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _unmount(prefixes: tuple[str, ...]) -> None:
    # A mount that was made later may hide another one.
    for mount in reversed(node.mounts()):
        if mount.startswith(prefixes):
            subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)


def _remove_namespaces() -> None:
    """Those of pods, and the mount of their folder unless others have theirs in it."""
    ours = str(NAMESPACES / "cni-")
    _unmount((ours,))
    for name in NAMESPACES.glob("cni-*"):
        with contextlib.suppress(OSError):  # It may hide another mount of the same one.
            name.unlink()
    if all(name.name.startswith("cni-") for name in NAMESPACES.glob("*")):
        _unmount((str(NAMESPACES),))
        for name in NAMESPACES.glob("cni-*"):
            name.unlink()


def _remove_interfaces() -> None:
    for link in (settings.CNI_BRIDGE, settings.BRIDGE):
        if Path("/sys/class/net", link).exists():
            run(["ip", "link", "delete", link])


def _remove_rules() -> None:
    """Drop the chains that kube-proxy, kubelet and the CNI plugins made, and nothing else."""
    for tool in ("iptables", "ip6tables"):
        saved = subprocess.run([f"{tool}-save"], capture_output=True, text=True, check=False).stdout
        kept = [line for line in saved.splitlines() if "KUBE-" not in line and "CNI-" not in line]
        if len(kept) != len(saved.splitlines()):
            run([f"{tool}-restore"], stdin="\n".join(kept) + "\n")
