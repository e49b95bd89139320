"""`make down` leaves no process, mount, interface, firewall rule or open port behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mesh import Mesh
from paths import camlab
from prove.record import Record

# Kernel threads and whatever else runs here come and go; these are the cluster's.
PROGRAMS = {"containerd", "containerd-shim", "etcd", "kubelet", "supervisord", "pause", "skipper"}


def told(*words: str) -> set[str]:
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def processes() -> set[str]:
    names = set()
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            names.add(file.read_text().strip())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return {name for name in names if name in PROGRAMS or name.startswith("kube-")}


def machine() -> dict[str, set[str]]:
    """What a cluster leaves its marks on."""
    rules = told("iptables-save") | told("ip6tables-save")
    return {
        "processes": processes(),
        "mounts": {line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()},
        "interfaces": {folder.name for folder in Path("/sys/class/net").iterdir()},
        "rules": {line for line in rules if line.startswith("-A")},
        "ports": {line.split()[3] for line in told("ss", "-Hltn")},
    }


def up_and_down() -> str:
    camlab("down", check=True)
    before = machine()
    camlab("up", check=True)
    mesh = Mesh.local("cam-prove")
    done = mesh.play("deploy.yml")
    assert done.code == 0, done.text[-300:]
    during = machine()
    camlab("down", check=True)
    after = machine()
    left = {kind: sorted(after[kind] - before[kind]) for kind in after}
    assert not any(left.values()), left
    added = {kind: len(during[kind] - before[kind]) for kind in during}
    assert all(added.values()), f"nothing was seen of the cluster: {added}"
    return "of " + ", ".join(f"{count} {kind}" for kind, count in added.items()) + " none is left"


def main() -> bool:
    record = Record("down", "A machine after make down")
    record.run("up, a mesh, down", up_and_down)
    return record.publish()
