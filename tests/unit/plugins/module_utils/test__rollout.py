"""Readiness and causes, from objects as a cluster reports them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _rollout
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._rollout import Cause, readiness
from fake_api import FakeApi, status

NAMESPACE = "/api/v1/namespaces/cam-dev"


def workload(kind: str, wanted: int = 1, generation: int = 1, **state: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "metadata": {"name": "w", "namespace": "cam-dev", "generation": generation},
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": "w"}}},
        "status": {"observedGeneration": 1, **state},
    }


def pod(name: str = "w-1", labels: dict[str, str] | None = None, **state: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "cam-dev", "labels": labels or {}, "uid": f"uid-{name}"}
    return {"metadata": metadata, "status": state}


def container(**fields: Any) -> dict[str, Any]:
    return {"name": "app", "image": "cam:1", "restartCount": 0, "ready": False, **fields}


def test_deployment_ready() -> None:
    state = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
    assert readiness(workload("Deployment", 2, **state)).ready


@pytest.mark.parametrize(
    "state",
    [
        {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 1},
        {"replicas": 3, "updatedReplicas": 2, "availableReplicas": 3},
        {"replicas": 2, "updatedReplicas": 1, "availableReplicas": 2},
        {},
    ],
)
def test_deployment_not_ready(state: dict[str, Any]) -> None:
    assert not readiness(workload("Deployment", 2, **state)).ready


def test_generation_that_is_not_seen_yet() -> None:
    state = readiness(workload("Deployment", 1, 2, updatedReplicas=1, availableReplicas=1))
    assert "generation 2" in state.text
    assert not state.ready


def test_pods_that_may_not_be_made() -> None:
    conditions = [{"type": "ReplicaFailure", "status": "True", "message": "quota exceeded"}]
    assert "quota exceeded" in readiness(workload("Deployment", conditions=conditions)).text


def test_scaled_to_zero_is_ready() -> None:
    assert readiness(workload("Deployment", 0)).ready
    assert readiness(workload("StatefulSet", 0)).ready


def test_stateful_set_and_daemon_set() -> None:
    assert readiness(workload("StatefulSet", updatedReplicas=1, availableReplicas=1)).ready
    assert not readiness(workload("StatefulSet", availableReplicas=1)).ready
    state = {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}
    assert readiness(workload("DaemonSet", **state)).ready
    assert not readiness(workload("DaemonSet", **{**state, "numberAvailable": 1})).ready


def test_job() -> None:
    assert readiness(workload("Job", conditions=[{"type": "Complete", "status": "True"}])).ready
    failure = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
    failed = readiness(workload("Job", conditions=[failure]))
    assert failed.failed
    assert "BackoffLimitExceeded" in failed.text
    assert readiness(workload("Job", succeeded=0)).text == "0 of 1 completions"
    suspended = workload("Job")
    suspended["spec"]["suspend"] = True
    assert readiness(suspended).ready
    other = [{"type": "Suspended", "status": "True"}, {"type": "Failed", "status": "False"}]
    assert not readiness(workload("Job", conditions=other)).ready


@pytest.mark.parametrize(
    ("state", "key", "text"),
    [
        (
            {
                "conditions": [
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": "Unschedulable",
                        "message": "0/1 nodes are available: 1 Insufficient cpu",
                    }
                ]
            },
            "unschedulable",
            "Insufficient cpu",
        ),
        (
            {
                "containerStatuses": [
                    container(state={"waiting": {"reason": "ImagePullBackOff", "message": "404"}})
                ]
            },
            "image:app",
            "the image cam:1 cannot be pulled: ImagePullBackOff: 404",
        ),
        (
            {
                "initContainerStatuses": [
                    container(state={"waiting": {"reason": "CreateContainerConfigError"}})
                ]
            },
            "config:app",
            "CreateContainerConfigError: no message",
        ),
        (
            {
                "containerStatuses": [
                    container(
                        restartCount=3,
                        state={"waiting": {"reason": "CrashLoopBackOff"}},
                        lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    )
                ]
            },
            "crash:app",
            "ended 3 times, last with exit code 137 (OOMKilled)",
        ),
    ],
)
def test_terminal_causes(state: dict[str, Any], key: str, text: str) -> None:
    cause = _rollout.terminal_cause([pod("fine"), pod(**state)])
    assert cause is not None
    assert cause.key == key
    assert text in cause.text


@pytest.mark.parametrize(
    "state",
    [
        {"conditions": [{"type": "PodScheduled", "status": "True"}]},
        {"containerStatuses": [container(state={"waiting": {"reason": "ContainerCreating"}})]},
        {
            "containerStatuses": [
                container(restartCount=1, lastState={"terminated": {"exitCode": 1}})
            ]
        },
        {
            "containerStatuses": [
                container(restartCount=4, ready=True, lastState={"terminated": {"exitCode": 1}})
            ]
        },
        {
            "containerStatuses": [
                container(
                    restartCount=4,
                    lastState={"terminated": {"exitCode": 255, "reason": "Unknown"}},
                )
            ]
        },
    ],
)
def test_what_may_heal_is_no_cause(state: dict[str, Any]) -> None:
    assert _rollout.terminal_cause([pod(**state)]) is None


def test_describe() -> None:
    state = {"waiting": {"reason": "ContainerCreating"}}
    found = _rollout.describe(
        [
            pod(phase="Running", containerStatuses=[container(state={"running": {}})]),
            pod(
                "w-2",
                phase="Running",
                containerStatuses=[container(state={"running": {}}, ready=True)],
            ),
            pod("w-3", phase="Pending", containerStatuses=[container(state=state)]),
            pod("w-4"),
        ]
    )
    assert found == (
        "pod w-1 Running (app running but not ready); pod w-2 Running (app ready); "
        "pod w-3 Pending (app ContainerCreating); pod w-4 Unknown (no container started)"
    )
    assert _rollout.describe([]) == "it has no pods"


def test_pods_of_an_older_revision_do_not_count(api: FakeApi, kube: Kube) -> None:
    old, new = pod("old", {"pod-template-hash": "1"}), pod("new", {"pod-template-hash": "2"})
    old["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
    new["metadata"]["creationTimestamp"] = "2026-01-02T00:00:00Z"
    api.put(f"{NAMESPACE}/pods/old", old)
    api.put(f"{NAMESPACE}/pods/new", new)
    found = _rollout.pods_of(kube, workload("Deployment"))
    assert [item["metadata"]["name"] for item in found] == ["new"]
    assert api.requests[-1][2] == {"labelSelector": ["app=w"]}
    assert len(_rollout.pods_of(kube, workload("StatefulSet"))) == 2


def test_no_pods(kube: Kube) -> None:
    assert _rollout.pods_of(kube, workload("Deployment")) == []
    bare = workload("Deployment")
    bare["spec"] = {}
    assert _rollout.pods_of(kube, bare) == []


def test_selector_text() -> None:
    rules = [
        {"key": "a", "operator": "In", "values": ["1", "2"]},
        {"key": "b", "operator": "NotIn", "values": ["3"]},
        {"key": "c", "operator": "Exists"},
        {"key": "d", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"x": "y"}, "matchExpressions": rules}
    assert _rollout.selector_text(selector) == "x=y,a in (1,2),b notin (3),c,!d"


def test_last_log_line(api: FakeApi, kube: Kube) -> None:
    crash = Cause("crash:app", "", pod())
    path = f"{NAMESPACE}/pods/w-1/log"

    def log(query: dict[str, list[str]], body: Any) -> tuple[int, Any, str]:
        if query["previous"] == ["true"]:
            return 400, status(400, "BadRequest", "no previous container"), "application/json"
        return 200, b"one\nERROR: no \x1b[31mdatabase\n\n", "text/plain"

    api.answers["GET", path] = log
    assert _rollout.last_log_line(kube, crash) == "ERROR: no ?[31mdatabase"
    api.answers["GET", path] = (404, b"", "text/plain")
    assert _rollout.last_log_line(kube, crash) == ""
    assert _rollout.last_log_line(kube, Cause("image:app", "", pod())) == ""


def test_last_warning(api: FakeApi, kube: Kube) -> None:
    item = workload("StatefulSet")
    assert _rollout.last_warning(kube, item) == ""
    for number, text in ((1, "old"), (2, "forbidden: exceeds quota")):
        event = {"reason": "FailedCreate", "message": text, "lastTimestamp": f"2026-01-0{number}"}
        api.put(f"{NAMESPACE}/events/e{number}", event)
    assert _rollout.last_warning(kube, item) == "FailedCreate: forbidden: exceeds quota"
    api.answers["GET", f"{NAMESPACE}/events"] = (403, status(403, "Forbidden", "no"))
    assert _rollout.last_warning(kube, item) == ""


def test_a_log_that_cannot_be_asked_for_is_empty(tmp_path: Path) -> None:
    gone = FakeApi()
    gone.url = "http://127.0.0.1:9"
    kube = Kube.connect(gone.kubeconfig(tmp_path))
    assert _rollout.last_log_line(kube, Cause("crash:app", "", pod())) == ""
