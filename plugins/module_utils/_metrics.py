# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metric contract of CAM, and what a scrape has of it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A metric family as the contract names it."""

    name: str
    type: str
    labels: tuple[str, ...] = ()


# Source: CAM's contract; rules and dashboards are built on these names.
CONTRACT = (
    Metric("cam_requests_total", "counter", ("status",)),
    Metric("cam_arbitration_latency_ms", "histogram"),
    Metric("cam_request_latency_ms", "histogram", ("provider",)),
    Metric("cam_token_usage", "counter", ("model",)),
    Metric("cam_cost_total", "counter", ("provider",)),
    Metric("cam_failover_count_total", "counter"),
    Metric("cam_provider_errors_total", "counter", ("provider",)),
    Metric("cam_collaboration_sessions_active", "gauge"),
)
_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(\{.*\})?\s+\S+")
_LABEL = re.compile(r'([a-zA-Z_]\w*)="')
_TYPE = re.compile(r"^# TYPE (\S+) (\S+)")


@dataclass(frozen=True)
class Scrape:
    """The families of one text exposition: type by name, label names by name."""

    types: dict[str, str]
    labels: dict[str, set[str]]


def parse(text: str) -> Scrape:
    """Read the names, types and labels of a Prometheus text exposition."""
    types: dict[str, str] = {}
    labels: dict[str, set[str]] = {}
    for line in text.splitlines():
        if declared := _TYPE.match(line):
            types[declared[1]] = declared[2]
        elif sample := _SAMPLE.match(line):
            family = _family(sample[1], types)
            labels.setdefault(family, set()).update(_LABEL.findall(sample[2] or ""))
    return Scrape(types, labels)


def _family(name: str, types: dict[str, str]) -> str:
    for suffix in ("_bucket", "_sum", "_count"):
        base = name.removesuffix(suffix)
        if base != name and types.get(base) in ("histogram", "summary"):
            return base
    return name


def breaches(scrape: Scrape, contract: tuple[Metric, ...] = CONTRACT) -> list[str]:
    """Where a scrape breaks the contract; a renamed metric is named with what it became."""
    wanted = {metric.name for metric in contract}
    strangers = sorted(set(scrape.types) - wanted)
    found: list[str] = []
    for metric in contract:
        if metric.name not in scrape.types:
            close = difflib.get_close_matches(metric.name, strangers, n=1, cutoff=0.7)
            hint = f", perhaps renamed to {close[0]}" if close else ""
            found.append(f"{metric.name} is missing{hint}")
        elif (kind := scrape.types[metric.name]) != metric.type:
            told = kind if kind == "untyped" else f"a {kind}"
            found.append(f"{metric.name} is {told}, not a {metric.type}")
        elif missing := set(metric.labels) - scrape.labels.get(metric.name, set(metric.labels)):
            found.append(f"{metric.name} lacks the label {', '.join(sorted(missing))}")
    return found
