"""Waiting, with a clock that only moves when somebody sleeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Ref
from ansible_collections.cam.mesh.plugins.module_utils._objects_wait import (
    until_gone,
    until_ready,
)
from fake_api import FakeApi

NAMESPACE = "/api/v1/namespaces/cam-dev"
DEPLOYMENT = "/apis/apps/v1/namespaces/cam-dev/deployments/app"
STATEFUL_SET = "/apis/apps/v1/namespaces/cam-dev/statefulsets/app"


class Hands:
    """A clock whose hands are moved by sleep; may do something at a given time."""

    def __init__(self) -> None:
        self.time = 0.0
        self.plan: list[tuple[float, Callable[[], Any]]] = []

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for moment, action in list(self.plan):
            if self.time >= moment:
                self.plan.remove((moment, action))
                action()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


@pytest.fixture
def hands() -> Hands:
    return Hands()


def workload(api: FakeApi, path: str = DEPLOYMENT, **state: Any) -> tuple[Ref, dict[str, Any]]:
    kind = "Deployment" if path == DEPLOYMENT else "StatefulSet"
    item = {
        "kind": kind,
        "metadata": {"name": "app", "namespace": "cam-dev", "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "cam"}}},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, **state},
    }
    return Ref("apps/v1", kind, "cam-dev", "app"), api.put(path, item)


def pod(api: FakeApi, name: str = "app-1", revision: str = "", **container: Any) -> None:
    labels = {"controller-revision-hash": revision} if revision else {}
    status = {"name": "app", "image": "cam:9", "restartCount": 0, "ready": False, **container}
    api.put(
        f"{NAMESPACE}/pods/{name}",
        {
            "metadata": {"name": name, "namespace": "cam-dev", "labels": labels},
            "status": {"phase": "Pending", "containerStatuses": [status]},
        },
    )


def test_ready_at_once_asks_nothing(api: FakeApi, kube: Kube, hands: Hands) -> None:
    until_ready(kube, [workload(api, availableReplicas=1)], 60, hands.clock)
    assert api.requests == []


def test_ready_later(api: FakeApi, kube: Kube, hands: Hands) -> None:
    item = workload(api)
    hands.plan.append((5, lambda: workload(api, availableReplicas=1)))
    until_ready(kube, [item], 60, hands.clock)
    assert 5 <= hands.time < 6


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_a_missing_image_is_told_early(api: FakeApi, kube: Kube, hands: Hands, reason: str) -> None:
    pod(api, state={"waiting": {"reason": reason, "message": "not found"}})
    with pytest.raises(CamError, match="the image cam:9 cannot be pulled") as caught:
        until_ready(kube, [workload(api)], 300, hands.clock)
    assert 15 <= hands.time < 17
    assert "Deployment cam-dev/app does not start" in str(caught.value)
    assert "0 of 1 replicas available" in str(caught.value)


def test_a_crash_is_told_with_its_last_words(api: FakeApi, kube: Kube, hands: Hands) -> None:
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    pod(api, restartCount=2, state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=ended)
    api.answers["GET", f"{NAMESPACE}/pods/app-1/log"] = (
        200,
        b"cannot reach postgres",
        "text/plain",
    )
    with pytest.raises(CamError, match="its last log line: cannot reach postgres"):
        until_ready(kube, [workload(api)], 300, hands.clock)


def test_a_cause_that_goes_away_does_not_count(api: FakeApi, kube: Kube, hands: Hands) -> None:
    item = workload(api)
    broken = {"waiting": {"reason": "ErrImagePull"}}
    pod(api, state=broken)
    hands.plan.append((10, lambda: pod(api, state={"running": {}})))
    hands.plan.append((12, lambda: pod(api, state=broken)))
    hands.plan.append((20, lambda: workload(api, availableReplicas=1)))
    until_ready(kube, [item], 300, hands.clock)


def test_timeout_carries_the_last_observation(api: FakeApi, kube: Kube, hands: Hands) -> None:
    pod(api, state={"running": {}})
    api.put(f"{NAMESPACE}/events/e", {"reason": "Unhealthy", "message": "HTTP 503"})
    with pytest.raises(CamError) as caught:
        until_ready(kube, [workload(api)], 20, hands.clock)
    assert str(caught.value) == (
        "Deployment cam-dev/app is not ready after 20 s: 0 of 1 replicas available, 1 of the "
        "current revision; pod app-1 Pending (app running but not ready); "
        "last warning: Unhealthy: HTTP 503"
    )


def test_timeout_during_a_cause(api: FakeApi, kube: Kube, hands: Hands) -> None:
    pod(api, restartCount=2, lastState={"terminated": {"exitCode": 3}})
    api.answers["GET", f"{NAMESPACE}/pods/app-1/log"] = (200, b"boom", "text/plain")
    with pytest.raises(CamError, match=r"not ready after 5 s.*exit code 3.*log line: boom"):
        until_ready(kube, [workload(api)], 5, hands.clock)


def test_a_failed_job_is_told_at_once(api: FakeApi, kube: Kube, hands: Hands) -> None:
    conditions = [{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]
    job = {"kind": "Job", "metadata": {}, "status": {"conditions": conditions}}
    with pytest.raises(CamError, match="Job cam-dev/migrate failed: DeadlineExceeded"):
        until_ready(kube, [(Ref("batch/v1", "Job", "cam-dev", "migrate"), job)], 60, hands.clock)


def test_deleted_while_waiting(api: FakeApi, kube: Kube, hands: Hands) -> None:
    item = workload(api)
    hands.plan.append((1, lambda: api.objects.pop(DEPLOYMENT)))
    with pytest.raises(CamError, match="was deleted by somebody"):
        until_ready(kube, [item], 60, hands.clock)


def test_a_stuck_stateful_set_is_freed(api: FakeApi, kube: Kube, hands: Hands) -> None:
    item = workload(api, STATEFUL_SET, updateRevision="new")
    pod(api, "app-0", revision="old", state={"waiting": {"reason": "ImagePullBackOff"}})
    hands.plan.append(
        (3, lambda: workload(api, STATEFUL_SET, updateRevision="new", availableReplicas=1))
    )
    until_ready(kube, [item], 60, hands.clock)
    assert api.writes() == [("DELETE", f"{NAMESPACE}/pods/app-0")]


def test_a_stuck_pod_is_deleted_once(api: FakeApi, kube: Kube, hands: Hands) -> None:
    api.keep_deleted = True
    pod(api, "app-0", revision="old", state={"waiting": {"reason": "ImagePullBackOff"}})
    with pytest.raises(CamError, match="not ready after 30 s"):
        until_ready(kube, [workload(api, STATEFUL_SET, updateRevision="new")], 30, hands.clock)
    assert len(api.writes()) == 1


def test_until_gone(api: FakeApi, kube: Kube, hands: Hands) -> None:
    path = f"{NAMESPACE}/configmaps/c"
    ref = Ref("v1", "ConfigMap", "cam-dev", "c")
    item = api.put(path, {})
    hands.plan.append((2, lambda: api.objects.pop(path)))
    until_gone(kube, [(ref, item["metadata"]["uid"])], 10, hands.clock)
    assert hands.time == 2


def test_replaced_is_gone(api: FakeApi, kube: Kube, hands: Hands) -> None:
    api.put(f"{NAMESPACE}/configmaps/c", {})
    until_gone(kube, [(Ref("v1", "ConfigMap", "cam-dev", "c"), "older")], 10, hands.clock)


def stuck_claim(api: FakeApi, kube: Kube, hands: Hands) -> str:
    metadata = {"finalizers": ["kubernetes.io/pvc-protection"]}
    claim = api.put(f"{NAMESPACE}/persistentvolumeclaims/p", {"metadata": metadata})
    ref = Ref("v1", "PersistentVolumeClaim", "cam-dev", "p")
    with pytest.raises(CamError, match=r"not gone after 10 s .*kubernetes.io/pvc-prot") as caught:
        until_gone(kube, [(ref, claim["metadata"]["uid"])], 10, hands.clock)
    return str(caught.value)


def test_a_claim_that_stays_names_the_pods_that_mount_it(
    api: FakeApi, kube: Kube, hands: Hands
) -> None:
    for name, claim in (("app-1", "p"), ("app-2", "p"), ("other", "q")):
        pod(api, name, state={"running": {}}, ready=True)
        item = api.objects[f"{NAMESPACE}/pods/{name}"]
        item["spec"] = {"volumes": [{"persistentVolumeClaim": {"claimName": claim}}, {"name": "x"}]}
    api.objects[f"{NAMESPACE}/pods/app-2"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    said = stuck_claim(api, kube, hands)
    assert "pod app-1 " in said
    assert "pod app-2 " in said
    assert "other" not in said
    assert "1 of 2 told to stop" in said


def test_a_claim_that_nobody_mounts_points_at_the_controllers(
    api: FakeApi, kube: Kube, hands: Hands
) -> None:
    assert "no pod mounts it" in stuck_claim(api, kube, hands)


def test_a_namespace_says_what_it_waits_for(api: FakeApi, kube: Kube, hands: Hands) -> None:
    conditions = [
        {"type": "NamespaceDeletionDiscoveryFailure", "status": "True", "message": "stale group"},
        {"type": "NamespaceContentRemaining", "status": "False", "message": "all removed"},
    ]
    spec = {"finalizers": ["kubernetes"]}
    item = api.put("/api/v1/namespaces/n", {"spec": spec, "status": {"conditions": conditions}})
    ref = Ref("v1", "Namespace", "", "n")
    with pytest.raises(CamError, match=r"\(1 left; stale group; its finalizers: kubernetes\)"):
        until_gone(kube, [(ref, item["metadata"]["uid"])], 10, hands.clock)
