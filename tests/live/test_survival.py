"""The cluster outlives kill -9 of each of its processes; the mesh on it stays what it was."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mesh import Mesh
from paths import CACHE, camlab

# Process names as the kernel keeps them: 15 characters.
SUPERVISED = ("containerd", "kubelet")
PODS = ("etcd", "kube-apiserver", "kube-controller", "kube-scheduler", "kube-proxy", "coredns")
DEADLINE_SECONDS = 180


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def processes(name: str) -> list[int]:
    """Processes of that name that are the cluster's, by their own or their shim's arguments."""
    ours = (str(CACHE), "/run/cam-lab")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text("utf-8").strip() != name:
                continue
            parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
            told = command_line(int(folder.name)) + (command_line(parent) if parent else "")
        except OSError:
            continue
        if any(mark in told for mark in ours):
            found.append(int(folder.name))
    return found


def wait(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {DEADLINE_SECONDS} s"
        time.sleep(1)


def answers(mesh: Mesh) -> bool:
    try:
        ready = mesh.kubectl("get", "--raw", "/readyz", "--request-timeout=3s")
        nodes = mesh.kubectl(
            "get", "nodes", "--request-timeout=3s", "-o",
            "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}",
        )  # fmt: skip
    except AssertionError:
        return False
    return (ready, nodes) == ("ok", "True")


@pytest.mark.parametrize("name", [*SUPERVISED, *PODS])
def test_a_killed_process_comes_back(mesh: Mesh, name: str) -> None:
    before = set(processes(name))
    assert before, f"no process {name}"
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait(name, lambda: bool(set(processes(name)) - before) and answers(mesh))


def test_the_first_network_namespace_of_others_spares_those_of_pods(mesh: Mesh) -> None:
    """Who makes it (Podman as well) shares the folder; mounted twice, a pod would never end."""
    subprocess.run(["ip", "netns", "add", "cam-test"], check=True)
    try:
        places = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        of_pods = [place for place in places if place.startswith("/run/netns/cni-")]
        assert len(of_pods) >= len(mesh.running())
        assert len(of_pods) == len(set(of_pods))
    finally:
        subprocess.run(["ip", "netns", "delete", "cam-test"], check=True)


def test_a_deploy_revives_a_cluster_without_supervisor(mesh: Mesh) -> None:
    (supervisor,) = processes("supervisord")
    for pid in (supervisor, *processes("kubelet"), *processes("containerd")):
        os.kill(pid, signal.SIGKILL)
    done = camlab("up")
    assert done.returncode == 0, done.stderr
    wait("the cluster", lambda: answers(mesh))
    healthy = mesh.play("deploy.yml")
    assert healthy.code == 0, healthy.text[-3000:]
