"""Rules and dashboards use only metrics that the contract or the health report names."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _report_prometheus
from ansible_collections.cam.mesh.plugins.module_utils._metrics import CONTRACT
from paths import CHART

FILES = CHART / "files"
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}
SERVED = {
    metric.name + suffix for metric in CONTRACT for suffix in SUFFIXES.get(metric.type, ("",))
}


@pytest.mark.parametrize("name", ["cam_rules.yml", "cam_dashboard.json"])
def test_every_metric_is_served(name: str) -> None:
    used = set(re.findall(r"\bcam_\w+", (FILES / name).read_text("utf-8")))
    assert used
    assert used <= SERVED | set(_report_prometheus.METRICS)


def test_the_dashboard_shows_every_metric() -> None:
    dashboard = json.loads((FILES / "cam_dashboard.json").read_text("utf-8"))
    shown = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    assert [metric.name for metric in CONTRACT if metric.name not in shown] == []
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


@pytest.mark.parametrize(
    ("title", "legend"),
    [
        ("Request Routing Performance", "Requests/sec"),
        ("Agent Collaboration Metrics", "Active Collaborations"),
    ],
)
def test_the_panels_of_the_seed_are_there(title: str, legend: str) -> None:
    dashboard = json.loads((FILES / "cam_dashboard.json").read_text("utf-8"))
    assert dashboard["title"] == "CAM Overview Dashboard"
    (panel,) = [panel for panel in dashboard["panels"] if panel["title"] == title]
    assert legend in [target["legendFormat"] for target in panel["targets"]]
