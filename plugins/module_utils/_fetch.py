# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request to a URL, if wanted to another address than its name resolves to."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Answer

LARGEST_ANSWER_BYTES = 8 * 2**20


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

    `address` is host:port to connect to; TLS and HTTP still ask for the URL's host.
    Raises CamError for a URL that is none and for an answer above 8 MiB, OSError if nobody answers.
    """
    host, where = place(url, address)
    parts = urlsplit(url)
    stream: socket.socket = socket.create_connection(where, timeout=timeout)
    try:
        if parts.scheme == "https":
            context = trust or ssl.create_default_context()
            stream = context.wrap_socket(stream, server_hostname=host)
        connection = http.client.HTTPConnection(host, parts.port or _usual(parts.scheme))
        connection.sock = stream
        payload = None if body is None else json.dumps(body)
        sent = {**(headers or {}), **({"Content-Type": "application/json"} if payload else {})}
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request(method, path, body=payload, headers=sent)
        response = connection.getresponse()
        content = response.read(LARGEST_ANSWER_BYTES + 1)
    finally:
        stream.close()
    if len(content) > LARGEST_ANSWER_BYTES:
        raise CamError(f"{url} answers with more than {LARGEST_ANSWER_BYTES >> 20} MiB")
    names = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, names, content)


def place(url: str, address: str) -> tuple[str, tuple[str, int]]:
    """The host of a URL, and where to connect. Raises CamError for what is no URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CamError(f"url '{url}' must begin with http:// or https:// and name a host")
    host, _colon, port = address.rpartition(":")
    return parts.hostname, (
        host or parts.hostname,
        int(port or parts.port or _usual(parts.scheme)),
    )


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80
