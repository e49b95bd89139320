# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one page: no script, no network, all text escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _availability, _report_plots
from ansible_collections.cam.mesh.plugins.module_utils._history import DAY, Entry, Point, points
from ansible_collections.cam.mesh.plugins.module_utils._report import (
    GROUPS,
    Cluster,
    Report,
    advices,
    count,
    troubles,
)
from ansible_collections.cam.mesh.plugins.module_utils._report_style import STYLE

# No browser runs or fetches anything here, whatever a cause may hold.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
# State is never told by a colour alone.
SIGNS = {"ok": "✓", "degraded": "▲", "failed": "✕", "unknown": "?", "not_configured": "-"}
WINDOWS = (("24 hours", DAY), ("7 days", 7 * DAY), ("30 days", 30 * DAY))
LONGEST_WINDOW = 30 * DAY
TREND_PARTS = 30


def render(report: Report, history: Sequence[Entry] = ()) -> str:
    """The page of a run. `history` holds the earlier runs and this one."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            f"<title>{escape(_headline(report))}</title>",
            # Browsers ask for an icon unless there is one.
            '<link rel="icon" href="data:,">',
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            *_header(report),
            *(_overview(report) if len(report["clusters"]) > 1 else ()),
            *(
                line
                for number, cluster in enumerate(report["clusters"])
                for line in _card(number, cluster, history, report["generated_at"])
            ),
            "<footer><p>Written by cam.mesh. A mesh is healthy only if every check that decides "
            "was made and is ok; what could not be checked is unknown, and unknown is not "
            "healthy.</p></footer>",
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _headline(report: Report) -> str:
    clusters = report["clusters"]
    if len(clusters) == 1:
        return f"{clusters[0]['cluster']} is {report['status']}"
    good = sum(cluster["status"] == "healthy" for cluster in clusters)
    if clusters and good == len(clusters):
        return f"All {good} clusters are healthy"
    return f"{good} of {len(clusters)} clusters are healthy"


def _header(report: Report) -> Iterator[str]:
    places = sorted({one["environment"] for one in report["clusters"] if one["environment"]})
    moment = report["generated_at"]
    yield "<header>"
    yield f"<h1>Mesh health{escape(' · ' + ', '.join(places)) if places else ''}</h1>"
    yield f'<time class="soft" datetime="{escape(moment)}">{escape(_moment(moment))}</time>'
    yield "</header>"
    yield f'<section class="banner tone-{report["status"]}">'
    yield f"<strong>{escape(_headline(report))}</strong>"
    for cluster in report["clusters"]:
        if cluster["cause"] and cluster["status"] == report["status"] != "healthy":
            place = f"{cluster['cluster']}: " if len(report["clusters"]) > 1 else ""
            yield f"<p>{escape(place + cluster['cause'])}</p>"
            break
    yield "</section>"


def _overview(report: Report) -> Iterator[str]:
    yield '<section class="card"><table>'
    for number, cluster in enumerate(report["clusters"]):
        yield (
            f'<tr><td><a href="#c{number}">{escape(cluster["cluster"])}</a></td>'
            f'<td class="soft">{escape(count(cluster))}</td>'
            f"<td>{_pill(cluster['status'])}</td></tr>"
        )
    yield "</table></section>"


def _card(
    number: int, cluster: Cluster, history: Sequence[Entry], generated_at: str
) -> Iterator[str]:
    yield f'<section class="card" id="c{number}">'
    yield f'<div class="head"><h2>{escape(cluster["cluster"])}</h2>{_pill(cluster["status"])}'
    took = f"{cluster['duration_ms']}&nbsp;ms"
    yield f'<span class="soft push">{escape(count(cluster))} · {took}</span>'
    yield "</div>"
    for check in troubles(cluster):
        yield from _trouble(check, check["state"])
    for check in advices(cluster):
        yield from _trouble(check, "advice")
    yield from _past(points(list(history), cluster["cluster"]), generated_at)
    # A sick mesh is read check by check; of a healthy one the count is enough.
    yield f"<details{'' if cluster['status'] == 'healthy' else ' open'}>"
    yield f"<summary>All {len(cluster['checks'])} checks</summary>"
    for group in GROUPS:
        mine = [check for check in cluster["checks"] if check["group"] == group]
        if mine:
            yield f'<h3>{group}</h3><ul class="checks">'
            yield from (_item(check) for check in mine)
            yield "</ul>"
    yield "</details></section>"


def _trouble(check: dict[str, Any], tone: str) -> Iterator[str]:
    yield f'<div class="trouble tone-{tone}">'
    yield f"<p><b>{escape(check['name'])}</b> <span>{escape(check['observed'])}</span></p>"
    if check["cause"]:
        yield f"<p>{escape(check['cause'])}</p>"
    if check["expected"]:
        yield f'<p class="soft">Expected: {escape(check["expected"])}</p>'
    if check["next"]:
        yield f'<p class="soft">Next:</p><code>{escape(check["next"])}</code>'
    yield "</div>"


def _past(seen: Sequence[Point], generated_at: str) -> Iterator[str]:
    """What the history knows: figures, the status over time, availability and latency."""
    end = datetime.fromisoformat(generated_at).timestamp()
    if len(seen) < 2:
        yield '<p class="soft">No history yet: it is kept where '
        yield "cam_health_history_directory names a folder.</p>"
        return
    start = max(seen[0].at, end - LONGEST_WINDOW)
    spans = _availability.spans(seen, end)
    yield '<div class="figures">'
    for title, seconds in WINDOWS:
        share = _availability.availability(spans, end - seconds, end)
        text = "-" if share is None else _report_plots.percent(share)
        whole = seen[0].at <= end - seconds
        note = f"available, {title}" if whole else f"available, of {title} so far"
        yield f'<div><b>{text}</b><span class="soft">{note}</span></div>'
    yield "</div>"
    times = (_report_plots.moment(at) for at in (start, end))
    ends = f'<div class="ends">{"".join(f"<span>{time}</span>" for time in times)}</div>'
    yield f"<h3>Status</h3>{_report_plots.timeline(spans, start, end)}{ends}"
    shares = _availability.trend(spans, start, end, TREND_PARTS)
    slow = max(point.verdict_ms for point in seen if point.at >= start)
    yield '<div class="two">'
    yield f"<div><h3>Availability</h3>{_report_plots.bars(shares)}{ends}</div>"
    yield f"<div><h3>Latency</h3>{_report_plots.latency(seen, start, end)}"
    yield '<div class="ends"><span><span class="key verdict">verdict</span> &nbsp; '
    yield f'<span class="key request">request</span></span><span>up to {slow} ms</span></div></div>'
    yield "</div>"


def _item(check: dict[str, Any]) -> str:
    title = check["state"].replace("_", " ")
    note = "" if check["critical"] else ' <span class="soft">advice</span>'
    return (
        f'<li class="tone-{check["state"]}"><span class="sign" title="{title}" '
        f'aria-label="{title}">{SIGNS[check["state"]]}</span>'
        f"<span>{escape(check['name'])}{note}</span>"
        f'<span class="seen soft">{escape(check["observed"])}</span>'
        f'<span class="soft">{check["duration_ms"]} ms</span></li>'
    )


def _pill(status: str) -> str:
    return f'<span class="pill tone-{status}">{status}</span>'


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%-d %B %Y, %H:%M:%S UTC")
