# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions and clients of AWS, all with the same retries, timeouts and errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import Asked, explain
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
    from botocore.parsers import ResponseParserError
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
    BOTO_ERRORS: tuple[type[Exception], ...] = ()
else:
    MISSING_LIBRARY = None
    BOTO_ERRORS = (BotoCoreError, ClientError, ResponseParserError)

# What every module that talks to AWS takes.
AWS_SPEC: dict[str, Any] = {
    "region": {"type": "str"},
    "endpoint_url": {"type": "str"},
    "profile": {"type": "str"},
    "environment": {"type": "str", "required": True},
}
# Botocore's "standard" retries what is throttled, fails inside or breaks off, after up to 1, 2, 4,
# ... 20 s; its own default of three attempts is soon used up by a throttled account.
ATTEMPTS = 6
CONNECT_SECONDS = 10
READ_SECONDS = 60
THREADS = 8


@dataclass
class Aws:
    """One account and region; clients are made when first asked for, by any thread."""

    region: str | None
    endpoint_url: str | None = None
    profile: str | None = None
    _services: dict[str, Service] = field(default_factory=dict)
    # Clients may be shared by threads, a session that makes them may not.
    _making: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, params: dict[str, Any]) -> Aws:
        """Of the options of a module; they go before the environment's variables."""
        require_library()
        return cls(params.get("region"), params.get("endpoint_url"), params.get("profile"))

    def service(self, name: str) -> Service:
        with self._making:
            if name not in self._services:
                self._services[name] = self._connect(name)
            return self._services[name]

    def require_credentials(self) -> None:
        """Raises CamError where there are none; whether AWS takes them is not asked."""
        require_library()
        asked = Asked("sts", "GetCallerIdentity", "this account", self.region or "no region")
        try:
            if self._session.get_credentials() is None:
                raise NoCredentialsError
        except BOTO_ERRORS as error:
            raise explain(error, asked) from None

    @property
    def _region(self) -> str | None:
        # Botocore reads AWS_DEFAULT_REGION only; all newer tools of AWS say AWS_REGION.
        return self.region or os.environ.get("AWS_REGION") or None

    @cached_property
    def _session(self) -> Any:
        """One for all services: each would read what botocore knows of AWS anew."""
        return boto3.Session(profile_name=self.profile, region_name=self._region)

    def _connect(self, name: str) -> Service:
        asked = Asked(name, "a client", "this account", self._region or "no region")
        try:
            client = self._session.client(name, endpoint_url=self.endpoint_url, config=_config())
        except BOTO_ERRORS as error:
            raise explain(error, asked) from None
        except ValueError as error:
            raise CamError(
                f"`endpoint_url` or AWS_ENDPOINT_URL is not usable: {error}. Give a URL such as "
                "https://eks.eu-central-1.amazonaws.com, or none."
            ) from None
        return Service(name, client)


class Service:
    """A client of one service whose refusals are ours to read."""

    def __init__(self, name: str, client: Any) -> None:
        self.name = name
        self.client = client

    @property
    def region(self) -> str:
        return str(self.client.meta.region_name)

    def ask(self, operation: str, about: str, /, **given: Any) -> dict[str, Any]:
        """One call, such as `ask("describe_cluster", "EKS cluster a", name="a")`."""
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(**given)
        except BOTO_ERRORS as error:
            raise explain(error, self._asked(operation, about)) from None
        return answer

    def ask_all(self, operation: str, about: str, key: str, /, **given: Any) -> list[Any]:
        """What all pages of an answer hold below a key."""
        pages = self.client.get_paginator(operation).paginate(**given)
        try:
            return [item for page in pages for item in page.get(key) or []]
        except BOTO_ERRORS as error:
            raise explain(error, self._asked(operation, about)) from None

    def _asked(self, operation: str, about: str) -> Asked:
        names: dict[str, str] = self.client.meta.method_to_api_mapping
        return Asked(self.name, names[operation], about, self.region)


# pylint assumes Python 3.9 of every module; tests/config.yml demands 3.12.
# pylint: disable-next=using-generic-type-syntax-in-unsupported-version
def at_once[T, R](function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The function of each item, side by side; clients of boto3 may be shared by threads."""
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(function, items))


def require_library() -> None:
    if MISSING_LIBRARY is not None:
        raise CamError(
            f"The Python library `boto3` is not usable here ({MISSING_LIBRARY}). It is needed to "
            "talk to AWS: pip install boto3"
        )


def _config() -> Any:
    retries: dict[str, Any] = {"mode": "standard"}
    if "AWS_MAX_ATTEMPTS" not in os.environ:
        retries["total_max_attempts"] = ATTEMPTS
    return Config(
        retries=retries,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        user_agent_extra="cam.mesh",
    )
