"""Sending: to a real server, and what is said when there is none."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._send import send
from hostile import SCRIPTS, certificate, hostile, server_context
from receiver import receiving

# What a receiver may say and still have taken it, since only the status of its answer counts.
TAKEN = {
    "good", "big_body", "endless", "endless_chunks", "wrong_type", "jinja_type", "jinja_body",
    "slow_body", "half", "invalid_utf8", "not_json", "nested", "gzip_bomb",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_text_arrives() -> None:
    with receiving() as receiver:
        send(
            f"{receiver.url}/hook?x=1", "hällo", content_type="text/plain", method="PUT",
            headers={"Authorization": "Bearer x"},
        )  # fmt: skip
    (request,) = receiver.requests
    assert (request.method, request.path, request.body) == ("PUT", "/hook?x=1", "hällo")
    assert request.headers["authorization"] == "Bearer x"
    assert request.headers["content-type"] == "text/plain"


@pytest.mark.parametrize("status", [302, 307, 400, 404, 429, 500])
def test_a_refusal_is_named_without_the_path(status: int) -> None:
    with receiving() as receiver:
        receiver.status = status
        with pytest.raises(CamError, match=f"^127.0.0.1 answers with status {status}$"):
            send(f"{receiver.url}/secret-path", "x", content_type="text/plain")
    assert len(receiver.requests) == 1


def test_nobody_there_is_named_without_the_path() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CamError, match=r"^127.0.0.1: .*refused") as error:
        send(f"http://127.0.0.1:{port}/secret-path", "x", content_type="text/plain")
    assert "secret-path" not in str(error.value)


def test_silence_ends_at_the_deadline() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/secret-path"
        with pytest.raises(CamError, match=r"^127.0.0.1: no complete answer within 0.3 s$"):
            send(url, "x", content_type="text/plain", timeout=0.3)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_hostile_receiver_cannot_hold_the_run(script: str) -> None:
    started = time.monotonic()
    with hostile() as port:
        try:
            send(f"http://127.0.0.1:{port}/{script}", "x", content_type="text/plain", timeout=0.7)
            said = ""
        except CamError as error:
            said = str(error)
        seconds = time.monotonic() - started
    assert seconds < 5
    assert (said == "") is (script in TAKEN), said
    assert said.isprintable()
    assert script not in said


@pytest.mark.parametrize("script", ["slow_headers", "continues", "silent"])
def test_a_drip_does_not_extend_the_deadline(script: str) -> None:
    with (
        hostile() as port,
        pytest.raises(CamError, match=r"^127.0.0.1: no complete answer within 0.3 s$"),
    ):
        send(f"http://127.0.0.1:{port}/{script}", "x", content_type="text/plain", timeout=0.3)


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        send("http://hooks.example/x", "text", content_type="text/plain")
    (request,) = proxy.requests
    assert (request.path, request.body) == ("http://hooks.example/x", "text")


def test_the_certificates_of_the_environment_are_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, file = certificate(tmp_path)
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(text, "utf-8")
    monkeypatch.setenv("no_proxy", "localhost")
    with hostile(server_context(file)) as port:
        url = f"https://localhost:{port}/good"
        with pytest.raises(CamError, match="certificate verify failed"):
            send(url, "x", content_type="text/plain", timeout=5)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        send(url, "x", content_type="text/plain", timeout=5)


@pytest.mark.parametrize(
    "url", ["", "hooks.example/x", "ftp://hooks.example", "http://[x", "file:///etc"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(CamError, match="must begin with http:// or https://"):
        send(url, "x", content_type="text/plain")


def test_a_header_that_is_none_is_not_quoted() -> None:
    with receiving() as receiver, pytest.raises(CamError) as error:
        send(receiver.url, "x", content_type="text/plain", headers={"Authorization": "geheim\nx"})
    assert "geheim" not in str(error.value)
