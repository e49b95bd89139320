# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe calls of RDS and ElastiCache, which answer alike."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError

Live = dict[str, Any]


def one(service: Service, operation: str, about: str, key: str, **given: Any) -> Live | None:
    """The first that a describe call answers; None if it does not exist."""
    try:
        answer = service.ask(operation, about, **given)[key]
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None
    return answer[0] if answer else None


def tags(service: Service, arn: str) -> dict[str, str]:
    """By name, of what describes none itself."""
    return tags_of(service.ask("list_tags_for_resource", arn, ResourceName=arn).get("TagList"))


def tags_of(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs or []}


def values_of(parameters: list[dict[str, Any]]) -> dict[str, str]:
    """By name, of the parameters that have one."""
    return {
        item["ParameterName"]: item["ParameterValue"] for item in parameters
        if item.get("ParameterValue") is not None
    }  # fmt: skip


def events(service: Service, about: str, name: str, source: str) -> list[str]:
    """What AWS said of it in the last two hours, the newest last; none if it does not tell."""
    try:
        found = service.ask(
            "describe_events", about, SourceIdentifier=name, SourceType=source, Duration=120
        )
    except AwsError:
        return []
    return [str(event["Message"]) for event in found.get("Events") or []]
