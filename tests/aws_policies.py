"""The IAM policies of the docs beside what was asked of the stand-in."""

from __future__ import annotations

import json
from typing import Any, Final

from paths import ROOT

# Where IAM calls a service by another name than the SDK.
IAM_NAMES: Final = {"resourcegroupstaggingapi": "tag"}
# Anybody may ask who he is.
FREE: Final = {"sts:GetCallerIdentity"}


def policy(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / file).read_text("utf-8"))
    return found


def allowed(found: dict[str, Any]) -> set[str]:
    return {action for part in found["Statement"] for action in part["Action"]}


def actions(asked: set[tuple[str, str]]) -> set[str]:
    """Calls of the SDK as the actions of IAM that they need."""
    return {f"{IAM_NAMES.get(service, service)}:{action}" for service, action in asked} - FREE
