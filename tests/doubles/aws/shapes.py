"""Compares an answer with the output shape of botocore's model of the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel, Shape


class UnknownMember(Exception):
    """The answer has a member that the service's model does not have."""


def unknown(shape: Shape | None, value: Any, path: str = "") -> Iterator[str]:
    """The paths of `value` that `shape` does not have. Objects of moto are not looked into."""
    if isinstance(value, dict) and (shape is None or shape.type_name == "structure"):
        members = shape.members if shape else {}
        for name, inner in value.items():
            if name in members:
                yield from unknown(members[name], inner, f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(value, dict) and shape and shape.type_name == "map":
        for name, inner in value.items():
            yield from unknown(shape.value, inner, f"{path}[{name}]")
    elif isinstance(value, list) and shape and shape.type_name == "list":
        for inner in value:
            yield from unknown(shape.member, inner, f"{path}[]")
    elif isinstance(value, dict | list):
        yield f"{path} (not a {shape.type_name if shape else 'member'})"


def check(operation: OperationModel, result: Any) -> None:
    """Raise UnknownMember unless botocore knows each member of `result`."""
    wrong = sorted(set(unknown(operation.output_shape, result)))
    if wrong:
        raise UnknownMember(f"{operation.name}: {', '.join(wrong)}")
