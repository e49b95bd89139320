"""The alert rules, judged by Prometheus' own tool."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from paths import CHART
from promtool import promtool, run_tests

pytestmark = pytest.mark.usefixtures("tools")
RULES = CHART / "files" / "cam_rules.yml"
TESTS = Path(__file__).with_name("cam_rules_test.yml")


def test_promtool_accepts_the_rules() -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_fires_when_it_must_and_only_then(tmp_path: Path) -> None:
    done = run_tests(TESTS, RULES.read_text("utf-8"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("> 0.05", "> 0.5"),
        ("> 50", "> 500"),
        ("for: 1m", "for: 10m"),
        ("> 3 * cam_health", "> 9 * cam_health"),
        ("> 3 * cam_health", "> 1 * cam_health"),
    ],
)
def test_a_wrong_rule_fails_its_test(tmp_path: Path, right: str, wrong: str) -> None:
    text = RULES.read_text("utf-8")
    assert right in text
    assert run_tests(TESTS, text.replace(right, wrong), tmp_path).returncode != 0


def test_every_alert_has_a_test() -> None:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    assert alerts == set(re.findall(r"alertname: (\w+)", TESTS.read_text("utf-8")))
