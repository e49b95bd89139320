"""The VPA's recommender, built from its own module, recommends for the mesh and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import k6
import yaml
from mesh import Mesh, until
from paths import ROOT
from programs import Program, installed, source
from prove.record import Record

HERE = ROOT / "tests" / "vpa"
MODULE = "k8s.io/autoscaler/vertical-pod-autoscaler"
RECOMMENDER = Program("vpa-recommender", f"{MODULE}/pkg/recommender", HERE)
NAMESPACE = "cam-vpa"
SECONDS = 180


def manifests() -> list[dict[str, Any]]:
    """The VPA's definitions and its recommender alone, in our namespace and with our image."""
    folder = source(HERE, MODULE) / "deploy"
    names = ("vpa-v1-crd-gen.yaml", "vpa-rbac.yaml", "recommender-deployment.yaml")
    text = "\n---\n".join((folder / name).read_text("utf-8") for name in names)
    text = text.replace("namespace: kube-system", f"namespace: {NAMESPACE}")
    found = [one for one in yaml.safe_load_all(text) if one]
    for one in found:
        if one["kind"] == "Deployment":
            (container,) = one["spec"]["template"]["spec"]["containers"]
            container["image"] = RECOMMENDER.image
            container["command"] = [f"/{RECOMMENDER.name}"]
            container["args"] = [
                "--recommender-interval=15s",
                "--pod-recommendation-min-cpu-millicores=10",
            ]
    return found


def deployed(mesh: Mesh) -> None:
    done = mesh.play("deploy.yml")
    assert done.code == 0, done.text[-300:]


def without_api(mesh: Mesh) -> str:
    deployed(mesh)
    return "the deploy passes and leaves the VPA out"


def recommends(mesh: Mesh) -> str:
    deployed(mesh)
    before = sorted(mesh.pods())
    found: dict[str, Any] = {}

    def told() -> bool:
        vpa = json.loads(mesh.kubectl("get", "vpa", "cam-arbitration-mesh", "-o", "json"))
        found.update(vpa)
        return bool(vpa.get("status", {}).get("recommendation"))

    with k6.Load(mesh, 60, SECONDS) as load:
        until("a recommendation", told, SECONDS)
        sent, _, problems = load.result()
        told()
    assert not problems, f"{sent} requests sent: {problems}"
    assert found["spec"]["updatePolicy"] == {"updateMode": "Off"}
    (one,) = found["status"]["recommendation"]["containerRecommendations"]
    assert one["containerName"] == "cam-app"
    assert sorted(mesh.pods()) == before, "pods were replaced"
    again = mesh.play("deploy.yml")
    assert (again.code, again.changed) == (0, 0), again.text[-300:]
    target = one["target"]
    return f"target {target['cpu']} CPU, {target['memory']} memory; pods untouched, changed=0"


def nothing_left() -> str:
    left = Mesh("").kubectl("get", "crd,clusterrole,clusterrolebinding,namespace", "-o", "name")
    ours = [name for name in left.split() if "vpa" in name or "verticalpod" in name]
    assert ours == []
    return "no definition, role or namespace of it is left"


def main() -> bool:
    plain = Mesh.local("cam-scale")
    mesh = Mesh(
        plain.namespace, {**plain.overrides, "cam_release_values": {"vpa": {"enabled": True}}}
    )
    record = Record("vpa", "Recommendations of the VPA")
    try:
        record.run("without its API", lambda: without_api(mesh))
        with installed(NAMESPACE, [RECOMMENDER], manifests()):
            try:
                record.run("recommendation", lambda: recommends(mesh))
            finally:
                # While its definition is there, or nothing could take the object away.
                deployed(plain)
    finally:
        assert plain.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    record.run("after the VPA", nothing_left)
    return record.publish()
