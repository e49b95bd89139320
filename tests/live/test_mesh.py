"""The whole job on a real cluster: a deploy that serves, and a second one that writes nothing."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest
from mesh import KUBECONFIG, Mesh

# What a run without a change may still ask the API to create: reviews, and calls through it, such
# as a login in the database's own pod. None of them changes an object.
HARMLESS = ("selfsubject", "tokenreviews", "subjectaccessreviews")
CALLS = ("exec", "portforward", "proxy")
PARTS = ("provision", "services", "release", "monitor", "verify")
WRITES = ("create", "update", "patch", "delete", "deletecollection")


def test_a_client_outside_the_cluster_is_answered_and_its_request_is_a_row(mesh: Mesh) -> None:
    context = ssl.create_default_context(cadata=mesh.secret("cam-tls", "ca.crt"))
    host = f"{mesh.namespace}.localhost"
    connection = HTTPConnection(host)
    connection.sock = context.wrap_socket(
        create_connection(("127.0.0.1", 8443)), server_hostname=host
    )
    headers = {
        "Authorization": f"Bearer {mesh.secret('cam-api-key', 'api-key')}",
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


def asked(log: Path, names: tuple[str, ...], since: datetime) -> Iterator[dict[str, Any]]:
    """What people asked of objects with these names since then; a log that is full is put aside."""
    first = since.isoformat()
    for file in log.parent.glob("audit*.log"):
        if file.stat().st_mtime < since.timestamp():
            continue
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                if not any(name in line for name in names):
                    continue
                event = json.loads(line)
                parts = event["requestURI"].partition("?")[0].split("/")
                if (
                    event["user"]["username"] == "kubernetes-admin"
                    and event["requestReceivedTimestamp"] >= first
                    and any(name in part for name in names for part in parts)
                ):
                    yield event


def test_a_second_deploy_writes_nothing(mesh: Mesh, audit_log: Path) -> None:
    before = mesh.versions()
    started = datetime.now(UTC)
    again = mesh.play("deploy.yml")
    assert (again.code, again.changed) == (0, 0), again.text[-3000:]
    assert mesh.versions() == before
    begin, healthy, _ = again.text.partition("healthy: ")
    assert healthy
    assert "environment: cam_environment is local" in begin
    writes = [
        event["requestURI"]
        for event in asked(audit_log, (mesh.namespace, "cam-lab"), started)
        if event["verb"] in WRITES
        and event["objectRef"].get("subresource") not in CALLS
        and event["objectRef"]["resource"] not in HARMLESS
    ]
    assert [uri for uri in writes if "dryRun=All" not in uri] == []
    assert len(writes) > 20, "the log does not tell what the run compared"


def test_check_mode_after_a_deploy_shows_no_change(mesh: Mesh) -> None:
    result = mesh.play("deploy.yml", "--check", "--diff")
    assert (result.code, result.changed) == (0, 0), result.text[-3000:]


def test_the_tag_of_git_is_the_tag_of_the_image_without_its_v(mesh: Mesh) -> None:
    same = mesh.play("playbooks/release.yml", "--check", cam_release_image_tag="v2.0.0")
    assert (same.code, same.changed) == (0, 0), same.text[-3000:]
    other = mesh.play("playbooks/release.yml", "--check", cam_release_image_tag="v2.0.1")
    assert other.code != 0
    assert "complete-arbitration-mesh:2.0.1 does not exist on the node" in other.text


def test_check_mode_on_an_empty_namespace_lists_what_would_be_made(mesh: Mesh) -> None:
    result = mesh.play("deploy.yml", "--check", "--diff", cam_cluster_namespace="cam-nowhere")
    assert result.code == 0, result.text[-3000:]
    assert result.changed > 5
    assert "kind: StatefulSet" in result.text
    assert "cam-nowhere" not in mesh.kubectl("get", "namespaces")


@pytest.mark.parametrize("verb", ["health", "preflight", "destroy"])
def test_every_verb_has_a_dry_run_that_changes_nothing(mesh: Mesh, verb: str) -> None:
    before = mesh.versions()
    result = mesh.play(f"playbooks/{verb}.yml", "--check", cam_destroy_confirm="local")
    assert result.code == 0, result.text[-3000:]
    assert mesh.versions() == before
    assert (result.changed > 0) == (verb == "destroy")


def test_the_parts_of_a_deploy_find_nothing_to_do_after_it(mesh: Mesh) -> None:
    for part in PARTS:
        result = mesh.play(f"playbooks/{part}.yml")
        assert (result.code, result.changed) == (0, 0), f"{part}: {result.text[-3000:]}"


def test_the_same_mesh_is_reached_with_only_a_kubeconfig(mesh: Mesh, tmp_path: Path) -> None:
    copy = tmp_path / "kubeconfig"
    copy.write_bytes(KUBECONFIG.read_bytes())
    copy.chmod(0o600)
    result = mesh.play(
        "deploy.yml", cam_cluster_provider="existing", cam_cluster_kubeconfig=str(copy)
    )
    assert (result.code, result.changed) == (0, 0), result.text[-3000:]


def test_grafana_and_tls_by_variable_would_be_accepted_by_the_api(mesh: Mesh) -> None:
    """Grafana's image cannot be pulled and no pod ends TLS here: a dry run is as far as it goes."""
    result = mesh.play(
        "playbooks/monitor.yml",
        "--check",
        "--diff",
        cam_monitoring_grafana_enabled=True,
        cam_monitoring_scrape_tls={"insecure_skip_verify": True},
    )
    assert result.code == 0, result.text[-3000:]
    assert f"Deployment {mesh.namespace}/grafana" in result.text
    assert result.text.count('"insecure_skip_verify": true') == 2
    assert result.text.count('"scheme": "https"') == 2
    assert "would violate PodSecurity" not in result.text
