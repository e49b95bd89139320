"""The page as text; tests/page looks at it in a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import product

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_html, _report_plots
from ansible_collections.cam.mesh.plugins.module_utils._report_style import STYLE


class Reader(HTMLParser):
    """Tags, attributes and words of a page; open tags must close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "link"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def page() -> Reader:
    report = verdicts.report()
    return Reader(_report_html.render(report, verdicts.past(report)))


def test_the_page_says_status_cause_and_next_command() -> None:
    words = page().words
    for text in (
        "2 of 3 clusters are healthy",
        "aws-eu-west-1: database: pod postgres-0 is pending",
        "kubectl -n cam-prod describe pod postgres-0",
        "available, 30 days",
        "25 November 2026, 03:10:00 UTC",
    ):
        assert text in words


def test_nothing_is_fetched_and_nothing_runs() -> None:
    found = page()
    assert not {"script", "img", "iframe", "object", "form"} & set(found.tags)
    named = dict(found.attributes)
    assert "default-src 'none'" in str(named["content"])
    assert not [name for name, _value in found.attributes if name.startswith("on")]
    links = {value for name, value in found.attributes if name in ("href", "src")}
    assert links <= {"data:,", "#c0", "#c1", "#c2"}
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_a_hostile_answer_stays_text() -> None:
    evil = verdicts.HOSTILE
    check = verdicts.check(evil, "mesh", "failed", cause=evil, observed=evil, next=evil)
    sick = verdicts.verdict("failed", check, cause=evil, environment=evil)
    report = verdicts.report({evil: sick, "eu": verdicts.verdict()})
    lines = [{"at": verdicts.AT, "clusters": {"eu": {"status": evil}}}] * 3
    found = Reader(_report_html.render(report, lines))
    assert set(found.tags) <= {*page().tags, "circle"}
    assert "<script>alert(1)</script>" in found.words
    assert "{{ 1 + 1 }}" in found.words


def test_without_a_history_the_page_says_how_to_keep_one() -> None:
    found = Reader(_report_html.render(verdicts.report()))
    assert "cam_health_history_directory" in found.words
    assert "svg" not in found.tags


def test_a_page_of_one_cluster_has_no_overview() -> None:
    found = Reader(_report_html.render(verdicts.report({"eu": verdicts.verdict()})))
    assert "table" not in found.tags
    assert "eu is healthy" in found.words


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100 %"), (0.999999, "99.99 %"), (0.5, "50.00 %"), (0.0, "0.00 %")]
)
def test_less_than_all_is_never_written_as_all(share: float, text: str) -> None:
    assert _report_plots.percent(share) == text


def test_a_plot_of_many_points_keeps_the_slowest() -> None:
    values = [(float(at), 5) for at in range(10_000)]
    values[5_003] = (5_003.0, 900)
    found = _report_plots.slowest(values, 0, 10_000)
    assert len(found) == _report_plots.BANDS
    assert max(value for _place, value in found) == 900


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(theme: int) -> None:
    """4.5 to 1, as the guidelines for accessible pages ask for."""
    block = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[theme]
    colour = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    pairs = [*product(("text", "soft"), ("page", "card", "code"))]
    for tone in ("healthy", "degraded", "failed", "unknown", "advice"):
        pairs += [(tone, "card"), (tone, f"{tone}-wash"), ("text", f"{tone}-wash")]
    weak = [pair for pair in pairs if contrast(*(colour[name] for name in pair)) < 4.5]
    assert weak == []
