"""Refuses to go on where an AWS client could reach the real AWS."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

VARIABLE = "AWS_ENDPOINT_URL"
HINT = f"Start the double (tests/doubles/aws/README.md), set {VARIABLE}=http://127.0.0.1:PORT."


class NotTheDouble(Exception):
    """Calls would leave this machine; the text says why and what to set."""


def loopback(url: str) -> bool:
    """Whether the URL names an address of this machine that no name service has a say in."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and ipaddress.ip_address(parts.hostname or "").is_loopback
        )
    except ValueError:
        return False


def require_loopback(name: str, url: str) -> None:
    """NotTheDouble, naming where the URL was found, unless the URL is one of this machine."""
    if not loopback(url):
        raise NotTheDouble(
            f"{name}={url} is no address of this machine; nothing but the double is called in "
            f"tests. {HINT}"
        )


def require_double(environment: Mapping[str, str] | None = None) -> str:
    """The double's URL; NotTheDouble unless every AWS client of this environment goes there.

    Besides the variable for all services there is one a service (AWS_ENDPOINT_URL_EKS ...), which
    wins over it, and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, which switches all of them off.
    """
    found = os.environ if environment is None else environment
    if not found.get(VARIABLE):
        raise NotTheDouble(f"{VARIABLE} is not set, so AWS itself would be called. {HINT}")
    for name, url in sorted(found.items()):
        if name.startswith(VARIABLE):
            require_loopback(name, url)
    if found.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        raise NotTheDouble(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true makes clients call AWS itself. Unset it."
        )
    return found[VARIABLE]
