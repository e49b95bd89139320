"""A mesh under a schedule: healthy, broken, repaired, and who was told how often."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from mesh import KUBECONFIG, Mesh
from receiver import Receiver

FAULT = ("scale", "deployment/redis", "--replicas=0")
REPAIR = ("scale", "deployment/redis", "--replicas=1")
# All that may be said of a mesh that is fine: one that nobody uses is advised this, nothing else.
FINE = ("healthy", "healthy; too few requests to judge")
# Asked for only where something is wrong; a healthy verdict does not need them.
DIAGNOSIS = {"events", "pods/log"}


def broken_and_repaired(mesh: Mesh, receiver: Receiver, run: Callable[[], bool]) -> list[Any]:
    """A run before a fault, two during it, two after its repair; what the receiver was told.

    `run` makes one run and says whether it called the mesh healthy.
    """
    assert run()
    assert receiver.requests == []
    mesh.kubectl(*FAULT)
    mesh.kubectl(
        "wait", "pod", "-l", "app.kubernetes.io/name=redis", "--for=delete", "--timeout=90s"
    )
    assert [run(), run()] == [False, False]
    mesh.kubectl(*REPAIR)
    mesh.kubectl("rollout", "status", "deployment/redis", "--timeout=120s")
    mesh.settle()
    assert [run(), run()] == [True, True]
    return [request.json() for request in receiver.requests]


def assert_told_twice(told: list[Any]) -> None:
    """Exactly once of the fault, with its cause, and once of the repair."""
    first, second = told
    assert first["previous"] == "healthy"
    assert first["status"] != "healthy"
    assert "cache: scaled to 0" in first["cause"]
    assert (second["previous"], second["status"]) == (first["status"], "healthy")


def as_account(mesh: Mesh, folder: Path) -> Callable[[], str]:
    """Judge from here as the CronJob does: with its variables and its account's token."""
    secret = json.loads(mesh.kubectl("get", "secret", "cam-health-run", "-o", "json"))["data"]
    files = {name: json.loads(base64.b64decode(data)) for name, data in secret.items()}
    server = yaml.safe_load(KUBECONFIG.read_text("utf-8"))["clusters"][0]["cluster"]
    token = mesh.kubectl("create", "token", "cam-health", "--duration=1h").strip()
    config = files["kubeconfig"]
    config["clusters"][0]["cluster"] = server
    config["users"][0]["user"] = {"token": token}
    place = folder / "kubeconfig"
    place.touch(mode=0o600)
    place.write_text(json.dumps(config), "utf-8")
    variables = files["variables.json"]
    variables["cam_cluster_access"]["kubeconfig"] = str(place)
    for name in ("history_directory", "webhook_url", "alertmanager_url"):
        variables[f"cam_health_{name}"] = ""
    variables["cam_health_report_formats"] = ["json"]
    variables["cam_health_report_directory"] = str(folder)
    host = files["hosts.json"]["cam_clusters"]["hosts"]["local"]
    host["cam_cluster_kubeconfig"] = str(place)
    inventory = folder / "hosts.json"
    inventory.write_text(json.dumps(files["hosts.json"]), "utf-8")
    pod = Mesh(mesh.namespace, variables, inventory)

    def judge() -> str:
        done = pod.play("playbooks/health.yml")
        (cluster,) = json.loads((folder / "health.json").read_text("utf-8"))["clusters"]
        assert (done.code == 0) == (cluster["status"] == "healthy"), done.text[-500:]
        # Advice as well: it decides nothing, and still has to be asked for.
        seen = [check["cause"] for check in cluster["checks"] if check["cause"]]
        return "; ".join([cluster["status"], *seen])

    return judge


def without(role: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The role without one right, for each that a healthy verdict needs."""
    rights = [
        {**rule, "resources": [resource], "verbs": [verb]}
        for rule in role["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]
    for number, right in enumerate(rights):
        name = f"{right['verbs'][0]} {right['resources'][0]}"
        others = [*rights[:number], *rights[number + 1 :]]
        if right["resources"][0] not in DIAGNOSIS:
            yield name, {**role, "rules": others}
        for thing in right.get("resourceNames", []):
            names = [one for one in right["resourceNames"] if one != thing]
            if names:
                less = {**right, "resourceNames": names}
                yield f"{name}/{thing}", {**role, "rules": [*others, less]}
