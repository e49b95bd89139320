"""fetch against servers that answer as badly as a server can: a cause in time, never a hang."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._http import cause_of, parse, printable
from hostile import JINJA, certificate, hostile, server_context

TIMEOUT = 0.7


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile() as port:
        yield port


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("big_body", "answers with more than 8 MiB"),
        ("endless", "answers with more than 8 MiB"),
        ("endless_chunks", "answers with more than 8 MiB"),
        ("slow_headers", "no complete answer within 0.7 s"),
        ("slow_body", "no complete answer within 0.7 s"),
        ("silent", "no complete answer within 0.7 s"),
        ("continues", "no complete answer within 0.7 s"),
        ("closes", "closed"),
        ("half", "ends 96 bytes before its announced length"),
        ("not_http", "does not answer in HTTP: BadStatusLine"),
        ("odd_status", "does not answer in HTTP: BadStatusLine"),
        ("header_bomb", "does not answer in HTTP: HTTPException: got more than 100 headers"),
        ("long_header", "does not answer in HTTP: LineTooLong"),
    ],
)
def test_a_hostile_answer_ends_in_time_as_a_cause(port: int, script: str, cause: str) -> None:
    started = time.monotonic()
    with pytest.raises((CamError, OSError)) as caught:
        fetch(f"http://127.0.0.1:{port}/{script}", timeout=TIMEOUT)
    assert cause in str(caught.value)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("script", "status", "start"),
    [
        ("good", 200, b'{"status"'),
        ("redirect_loop", 302, b""),
        ("wrong_type", 200, b"<html>"),
        ("jinja", 500, b"{}"),
        ("jinja_body", 200, f'{{"status": "{JINJA}'.encode()),
        ("gzip_bomb", 200, b"\x1f\x8b"),
        ("escapes", 503, b"\x1b"),
    ],
)
def test_an_odd_answer_is_returned_as_it_is(
    port: int, script: str, status: int, start: bytes
) -> None:
    answer = fetch(f"http://127.0.0.1:{port}/{script}", timeout=5)
    assert answer.status == status
    assert answer.body.startswith(start)
    assert len(answer.body) < 2**20


@pytest.mark.parametrize("script", ["not_json", "invalid_utf8", "nested", "wrong_type"])
def test_what_is_not_json_is_a_value_error(port: int, script: str) -> None:
    answer = fetch(f"http://127.0.0.1:{port}/{script}", timeout=5)
    with pytest.raises(ValueError):  # noqa: PT011 (each in its own words)
        answer.json()


def test_a_drip_does_not_extend_the_deadline(port: int) -> None:
    """Each byte comes within the timeout; all of them never do."""
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        fetch(f"http://127.0.0.1:{port}/slow_body", timeout=0.3)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("host", "days", "trusted", "cause"),
    [
        ("localhost", -1, True, "TLS: certificate has expired"),
        ("elsewhere", 30, True, "TLS: Hostname mismatch, certificate is not valid for 'localhost'"),
        ("localhost", 30, False, "TLS: self-signed certificate"),
        ("localhost", 30, True, ""),
    ],
    ids=["expired", "wrong-host", "self-signed", "good"],
)
def test_bad_tls(tmp_path: Path, host: str, days: int, trusted: bool, cause: str) -> None:
    text, file = certificate(tmp_path, host=host, days=days)
    trust = ssl.create_default_context(cadata=text) if trusted else None
    with hostile(server_context(file)) as port:
        address = f"127.0.0.1:{port}"
        try:
            answer = fetch("https://localhost/good", address=address, trust=trust, timeout=5)
            seen = "" if answer.status == 200 else f"status {answer.status}"
        except OSError as error:
            seen = cause_of(error)
    assert seen == cause


def test_a_server_without_tls_on_its_port(port: int) -> None:
    with pytest.raises(OSError, match="SSL") as caught:
        fetch(f"https://127.0.0.1:{port}/good", timeout=5)
    assert cause_of(caught.value).startswith("TLS: ")


def test_a_tls_handshake_that_never_comes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(TimeoutError, match=r"no complete answer within 0\.3 s"):
            fetch(f"https://127.0.0.1:{port}/", timeout=0.3)


@pytest.mark.parametrize(
    "url", ["ftp://x", "http://", "http://[::1", "http://a:99999/", "//a", "", "http://a:b/"]
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(CamError, match="must begin with http:// or https:// and name a host"):
        fetch(url)


@pytest.mark.parametrize("address", ["127.0.0.1", ":80", "a:b", "a:0", "a:70000"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(CamError, match="must be host:port"):
        fetch("http://a/", address=address)


def test_a_host_that_cannot_be_a_name() -> None:
    with pytest.raises(CamError, match="is no name of a host"):
        fetch(f"http://{'a' * 70}.example/")


def test_what_a_stranger_says_cannot_garble_a_terminal() -> None:
    assert printable("a\x1b[2Jb\r\nc\x07") == "a?[2Jb c?"
    assert len(printable("x" * 10_000)) < 400


def test_json_that_is_nested_too_deeply() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse("[" * 200_000)
