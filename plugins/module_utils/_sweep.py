# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks thousands of endpoints at once, in one process, and keeps only what was wrong."""

from __future__ import annotations

import asyncio
import math
import resource
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._endpoints import Endpoint
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import socket_of
from ansible_collections.cam.mesh.plugins.module_utils._http import cause_of, printable

try:
    import aiohttp
    import yarl
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
else:
    MISSING_LIBRARY = None

# What one answer may be; more of it is not a health answer.
LARGEST_ANSWER_BYTES = 8 * 2**20
# Files that the process needs beside its connections.
OTHER_FILES = 64


@dataclass(frozen=True)
class Settings:
    """How a sweep asks."""

    timeout_seconds: float = 5
    deadline_seconds: float = 60
    concurrency: int = 200
    ca_certificate: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Sweep:
    """What a sweep saw: how long each answer took, and a cause for each wrong one."""

    endpoints: Sequence[Endpoint]
    latencies_ms: list[float] = field(default_factory=list)
    causes: dict[int, str] = field(default_factory=dict)
    asked: int = 0
    duration_ms: int = 0

    @property
    def failed(self) -> int:
        return len(self.causes)

    @property
    def not_asked(self) -> int:
        return len(self.endpoints) - self.asked

    def failures(self) -> Iterator[tuple[Endpoint, str]]:
        """The endpoints that are not ok, in the order of the list, each with its cause."""
        for number in sorted(self.causes):
            yield self.endpoints[number], self.causes[number]

    def percentiles(self) -> dict[str, float]:
        """Of the answers that came, right or wrong."""
        ordered = sorted(self.latencies_ms)
        found = {
            f"p{share}": ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]
            for share in (50, 95, 99)
            if ordered
        }
        return {**found, **({"max": ordered[-1]} if ordered else {})}


def sweep(endpoints: Sequence[Endpoint], settings: Settings) -> Sweep:
    """Asks every endpoint once, each on a connection of its own; redirects are not followed."""
    if MISSING_LIBRARY is not None:
        raise CamError(
            f"The Python library `aiohttp` is not usable here ({MISSING_LIBRARY}). It is needed to "
            "ask many endpoints at once: pip install aiohttp"
        )
    result = Sweep(endpoints)
    context = _trust(settings.ca_certificate)
    started = time.monotonic()
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_ask_all(result, settings, context))
    finally:
        # Not asyncio.run: it would wait for name lookups that hang.
        loop.close()
    result.duration_ms = int((time.monotonic() - started) * 1000)
    return result


async def _ask_all(result: Sweep, settings: Settings, context: ssl.SSLContext) -> None:
    queue = iter(enumerate(result.endpoints))
    connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=context)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=settings.timeout_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        # A small answer may unpack to a huge one: none is asked for, and none is unpacked.
        auto_decompress=False,
        headers={"Accept-Encoding": "identity", **settings.headers},
    ) as session:
        count = min(_room(settings.concurrency), len(result.endpoints))
        workers = [asyncio.create_task(_work(session, queue, result)) for _worker in range(count)]
        if workers:
            _done, late = await asyncio.wait(workers, timeout=settings.deadline_seconds)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*workers)


async def _work(
    session: aiohttp.ClientSession, queue: Iterator[tuple[int, Endpoint]], result: Sweep
) -> None:
    for number, endpoint in queue:
        result.asked += 1
        started = time.perf_counter()
        try:
            cause = await _ask(session, endpoint)
        except asyncio.CancelledError:
            result.causes[number] = "no complete answer when the deadline of the sweep ended"
            return
        except Exception as error:
            # Whatever a stranger makes the library raise is this endpoint's cause, and no crash.
            result.causes[number] = _why(error, session.timeout.total)
            continue
        result.latencies_ms.append((time.perf_counter() - started) * 1000)
        if cause:
            result.causes[number] = cause


async def _ask(session: aiohttp.ClientSession, endpoint: Endpoint) -> str:
    """What is wrong with the answer; empty if nothing is."""
    url = yarl.URL(endpoint.url)
    options: dict[str, Any] = {}
    if endpoint.address:
        host, port = socket_of(endpoint.address)
        options = {"headers": {"Host": url.authority}, "server_hostname": url.host}
        url = url.with_host(host).with_port(port)
    async with session.get(url, allow_redirects=False, **options) as answer:
        seen = await _read(answer, endpoint.contains)
        kind = answer.headers.get("Content-Type", "none")
        if answer.status != endpoint.expect_status:
            where = answer.headers.get("Location")
            text = f"status {answer.status}{f' to {where}' if where else ''}"
            return printable(f"{text}, expected {endpoint.expect_status}")
    if seen is None:
        return f"the answer is larger than {LARGEST_ANSWER_BYTES >> 20} MiB"
    if not kind.lower().startswith(endpoint.expect_type):
        return printable(f"content type {kind}, expected {endpoint.expect_type}")
    if not seen:
        return printable(f"the answer does not contain '{endpoint.contains.decode()}'")
    return ""


async def _read(answer: aiohttp.ClientResponse, wanted: bytes) -> bool | None:
    """Whether the body holds these bytes; None if it is too large. None of it is kept."""
    seen, size, tail = not wanted, 0, b""
    async for chunk in answer.content.iter_any():
        size += len(chunk)
        if size > LARGEST_ANSWER_BYTES:
            return None
        if not seen:
            text = tail + chunk
            seen = wanted in text
            tail = text[-len(wanted) :]
    return seen


def _why(error: BaseException, timeout: float | None) -> str:
    if isinstance(error, TimeoutError):
        return f"no complete answer within {timeout:g} s"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return cause_of(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return cause_of(error.os_error)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the connection was closed before an answer came"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer ends before its announced length"
    if isinstance(error, aiohttp.ClientResponseError):
        return printable(f"the answer is not HTTP: {error.message}")
    return cause_of(error)


def _trust(ca_certificate: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if ca_certificate:
            context.load_verify_locations(cadata=ca_certificate)
        return context
    except (ssl.SSLError, ValueError):
        raise CamError("`ca_certificate` must be one or more certificates in PEM form") from None


def _room(concurrency: int) -> int:
    """As many connections as were asked for and as the process may hold open."""
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return concurrency if files == resource.RLIM_INFINITY else min(concurrency, files - OTHER_FILES)
