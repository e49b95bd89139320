"""Markdown, as a viewer renders it: headings, tables, and no more than that."""

from __future__ import annotations

import re

import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_markdown
from markdown_it import MarkdownIt


def html(report: dict[str, object]) -> str:
    viewer = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    return viewer.render(_report_markdown.render(report))


def test_the_report_is_headings_and_tables() -> None:
    page = html(verdicts.report())
    assert re.findall(r"<h2>(.*)</h2>", page) == [
        "❌ aws-eu-west-1: failed",
        "✅ gcp-europe-west4: healthy",
        "✅ azure-westeurope: healthy",
    ]
    assert page.count("<table>") == 3
    assert "<code>kubectl -n cam-prod describe pod postgres-0</code>" in page
    assert "hpa (advice)" in page


def test_a_hostile_answer_stays_text() -> None:
    evil = verdicts.HOSTILE
    check = verdicts.check(evil, "mesh", "failed", cause=evil, observed=evil, next=evil)
    page = html(verdicts.report({evil: verdicts.verdict("failed", check, cause=evil)}))
    tags = set(re.findall(r"<\w+", page))
    allowed = {"h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert tags <= {f"<{tag}" for tag in allowed}
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert {row.count("<td") + row.count("<th") for row in rows} == {5}


def test_a_command_keeps_its_backticks() -> None:
    assert _report_markdown.code("echo ``x`` | cat") == "``` echo ``x`` \\| cat ```"
