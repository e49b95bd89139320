"""A CronJob in the cluster tells of a fault and of its repair once each, with no right too many."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import health_image
from camlab import settings
from mesh import Mesh
from prove.record import Record
from receiver import Receiver, receiving
from scheduled import FINE, as_account, assert_told_twice, broken_and_repaired, without

NAMESPACE = "cam-prove"
CRONJOB = "cam-health-prove"
LABEL = "app.kubernetes.io/name=cam-health"
ALERT = "CAMMeshNotHealthy"


def alertmanager(hook: Receiver) -> dict[str, Any]:
    """Of a real Alertmanager: our alert to the receiver, nothing else, and nothing twice."""
    route = {"receiver": "hook", "matchers": [f'alertname="{ALERT}"'], "repeat_interval": "24h"}
    return {
        "route": {
            "receiver": "none", "group_wait": "1s", "group_interval": "5s", "routes": [route],
        },
        "receivers": [
            {"name": "none"},
            {"name": "hook", "webhook_configs": [{"url": hook.url, "send_resolved": True}]},
        ],
    }  # fmt: skip


def scheduled(mesh: Mesh, webhook: Receiver, **changes: Any) -> None:
    done = mesh.play(
        "playbooks/schedule.yml",
        cam_schedule_kind="cronjob",
        cam_schedule_name=CRONJOB,
        cam_schedule_image=health_image.TAG,
        cam_schedule_interval_minutes=1,
        # Pods do not reach the edge of the local cluster, which listens on the machine only.
        cam_schedule_url="",
        cam_schedule_url_address="",
        cam_schedule_resources={"requests": {"cpu": "10m", "memory": "128Mi"}},
        cam_schedule_variables={
            "cam_health_webhook_url": webhook.url,
            "cam_health_alertmanager_url": "http://alertmanager:9093",
        },
        **changes,
    )
    assert done.code == 0, done.text[-1500:]


def jobs(mesh: Mesh) -> dict[str, bool | None]:
    """By name: whether it succeeded, None while it runs."""
    listed = json.loads(mesh.kubectl("get", "jobs", "-l", LABEL, "-o", "json"))["items"]
    return {one["metadata"]["name"]: _ended(one.get("status", {})) for one in listed}


def _ended(status: dict[str, Any]) -> bool | None:
    for condition in status.get("conditions", []):
        if condition["type"] in ("Complete", "Failed") and condition["status"] == "True":
            return bool(condition["type"] == "Complete")
    return None


def next_run(mesh: Mesh) -> bool:
    """Wait for a job that begins after this moment, and for its end."""
    before = set(jobs(mesh))
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        for name, ended in jobs(mesh).items():
            if name not in before and ended is not None:
                return ended
        time.sleep(1)
    raise AssertionError(f"no run came to its end in 4 minutes: {jobs(mesh)}")


def told_once_each(mesh: Mesh, webhook: Receiver, hook: Receiver) -> str:
    told = broken_and_repaired(mesh, webhook, lambda: next_run(mesh))
    assert_told_twice(told)
    deadline = time.monotonic() + 60
    while len(hook.requests) < 2 and time.monotonic() < deadline:
        time.sleep(1)
    notices = [request.json() for request in hook.requests]
    assert [one["status"] for one in notices] == ["firing", "resolved"], notices
    return f"five runs, each receiver was told twice; first: {told[0]['cause']}"


def no_right_too_many(mesh: Mesh) -> str:
    outside = f"cam-health-{NAMESPACE}"
    places = [
        ("role", "cam-health", NAMESPACE),
        ("role", outside, "kube-system"),
        ("clusterrole", outside, NAMESPACE),
    ]
    tried = []
    mesh.kubectl("patch", "cronjob", CRONJOB, "-p", '{"spec": {"suspend": true}}')
    with tempfile.TemporaryDirectory(prefix="cam-rights-") as folder:
        judge = as_account(mesh, Path(folder))
        assert judge() in FINE
        for kind, name, namespace in places:
            there = Mesh(namespace)
            role = json.loads(there.kubectl("get", kind, name, "-o", "json"))
            role["metadata"] = {key: role["metadata"][key] for key in ("name", "labels")}
            for right, less in without(role):
                there.kubectl("replace", "-f", "-", stdin=json.dumps(less))
                verdict = judge()
                assert "forbidden" in verdict.lower(), f"without {right}: {verdict}"
                tried.append(right)
            there.kubectl("replace", "-f", "-", stdin=json.dumps(role))
        assert judge() in FINE
    return f"healthy; without one of {len(tried)} rights it names what is forbidden"


def main() -> bool:
    record = Record("schedule", "A CronJob that judges the mesh")
    health_image.build()
    with ExitStack() as stack:
        webhook = stack.enter_context(receiving(settings.NODE_IP))
        hook = stack.enter_context(receiving(settings.NODE_IP))
        mesh = Mesh.local(NAMESPACE, cam_monitoring_alertmanager_config=alertmanager(hook))
        deployed = mesh.play("deploy.yml")
        assert deployed.code == 0, deployed.text[-2000:]
        scheduled(mesh, webhook)
        record.run("notifications", lambda: told_once_each(mesh, webhook, hook))
        record.run("rights", lambda: no_right_too_many(mesh))
        assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
        assert not mesh.exists(), "the namespace is left"
    health_image.remove()
    return record.publish()
