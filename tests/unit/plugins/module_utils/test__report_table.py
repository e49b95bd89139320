"""The table fits a terminal of 80 columns, whatever stands in it."""

from __future__ import annotations

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_table
from hypothesis import given
from hypothesis import strategies as st


def test_the_table() -> None:
    lines = _report_table.render(verdicts.report()).splitlines()
    assert lines[0].startswith("cam.mesh health  2026-11-25 03:10:00 UTC")
    assert lines[0].endswith("2 of 3 healthy")
    assert lines[2:9] == [
        "FAILED    aws-eu-west-1    12 of 13 checks ok                             812 ms",
        "  failed    database         0 of 1 replicas available",
        "            cause: pod postgres-0 is pending: 0/6 nodes have 250Gi of free disk",
        "              on gp3",
        "            expected: 1 replica of the current revision",
        "            next: kubectl -n cam-prod describe pod postgres-0",
        "  not configured: grafana",
    ]


@given(st.text(min_size=1, max_size=400), st.text(max_size=60))
def test_no_line_is_wider_than_the_terminal(cause: str, name: str) -> None:
    check = verdicts.check(name, "mesh", "failed", cause=cause, observed=cause, next=cause)
    report = verdicts.report({name: verdicts.verdict("failed", check, cause=cause)})
    assert all(_report_table.width(line) <= 80 for line in _report_table.render(report).split("\n"))


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1)])
def test_columns_are_counted_as_a_terminal_does(text: str, columns: int) -> None:
    assert _report_table.width(text) == columns


def test_a_command_is_whole_after_wrapping() -> None:
    command = "kubectl -n cam-prod get events --field-selector " + "involvedObject.name=" + "x" * 90
    lines = _report_table.wrap(command, "    ", "      ")
    assert "".join("".join(lines).split()) == "".join(command.split())
    assert max(_report_table.width(line) for line in lines) == 80


def test_colour_only_where_it_is_wanted() -> None:
    report = verdicts.report()
    assert "\x1b" not in _report_table.render(report)
    coloured = _report_table.render(report, colour=True)
    assert "\x1b[31mFAILED\x1b[0m" in coloured
    plain = coloured
    for code in (*_report_table.COLOURS.values(), "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == _report_table.render(report)
