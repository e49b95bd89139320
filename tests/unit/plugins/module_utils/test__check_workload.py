"""Workloads, claims, quotas and budgets: green once, and red for each cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_workload as judge
from ansible_collections.cam.mesh.plugins.module_utils._check_workload import ROLLOUT

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LABELS = {"app.kubernetes.io/name": "cam"}


class Silent:
    """A cluster without warnings and logs."""

    def warnings(self) -> list[dict[str, Any]]:
        return []

    def log(self, pod: str, container: str, *, previous: bool) -> list[str]:
        return []


def deployment(replicas: int = 2, available: int = 2) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "app", "namespace": "cam-test", "generation": 3},
        "spec": {"replicas": replicas},
        "status": {
            "observedGeneration": 3,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": available,
            "availableReplicas": available,
        },
    }


def pod(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "app-1", "labels": LABELS},
        "spec": {"containers": [{"name": "app", "image": "cam:2"}]},
        "status": {"phase": "Running", **status},
    }


def container(**state: Any) -> dict[str, Any]:
    return {"name": "app", "image": "cam:2", "ready": False, "state": state}


def workload(item: Any, pods: Any) -> Any:
    return judge.workload(ROLLOUT, "Deployment/app", item, pods, Silent())


def test_a_workload_that_runs_is_ok() -> None:
    assert workload(deployment(), [pod()]).state == "ok"


@pytest.mark.parametrize(
    ("item", "pods", "cause"),
    [
        (None, [], "Deployment/app is gone"),
        (deployment(0, 0), [], "scaled to 0"),
        (deployment(2, 0), [], "it has no pods"),
        (
            deployment(2, 1),
            [pod(containerStatuses=[container(waiting={"reason": "ImagePullBackOff"})])],
            "cannot be pulled",
        ),
        (
            deployment(2, 1),
            [
                pod(
                    conditions=[
                        {
                            "type": "ContainersReady",
                            "status": "False",
                            "message": "containers with unready status: [app]",
                        }
                    ],
                    containerStatuses=[container(running={})],
                )
            ],
            "container app is not ready",
        ),
    ],
)
def test_a_workload_that_does_not_run_names_the_cause(item: Any, pods: Any, cause: str) -> None:
    found = workload(item, pods)
    assert found.state == "failed"
    assert cause in found.cause


def test_an_item_of_a_list_is_rolled_out_only_without_pods_of_an_older_revision() -> None:
    item = deployment(1, 1)
    item["status"]["replicas"] = 2
    del item["kind"]
    assert workload(item, [pod()]).state == "failed"


@pytest.mark.parametrize(
    ("reason", "terminal"), [("ImagePullBackOff", "rollout:image:app"), ("ContainerCreating", "")]
)
def test_a_cause_that_waiting_does_not_heal_is_marked(reason: str, terminal: str) -> None:
    waits = pod(containerStatuses=[container(waiting={"reason": reason})])
    assert workload(deployment(2, 1), [waits]).terminal == terminal


def test_fewer_pods_than_wanted_is_degraded() -> None:
    item = deployment(2, 2)
    check = workload(item, [])
    assert judge.enough(check, item, 2).state == "ok"
    assert judge.enough(check, item, 3).state == "degraded"
    gone = workload(None, [])
    assert judge.enough(gone, None, 3) is gone


def built(digest: str, image: str = "cam:2") -> dict[str, Any]:
    sidecar = {"name": "aside", "imageID": "registry/proxy@sha256:9"}
    mine = {"name": "app", "imageID": f"registry/cam@sha256:{digest}"}
    found = pod(containerStatuses=[sidecar, mine])
    found["spec"]["containers"][0]["image"] = image
    return found


def test_the_image_must_be_the_expected_one() -> None:
    assert judge.image([pod()], "cam:2").state == "ok"
    assert judge.image([pod()], "cam:3").state == "failed"
    assert judge.image([], "cam:3").observed == "no pods"


def test_one_tag_must_be_one_build() -> None:
    found = judge.image([built("a"), built("a")], "cam:2")
    assert (found.state, found.observed) == ("ok", "cam:2, one build (sha256:a)")
    found = judge.image([built("a"), built("b")], "cam:2")
    assert (found.state, found.cause) == ("degraded", "one name, 2 builds: sha256:a, sha256:b")


def test_an_image_by_digest_is_held_against_what_the_node_runs() -> None:
    wanted = "cam@sha256:a"
    assert judge.image([built("a", wanted), built("a", wanted)], wanted).state == "ok"
    found = judge.image([built("b", wanted)], wanted)
    assert found.is_advice
    assert "runs as sha256:b" in found.cause
    assert judge.image([built("a", wanted), built("b", wanted)], wanted).state == "degraded"
    silent = pod()
    silent["spec"]["containers"][0]["image"] = wanted
    found = judge.image([silent], wanted)
    assert (found.is_advice, found.cause) == (True, "nothing tells which build runs (yet)")


def ended(reason: str, seconds_ago: int, times: int = 1) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=seconds_ago)).isoformat().replace("+00:00", "Z")
    last = {"terminated": {"reason": reason, "finishedAt": at}}
    status = {"name": "app", "ready": True, "lastState": last, "restartCount": times}
    return pod(containerStatuses=[status])


@pytest.mark.parametrize(
    ("pods", "state", "critical"),
    [
        ([pod()], "ok", True),
        ([ended("Error", 600)], "ok", True),
        ([ended("Error", 60)], "degraded", False),
        ([ended("Error", 60, times=3)], "degraded", True),
        ([ended("Error", 600, times=3)], "ok", True),
        ([ended("OOMKilled", 60)], "degraded", True),
        ([ended("Error", 60), ended("OOMKilled", 60)], "degraded", True),
        ([ended("Unknown", 60, times=4)], "degraded", False),
        ([ended("ContainerStatusUnknown", 60, times=4)], "degraded", False),
        ([ended("Unknown", 60, times=4), ended("Error", 60, times=3)], "degraded", True),
    ],
)
def test_a_restart_counts_for_a_while(pods: Any, state: str, critical: bool) -> None:
    found = judge.restarts(pods, NOW, 300)
    assert (found.state, found.critical) == (state, critical)


def test_a_container_that_went_with_its_node_is_told_so() -> None:
    cause = judge.restarts([ended("Unknown", 60, times=4)], NOW, 300).cause
    assert cause.endswith(", lost when its node or container runtime restarted")


def hpa(reason: str = "", kind: str = "ScalingActive", minutes: int = 5) -> dict[str, Any]:
    since = (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    told = {"type": kind, "status": "False", "reason": reason, "lastTransitionTime": since}
    return {
        "metadata": {"name": "app"},
        "spec": {"scaleTargetRef": {"name": "app"}, "maxReplicas": 3},
        "status": {"currentReplicas": 3, "conditions": [told] if reason else []},
    }


@pytest.mark.parametrize(
    ("items", "wanted", "state", "critical"),
    [
        ([hpa()], True, "ok", True),
        ([], False, "not_configured", True),
        ([], True, "failed", True),
        ([hpa("FailedGetResourceMetric")], True, "degraded", True),
        ([hpa("FailedGetResourceMetric", minutes=1)], True, "degraded", False),
        ([hpa("FailedGetScale", "AbleToScale")], False, "degraded", True),
        ([hpa("TooManyReplicas", "ScalingLimited")], True, "degraded", False),
    ],
)
def test_an_autoscaler_must_be_able_to_scale(
    items: Any, wanted: bool, state: str, critical: bool
) -> None:
    found = judge.autoscaler(items, "app", wanted, NOW)
    assert (found.state, found.critical) == (state, critical)


def budget(allowed: int, labels: dict[str, str] = LABELS) -> dict[str, Any]:
    return {
        "metadata": {"name": "app"},
        "spec": {"selector": {"matchLabels": labels}},
        "status": {"disruptionsAllowed": allowed},
    }


@pytest.mark.parametrize(
    ("items", "pods", "state"),
    [
        ([budget(1)], [pod()], "ok"),
        ([budget(0)], [pod()], "degraded"),
        ([], [pod()], "ok"),
        ([], [pod(), pod()], "degraded"),
        ([budget(1, {"app": "other"})], [pod(), pod()], "degraded"),
    ],
)
def test_a_budget_must_let_pods_go(items: Any, pods: Any, state: str) -> None:
    found = judge.disruption(items, pods)
    assert (found.state, found.critical) == (state, False)


@pytest.mark.parametrize(
    ("used", "hard", "state"),
    [("3", "4", "ok"), ("4", "4", "degraded"), ("950m", "1", "degraded"), ("0", "0", "ok")],
)
def test_a_quota_that_is_nearly_used_up_is_an_advice(used: str, hard: str, state: str) -> None:
    status = {"used": {"pods": used}, "hard": {"pods": hard}}
    found = judge.quota([{"metadata": {"name": "q"}, "status": status}], 90)
    assert (found.state, found.is_advice) == (state, state == "degraded")


def claim(phase: str) -> dict[str, Any]:
    return {"metadata": {"name": "data"}, "status": {"phase": phase}}


def test_a_claim_must_be_bound() -> None:
    assert judge.claims([claim("Bound")], [], []).state == "ok"
    assert "claim data is Lost" in judge.claims([claim("Lost")], [], []).cause
    event = {"involvedObject": {"name": "data"}, "message": "no such class"}
    assert "no such class" in judge.claims([claim("Pending")], [event], []).cause


def test_a_claim_may_wait_for_its_first_pod_and_no_longer() -> None:
    waiting = judge.claims([claim("Bound"), claim("Pending")], [], [])
    assert (waiting.state, waiting.observed) == ("ok", "1 bound")
    volume = {"persistentVolumeClaim": {"claimName": "data"}}
    pod = {"spec": {"volumes": [{"emptyDir": {}}, volume]}}
    assert "no volume was made" in judge.claims([claim("Pending")], [], [pod]).cause
