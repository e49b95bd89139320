"""The number of pods outlives the change from a chart's number to an autoscaler's."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _replicas
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from fake_api import FakeApi

PATH = "/apis/apps/v1/namespaces/cam-dev/deployments/cam"
MANIFEST: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "cam", "namespace": "cam-dev"},
    "spec": {"template": {}},
}


def live(owner: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "cam",
            "namespace": "cam-dev",
            "managedFields": [
                {"manager": owner, "fieldsV1": {"f:spec": {"f:replicas": {}}}},
                {"manager": "other", "fieldsV1": {"f:spec": {"f:template": {}}}},
            ],
        },
        "spec": {"replicas": 7, "template": {}},
    }


def with_replicas(manifest: dict[str, Any], replicas: int) -> dict[str, Any]:
    return {**manifest, "spec": {**manifest["spec"], "replicas": replicas}}


def test_the_number_that_runs_is_owned_before_the_chart_lets_it_go(
    api: FakeApi, kube: Kube
) -> None:
    api.put("/api/v1/namespaces/cam-dev", {"kind": "Namespace", "metadata": {"name": "cam-dev"}})
    api.put(PATH, live("helm"))
    _replicas.hand_over(kube, [MANIFEST], "helm")
    (write,) = [request for request in api.requests if request[0] == "PATCH"]
    _, path, query, body, _ = write
    assert path == PATH
    assert query == {"fieldManager": ["cam.mesh.replicas"], "force": ["true"]}
    assert body["spec"] == {"replicas": 7}


@pytest.mark.parametrize(
    ("manifest", "owner"),
    [
        (with_replicas(MANIFEST, 3), "helm"),
        (MANIFEST, "kube-controller-manager"),
        ({**MANIFEST, "kind": "Service", "apiVersion": "v1"}, "helm"),
    ],
    ids=["the chart names it", "somebody else has it", "nothing to scale"],
)
def test_otherwise_nothing_is_written(
    api: FakeApi, kube: Kube, manifest: dict[str, Any], owner: str
) -> None:
    api.put(PATH, live(owner))
    _replicas.hand_over(kube, [manifest], "helm")
    assert api.writes() == []


def test_a_first_deploy_has_nothing_to_keep(api: FakeApi, kube: Kube) -> None:
    _replicas.hand_over(kube, [MANIFEST], "helm")
    assert api.writes() == []
    assert _replicas.kept(MANIFEST, None) is MANIFEST


def test_a_dry_run_shows_the_number_that_will_be_and_not_the_default() -> None:
    assert _replicas.kept(MANIFEST, live("helm"))["spec"]["replicas"] == 7
    own = with_replicas(MANIFEST, 3)
    assert _replicas.kept(own, live("helm")) is own
