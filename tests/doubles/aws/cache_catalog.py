"""Engines, versions and parameters of ElastiCache, from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "cache_catalog.json").read_text("utf-8"))
ENGINES: dict[str, dict[str, Any]] = DATA["engines"]


def resolve(engine: str, asked: str | None) -> str:
    """The full version that a request means ("7.1" is 7.1.0), "" if it is not offered."""
    offered: list[str] = ENGINES[engine]["versions"] if engine in ENGINES else []
    fitting = [one for one in offered if not asked or f"{one}.".startswith(f"{asked}.")]
    return fitting[-1] if fitting else ""


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def family(engine: str, version: str) -> str:
    return str(ENGINES[engine]["family"][version.split(".")[0]])


def families() -> list[str]:
    return [name for engine in ENGINES.values() for name in engine["family"].values()]


def parameters(cluster_mode: bool = False) -> dict[str, dict[str, Any]]:
    """Parameter of the API reference by name, as the engine's default has it."""
    found = {}
    for name, (value, data_type, allowed, changeable, change) in DATA["parameters"].items():
        if name == "cluster-enabled" and cluster_mode:
            value = "yes"
        found[name] = {
            "ParameterName": name, "ParameterValue": value, "Description": name,
            "Source": "system", "DataType": data_type, "AllowedValues": allowed,
            "IsModifiable": changeable, "MinimumEngineVersion": "5.0.0", "ChangeType": change,
        }  # fmt: skip
    return found
