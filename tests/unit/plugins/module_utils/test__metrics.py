"""The metric contract is read from a real text exposition."""

from __future__ import annotations

import re

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._metrics import breaches, parse

SCRAPE = """\
# HELP cam_requests_total AI requests by outcome
# TYPE cam_requests_total counter
cam_requests_total{status="200"} 3
# TYPE cam_arbitration_latency_ms histogram
cam_arbitration_latency_ms_bucket{le="50"} 3
cam_arbitration_latency_ms_sum 12.5
cam_arbitration_latency_ms_count 3
# TYPE cam_request_latency_ms histogram
cam_request_latency_ms_bucket{provider="a",le="50"} 3
# TYPE cam_token_usage counter
cam_token_usage{model="m"} 4
# TYPE cam_cost_total counter
cam_cost_total{provider="a"} 0.1
# TYPE cam_failover_count_total counter
cam_failover_count_total 0
# TYPE cam_provider_errors_total counter
cam_provider_errors_total{provider="a"} 0
# TYPE cam_collaboration_sessions_active gauge
cam_collaboration_sessions_active 0
"""


def test_the_contract_is_kept() -> None:
    assert breaches(parse(SCRAPE)) == []


@pytest.mark.parametrize(
    ("old", "new", "breach"),
    [
        (
            "cam_cost_total",
            "cam_costs_total",
            "cam_cost_total is missing, perhaps renamed to cam_costs_total",
        ),
        ("cam_token_usage", "tokens", "cam_token_usage is missing"),
        ('{status="200"}', "", "cam_requests_total lacks the label status"),
        (
            "latency_ms histogram",
            "latency_ms gauge",
            "cam_arbitration_latency_ms is a gauge, not a histogram",
        ),
        (
            "requests_total counter",
            "requests_total gauge",
            "cam_requests_total is a gauge, not a counter",
        ),
        (
            "sessions_active gauge",
            "sessions_active counter",
            "cam_collaboration_sessions_active is a counter, not a gauge",
        ),
        ("cost_total counter", "cost_total untyped", "cam_cost_total is untyped, not a counter"),
    ],
)
def test_a_breach_is_named(old: str, new: str, breach: str) -> None:
    assert breach in breaches(parse(SCRAPE.replace(old, new)))


def test_an_empty_scrape_breaks_everything() -> None:
    assert len(breaches(parse(""))) == 8


def test_every_metric_of_the_contract_is_held_to_its_type() -> None:
    text = re.sub(r"^(# TYPE \S+) \S+", r"\1 summary", SCRAPE, flags=re.MULTILINE)
    assert len([one for one in breaches(parse(text)) if "is a summary, not a" in one]) == 8
