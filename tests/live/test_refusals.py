"""What cannot work on this cluster is refused before anything changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from mesh import EXISTING, KUBECONFIG, Mesh
from paths import ROOT

PROD = ROOT / "inventories" / "prod"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cam_release_image_tag": "9.9.9"}, "complete-arbitration-mesh:9.9.9 does not exist"),
        (
            {"cam_release_resources": {"requests": {"cpu": "64", "memory": "1Ti"}}},
            "2 pods (1 for updates) with database, cache and monitoring ask 128.",
        ),
        ({"cam_database_storage_class": "gold"}, "'gold'; the cluster has: local-path"),
    ],
    ids=["image", "capacity", "storage-class"],
)
def test_what_the_cluster_cannot_carry(mesh: Mesh, changes: dict[str, Any], message: str) -> None:
    before = mesh.versions()
    refused = mesh.play("deploy.yml", **changes)
    assert refused.code != 0
    assert message in refused.text
    assert "Traceback" not in refused.text
    assert mesh.versions() == before


def test_a_namespace_of_another_environment(mesh: Mesh) -> None:
    stranger = Mesh(mesh.namespace, EXISTING, PROD)
    before = mesh.versions()
    for verb in ("deploy.yml", "playbooks/rollback.yml", "playbooks/destroy.yml"):
        aimed = {"cam_cluster_namespace": mesh.namespace, "cam_destroy_confirm": "prod"}
        refused = stranger.play(verb, **aimed)
        assert refused.code != 0
        assert f"namespace {mesh.namespace} belongs to environment 'local'" in refused.text
        assert mesh.versions() == before


def test_prod_does_not_fit_this_machine_and_the_numbers_say_so(mesh: Mesh) -> None:
    stranger = Mesh(mesh.namespace, EXISTING, PROD)
    refused = stranger.play("playbooks/preflight.yml")
    assert refused.code != 0
    assert "6 pods (1 for updates) with database, cache and monitoring ask" in refused.text
    assert "free are" in refused.text


def test_a_weak_password_is_refused_and_not_repeated(mesh: Mesh) -> None:
    password = "summer-2026"
    namespace = Mesh("cam-weak")
    namespace.kubectl("create", "namespace", "cam-weak")
    try:
        namespace.kubectl(
            "create", "secret", "generic", "redis-secret", f"--from-literal=password={password}"
        )
        refused = mesh.play("deploy.yml", cam_cluster_namespace="cam-weak")
        assert refused.code != 0
        assert "'password' of Secret redis-secret has 11 characters" in refused.text
        assert password not in refused.text
    finally:
        namespace.kubectl("delete", "namespace", "cam-weak")


def test_a_cluster_out_of_reach(tmp_path: Path) -> None:
    dead = yaml.safe_load(KUBECONFIG.read_text("utf-8"))
    dead["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    file = tmp_path / "kubeconfig"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(dead), "utf-8")
    aimed = {**EXISTING, "cam_cluster_kubeconfig": str(file)}
    refused = Mesh("cam-prod", aimed, PROD).play("deploy.yml")
    assert refused.code != 0
    assert "https://127.0.0.1:1" in refused.text
    assert "Traceback" not in refused.text


def test_destroy_asks_for_the_name(mesh: Mesh) -> None:
    before = mesh.versions()
    refused = mesh.play("playbooks/destroy.yml")
    assert refused.code != 0
    assert "Confirm with -e cam_destroy_confirm=local" in refused.text
    assert mesh.versions() == before
