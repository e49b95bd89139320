"""Versions, classes and parameters of PostgreSQL on RDS, from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "rds_catalog.json").read_text("utf-8"))
ENGINE = "postgres"


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def major(version: str) -> str:
    return version.split(".")[0]


def versions() -> list[str]:
    """All of them, the oldest first."""
    return sorted((v for minors in DATA[ENGINE].values() for v in minors), key=order)


def resolve(asked: str | None) -> str:
    """The full version that a request means, "" if RDS does not offer it."""
    if not asked:
        return str(DATA["default"])
    if asked in DATA[ENGINE]:
        return str(DATA[ENGINE][asked][-1])
    return asked if asked in versions() else ""


def targets(version: str) -> list[str]:
    """What it can be upgraded to: any newer minor, and any newer major."""
    return [one for one in versions() if order(one) > order(version)]


def parameters(family: str) -> dict[str, dict[str, Any]]:
    """Parameter of the API reference by name, as the engine's default has it."""
    found = {}
    number = family.removeprefix(ENGINE)
    for name, (value, kind, data_type, allowed, *rest) in DATA["parameters"].items():
        if value == "{15}":  # forced from PostgreSQL 15 on
            value = "1" if int(number) >= 15 else "0"
        shown = {
            "ParameterName": name, "Description": f"(rds) {name}", "ApplyType": kind,
            "Source": "engine-default" if value is None else "system", "DataType": data_type,
            "AllowedValues": allowed, "IsModifiable": rest != [False],
            "ApplyMethod": "pending-reboot", "ParameterValue": value,
        }  # fmt: skip
        found[name] = {key: item for key, item in shown.items() if item not in (None, "")}
    return found
