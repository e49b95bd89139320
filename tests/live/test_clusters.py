"""An inventory of two clusters, reached with only a kubeconfig; then what destroy leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from kill import kill_deploy
from mesh import KUBECONFIG, Mesh
from paths import ROOT

NAMES = ("first", "second")
BROKEN = {"faults": {"CAM_FAULT_READINESS": "true"}}


def host(name: str) -> dict[str, object]:
    return {
        "cam_cluster_namespace": f"cam-wave-{name}",
        "cam_release_hosts": [f"{name}.localhost"],
        "cam_release_url": f"https://{name}.localhost:8443",
    }


@pytest.fixture(scope="module")
def pair(neighbour: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Mesh]]:
    """Two namespaces of the local cluster as two mesh clusters of provider existing."""
    folder = tmp_path_factory.mktemp("two-clusters")
    kubeconfig = folder / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_bytes(KUBECONFIG.read_bytes())
    inventory = folder / "inventory"
    settings = inventory / "group_vars" / "all"
    settings.mkdir(parents=True)
    hosts = {"cam_clusters": {"hosts": {name: host(name) for name in NAMES}}}
    (inventory / "hosts.yml").write_text(yaml.safe_dump(hosts), "utf-8")
    (settings / "local").symlink_to(ROOT / "inventories" / "local" / "group_vars" / "all")
    ours = {
        "cam_cluster_provider": "existing",
        "cam_cluster_kubeconfig": str(kubeconfig),
        "cam_monitoring_provider": "none",
        "cam_release_helm": str(ROOT / ".cache" / "bin" / "helm"),
        "cam_release_replicas": 1,
    }
    (settings / "pair.yml").write_text(yaml.safe_dump(ours), "utf-8")
    meshes = {name: Mesh(f"cam-wave-{name}", {}, inventory) for name in NAMES}
    yield meshes
    for mesh in meshes.values():
        # Its pods take their minute beside other tests; what begins the next run waits for them.
        mesh.kubectl("delete", "namespace", mesh.namespace, "--ignore-not-found", "--wait=false")


def test_a_wave_that_breaks_stops_the_next_one(pair: dict[str, Mesh]) -> None:
    broken = pair["first"].play(
        "deploy.yml", cam_release_values=BROKEN, cam_release_timeout_seconds=40
    )
    assert broken.code != 0
    assert "release cam-arbitration-mesh failed" in broken.text
    assert pair["first"].exists()
    assert not pair["second"].exists()


def test_the_repaired_inventory_deploys_both(pair: dict[str, Mesh]) -> None:
    deployed = pair["first"].play("deploy.yml")
    assert deployed.code == 0, deployed.text[-4000:]
    assert "first is healthy" in deployed.text
    assert "second is healthy" in deployed.text


def test_destroy_removes_what_was_made_and_leaves_what_was_not(pair: dict[str, Mesh]) -> None:
    first, second = pair["first"], pair["second"]
    first.kubectl("create", "configmap", "not-ours", "--from-literal=kept=yes")
    gone = first.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert gone.code == 0, gone.text[-4000:]
    assert not second.exists()
    # A pod has a minute for its last requests.
    first.kubectl("wait", "--for=delete", "pods", "--all", "--timeout=90s")
    left = first.kubectl(
        "get", "all,secrets,configmaps,pvc,ingresses,networkpolicies", "-o", "name"
    )
    # The record stays as long as the namespace, which is ours but holds what is not.
    kept = ["configmap/cam-set-cam-cluster", "configmap/kube-root-ca.crt", "configmap/not-ours"]
    assert sorted(left.split()) == kept
    first.kubectl("delete", "configmap", "not-ours")
    again = first.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert again.code == 0, again.text[-3000:]
    assert re.search(r"second : ok=\d+ changed=0 ", again.text), again.text[-3000:]
    assert not first.exists()


def test_a_deploy_after_destroy_is_killed_and_the_next_one_finishes_the_job(
    pair: dict[str, Mesh],
) -> None:
    """Killed again and again, each time further on."""
    second, only = pair["second"], ("--limit", "localhost,second")
    for task, seconds in (
        ("cam_database : Provide the server", 1.0),
        ("cam_release : Provide the release", 4.0),
    ):
        kill_deploy(second, *only, at=task, after_seconds=seconds)
    finished = second.play("deploy.yml", *only)
    assert finished.code == 0, finished.text[-4000:]
    assert "second is healthy" in finished.text
    again = second.play("deploy.yml", *only)
    assert (again.code, again.changed) == (0, 0), again.text[-3000:]
