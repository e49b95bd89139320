"""KEDA, built from its own module, scales the mesh by what its Prometheus counts."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import k6
import yaml
from mesh import Mesh, until
from paths import ROOT, TOOLS
from programs import Program, installed, source
from prove.record import Record
from prove.scaling import CALM, LEAST, SECONDS, deploy_under_load, driven
from scaling import pods, watched_replicas

HERE = ROOT / "tests" / "keda"
MODULE = "github.com/kedacore/keda/v2"
# By the name of the container that runs it.
PROGRAMS = {
    "keda-operator": Program("keda", f"{MODULE}/cmd/operator", HERE),
    "keda-metrics-apiserver": Program("keda-adapter", f"{MODULE}/cmd/adapter", HERE),
}
NAMESPACE = "cam-keda"
SCALED = "scaledobject/cam-arbitration-mesh"
HPA = "keda-hpa-cam-arbitration-mesh"

MOST = 4
BUSY = 160
# The rate is one of two minutes: it falls as slowly.
FALL_SECONDS = 240
# What the load asks for is more than MOST pods. Half of its requests are requests of CAM, and with
# a slow provider each opens a session of a quarter of a second: twenty at a time.
REQUESTS = {"requestsPerSecondPerPod": 15, "sessionsPerPod": None}
SESSIONS = {"requestsPerSecondPerPod": None, "sessionsPerPod": 4}
SLOW = {"CAM_FAULT_PROVIDER_LATENCY_MS": "250"}


def by_keda(mesh: Mesh, targets: dict[str, Any], **faults: str) -> Mesh:
    behaviour = {"scaleDown": {"stabilizationWindowSeconds": 60, "policies": [
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ]}}  # fmt: skip
    return Mesh(
        mesh.namespace,
        {
            **mesh.overrides,
            "cam_release_autoscaling_min_replicas": LEAST,
            "cam_release_autoscaling_max_replicas": MOST,
            "cam_release_values": {
                "autoscaling": {"behavior": behaviour},
                "keda": {"enabled": True, "pollingIntervalSeconds": 5, **targets},
                "faults": faults,
            },
        },
    )


def manifests() -> list[dict[str, Any]]:
    """KEDA's own, without its webhooks, in our namespace and with our images."""
    kustomize = [TOOLS / "kubectl", "kustomize", source(HERE, MODULE) / "config" / "minimal"]
    text = subprocess.run(kustomize, check=True, capture_output=True, text=True).stdout
    text = re.sub(r"\bnamespace: keda$", f"namespace: {NAMESPACE}", text, flags=re.M)
    found = [one for one in yaml.safe_load_all(text) if one["kind"] != "Namespace"]
    for one in found:
        if one["kind"] == "Deployment":
            pod = one["spec"]["template"]["spec"]
            pod["securityContext"]["runAsUser"] = 1000
            (container,) = pod["containers"]
            program = PROGRAMS[container["name"]]
            container |= {"image": program.image, "imagePullPolicy": "IfNotPresent"}
            container["command"] = [f"/{program.name}"]
            # Two cores carry a whole cluster here.
            container["resources"]["requests"] = {"cpu": "20m", "memory": "100Mi"}
            if container["name"] == "keda-operator":
                container["args"].append("--enable-webhook-patching=false")
    return found


def states(mesh: Mesh) -> dict[str, str]:
    """What KEDA says of the ScaledObject: Ready, Active, Fallback."""
    found = json.loads(mesh.kubectl("get", SCALED, "-o", "json"))
    return {one["type"]: one["status"] for one in found["status"]["conditions"]}


def deployed(mesh: Mesh) -> None:
    done = mesh.play("deploy.yml")
    assert done.code == 0, done.text[-300:]


def refused(mesh: Mesh) -> str:
    done = mesh.play("deploy.yml")
    assert done.code != 0, "the deploy went on"
    assert "does not serve keda.sh: install KEDA first" in done.text, done.text[-300:]
    return "preflight: the cluster does not serve keda.sh: install KEDA first"


def follows(mesh: Mesh, prompts: int) -> str:
    """Load raises the pods, and its end lowers them."""
    deployed(mesh)
    busy, up = driven(mesh, BUSY, MOST, hpa=HPA, prompts=prompts)
    said = states(mesh)
    assert (said["Ready"], said["Fallback"]) == ("True", "False"), said
    calm, down = driven(mesh, CALM, LEAST, hpa=HPA, seconds=FALL_SECONDS)
    return (
        f"{MOST} pods after {up:.0f} s of load, {LEAST} pods {down:.0f} s after its end; "
        f"0 of {busy + calm} requests failed"
    )


def prometheus_away(mesh: Mesh) -> str:
    """What KEDA cannot see must not be taken for calm."""
    deployed(mesh)
    prometheus = ("scale", "deployment/prometheus")
    with k6.Load(mesh, BUSY, SECONDS * 2) as load:
        until(f"{MOST} pods", lambda: pods(mesh) == (MOST, MOST), SECONDS)
        with watched_replicas(mesh) as seen:
            mesh.kubectl(*prometheus, "--replicas=0")
            until("the fallback", lambda: states(mesh)["Fallback"] == "True", SECONDS)
            sent, _, problems = load.result()
    mesh.kubectl(*prometheus, "--replicas=1")
    until("its end", lambda: states(mesh)["Fallback"] == "False", SECONDS)
    assert not problems, f"{sent} requests sent: {problems}"
    assert set(seen) == {MOST}, seen
    return f"fallback, {MOST} pods stay; 0 of {sent} requests failed"


def off(mesh: Mesh) -> str:
    fixed = Mesh.local(mesh.namespace, cam_release_replicas=3)
    deployed(fixed)
    assert pods(fixed) == (3, 3), pods(fixed)
    left = fixed.kubectl("get", "hpa,scaledobject", "-o", "name")
    assert not left, left
    return "3 pods; the ScaledObject and its HPA are gone"


def nothing_left() -> str:
    kinds = "crd,apiservice,clusterrole,clusterrolebinding,namespace"
    left = Mesh("").kubectl("get", kinds, "-o", "name")
    left += Mesh("kube-system").kubectl("get", "rolebinding", "-o", "name")
    ours = [name for name in left.split() if "keda" in name or "external.metrics" in name]
    assert ours == []
    return "no definition, API, role or namespace of it is left"


def main() -> bool:
    plain = Mesh.local("cam-scale")
    requests, sessions = by_keda(plain, REQUESTS), by_keda(plain, SESSIONS, **SLOW)
    record = Record("keda", "KEDA scales the mesh by requests and sessions")
    record.run("without KEDA", lambda: refused(requests))
    with installed(NAMESPACE, list(PROGRAMS.values()), manifests()):
        try:
            record.run("requests a second", lambda: follows(requests, prompts=50))
            record.run("sessions", lambda: follows(sessions, prompts=10**6))
            deployed(requests)
            record.run("deploy under load", lambda: deploy_under_load(requests, BUSY))
            record.run("Prometheus away", lambda: prometheus_away(requests))
            record.run("off", lambda: off(requests))
        finally:
            assert plain.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    record.run("after KEDA", nothing_left)
    return record.publish()
