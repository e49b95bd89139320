"""Pods from the API's own table: counted, and explained where they are not ready."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _pods_info
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._pods_info import rows
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi, status

PODS = "/api/v1/namespaces/cam-dev/pods"
TITLES = ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node")


def table(*cells: tuple[str, str, str, Any]) -> dict[str, Any]:
    """A Table as the API server prints pods."""
    return {
        "kind": "Table",
        "columnDefinitions": [{"name": title} for title in TITLES],
        "rows": [{"cells": [*row, "5m", "10.0.0.1", "node-1"], "object": None} for row in cells],
    }


class Cluster:
    def __init__(self, api: FakeApi, kubeconfig: str) -> None:
        self.api = api
        self.kubeconfig = kubeconfig
        self.asked: dict[str, list[str]] = {}

    def shows(self, *cells: tuple[str, str, str, Any]) -> None:
        def answer(query: dict[str, list[str]], _body: Any) -> Any:
            self.asked = query
            return 200, table(*cells)

        self.api.answers["GET", PODS] = answer

    def pod(self, name: str, waiting: str, message: str) -> None:
        state = {"waiting": {"reason": waiting, "message": message}}
        containers = [{"name": "cam-app", "image": "cam:9", "state": state}]
        item = {"metadata": {"name": name, "namespace": "cam-dev"}}
        self.api.put(f"{PODS}/{name}", {**item, "status": {"containerStatuses": containers}})

    def run(self, **changes: Any) -> dict[str, Any]:
        defaults = {
            name: option.get("default") for name, option in _pods_info.ARGUMENT_SPEC.items()
        }
        params = {**defaults, "kubeconfig": self.kubeconfig, "namespace": "cam-dev", **changes}
        return call(_pods_info.run, params, check_mode=False, diff=False)


@pytest.fixture
def cluster(api: FakeApi, kubeconfig: str) -> Cluster:
    return Cluster(api, kubeconfig)


def test_all_ready_is_one_request_without_objects(cluster: Cluster) -> None:
    cluster.shows(("cam-1", "1/1", "Running", 0), ("cam-2", "2/2", "Running", "3 (5m ago)"))
    result = cluster.run(label_selector="app=cam")
    assert result["status"] == "healthy"
    assert result["counts"] == {
        "pods": 2, "ready": 2, "not_ready": 0, "finished": 0, "restarts": 3,
    }  # fmt: skip
    assert cluster.asked == {"includeObject": ["None"], "labelSelector": ["app=cam"]}
    assert len(cluster.api.requests) == 1
    assert "as=Table" in cluster.api.requests[0][4]["accept"]


def test_what_is_not_ready_is_read_whole_and_explained(cluster: Cluster) -> None:
    cluster.shows(
        ("cam-1", "1/1", "Running", 0),
        ("cam-2", "0/1", "ImagePullBackOff", 0),
        ("cam-3", "0/1", "CrashLoopBackOff", 9),
    )
    cluster.pod("cam-2", "ImagePullBackOff", "no such image")
    result = cluster.run()
    assert result["status"] == "degraded"
    assert result["checks"][0]["observed"] == "1 of 3 pods ready"
    assert result["cause"] == "pods_sweep: 1 ImagePullBackOff, 1 CrashLoopBackOff"
    # cam-3 went away between the two looks.
    (pod,) = result["checks"][1:]
    assert pod["target"] == "Pod/cam-2"
    assert "the image cam:9 cannot be pulled" in pod["cause"]
    assert result["states"] == {"Running": 1, "ImagePullBackOff": 1, "CrashLoopBackOff": 1}


def test_the_limit_bounds_the_second_look(cluster: Cluster) -> None:
    cluster.shows(*((f"cam-{number}", "0/1", "Pending", 0) for number in range(50)))
    result = cluster.run(report_limit=3)
    assert result["status"] == "failed"
    assert len(cluster.api.requests) == 4


def test_what_finished_or_leaves_need_not_be_ready(cluster: Cluster) -> None:
    cluster.shows(
        ("cam-1", "1/1", "Running", 0),
        ("job-1", "0/1", "Completed", 0),
        ("cam-0", "0/1", "Terminating", 0),
    )
    result = cluster.run()
    assert result["status"] == "healthy"
    assert result["counts"]["finished"] == 1


def test_no_pod_is_unknown(cluster: Cluster) -> None:
    cluster.shows()
    assert cluster.run()["status"] == "unknown"


@pytest.mark.parametrize("ready", ["0/0", "0/1", "1/2", ""])
def test_a_pod_without_ready_containers_is_not_ready(ready: str) -> None:
    (row,) = rows(table(("a", ready, "Running", 0)))
    assert not row.ready


def test_an_answer_that_is_no_table_is_refused() -> None:
    with pytest.raises(CamError, match="'PodList' instead of a Table"):
        rows({"kind": "PodList", "items": []})


def test_a_refusal_of_the_api_is_a_message(cluster: Cluster) -> None:
    cluster.api.answers["GET", PODS] = (403, status(403, "Forbidden", "pods is forbidden"))
    assert "pods is forbidden" in cluster.run()["msg"]


@pytest.mark.parametrize("namespace", ["..", "a/b", "", "A"])
def test_a_namespace_that_is_none(cluster: Cluster, namespace: str) -> None:
    assert "is no name of a namespace" in cluster.run(namespace=namespace)["msg"]
