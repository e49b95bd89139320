"""The client, against a server that speaks real HTTP and real websockets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _kube
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from fake_api import FakeApi, Socket, status
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.client.configuration import Configuration

PODS = "/api/v1/namespaces/cam-dev/pods/app-1"


def test_connect_sends_no_request(api: FakeApi, kube: Kube) -> None:
    assert kube.server == api.url
    assert api.requests == []


def test_token_and_content_type_are_sent(api: FakeApi, kube: Kube) -> None:
    api.answers["POST", "/x"] = (201, {})
    kube.request("POST", "/x", body={"a": 1}, headers={"X-Cam": "1"}, check=False)
    method, path, _, body, headers = api.requests[-1]
    assert (method, path, body) == ("POST", "/x", {"a": 1})
    assert headers["authorization"] == "Bearer sesame"
    assert headers["content-type"] == "application/json"
    assert headers["x-cam"] == "1"


def test_get_and_find(api: FakeApi, kube: Kube) -> None:
    api.put("/api/v1/namespaces/cam-dev", {"kind": "Namespace"})
    assert kube.get("/api/v1/namespaces/cam-dev", a="b")["kind"] == "Namespace"
    assert api.requests[-1][2] == {"a": ["b"]}
    assert kube.find("/api/v1/namespaces/none") is None
    with pytest.raises(KubeError) as caught:
        kube.get("/api/v1/namespaces/none")
    assert (caught.value.status, caught.value.reason) == (404, "NotFound")
    assert caught.value.path == "/api/v1/namespaces/none"


def test_find_raises_what_is_not_404(api: FakeApi, kube: Kube) -> None:
    api.answers["GET", "/x"] = (403, status(403, "Forbidden", "no right to x"))
    with pytest.raises(KubeError, match="no right to x"):
        kube.find("/x")


def test_an_error_that_is_no_status_object(api: FakeApi, kube: Kube) -> None:
    api.answers["GET", "/x"] = (502, b"bad gateway", "text/plain")
    with pytest.raises(KubeError, match=r"502 Bad Gateway\): bad gateway"):
        kube.get("/x")


def test_throttling_is_waited_out(api: FakeApi, kube: Kube) -> None:
    codes = iter([429, 429, 200])
    api.answers["GET", "/x"] = lambda query, body: (next(codes), {"ok": True})
    assert kube.get("/x") == {"ok": True}


def test_a_post_is_never_repeated(api: FakeApi, kube: Kube) -> None:
    api.answers["POST", "/x"] = (429, {})
    with pytest.raises(KubeError):
        kube.request("POST", "/x", body={})
    assert len(api.requests) == 1


def test_unreachable(tmp_path: Path) -> None:
    fake = FakeApi()
    fake.url = "http://127.0.0.1:9"
    with pytest.raises(KubeError, match="does not answer") as caught:
        Kube.connect(fake.kubeconfig(tmp_path)).request("POST", "/x")
    assert caught.value.status == 0


def test_paths_come_from_discovery_once(api: FakeApi, kube: Kube) -> None:
    assert kube.path_for("v1", "Secret", "a", "b") == "/api/v1/namespaces/a/secrets/b"
    assert kube.path_for("apps/v1", "Deployment", "a", None) == (
        "/apis/apps/v1/namespaces/a/deployments"
    )
    assert kube.path_for("apps/v1", "Deployment", None, None) == "/apis/apps/v1/deployments"
    assert kube.path_for("v1", "Namespace", "a", "b") == "/api/v1/namespaces/b"
    assert kube.namespaced("v1", "Secret")
    assert not kube.namespaced("v1", "Namespace")
    assert len(api.requests) == 2


def test_unknown_kind_names_the_api(kube: Kube) -> None:
    with pytest.raises(CamError, match=r"has no Foo in x\.io/v1"):
        kube.path_for("x.io/v1", "Foo", None, "f")


def test_old_discovery_is_refused(api: FakeApi, kube: Kube) -> None:
    api.aggregated = False
    with pytest.raises(CamError, match="aggregated discovery"):
        kube.namespaced("v1", "Secret")


@pytest.mark.parametrize("code", [200, 401, 503])
def test_service_returns_the_apps_own_status(api: FakeApi, kube: Kube, code: int) -> None:
    path = "/api/v1/namespaces/cam-dev/services/cam-service:http/proxy/health"
    api.answers["GET", path] = (code, {"status": "unhealthy"})
    answer = kube.service("cam-dev", "cam-service", "http", "/health")
    assert answer.status == code
    assert answer.json() == {"status": "unhealthy"}
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (status(503, "ServiceUnavailable", "no endpoints available"), "application/json"),
        (b"Error trying to reach service: 'dial tcp'", "text/plain"),
    ],
)
def test_service_without_endpoint(api: FakeApi, kube: Kube, content: Any, kind: str) -> None:
    path = "/api/v1/namespaces/cam-dev/services/cam-service:80/proxy/process"
    api.answers["POST", path] = (503, content, kind)
    with pytest.raises(KubeError) as caught:
        kube.service("cam-dev", "cam-service", 80, "/process", method="POST", body={"a": 1})
    assert caught.value.status == 503


def test_exec(api: FakeApi, kube: Kube) -> None:
    def script(socket: Socket, query: dict[str, list[str]]) -> None:
        assert query["command"] == ["psql", "-c", "select 1"]
        assert query["stdin"] == ["true"]
        given = socket.receive()
        socket.send(b"\x01" + given[1:].upper())
        socket.send(b"\x02warning")
        assert socket.receive() == b"\xff\x00"
        socket.send(b'\x03{"status": "Success"}')
        socket.close()

    api.sockets[f"{PODS}/exec"] = script
    command = ["psql", "-c", "select 1"]
    assert kube.exec("cam-dev", "app-1", "app", command, stdin="hello") == (0, "HELLO", "warning")
    assert api.requests[-1][4]["authorization"] == "Bearer sesame"


def exit_status(code: int) -> bytes:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return json.dumps({"status": "Failure", "details": {"causes": causes}}).encode()


def test_exec_return_code(api: FakeApi, kube: Kube) -> None:
    def script(socket: Socket, query: Any) -> None:
        socket.send(b"\x03" + exit_status(7))
        socket.close()

    api.sockets[f"{PODS}/exec"] = script
    assert kube.exec("cam-dev", "app-1", "app", ["false"]) == (7, "", "")


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (b'\x03{"status": "Failure", "message": "container not found"}', "container not found"),
        (b"", "the connection ended early"),
    ],
)
def test_exec_that_could_not_run(api: FakeApi, kube: Kube, last: bytes, text: str) -> None:
    def script(socket: Socket, query: Any) -> None:
        if last:
            socket.send(last)
        socket.close()

    api.sockets[f"{PODS}/exec"] = script
    with pytest.raises(KubeError, match=text):
        kube.exec("cam-dev", "app-1", "app", ["ls"])


def test_exec_timeout(api: FakeApi, kube: Kube) -> None:
    api.sockets[f"{PODS}/exec"] = lambda socket, query: socket.receive()
    with pytest.raises(KubeError, match="did not end within"):
        kube.exec("cam-dev", "app-1", "app", ["sleep", "9"], timeout=0.2)


def test_exec_in_no_pod(api: FakeApi, kube: Kube) -> None:
    with pytest.raises(KubeError) as caught:
        kube.exec("cam-dev", "app-1", "app", ["ls"])
    assert caught.value.status == 404


def opened(port: int) -> list[bytes]:
    number = port.to_bytes(2, "little")
    return [b"\x00" + number, b"\x01" + number]


def test_forward_keeps_the_authorization_header(api: FakeApi, kube: Kube) -> None:
    seen = []

    def script(socket: Socket, query: dict[str, list[str]]) -> None:
        assert query["ports"] == ["8080"]
        for frame in opened(8080):
            socket.send(frame)
        text = b""
        while b'{"prompt"' not in text:
            text += socket.receive()[1:]
        seen.append(text.decode())
        socket.send(b"\x00HTTP/1.1 201 Created\r\nX-Cam-Cache: miss\r\nContent-Length: 2\r\n\r\nok")
        socket.receive()

    api.sockets[f"{PODS}/portforward"] = script
    answer = kube.forward(
        "cam-dev",
        "app-1",
        8080,
        method="POST",
        path="/process",
        headers={"Authorization": "Bearer key"},
        body={"prompt": "hi"},
        timeout=5,
    )
    assert (answer.status, answer.body, answer.headers["x-cam-cache"]) == (201, b"ok", "miss")
    assert "POST /process HTTP/1.1" in seen[0]
    assert "Authorization: Bearer key" in seen[0]


def test_forward_to_a_closed_port(api: FakeApi, kube: Kube) -> None:
    def script(socket: Socket, query: Any) -> None:
        for frame in opened(8080):
            socket.send(frame)
        socket.send(b"\x01connection refused")
        socket.receive()

    api.sockets[f"{PODS}/portforward"] = script
    with pytest.raises(KubeError, match="Port 8080 of pod cam-dev/app-1 does not answer"):
        kube.forward("cam-dev", "app-1", 8080, method="GET", path="/", timeout=5)


def test_forward_to_no_pod(kube: Kube) -> None:
    with pytest.raises(KubeError) as caught:
        kube.forward("cam-dev", "app-1", 8080, method="GET", path="/", timeout=5)
    assert caught.value.status == 404


def test_forward_when_the_api_is_gone(tmp_path: Path) -> None:
    fake = FakeApi()
    fake.url = "http://127.0.0.1:9"
    kube = Kube.connect(fake.kubeconfig(tmp_path))
    with pytest.raises(KubeError, match="does not answer") as caught:
        kube.forward("cam-dev", "app-1", 8080, method="GET", path="/", timeout=1)
    assert caught.value.status == 0


@pytest.mark.parametrize(
    ("content", "context", "text"),
    [
        (None, None, "cannot be read"),
        ("a: [", None, "is not YAML"),
        ("", None, "names no cluster"),
        ("clusters: [{name: a}]", None, "has no context None; it has: none"),
        ("clusters: [{name: a}]\ncontexts: [{name: b}]", "c", "has no context 'c'; it has: b"),
        (
            "clusters: [{name: a}]\ncontexts: [{name: b}]\ncurrent-context: b",
            None,
            "cannot be used",
        ),
    ],
)
def test_bad_kubeconfig(
    tmp_path: Path, content: str | None, context: str | None, text: str
) -> None:
    file = tmp_path / "config"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CamError, match=text):
        Kube.connect(str(file), context)


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kube, "MISSING_LIBRARY", "No module named 'kubernetes'")
    with pytest.raises(CamError, match="pip install kubernetes"):
        Kube.connect("/anything")


@pytest.mark.parametrize("insecure", [False, True])
def test_tls_material_leaves_no_file_behind(tmp_path: Path, insecure: bool) -> None:
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 1",
        shell=True,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    cluster: dict[str, Any] = {"server": "https://127.0.0.1:9", "certificate-authority": "c.pem"}
    if insecure:
        cluster = {"server": "https://127.0.0.1:9", "insecure-skip-tls-verify": True}
    config = {
        "clusters": [{"name": "a", "cluster": cluster}],
        "users": [{"name": "u", "user": {"client-certificate": "c.pem", "client-key": "k.pem"}}],
        "contexts": [{"name": "x", "context": {"cluster": "a", "user": "u"}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    kube = Kube.connect(str(tmp_path / "config"), "x")
    with kube._websocket_settings(1) as configuration:
        held = Path(configuration.key_file)
        assert held.read_bytes() == (tmp_path / "k.pem").read_bytes()
    assert not held.exists()
    with pytest.raises(KubeError, match="does not answer"):
        kube.request("POST", "/x")


def test_helm_gets_every_version_and_kind_the_cluster_serves(api: FakeApi, kube: Kube) -> None:
    found = kube.api_versions()
    assert found == sorted(found)
    assert {"v1", "v1/Secret", "batch/v1", "apps/v1/Deployment"} <= set(found)
    assert kube.api_versions() == found
    assert kube.namespaced("v1", "Secret")
    assert [path for _, path, *_ in api.requests] == ["/api", "/apis"]


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_would_lead_to_another_object_is_refused(
    api: FakeApi, kube: Kube, name: str
) -> None:
    for place in (("cam-dev", name), (name, "s")):
        with pytest.raises(CamError, match="no object has such a name"):
            kube.path_for("v1", "Secret", *place)
    assert api.requests == []


NAMES = st.text(min_size=1).filter(lambda name: name not in (".", ".."))


@given(NAMES, NAMES)
def test_no_name_leaves_its_place_in_the_path(namespace: str, name: str) -> None:
    kube = Kube(Configuration(host="http://127.0.0.1:9"))
    kube._kinds = {"v1": {"Secret": ("secrets", True)}}
    path = kube.path_for("v1", "Secret", namespace, name)
    assert [unquote(part) for part in path.split("/")] == [
        *["", "api", "v1", "namespaces", namespace, "secrets", name]
    ]
    assert not {"?", "#"} & set(path)
