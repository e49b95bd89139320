# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request to a URL, if wanted to another address than its name resolves to."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer, Deadline, exchange

USUAL_PORTS = {"http": 80, "https": 443}


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    address: str = "",
    trust: ssl.SSLContext | None = None,
    timeout: float = 15,
) -> Answer:
    """The answer, whatever its status; redirects are not followed.

    `address` is host:port to connect to; TLS and HTTP still ask for the URL's host. `timeout`
    bounds all of it: connecting, TLS, headers and body.
    Raises CamError for a URL that is none and for an answer that is not HTTP or above 8 MiB,
    OSError if nobody answers.
    """
    parts = split(url)
    host, where = place(url, address)
    port = parts.port or USUAL_PORTS[parts.scheme]
    deadline = Deadline(timeout)
    try:
        stream = _connect(*where, deadline)
        with contextlib.closing(_secured(stream, parts.scheme, host, trust, deadline)) as stream:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            return exchange(
                stream, deadline, method, path, host=host, port=port, headers=headers, body=body
            )
    except TimeoutError as error:
        raise deadline.missed() from error


def split(url: str) -> SplitResult:
    """The parts of a URL that can be asked."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in USUAL_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        named = None
    if not named:
        raise CamError(f"url '{url}' must begin with http:// or https:// and name a host")
    return parts


def place(url: str, address: str) -> tuple[str, tuple[str, int]]:
    """The host of a URL, and where to connect. Raises CamError for what is no URL or address."""
    parts = split(url)
    host = str(parts.hostname)
    usual = (host, parts.port or USUAL_PORTS[parts.scheme])
    return host, socket_of(address) if address else usual


def socket_of(address: str) -> tuple[str, int]:
    """Host and port of an address."""
    host, _colon, port = address.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise CamError(f"address '{address}' must be host:port, such as 127.0.0.1:8443")
    return host.strip("[]"), int(port)


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A stream to the first address of this name that takes it, all tries within the deadline."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise CamError(f"'{host}' is no name of a host") from None
    problem: OSError = OSError(f"{host} has no address")
    for *_kind, where in found:
        try:
            return socket.create_connection((str(where[0]), port), timeout=deadline.left())
        except OSError as error:
            problem = error
    raise problem


def _secured(
    stream: socket.socket, scheme: str, host: str, trust: ssl.SSLContext | None, deadline: Deadline
) -> socket.socket:
    """The stream with TLS on it where the URL asks for that. Closes it if that fails."""
    if scheme == "http":
        return stream
    try:
        stream.settimeout(deadline.left())
        context = trust or ssl.create_default_context()
        return context.wrap_socket(stream, server_hostname=host)
    except OSError:
        stream.close()
        raise
