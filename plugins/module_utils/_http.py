# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange that ends in time and in size, whatever the other side does."""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

LARGEST_ANSWER_BYTES = 8 * 2**20
LONGEST_CAUSE = 300


@dataclass(frozen=True)
class Answer:
    """What came back; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's value. Raises ValueError for whatever is not JSON."""
        return parse(self.body)


def parse(body: bytes | str) -> Any:
    """JSON of a stranger: what is nested too deeply for Python is no JSON to us either."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


class Deadline:
    """The moment at which a whole exchange must be over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises TimeoutError when none do."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise self.missed()
        return seconds

    def missed(self) -> TimeoutError:
        return TimeoutError(f"no complete answer within {self.seconds:g} s")


class _Reader(io.RawIOBase):
    """Reads a socket until a deadline, which no slow drip of bytes extends."""

    def __init__(self, stream: socket.socket, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream.settimeout(self._deadline.left())
        return self._stream.recv_into(buffer)


class _Timed:
    """As much of a socket as http.client uses. Its owner closes the real one."""

    def __init__(self, stream: socket.socket, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._stream.settimeout(self._deadline.left())
        self._stream.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._stream, self._deadline))

    def close(self) -> None:
        """Nothing: see above."""


def exchange(
    stream: socket.socket,
    deadline: Deadline,
    method: str,
    path: str,
    *,
    host: str,
    port: int,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> Answer:
    """Sends one request over an open stream and reads the whole answer, whatever its status.

    Raises CamError for an answer that is not HTTP or above 8 MiB, OSError for one that does not
    come: TimeoutError when the deadline ends it.
    """
    sent = dict(headers or {})
    payload = body
    if body is not None and not isinstance(body, bytes | str):
        payload = json.dumps(body)
        sent.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _Timed(stream, deadline)
    try:
        connection.request(method, path, body=payload, headers=sent)
        response = connection.getresponse()
        content = response.read(LARGEST_ANSWER_BYTES + 1)
    except TimeoutError as error:
        raise deadline.missed() from error
    except http.client.HTTPException as error:
        if isinstance(error, OSError):
            raise
        text = f"{type(error).__name__}: {error}"
        raise CamError(f"{host} does not answer in HTTP: {printable(text)}") from error
    if len(content) > LARGEST_ANSWER_BYTES:
        raise CamError(f"{host}{path} answers with more than {LARGEST_ANSWER_BYTES >> 20} MiB")
    if response.length:
        raise CamError(f"{host}{path} ends {response.length} bytes before its announced length")
    names = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, names, content)


def cause_of(error: BaseException) -> str:
    """Why a request was not answered, in the words of an operator."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message.removesuffix('.')}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {(error.reason or str(error)).lower().replace('_', ' ')}"
    if isinstance(error, socket.gaierror):
        return "the name does not resolve"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        return "the connection was closed before an answer came"
    return printable(str(error) or type(error).__name__)


def printable(text: str) -> str:
    """What a stranger said, as one line that cannot garble a terminal."""
    line = " ".join(text.split())
    shown = "".join(char if char.isprintable() else "?" for char in line)
    return shown if len(shown) <= LONGEST_CAUSE else f"{shown[:LONGEST_CAUSE]}..."
