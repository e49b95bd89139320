"""The page of a report in a real browser: complete, quiet, on a telephone and by night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_html
from browser import Page, browser
from receiver import receiving

WIDTHS = {"telephone": 360, "laptop": 1280}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser() as opened:
        yield opened


def hostile() -> dict[str, Any]:
    evil = verdicts.HOSTILE
    check = verdicts.check(evil, "mesh", "failed", cause=evil, observed=evil, next=evil * 5)
    found = verdicts.verdict("failed", check, cause=evil, environment=evil)
    return verdicts.report({evil: found, "x" * 200: verdicts.verdict()})


REPORTS = {
    "usual": verdicts.report(),
    "hostile": hostile(),
    "unjudged": verdicts.report({"eu": {}}),
}


def written(folder: Path, name: str) -> Path:
    report = REPORTS[name]
    history = verdicts.past(report) if name == "usual" else []
    file = folder / "health.html"
    file.write_text(_report_html.render(report, history), "utf-8")
    return file


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_quiet_and_fits(
    page: Page, tmp_path: Path, name: str, width: int, dark: bool
) -> None:
    file = written(tmp_path, name)
    page.show(file, width=width, dark=dark)
    assert page.complaints == []
    assert page.requests == [file.as_uri()]
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run("document.compatMode") == "CSS1Compat"
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(18, 22, 28)" if dark else "rgb(246, 247, 249)")


def test_the_page_shows_status_cause_command_and_plots(page: Page, tmp_path: Path) -> None:
    page.show(written(tmp_path, "usual"), width=1280)
    text = page.run("document.body.innerText")
    for words in (
        "2 of 3 clusters are healthy",
        "database: pod postgres-0 is pending",
        "kubectl -n cam-prod describe pod postgres-0",
    ):
        assert words in text
    assert page.run("document.querySelectorAll('svg').length") == 9
    heights = "[...document.querySelectorAll('svg')].map(e => e.getBoundingClientRect().height)"
    assert min(page.run(heights)) >= 20


def test_a_sick_cluster_is_open_and_a_healthy_one_is_folded(page: Page, tmp_path: Path) -> None:
    page.show(written(tmp_path, "usual"), width=1280)
    opened = "[...document.querySelectorAll('details')].map(one => one.open)"
    assert page.run(opened) == [True, False, False]


@pytest.mark.parametrize(
    "tag",
    [
        "<script>console.error('x')</script>",
        '<img src="URL">',
        '<p style="background: url(URL)">x</p>',
        '<iframe src="URL"></iframe>',
    ],
)
def test_a_foreign_tag_would_be_stopped_and_noticed(page: Page, tmp_path: Path, tag: str) -> None:
    file = written(tmp_path, "usual")
    with receiving() as receiver:
        foreign = f"<main>{tag.replace('URL', receiver.url)}"
        file.write_text(file.read_text("utf-8").replace("<main>", foreign), "utf-8")
        page.show(file, width=1280)
    assert any("Content Security Policy" in text for text in page.complaints)
    assert receiver.requests == []


def test_a_page_that_is_too_wide_would_be_noticed(page: Page, tmp_path: Path) -> None:
    file = written(tmp_path, "usual")
    wide = '<main><div style="width: 500px">x</div>'
    file.write_text(file.read_text("utf-8").replace("<main>", wide), "utf-8")
    page.show(file, width=360)
    assert page.run("document.documentElement.scrollWidth") > 360
