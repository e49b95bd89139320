"""The sweep against many good servers and against every bad one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _sweep
from ansible_collections.cam.mesh.plugins.module_utils._endpoints import Endpoint
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._sweep import Settings, Sweep, sweep
from hostile import JINJA, SCRIPTS, certificate, hostile, server_context


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile() as port:
        yield port


CAUSES = {
    "good": "",
    "big_body": "the answer is larger than 8 MiB",
    "endless": "the answer is larger than 8 MiB",
    "endless_chunks": "the answer is larger than 8 MiB",
    "redirect_loop": "status 302 to /redirect_loop, expected 200",
    "wrong_type": "content type text/html, expected application/json",
    "jinja": "status 500, expected 200",
    "jinja_type": f"content type {JINJA}, expected application/json",
    "jinja_body": "",
    "slow_headers": "no complete answer within 6 s",
    "slow_body": "no complete answer within 6 s",
    "silent": "no complete answer within 6 s",
    "closes": "the connection was closed before an answer came",
    "half": "the answer ends before its announced length",
    "not_http": "the answer is not HTTP: ",
    "odd_status": "the answer is not HTTP: ",
    "invalid_utf8": "",
    "header_bomb": "the answer is not HTTP: ",
    "long_header": "the answer is not HTTP: ",
    "continues": "no complete answer within 6 s",
    "not_json": "",
    "nested": "",
    "gzip_bomb": "content type none, expected application/json",
    "escapes": "status 503, expected 200",
}


def test_every_hostile_answer_ends_as_its_cause_in_one_sweep(port: int) -> None:
    assert CAUSES.keys() == SCRIPTS.keys()
    asked = [
        Endpoint(
            f"http://127.0.0.1:{port}/{name}",
            expect_type="" if name == "half" else "application/json",
        )
        for name in CAUSES
    ]
    started = time.monotonic()
    seen = sweep(asked, Settings(timeout_seconds=6, concurrency=100))
    assert time.monotonic() - started < 60
    found = dict.fromkeys(CAUSES, "")
    for endpoint, cause in seen.failures():
        found[endpoint.url.rpartition("/")[2]] = cause
    wrong = {
        name: cause
        for name, cause in found.items()
        if not (cause.startswith(CAUSES[name]) if CAUSES[name] else cause == "")
    }
    assert wrong == {}
    assert all(cause.isprintable() and len(cause) < 400 for cause in found.values())


def test_what_a_body_must_contain(port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    seen = sweep(
        [
            Endpoint(f"{base}/good", contains=b'"healthy"'),
            Endpoint(f"{base}/good", contains=b'"degraded"'),
            Endpoint(f"{base}/jinja_body", contains=JINJA.encode()),
        ],
        Settings(),
    )
    ((endpoint, cause),) = seen.failures()
    assert endpoint.contains == b'"degraded"'
    assert cause == "the answer does not contain '\"degraded\"'"


class Body:
    """A body that comes in these pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.content = self
        self.pieces = pieces

    async def iter_any(self):  # type: ignore[no-untyped-def]
        for piece in self.pieces:
            yield piece


@pytest.mark.parametrize("pieces", [(b"xab", b"cdx"), (b"a", b"b", b"c", b"d"), (b"abcd",)])
def test_a_text_is_found_across_the_pieces_of_a_body(pieces: tuple[bytes, ...]) -> None:
    loop = _sweep.asyncio.new_event_loop()
    try:
        assert loop.run_until_complete(_sweep._read(Body(*pieces), b"abcd")) is True  # type: ignore[arg-type]
        assert loop.run_until_complete(_sweep._read(Body(*pieces), b"abcx")) is False  # type: ignore[arg-type]
    finally:
        loop.close()


def test_a_thousand_endpoints_one_of_them_dead(port: int) -> None:
    asked = [Endpoint(f"http://127.0.0.1:{port}/good?{number}") for number in range(1000)]
    asked[700] = Endpoint("http://127.0.0.1:1/")
    seen = sweep(asked, Settings(timeout_seconds=30))
    assert list(seen.failures()) == [(asked[700], "connection refused")]
    assert (seen.asked, seen.not_asked, len(seen.latencies_ms)) == (1000, 0, 999)


def test_the_deadline_of_the_sweep_ends_it_and_says_what_was_not_asked(port: int) -> None:
    asked = [Endpoint(f"http://127.0.0.1:{port}/silent?{number}") for number in range(50)]
    started = time.monotonic()
    seen = sweep(asked, Settings(timeout_seconds=60, deadline_seconds=1, concurrency=10))
    assert time.monotonic() - started < 20
    assert (seen.failed, seen.not_asked) == (10, 40)
    assert set(seen.causes.values()) == {"no complete answer when the deadline of the sweep ended"}


@pytest.mark.parametrize(
    ("host", "days", "cause"),
    [
        ("localhost", 30, ""),
        ("localhost", -1, "TLS: certificate has expired"),
        ("elsewhere", 30, "TLS: Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
def test_tls_asks_for_the_host_of_the_url(tmp_path: Path, host: str, days: int, cause: str) -> None:
    text, file = certificate(tmp_path, host=host, days=days)
    with hostile(server_context(file)) as port:
        asked = Endpoint("https://localhost/good", address=f"127.0.0.1:{port}")
        seen = sweep([asked], Settings(ca_certificate=text))
        assert list(seen.causes.values()) == ([cause] if cause else [])


def test_tls_that_is_not_trusted_or_none_at_all(tmp_path: Path, port: int) -> None:
    _, file = certificate(tmp_path)
    with hostile(server_context(file)) as secure:
        asked = [
            Endpoint("https://localhost/good", address=f"127.0.0.1:{secure}"),
            Endpoint(f"https://127.0.0.1:{port}/good"),
        ]
        seen = sweep(asked, Settings(timeout_seconds=2))
    assert seen.causes[0] == "TLS: self-signed certificate"
    assert seen.causes[1].startswith(("TLS: ", "no complete answer", "the connection was closed"))


def test_a_certificate_that_is_none_is_refused() -> None:
    with pytest.raises(CamError, match="`ca_certificate` must be one or more certificates"):
        sweep([Endpoint("https://localhost/")], Settings(ca_certificate="no"))


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sweep, "MISSING_LIBRARY", "No module named 'aiohttp'")
    with pytest.raises(CamError, match="pip install aiohttp"):
        sweep([], Settings())


def test_percentiles_are_values_that_were_seen() -> None:
    seen = Sweep([], latencies_ms=[float(number) for number in range(1, 101)])
    assert seen.percentiles() == {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    assert Sweep([], latencies_ms=[7]).percentiles() == {"p50": 7, "p95": 7, "p99": 7, "max": 7}
    assert Sweep([]).percentiles() == {}


def test_connections_fit_the_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sweep.resource, "getrlimit", lambda _: (256, 256))
    assert _sweep._room(1000) == 256 - _sweep.OTHER_FILES
    assert _sweep._room(20) == 20
