"""The live checks, asked of an API; and what must hold for every cluster."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _preflight_live
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from fake_api import FakeApi, status
from hypothesis import given
from hypothesis import strategies as st
from test__preflight import VALUES, node, storage_class, with_
from test__preflight_room import pod, quota

IDENTITY = "/api/v1/namespaces/cam-dev/configmaps/cam-identity"
SECRETS = "/api/v1/namespaces/cam-dev/secrets"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
QUOTAS = "/api/v1/namespaces/cam-dev/resourcequotas"
NAMES = [
    "version", "owner", "storage", "capacity", "limits", "scaler", "quota", "image", "credentials",
]  # fmt: skip


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def cluster(api: FakeApi) -> FakeApi:
    """A cluster into which the mesh of VALUES fits."""
    api.answers["GET", "/version"] = (200, {"major": "1", "minor": "36", "gitVersion": "v1.36.3"})
    api.answers["GET", "/api/v1/nodes"] = (200, {"items": [node("4")]})
    api.answers["GET", "/api/v1/pods"] = (200, {"items": [pod("500m")]})
    api.answers["GET", QUOTAS] = (200, {"items": []})
    api.answers["GET", CLASSES] = (200, {"items": [storage_class("true")]})
    api.put(f"{SECRETS}/redis-secret", {"data": {"password": encoded("p" * 16)}})
    return api


def refusals(kube: Kube, values: dict[str, Any] = VALUES) -> dict[str, str]:
    found = _preflight_live.run(kube, values, "cam-dev", "dev-1")
    assert [one.name for one in found] == NAMES
    return {one.name: one.text for one in found if not one.passed}


def test_a_cluster_that_fits_passes_every_check_and_is_only_read(
    cluster: FakeApi, kube: Kube
) -> None:
    assert refusals(kube) == {}
    assert cluster.writes() == []


def test_pods_that_ended_are_not_asked_for(cluster: FakeApi, kube: Kube) -> None:
    refusals(kube)
    (query,) = [query for _, path, query, _, _ in cluster.requests if path == "/api/v1/pods"]
    assert query == {"fieldSelector": ["status.phase!=Succeeded,status.phase!=Failed"]}


@pytest.mark.parametrize("provider", ["aws", "local"])
def test_a_provider_that_brings_a_storage_class_need_not_have_it_yet(
    cluster: FakeApi, kube: Kube, provider: str
) -> None:
    cluster.answers["GET", CLASSES] = (200, {"items": []})
    assert "storage" not in refusals(kube, {**VALUES, "cam_cluster_provider": provider})
    assert "storage" in refusals(kube)


def test_everything_that_is_wrong_is_told_at_once(cluster: FakeApi, kube: Kube) -> None:
    cluster.answers["GET", "/version"] = (200, {"major": "1", "minor": "29+"})
    cluster.answers["GET", "/api/v1/nodes"] = (200, {"items": []})
    cluster.answers["GET", CLASSES] = (200, {"items": []})
    cluster.put(IDENTITY, {"data": {"environment": "prod", "cluster": "dev-1"}})
    del cluster.objects[f"{SECRETS}/redis-secret"]
    cluster.answers["GET", QUOTAS] = (200, {"items": [quota({"pods": "2"})]})
    scaled = with_(release_image_repository="localhost/cam", release_autoscaling_enabled=True)
    found = refusals(kube, scaled)
    # A limit is never refused.
    assert list(found) == [name for name in NAMES if name != "limits"]
    assert found["version"] == "Kubernetes 1.29 is too old; 1.30 or newer is needed"
    assert found["owner"].startswith("namespace cam-dev belongs to environment 'prod'")
    assert "set cam_database_storage_class (found: none)" in found["storage"]
    assert "on 0 node(s). Add nodes, or lower" in found["capacity"]
    assert "does not serve metrics.k8s.io" in found["scaler"]
    assert "allows pods 2" in found["quota"]
    assert "localhost/cam:2.0.0 does not exist on the node" in found["image"]


def test_a_namespace_of_our_own_is_ours(cluster: FakeApi, kube: Kube) -> None:
    cluster.put(IDENTITY, {"data": {"environment": "dev", "cluster": "dev-1"}})
    assert refusals(kube) == {}
    cluster.put(IDENTITY, {})
    assert "belongs to environment ''" in refusals(kube)["owner"]


def test_a_right_that_is_missing_is_named(cluster: FakeApi, kube: Kube) -> None:
    cluster.answers["GET", "/api/v1/nodes"] = (403, status(403, "Forbidden", "no right to nodes"))
    with pytest.raises(KubeError, match="no right to nodes"):
        _preflight_live.run(kube, VALUES, "cam-dev", "dev-1")


def test_the_mesh_itself_takes_no_room(cluster: FakeApi, kube: Kube) -> None:
    cluster.answers["GET", "/api/v1/nodes"] = (200, {"items": [node("3")]})
    assert "capacity" in refusals(kube)
    cluster.answers["GET", "/api/v1/pods"] = (200, {"items": [pod("2", "cam-dev")]})
    assert refusals(kube) == {}


def test_a_node_that_lists_no_image_holds_none() -> None:
    bare = {"status": {"allocatable": {"cpu": "1", "memory": "1Gi"}}}
    local = with_(release_image_repository="localhost/cam")
    assert not _preflight_live.images([bare], local).passed
    assert _preflight_live.images([bare, node("1", "localhost/cam:2.0.0")], local).passed


def test_the_node_is_asked_for_the_image_that_the_release_asks_for() -> None:
    held = [node("1", "localhost/cam:2.0.0", "localhost/cam@sha256:" + "a" * 64)]
    for good in ({"tag": "v2.0.0"}, {"digest": "sha256:" + "a" * 64}):
        changes = {f"release_image_{key}": value for key, value in good.items()}
        values = with_(release_image_repository="localhost/cam", **changes)
        assert _preflight_live.images(held, values).passed, good
    other = with_(release_image_repository="localhost/cam", release_image_tag="v2.0.1")
    assert "localhost/cam:2.0.1 does not exist" in _preflight_live.images(held, other).text


@given(st.integers(1, 3), st.integers(0, 60), st.sampled_from(["", "+", "-gke.1"]))
def test_a_newer_version_is_never_refused_for_its_name(major: int, minor: int, end: str) -> None:
    found = _preflight_live.version({"major": str(major), "minor": f"{minor}{end[:1]}"})
    assert found.passed is ((major, minor) >= (1, 30))


@pytest.mark.parametrize("password", ["", "hunter2", "p" * 15])
def test_a_weak_password_is_refused_with_its_length_only(
    cluster: FakeApi, kube: Kube, password: str
) -> None:
    cluster.put(f"{SECRETS}/postgres-secret", {"data": {"password": encoded(password)}})
    text = refusals(kube)["credentials"]
    assert f"'password' of Secret postgres-secret has {len(password)} characters; 16" in text
    assert not password or password not in text.replace("postgres", "")


def test_an_external_service_needs_its_secret(cluster: FakeApi, kube: Kube) -> None:
    del cluster.objects[f"{SECRETS}/redis-secret"]
    text = refusals(kube)["credentials"]
    assert "Secret redis-secret does not exist in cam-dev; provider external of cam_cache" in text
