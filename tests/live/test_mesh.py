"""The whole job on a real cluster: deploy, judge, break, repair, take away."""

from __future__ import annotations

import base64
import json
import ssl
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection

import pytest
from conftest import NAMESPACE, Mesh

# What a run without a change may still ask the API to create: reviews and calls through it.
HARMLESS = ("selfsubject", "tokenreviews", "subjectaccessreviews")


def test_a_client_outside_the_cluster_is_answered_and_its_request_is_a_row(mesh: Mesh) -> None:
    def secret(name: str, key: str) -> str:
        data = json.loads(mesh.kubectl("get", "secret", name, "-o", "json"))["data"]
        return base64.b64decode(data[key]).decode()

    context = ssl.create_default_context(cadata=secret("cam-tls", "ca.crt"))
    connection = HTTPConnection("cam-live.localhost")
    connection.sock = context.wrap_socket(
        create_connection(("127.0.0.1", 8443)), server_hostname="cam-live.localhost"
    )
    headers = {
        "Authorization": f"Bearer {secret('cam-api-key', 'api-key')}",
        "Content-Type": "application/json",
    }
    connection.request("POST", "/process", json.dumps({"prompt": "hello"}), headers)
    answer = connection.getresponse()
    assert answer.status == 200
    request = json.loads(answer.read())["requestId"]
    query = f"select count(*) from requests where request_id = '{request}'"
    script = (
        'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -tA -U "$POSTGRES_USER" '
        f'-h /var/run/postgresql -d "$POSTGRES_DB" -c "{query}"'
    )
    count = mesh.kubectl("exec", "postgres-0", "--", "sh", "-c", script)
    assert count.strip() == "1"


def test_a_client_without_the_key_is_refused(mesh: Mesh) -> None:
    pod = mesh.kubectl("get", "pods", "-l", "app=cam", "-o", "name").split()[0]
    script = (
        "fetch('http://127.0.0.1:8080/process', {method: 'POST', body: '{}'})"
        ".then((answer) => console.log(answer.status))"
    )
    assert mesh.kubectl("exec", pod, "--", "node", "-e", script).strip() == "401"


def test_a_second_deploy_writes_nothing(mesh: Mesh, audit_log: Path) -> None:
    before = mesh.versions()
    mark = audit_log.stat().st_size
    again = mesh.play("deploy.yml")
    assert (again.code, again.changed) == (0, 0), again.text[-3000:]
    assert mesh.versions() == before
    with audit_log.open(encoding="utf-8") as log:
        log.seek(mark)
        events = [json.loads(line) for line in log]
    writes = [
        event["requestURI"]
        for event in events
        if event["user"]["username"] == "kubernetes-admin"
        and event["verb"] in ("create", "update", "patch", "delete")
        and "dryRun=All" not in event["requestURI"]
        and "/proxy/" not in event["requestURI"]
        and event["objectRef"].get("subresource") not in ("exec", "portforward", "proxy")
        and event["objectRef"]["resource"] not in HARMLESS
    ]
    assert [uri for uri in writes if f"/{NAMESPACE}/" in uri or "/cam-lab/" in uri] == []


def test_check_mode_after_a_deploy_shows_no_change(mesh: Mesh) -> None:
    result = mesh.play("deploy.yml", "--check", "--diff")
    assert (result.code, result.changed) == (0, 0), result.text[-3000:]


def test_check_mode_on_an_empty_namespace_lists_what_would_be_made(mesh: Mesh) -> None:
    result = mesh.play("deploy.yml", "--check", "--diff", cam_cluster_namespace="cam-nowhere")
    assert result.code == 0, result.text[-3000:]
    assert result.changed > 5
    assert "kind: StatefulSet" in result.text
    assert "cam-nowhere" not in mesh.kubectl("get", "namespaces")


def test_what_was_edited_by_hand_is_shown_and_repaired(mesh: Mesh) -> None:
    mesh.kubectl("set", "env", "deployment/cam-arbitration-mesh", "BY_HAND=1")
    mesh.kubectl("patch", "service", "cam-service", "-p", '{"spec":{"selector":{"app":"other"}}}')
    sick = mesh.play("playbooks/health.yml")
    assert sick.code != 0
    assert "matches no pod" in sick.text
    shown = mesh.play("deploy.yml", "--check", "--diff")
    assert "BY_HAND" in shown.text
    assert "other" in shown.text
    repaired = mesh.play("deploy.yml")
    assert repaired.code == 0, repaired.text[-3000:]
    assert "BY_HAND" not in mesh.kubectl("get", "deployment", "cam-arbitration-mesh", "-o", "yaml")
    assert mesh.play("deploy.yml", "--check").changed == 0


@pytest.mark.parametrize(
    ("break_it", "cause"),
    [
        (["scale", "statefulset/postgres", "--replicas=0"], "database: scaled to 0"),
        (["scale", "deployment/redis", "--replicas=0"], "cache: scaled to 0"),
        (["scale", "deployment/cam-arbitration-mesh", "--replicas=0"], "rollout: scaled to 0"),
        (["scale", "deployment/prometheus", "--replicas=0"], "prometheus: Prometheus is down"),
        (
            ["set", "image", "deployment/cam-arbitration-mesh", "cam-app=localhost/none:1"],
            "localhost/none:1",
        ),
    ],
    ids=["database", "cache", "app", "prometheus", "image"],
)
def test_a_fault_turns_the_verdict_red_and_names_the_cause(
    mesh: Mesh, break_it: list[str], cause: str
) -> None:
    mesh.kubectl(*break_it)
    sick = mesh.play("playbooks/health.yml")
    assert sick.code != 0
    assert cause in sick.text
    healed = mesh.play("deploy.yml")
    assert healed.code == 0, healed.text[-3000:]


def test_destroy_asks_for_the_name(mesh: Mesh) -> None:
    before = mesh.versions()
    refused = mesh.play("playbooks/destroy.yml")
    assert refused.code != 0
    assert "Confirm with -e cam_destroy_confirm=local" in refused.text
    assert mesh.versions() == before
