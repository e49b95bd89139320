"""An error as the service's model has it."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException


class Refusal(ServiceException):  # type: ignore[misc]
    """moto serializes it in the protocol of the service and takes the HTTP status from its model.

    A class of ours, for moto takes the module of the class for the name of a service.
    """


def refuse(code: str, message: str, **members: Any) -> Refusal:
    """`members`: further members of the error's shape."""
    error = Refusal(code, message)
    for name, value in members.items():
        setattr(error, name, value)
    return error
