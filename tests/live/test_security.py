"""What nobody may do to the mesh that runs, tried on it."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mesh import APP, Mesh

GOLDEN = Path(__file__).with_name("can_i.txt")
ACCOUNTS = ("default", "cam-arbitration-mesh", "prometheus")
PUBLIC = {"username", "ca.crt", "tls.crt"}
# Each hop that speaks TLS, with the Secret whose authority signed it.
HOPS = {"edge": "cam-tls", "postgres": "postgres-tls", "redis": "redis-tls"}
PORTS = {"postgres": 5432, "redis": 6379}


def run(mesh: Mesh, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        mesh.kubectl_command(*words), input=stdin, capture_output=True, text=True, check=False
    )


# The pods


@pytest.mark.parametrize("words", [(), ("--privileged",)], ids=["careless", "privileged"])
def test_the_namespace_refuses_a_pod(mesh: Mesh, words: tuple[str, ...]) -> None:
    done = run(mesh, "run", "rogue", "--image=localhost/base:1", "--dry-run=server", *words)
    assert done.returncode != 0
    assert 'violates PodSecurity "restricted:' in done.stderr


def test_no_process_is_root_and_none_writes_to_its_root_file_system(mesh: Mesh) -> None:
    pods = mesh.running()
    assert len(pods) >= 5
    for pod in pods:
        name = pod["metadata"]["name"]
        assert int(run(mesh, "exec", name, "--", "id", "-u").stdout) > 0
        written = run(mesh, "exec", name, "--", "touch", "/probe")
        assert "Read-only file system" in written.stderr, name


def test_only_prometheus_has_a_token(mesh: Mesh) -> None:
    holders = {
        pod["metadata"]["labels"]["app.kubernetes.io/name"]
        for pod in mesh.running()
        for volume in pod["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if "serviceAccountToken" in source
    }
    assert holders == {"prometheus"}


def rights_of(mesh: Mesh, account: str) -> set[str]:
    user = f"--as=system:serviceaccount:{mesh.namespace}:{account}"
    header, *rows = mesh.kubectl("auth", "can-i", "--list", user).splitlines()
    assert header.split()[0] == "Resources"
    return {" ".join(row.split()) for row in rows}


def test_what_the_service_accounts_may_do_is_what_is_written_down(mesh: Mesh) -> None:
    rights = {account: rights_of(mesh, account) for account in ACCOUNTS}
    common = set.intersection(*rights.values())
    found = [f"every account: {right}" for right in sorted(common)]
    for account, all_of_it in rights.items():
        found += [f"{account}: {right}" for right in sorted(all_of_it - common)]
    assert found == GOLDEN.read_text("utf-8").splitlines()


# Secrets


def secret_values(mesh: Mesh) -> dict[str, str]:
    """All that must not be seen, by the name of its Secret and key."""
    return {
        f"{one['metadata']['name']}/{key}": base64.b64decode(value).decode()
        for one in mesh.get("secrets")
        if one["type"] != "helm.sh/release.v1"
        for key, value in one["data"].items()
        if key not in PUBLIC
    }


def forms(value: str) -> Iterator[str]:
    """As itself, as a line of JSON shows it, and in base64."""
    yield value
    yield json.dumps(value)[1:-1]
    yield base64.b64encode(value.encode()).decode()


def test_secrets_are_files_and_nothing_else(mesh: Mesh) -> None:
    secrets = secret_values(mesh)
    assert {"postgres-secret/password", "redis-secret/password", "cam-api-key/api-key"} <= set(
        secrets
    )
    pods = mesh.running()
    containers = [container for pod in pods for container in pod["spec"]["containers"]]
    assert not re.search(r"secretKeyRef|secretRef", json.dumps(containers))
    seen = mesh.kubectl(
        "get", "pods,deployments,replicasets,statefulsets,jobs,configmaps,events", "-o", "json"
    )
    for pod in pods:
        # The environment and the words of the first process, as the kernel has them.
        script = ["cat", "/proc/1/environ", "/proc/1/cmdline"]
        seen += mesh.kubectl("exec", pod["metadata"]["name"], "--", *script)
    shown = [name for name, value in secrets.items() if any(form in seen for form in forms(value))]
    assert shown == []


# The wire


@contextmanager
def forwarded(mesh: Mesh, service: str, port: int) -> Iterator[int]:
    """A local port that leads to a Service."""
    words = mesh.kubectl_command("port-forward", f"service/{service}", f":{port}")
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())[1])  # type: ignore[index]
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def reached(mesh: Mesh, hop: str) -> Iterator[socket.socket]:
    """A connection to a server, before anything was said."""
    if hop == "edge":
        with socket.create_connection(("127.0.0.1", 8443), timeout=20) as stream:
            yield stream
    else:
        with (
            forwarded(mesh, hop, PORTS[hop]) as port,
            socket.create_connection(("127.0.0.1", port), timeout=20) as stream,
        ):
            yield stream


def shake_hands(mesh: Mesh, hop: str, context: ssl.SSLContext) -> str | None:
    """The version of TLS that a client with this context gets."""
    name = f"{mesh.namespace}.localhost" if hop == "edge" else hop
    with reached(mesh, hop) as stream:
        if hop == "postgres":
            # Its own way to ask for TLS; S is the answer of a server that has it.
            stream.sendall(struct.pack("!ii", 8, 80877103))
            assert stream.recv(1) == b"S"
        with context.wrap_socket(stream, server_hostname=name) as encrypted:
            return encrypted.version()


@pytest.mark.parametrize(("hop", "secret"), HOPS.items())
def test_a_hop_is_verified_and_of_this_age(mesh: Mesh, hop: str, secret: str) -> None:
    trusting = ssl.create_default_context(cadata=mesh.secret(secret, "ca.crt"))
    assert shake_hands(mesh, hop, trusting) in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"local issuer|self-signed"):
        shake_hands(mesh, hop, ssl.create_default_context())


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_a_hop_refuses_the_tls_of_yesterday(mesh: Mesh, hop: str) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    # The words of the server's own alert: a client that cannot speak it would complain of itself.
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        shake_hands(mesh, hop, old)


def test_plaintext_to_postgres_is_refused(mesh: Mesh) -> None:
    user = mesh.secret("postgres-secret", "username")
    settings = f"user\0{user}\0database\0cam_production\0\0".encode()
    with reached(mesh, "postgres") as stream:
        stream.sendall(struct.pack("!ii", len(settings) + 8, 196608) + settings)
        answer = stream.recv(1000)
    assert answer.startswith(b"E")
    assert b"no encryption" in answer


def test_plaintext_to_redis_is_refused(mesh: Mesh) -> None:
    with reached(mesh, "redis") as stream:
        stream.sendall(b"PING\r\n")
        answer = stream.recv(1000)
    # Nothing, or an alert of TLS; a server that reads plaintext answers NOAUTH at least.
    assert answer[:1] in (b"", b"\x15")


def test_the_app_refuses_servers_of_another_authority(mesh: Mesh) -> None:
    """A second process of the app in its pod, told to trust whom standard input names."""
    script = (
        "cat > /tmp/ca.crt; export PORT=8099 DB_CA_FILE=/tmp/ca.crt REDIS_CA_FILE=/tmp/ca.crt;"
        " timeout 3 node src/server.js || true"
    )
    words = ["exec", "-i", APP, "--", "sh", "-c", script]
    own = mesh.kubectl(*words, stdin=mesh.secret("postgres-tls", "ca.crt"))
    assert "database is migrated" in own
    assert "certificate" not in own
    # The authority of the cluster itself is a real one, and not the mesh's.
    (other,) = [
        one["data"]["ca.crt"]
        for one in mesh.get("configmaps")
        if one["metadata"]["name"] == "kube-root-ca.crt"
    ]
    said = [json.loads(line) for line in mesh.kubectl(*words, stdin=other).splitlines()]
    refused = {one["msg"] for one in said if "certificate" in one.get("reason", "")}
    assert refused == {"database is not usable yet", "redis is not usable"}
