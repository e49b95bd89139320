"""Starts the node: network, supervised containerd and kubelet, images, kubeadm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from . import images, settings
from .paths import CHECKOUT, KUBELET, KUBERNETES, LAB, MARKER, NAMESPACES, RUN, Paths
from .settings import Settings
from .shell import LabError, run, run_logged, say, wait_for

SYSCTLS = {
    "net/ipv4/ip_forward": "1",
    "net/bridge/bridge-nf-call-iptables": "1",
}


def start(paths: Paths, binaries: Path, archives: dict[str, Path], chosen: Settings) -> bool:
    """Bring the node to Ready; return whether anything had to be done."""
    changed = write_settings(paths, binaries, chosen)
    changed |= start_network()
    changed |= share_namespaces()
    changed |= start_supervisor(paths)
    imported = import_images(paths, archives)
    changed |= bool(imported)
    changed |= start_kubernetes(paths, binaries, chosen)
    if changed:
        await_system(paths, binaries)
        replace_pods(binaries, imported)
    changed |= copy_kubeconfig(paths)
    return changed


def is_running() -> bool:
    """Whether our supervisor lives."""
    return _supervisor() is not None


def write_settings(paths: Paths, binaries: Path, chosen: Settings) -> bool:
    webhook = ""
    if chosen.token_webhook:
        webhook = (
            "    - {name: authentication-token-webhook-config-file,"
            " value: /etc/cam-lab/token-webhook.kubeconfig}"
        )
    values = {
        "STATE": paths.state,
        "RUN": RUN,
        "BIN": binaries,
        "PAUSE": settings.PAUSE,
        "CNI_BRIDGE": settings.CNI_BRIDGE,
        "NODE_POD_CIDR": settings.NODE_POD_CIDR,
        "NODE_IP": settings.NODE_IP,
        "API_PORT": settings.API_PORT,
        "NODE": settings.NODE,
        "KUBERNETES": settings.KUBERNETES,
        "POD_CIDR": settings.POD_CIDR,
        "SERVICE_CIDR": settings.SERVICE_CIDR,
        "COREDNS": settings.COREDNS,
        "ETCD": settings.ETCD,
        "TOKEN_WEBHOOK": webhook,
    }
    places = {
        "containerd.toml": paths.state / "settings" / "containerd.toml",
        "cni.conflist": paths.state / "cni" / "10-cam-lab.conflist",
        "kubeadm.yml.tmpl": paths.state / "settings" / "kubeadm.yml",
        "audit-policy.yml": paths.state / "settings" / "audit-policy.yml",
        "supervisord.conf": paths.state / "settings" / "supervisord.conf",
        "kubelet.sh": paths.state / "settings" / "kubelet",
    }
    changed = False
    for name, place in places.items():
        text = (LAB / "cluster" / name).read_text("utf-8")
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        changed |= _write(place, text, 0o755 if name == "kubelet.sh" else 0o644)
    if chosen.token_webhook:
        source = Path(chosen.token_webhook)
        if not source.is_file():
            raise LabError(f"token webhook kubeconfig {source} does not exist")
        changed |= _write(
            paths.state / "settings" / "token-webhook.kubeconfig", source.read_text("utf-8"), 0o600
        )
    for folder in ("log", "audit"):
        (paths.state / folder).mkdir(parents=True, exist_ok=True)
    return changed


def start_network() -> bool:
    """A bridge of our own gives the node an address that outlives the machine's leases."""
    changed = False
    for key, value in SYSCTLS.items():
        file = Path("/proc/sys") / key
        if not file.exists():
            run(["modprobe", "br_netfilter"])
        if file.read_text("utf-8").strip() != value:
            file.write_text(value, "utf-8")
            changed = True
    if not Path("/sys/class/net", settings.BRIDGE).exists():
        run(["ip", "link", "add", settings.BRIDGE, "type", "bridge"])
        changed = True
    address = f"{settings.NODE_IP}/32"
    if address not in run(["ip", "-4", "addr", "show", "dev", settings.BRIDGE]):
        run(["ip", "addr", "add", address, "dev", settings.BRIDGE])
        run(["ip", "link", "set", settings.BRIDGE, "up"])
        changed = True
    return changed


def share_namespaces() -> bool:
    """Make the folder of network namespaces a shared mount, before pods have theirs in it.

    Podman and `ip netns` do so by themselves when they first need it. Each namespace that is there
    by then is mounted a second time, and containerd can remove none of those any more.
    """
    NAMESPACES.mkdir(parents=True, exist_ok=True)
    if str(NAMESPACES) in mounts() or any(NAMESPACES.iterdir()):
        return False
    run(["mount", "--bind", NAMESPACES, NAMESPACES])
    run(["mount", "--make-shared", NAMESPACES])
    return True


def mounts() -> list[str]:
    """Where something is mounted, the newest last."""
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]


def start_supervisor(paths: Paths) -> bool:
    changed = False
    if not is_running():
        stop_orphans(paths)
        say("  start containerd and kubelet under supervision")
        RUN.mkdir(parents=True, exist_ok=True)
        (RUN / "supervisor.sock").unlink(missing_ok=True)
        run([_tool("supervisord"), "-c", paths.state / "settings" / "supervisord.conf"])
        changed = True
    wait_for(
        "containerd",
        lambda: _answers([*ctr(), "version"]),
        60,
        f"read {paths.state}/log/containerd.log",
    )
    return changed


def supervisorctl(paths: Paths, *words: str) -> str:
    return run(
        [_tool("supervisorctl"), "-c", paths.state / "settings" / "supervisord.conf", *words]
    )


def stop_orphans(paths: Paths) -> None:
    """End a containerd or kubelet of ours whose supervisor was killed."""
    for pid, command in processes():
        ours = str(paths.state) in command or (
            "kubelet" in command.split(" ")[0] and str(paths.bin) in command
        )
        if ours and ("containerd --config" in command or "kubelet" in command.split(" ")[0]):
            os.kill(pid, signal.SIGTERM)
            wait_for(f"process {pid}", lambda p=pid: not Path(f"/proc/{p}").exists(), 30, command)


def processes() -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            found.append((int(folder.name), b" ".join(words).decode(errors="replace").strip()))
    return found


def import_images(paths: Paths, archives: dict[str, Path]) -> set[str]:
    """Have the runtime know every image; return the tags that lead to another one than before."""
    record = paths.state / "imported.json"
    done = json.loads(record.read_text("utf-8")) if record.exists() else {}
    present = set(run([*ctr(), "images", "ls", "-q"]).split())
    imported: set[str] = set()
    for image in images.catalogue(Path("/")):
        if not image.runs:
            continue
        archive = archives[image.name]
        if done.get(image.name) == archive.name and present.issuperset(image.tags):
            continue
        say(f"  import image {image.name}")
        run([*ctr(), "images", "import", archive])
        for tag in image.tags[1:]:
            run([*ctr(), "images", "tag", "--force", image.tags[0], tag])
        done[image.name] = archive.name
        record.write_text(json.dumps(done, indent=1), "utf-8")
        imported.update(image.tags)
    return imported


def start_kubernetes(paths: Paths, binaries: Path, chosen: Settings) -> bool:
    config = paths.state / "settings" / "kubeadm.yml"
    digest = hashlib.sha256(config.read_bytes()).hexdigest()
    changed = False
    if not MARKER.exists():
        KUBERNETES.mkdir(parents=True, exist_ok=True)
        MARKER.write_text("", "utf-8")
        changed = True
    if not (paths.state / "initialised").exists():
        _forget_half_made(paths)
        path = f"{binaries}:{os.environ['PATH']}"
        run_logged(
            "kubeadm init",
            [binaries / "kubeadm", "init", "--config", config, "--skip-token-print"],
            paths.logs / "kubeadm.log",
            env={"PATH": path},
        )
        (paths.state / "initialised").write_text(digest, "utf-8")
        changed = True
    elif (paths.state / "initialised").read_text("utf-8") != digest:
        say("  the control plane's settings changed: write its manifests anew")
        run(
            [
                binaries / "kubeadm",
                "init",
                "phase",
                "control-plane",
                "all",
                "--config",
                config,
            ]
        )
        (paths.state / "initialised").write_text(digest, "utf-8")
        changed = True
    kubectl = [binaries / "kubectl", "--kubeconfig", KUBERNETES / "admin.conf"]
    if _node_is_ready(kubectl):
        return changed
    hint = f"read {paths.state}/log/kubelet.log"
    wait_for("the API server", lambda: _answers([*kubectl, "get", "--raw", "/readyz"]), 180, hint)
    wait_for("the node to be Ready", lambda: _node_is_ready(kubectl), 120, hint)
    return changed


def await_system(paths: Paths, binaries: Path) -> None:
    """Without them no pod reaches the API, and what asks it at its start crashes."""
    system = [binaries / "kubectl", "--kubeconfig", KUBERNETES / "admin.conf", "-n", "kube-system"]
    for workload in ("daemonset/kube-proxy", "deployment/coredns"):
        wait_for(
            f"{workload} to be ready",
            lambda words=("rollout", "status", workload, "--timeout=2s"): _answers(
                [*system, *words]
            ),
            180,
            f"{' '.join(map(str, system))} describe pods",
        )


def replace_pods(binaries: Path, tags: set[str]) -> None:
    """A tag that leads to another image changes no pod: end those that run the old one."""
    kubectl = [binaries / "kubectl", "--kubeconfig", KUBERNETES / "admin.conf"]
    for pod in json.loads(run([*kubectl, "get", "pods", "-A", "-o", "json"]))["items"]:
        used = {container["image"] for container in pod["spec"]["containers"]}
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        if used & tags and namespace != "kube-system":
            say(f"  replace pod {namespace}/{name}, whose image was built anew")
            run([*kubectl, "-n", namespace, "delete", "pod", name, "--wait=false"])


def copy_kubeconfig(paths: Paths) -> bool:
    """The administrator's access, for the cache and for this checkout."""
    text = (KUBERNETES / "admin.conf").read_text("utf-8")
    changed = _write(paths.kubeconfig, text, 0o600)
    local = CHECKOUT / ".cache" / "local" / "kubeconfig"
    return _write(local, text, 0o600) or changed


def ctr() -> list[str]:
    return ["ctr", "--address", str(RUN / "containerd.sock"), "--namespace", "k8s.io"]


def _forget_half_made(paths: Paths) -> None:
    """An interrupted kubeadm init leaves files that its next run refuses."""
    for folder in (KUBERNETES / "manifests", KUBERNETES / "pki", paths.state / "etcd"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in [*KUBERNETES.glob("*.conf"), KUBELET / "config.yaml"]:
        file.unlink(missing_ok=True)


def _supervisor() -> int | None:
    try:
        pid = int((RUN / "supervisord.pid").read_text("utf-8"))
        return pid if b"supervisord" in Path(f"/proc/{pid}/cmdline").read_bytes() else None
    except (OSError, ValueError):
        return None


def _tool(name: str) -> Path:
    return Path(sys.executable).parent / name


def _node_is_ready(kubectl: list[str | Path]) -> bool:
    """No as well where the API server does not answer."""
    conditions = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}"
    try:
        return "True" in run([*kubectl, "get", "nodes", "-o", conditions])
    except LabError:
        return False


def _answers(argv: list[str | Path]) -> bool:
    try:
        run(argv)
    except LabError:
        return False
    return True


def _write(place: Path, text: str, mode: int) -> bool:
    if place.exists() and place.read_text("utf-8") == text:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f".{place.name}.{time.monotonic_ns()}")
    partial.touch(mode=mode)
    partial.write_text(text, "utf-8")
    partial.chmod(mode)
    partial.rename(place)
    return True
