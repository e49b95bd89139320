"""Where every repair of moto is registered, so that each can be listed, left out and probed.

Two kinds: a fix changes how moto answers a call that it knows (`wraps`), an answer is a call that
it does not know (`answers`). Both name in their docstring the API reference they restore.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doubles.aws import shapes
from moto.backends import get_backend
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Repair:
    """One fix or answer. `target`: what of moto it changes."""

    name: str
    service: str
    target: str
    reference: str
    apply: Callable[[], None]


FIXES: dict[str, Repair] = {}
ANSWERS: dict[str, Repair] = {}


class AlreadyThere(Exception):
    """moto has learnt the operation: the answer of ours is to be dropped."""


@dataclass
class Call:
    """A request as an answer sees it. `params`: by the names of the API reference."""

    response: BaseResponse
    params: dict[str, Any]
    backend: Any

    @property
    def account(self) -> str:
        return self.response.current_account

    @property
    def region(self) -> str:
        return self.response.region

    def arn(self, service: str, rest: str) -> str:
        return f"arn:{self.response.partition}:{service}:{self.region}:{self.account}:{rest}"

    def given(self, *names: str) -> dict[str, Any]:
        """The named parameters that the request holds."""
        return {name: self.params[name] for name in names if name in self.params}


def call_of(response: BaseResponse) -> Call:
    """The request that a moto response object is about to answer."""
    service = str(response.service_name)
    backend = get_backend(service)[response.current_account]  # type: ignore[call-overload]
    key = response.region if response.region in backend else response.partition
    return Call(response, parsed(response), backend[key])


def parsed(response: BaseResponse) -> dict[str, Any]:
    """The parameters as plain dicts; what moto itself parses differs from service to service."""
    if "_cam_params" not in vars(response):
        request, service = (
            response.normalized_request,
            get_service_model(response.boto3_service_name),
        )
        operation = service.operation_model(response._get_action())
        protocol = determine_request_protocol(service, request.content_type)
        response._cam_params = PROTOCOL_PARSERS[protocol](operation).parse(  # type: ignore[attr-defined]
            {
                "method": request.method, "values": request.values, "headers": request.headers,
                "body": request.data, "url_path": request.path, "url_params": response.uri_match,
            }
        )  # fmt: skip
    return dict(response._cam_params)  # type: ignore[attr-defined]


def wraps(owner: type, method: str, service: str) -> Callable[[Callable[..., Any]], Any]:
    """Register a fix: called instead of `owner.method`, with the original as first argument."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply() -> None:
            original = getattr(owner, method)

            @functools.wraps(original)
            def fixed(*args: Any, **kwargs: Any) -> Any:
                return function(original, *args, **kwargs)

            setattr(owner, method, fixed)

        _add(FIXES, function, service, f"{owner.__name__}.{method}", apply)
        return function

    return register


def patches(service: str, target: str) -> Callable[[Callable[[], None]], Any]:
    """Register a fix that is no wrapped method: the function changes moto itself."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _add(FIXES, function, service, target, function)
        return function

    return register


def answers(owner: type[BaseResponse], operation: str) -> Callable[[Callable[[Call], Any]], Any]:
    """Register an answer to an operation (API reference name) that moto does not know.

    The function returns the members of the output; a member that the service's model does not have
    is an error, for boto3 would drop it silently.
    """
    service = owner().boto3_service_name
    method = camelcase_to_underscores(operation)

    def register(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
        def handle(self: BaseResponse) -> ActionResult:
            result = function(call_of(self))
            shapes.check(get_service_model(service).operation_model(operation), result)
            return ActionResult(result)

        def apply() -> None:
            if hasattr(owner, method):
                raise AlreadyThere(f"moto answers {service}:{operation}; drop ours")
            handle.__name__ = method
            setattr(owner, method, handle)

        _add(ANSWERS, function, service, operation, apply, name=f"{service}:{operation}")
        return function

    return register


def _add(
    kept: dict[str, Repair],
    function: Callable[..., Any],
    service: str,
    target: str,
    apply: Callable[[], None],
    name: str = "",
) -> None:
    name = name or function.__name__
    if name in kept:
        raise ValueError(f"Two repairs are called {name}.")
    reference = " ".join((function.__doc__ or "").split())
    if "API_" not in reference:
        raise ValueError(f"{name} does not say which page of the API reference it restores.")
    kept[name] = Repair(name, service, target, reference, apply)


def load() -> None:
    """Import every file of repairs; importing registers."""
    for file in sorted(HERE.glob("fixes_*.py")):
        importlib.import_module(f"doubles.aws.{file.stem}")


def apply() -> None:
    """Change moto in this process; there is no way back."""
    load()
    for repair in repairs():
        repair.apply()


def repairs() -> Iterator[Repair]:
    yield from FIXES.values()
    yield from ANSWERS.values()
