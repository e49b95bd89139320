# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends something to a receiver; whatever goes wrong is a sentence without its URL."""

from __future__ import annotations

import http.client
import queue
import threading
from collections.abc import Callable, Mapping
from urllib.error import HTTPError
from urllib.parse import urlsplit

from ansible.module_utils.urls import open_url
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._http import Deadline, printable


def send(
    url: str,
    text: str,
    *,
    content_type: str,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 15,
) -> None:
    """Through the proxy of the environment, if there is one; a redirect is refused.

    `timeout` bounds all of it. Only the host is ever named: a webhook's path is often its password.
    """
    host = _host(url)
    deadline = Deadline(timeout)

    def ask() -> None:
        open_url(
            url,
            data=text.encode(),
            method=method,
            headers={**(headers or {}), "Content-Type": content_type},
            timeout=timeout,
            follow_redirects="none",
            http_agent="cam.mesh",
        ).close()

    try:
        _in_time(deadline, ask)
    except HTTPError as error:
        error.close()
        raise CamError(f"{host} answers with status {error.code}") from None
    except OSError as error:
        reason = getattr(error, "reason", error) or type(error).__name__
        cause = deadline.missed() if isinstance(reason, TimeoutError) else reason
        raise CamError(f"{host}: {printable(str(cause))}") from None
    except (http.client.HTTPException, ValueError) as error:
        # These texts may quote a header.
        raise CamError(f"{host}: no usable answer ({type(error).__name__})") from None


def _in_time(deadline: Deadline, act: Callable[[], None]) -> None:
    """What `act` raises, or TimeoutError at the deadline.

    The timeout of open_url bounds each read alone, which a receiver that drips extends for ever.
    """
    ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            act()
        except Exception as error:
            ended.put(error)
        else:
            ended.put(None)

    # A daemon, so that the run ends while a stranger still drips.
    threading.Thread(target=work, daemon=True).start()
    try:
        problem = ended.get(timeout=deadline.left())
    except queue.Empty:
        raise deadline.missed() from None
    if problem is not None:
        raise problem


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host:
        raise CamError("its URL must begin with http:// or https:// and name a host")
    return host
