"""The cause and the next command, from the pods, the warnings and the words of the app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._diagnosis import diagnose, spoken
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError


class Evidence:
    """Warnings and a log as a test wants them."""

    def __init__(self, *warnings: dict[str, Any], log: tuple[str, ...] = ()) -> None:
        self._warnings, self._log = list(warnings), list(log)
        self.asked: list[tuple[str, str, bool]] = []

    def warnings(self) -> list[dict[str, Any]]:
        return self._warnings

    def log(self, pod: str, container: str, *, previous: bool) -> list[str]:
        self.asked.append((pod, container, previous))
        return [] if previous and not self._log else self._log


def deployment(failure: str = "", kind: str = "Deployment") -> dict[str, Any]:
    told = {"type": "ReplicaFailure", "status": "True", "message": failure}
    return {
        "kind": kind,
        "metadata": {"name": "app"},
        "spec": {"replicas": 1},
        "status": {"conditions": [told] if failure else []},
    }


def pod(
    state: dict[str, Any], *, ready: bool = False, crashes: int = 0, **more: Any
) -> dict[str, Any]:
    container = {
        "name": "cam-app",
        "image": "cam:2",
        "ready": ready,
        "restartCount": crashes,
        "state": state,
        **more,
    }
    limits = {"resources": {"limits": {"memory": "384Mi"}}}
    return {
        "metadata": {"name": "app-1", "labels": {"pod-template-hash": "1"}},
        "spec": {"containers": [{"name": "cam-app", **limits}]},
        "status": {"phase": "Running", "containerStatuses": [container]},
    }


def pending(message: str, claim: str = "") -> dict[str, Any]:
    told = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
    }
    volumes = [{"persistentVolumeClaim": {"claimName": claim}}] if claim else []
    return {
        "metadata": {"name": "app-1"},
        "spec": {"volumes": volumes},
        "status": {"conditions": [told]},
    }


def event(reason: str, message: str, kind: str = "Pod", name: str = "app-1", at: int = 0) -> Any:
    return {
        "involvedObject": {"kind": kind, "name": name},
        "reason": reason,
        "message": message,
        "lastTimestamp": f"2026-11-25T03:00:{at:02}Z",
    }


WAITING = {"waiting": {"reason": "ContainerCreating"}}
RUNNING = {"running": {}}


def waiting(reason: str, message: str) -> dict[str, Any]:
    return pod({"waiting": {"reason": reason, "message": message}})


def crashed(reason: str = "Error", code: int = 1, crashes: int = 3) -> dict[str, Any]:
    last = {"terminated": {"exitCode": code, "reason": reason}}
    return pod({"waiting": {"reason": "CrashLoopBackOff"}}, crashes=crashes, lastState=last)


@pytest.mark.parametrize(
    ("item", "pods", "evidence", "cause", "command", "key"),
    [
        pytest.param(
            deployment('pods "x" is forbidden: exceeded quota: small'), [], Evidence(),
            "quota exceeded: pods", "kubectl describe resourcequota", "quota", id="quota",
        ),
        pytest.param(
            deployment('violates PodSecurity "restricted:latest": privileged'), [], Evidence(),
            "denied by Pod Security", "kubectl describe deployment app", "denied", id="security",
        ),
        pytest.param(
            deployment("ValidatingAdmissionPolicy 'p' denied request: no"), [], Evidence(),
            "denied by an admission policy", "kubectl describe deployment app", "denied",
            id="policy",
        ),
        pytest.param(
            deployment('failed calling webhook "w": timeout'), [], Evidence(),
            "an admission webhook does not answer", "kubectl describe deployment app", "",
            id="webhook",
        ),
        pytest.param(
            deployment('serviceaccount "x" not found'), [], Evidence(),
            "its pods cannot be made: serviceaccount", "kubectl describe deployment app",
            "refused", id="refused",
        ),
        pytest.param(
            deployment(kind="StatefulSet"), [],
            Evidence(event("FailedCreate", "exceeded quota: small", "StatefulSet", "app")),
            "quota exceeded", "kubectl describe resourcequota", "quota", id="stateful-quota",
        ),
        pytest.param(
            deployment(), [pending("0/1 nodes are available: 1 Insufficient cpu.")], Evidence(),
            "pod app-1 is unschedulable: 0/1 nodes are available: 1 Insufficient cpu.",
            "kubectl describe pod app-1", "", id="pending",
        ),
        pytest.param(
            deployment(), [pending('persistentvolumeclaim "data" not found', "data")],
            Evidence(event("ProvisioningFailed", "class gold not found",
                           "PersistentVolumeClaim", "data")),
            "waits for an unbound claim (data): persistentvolumeclaim \"data\" not found; class "
            "gold not found", "kubectl describe pvc data", "unschedulable", id="claim",
        ),
        pytest.param(
            deployment(), [waiting("ErrImagePull", "not found")], Evidence(),
            "the image cam:2 cannot be pulled: ErrImagePull: not found",
            "kubectl describe pod app-1", "image:cam-app", id="image",
        ),
        pytest.param(
            deployment(), [waiting("CreateContainerConfigError", 'configmap "c" not found')],
            Evidence(), 'CreateContainerConfigError: configmap "c" not found',
            "kubectl get configmap c", "config:cam-app", id="configmap",
        ),
        pytest.param(
            deployment(), [waiting("CreateContainerError", "no such command")], Evidence(),
            "CreateContainerError: no such command", "kubectl describe pod app-1",
            "config:cam-app", id="container",
        ),
        pytest.param(
            deployment(), [pod(WAITING)],
            Evidence(event("FailedMount", 'MountVolume.SetUp failed: secret "s" not found')),
            'cannot start: MountVolume.SetUp failed: secret "s" not found',
            "kubectl get secret s", "mount:app-1", id="secret",
        ),
        pytest.param(
            deployment(), [crashed("OOMKilled", 137)], Evidence(),
            "OOMKilled, it took more memory than its limit of 384Mi",
            "kubectl logs app-1 -c cam-app --previous", "crash:cam-app", id="memory",
        ),
        pytest.param(
            deployment(), [crashed(crashes=1)], Evidence(log=("starting", "no password")),
            "crash: ended 2 times, last with exit code 1 (Error); its last log line: no password",
            "kubectl logs app-1 -c cam-app --previous", "", id="first-crash",
        ),
        pytest.param(
            deployment(), [crashed()],
            Evidence(log=('{"level":40,"msg":"unusable","reason":"getaddrinfo ENOTFOUND db"}',)),
            "DNS: a name cannot be resolved; its log: unusable: getaddrinfo ENOTFOUND db",
            "kubectl logs app-1 -c cam-app --previous", "crash:cam-app", id="dns",
        ),
        pytest.param(
            deployment(), [crashed("Completed", 0)],
            Evidence(event("Unhealthy", "Liveness probe failed: statuscode: 404", at=1),
                     event("Unhealthy", "Liveness probe failed: statuscode: 500", at=9)),
            "restarted, since its liveness probe failed: statuscode: 500",
            "kubectl logs app-1 -c cam-app --previous", "crash:cam-app", id="liveness",
        ),
        pytest.param(
            deployment(), [crashed(code=2)],
            Evidence(event("Unhealthy", "Startup probe failed: refused"), log=("bad setting",)),
            "last with exit code 2 (Error); its last log line: bad setting",
            "kubectl logs app-1 -c cam-app --previous", "crash:cam-app", id="crash-before-probe",
        ),
        pytest.param(
            deployment(), [pod(RUNNING)],
            Evidence(event("Unhealthy", "Readiness probe failed: statuscode: 503"),
                     log=('{"level":30,"msg":"hello"}', '{"level":40,"msg":"no database"}',
                          '{"level":30,"msg":"request completed"}')),
            "container cam-app is not ready: its readiness probe failed: statuscode: 503; its "
            "last log line: no database", "kubectl logs app-1 -c cam-app;", "", id="readiness",
        ),
        pytest.param(
            deployment(), [pod(RUNNING)], Evidence(),
            "its readiness probe has not succeeded yet", "kubectl logs app-1", "", id="starting",
        ),
        pytest.param(
            deployment(), [], Evidence(), "it has no pods", "kubectl describe deployment app", "",
            id="no-pods",
        ),
        pytest.param(
            deployment(), [pod(WAITING)], Evidence(), "cam-app ContainerCreating",
            "kubectl describe deployment app", "", id="creating",
        ),
        pytest.param(
            deployment(), [crashed("Completed", 0)], Evidence(), "cam-app CrashLoopBackOff",
            "kubectl describe deployment app", "", id="ended-well",
        ),
    ],
)  # fmt: skip
def test_the_cause_and_what_to_type(
    item: Any, pods: Any, evidence: Evidence, cause: str, command: str, key: str
) -> None:
    found = diagnose(item, pods, evidence)
    assert cause in found.text
    assert found.next.startswith(command)
    assert found.key == key


def test_a_pod_of_an_older_revision_is_not_blamed() -> None:
    old = crashed()
    old["metadata"] = {
        "name": "app-0",
        "labels": {"pod-template-hash": "0"},
        "creationTimestamp": "2026-11-25T02:00:00Z",
    }
    new = pod(RUNNING)
    new["metadata"]["creationTimestamp"] = "2026-11-25T03:00:00Z"
    assert "pod app-1" in diagnose(deployment(), [old, new], Evidence()).text


def test_a_container_that_is_ready_again_is_not_blamed() -> None:
    last = {"terminated": {"exitCode": 1}}
    found = diagnose(deployment(), [pod(RUNNING, ready=True, lastState=last)], Evidence())
    assert "crash" not in found.text


def test_a_container_that_went_with_its_node_is_not_blamed() -> None:
    last = {"terminated": {"exitCode": 255, "reason": "Unknown"}}
    found = diagnose(deployment(), [pod(RUNNING, crashes=4, lastState=last)], Evidence())
    assert "crash" not in found.text
    assert found.key == ""


def test_the_last_life_is_read_first_and_the_present_one_if_it_left_nothing() -> None:
    evidence = Evidence()
    diagnose(deployment(), [crashed()], evidence)
    assert evidence.asked == [("app-1", "cam-app", True), ("app-1", "cam-app", False)]


class Forbidden(Evidence):
    def warnings(self) -> list[dict[str, Any]]:
        raise CamError("no right to events")

    def log(self, pod: str, container: str, *, previous: bool) -> list[str]:
        raise CamError("no right to logs")


def test_a_diagnosis_without_rights_says_what_the_pods_say() -> None:
    found = diagnose(deployment(), [crashed()], Forbidden())
    assert "ended 4 times, last with exit code 1" in found.text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], ""),
        (["plain"], "its last log line: plain"),
        (['{"level": "error", "message": "m"}', "later"], "its last log line: m"),
        (['["a list"]'], 'its last log line: ["a list"]'),
        ([json.dumps({"level": 50})], 'its last log line: {"level": 50}'),
        (
            ['relation "requests" already exists', "retry"],
            "a migration failed: the database's schema is not the one that the app expects; "
            'its log: relation "requests" already exists',
        ),
        (
            ["connect ECONNREFUSED 10.0.0.1:5432"],
            "a dependency cannot be reached; its log: connect ECONNREFUSED 10.0.0.1:5432",
        ),
        (["WRONGPASS"], "a dependency refuses the login; its log: WRONGPASS"),
        (["it has expired: certificate has expired"], "a certificate is not trusted; its log: "
         "it has expired: certificate has expired"),
    ],
)  # fmt: skip
def test_the_words_that_explain_most(lines: list[str], said: str) -> None:
    assert spoken(lines) == said
