"""The metrics of a report, judged by Prometheus' own tool."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_prometheus
from paths import TOOLS

pytestmark = pytest.mark.usefixtures("tools")


def check(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / "promtool", "check", "metrics"],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip


HOSTILE = {'a"b\\c\nd': verdicts.verdict("failed", cause=verdicts.HOSTILE)}


@pytest.mark.parametrize("found", [verdicts.verdicts(), HOSTILE, {"eu": {}}, {}])
def test_promtool_finds_nothing(found: dict[str, Any]) -> None:
    report = verdicts.report(found)
    shares = {cluster["cluster"]: 0.5 for cluster in report["clusters"]}
    text = _report_prometheus.render(report, interval_seconds=300, availability=shares)
    done = check(text)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_promtool_reads_what_it_is_given() -> None:
    text = _report_prometheus.render(verdicts.report())
    assert check(text.replace('cluster="', "cluster=", 1)).returncode != 0


def test_every_metric_that_is_named_is_served_and_no_other() -> None:
    report = verdicts.report()
    shares = {cluster["cluster"]: 0.5 for cluster in report["clusters"]}
    text = _report_prometheus.render(report, interval_seconds=300, availability=shares)
    served = {line.split("{")[0] for line in text.splitlines() if not line.startswith("#")}
    assert served == set(_report_prometheus.METRICS)


def test_values_are_those_of_the_verdicts() -> None:
    lines = _report_prometheus.render(verdicts.report()).splitlines()
    place = 'cluster="aws-eu-west-1",environment="prod",namespace="cam-prod"'
    assert f'cam_health_status{{{place},status="failed"}} 1' in lines
    assert f'cam_health_status{{{place},status="healthy"}} 0' in lines
    assert f'cam_health_checks{{{place},state="ok"}} 12' in lines
    check_ok = (
        f'cam_health_check_ok{{{place},check="database",group="dependencies",critical="true"}}'
    )
    assert f"{check_ok} 0" in lines
    assert f"cam_health_duration_seconds{{{place}}} 0.812" in lines
