# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sweep asks: one endpoint each, read from what a user wrote."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import socket_of, split

FIELDS = ("url", "expect_status", "expect_type", "contains", "address")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL and the answer that it must give."""

    url: str
    expect_status: int = 200
    # Beginning of the content type, such as application/json; empty for any.
    expect_type: str = ""
    contains: bytes = b""
    # host:port to connect to instead of what the URL's host resolves to.
    address: str = ""


def endpoints(given: Sequence[Any]) -> list[Endpoint]:
    """All of them, or a CamError that names the first that cannot be asked."""
    found = []
    for number, entry in enumerate(given):
        try:
            found.append(_endpoint(entry))
        except CamError as error:
            raise CamError(f"endpoints[{number}]: {error}") from None
    return found


def _endpoint(entry: Any) -> Endpoint:
    if isinstance(entry, str):
        return Endpoint(_url(entry))
    if not isinstance(entry, Mapping):
        raise CamError(f"{entry!r} must be a URL, or a mapping with url")
    for name in entry:
        if name not in FIELDS:
            close = difflib.get_close_matches(str(name), FIELDS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"it may have {', '.join(FIELDS)}"
            raise CamError(f"unknown key {name}; {hint}")
    address = str(entry.get("address") or "")
    if address:
        socket_of(address)
    return Endpoint(
        _url(entry.get("url", "")),
        _status(entry.get("expect_status", 200)),
        str(entry.get("expect_type") or "").lower(),
        str(entry.get("contains") or "").encode(),
        address,
    )


def _url(value: Any) -> str:
    parts = split(str(value))
    if "@" in parts.netloc:
        # URLs are printed.
        raise CamError("a URL must not carry credentials: send them by `headers`")
    return str(value)


def _status(value: Any) -> int:
    if not str(value).isdecimal() or not 100 <= int(value) <= 599:
        raise CamError(f"expect_status is '{value}'; it must be one status from 100 to 599")
    return int(value)
