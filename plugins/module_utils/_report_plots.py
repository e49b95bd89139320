# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plots of the page: pictures of the history as inline SVG, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from ansible_collections.cam.mesh.plugins.module_utils._availability import Span
from ansible_collections.cam.mesh.plugins.module_utils._history import Point

WIDTH = 600
BANDS = 120


def timeline(spans: Sequence[Span], start: float, end: float) -> str:
    """The status over time, one rectangle a span."""
    scale = WIDTH / max(end - start, 1)
    parts = []
    for span in spans:
        left = max(span.start - start, 0) * scale
        right = (span.end - start) * scale
        if right > left:
            # What lasted less than a pixel is still to be seen.
            size = max(right - left, 1.5)
            parts.append(
                f'<rect class="is-{escape(span.status)}" x="{left:.1f}" y="0" '
                f'width="{size:.1f}" height="24"><title>{escape(span.status)} from '
                f"{moment(span.start)} to {moment(span.end)}</title></rect>"
            )
    return _svg(24, "Status over time", parts, "strip")


def bars(shares: Sequence[float | None]) -> str:
    """The availability of equal parts of the time; a gap where nothing is known."""
    step = WIDTH / max(len(shares), 1)
    parts = []
    for number, share in enumerate(shares):
        if share is None:
            continue
        height = max(60 * share, 1)
        kind = "full" if share == 1 else "part"
        parts.append(
            f'<rect class="bar {kind}" x="{number * step + step * 0.1:.1f}" y="{60 - height:.1f}" '
            f'width="{step * 0.8:.1f}" height="{height:.1f}" rx="1"><title>{percent(share)}'
            "</title></rect>"
        )
    return _svg(60, "Availability over time", parts, "plot")


def latency(points: Sequence[Point], start: float, end: float) -> str:
    """How long verdicts and requests took: the slowest of each part of the time."""
    verdicts = slowest([(point.at, point.verdict_ms) for point in points], start, end)
    requests = slowest(
        [(point.at, point.request_ms) for point in points if point.request_ms is not None],
        start,
        end,
    )
    top = max([*(value for _x, value in verdicts + requests), 1])
    parts = []
    for kind, values in (("verdict", verdicts), ("request", requests)):
        places = [f"{x * WIDTH:.1f},{78 - 74 * value / top:.1f}" for x, value in values]
        if len(places) == 1:
            x, y = places[0].split(",")
            parts.append(f'<circle class="dot {kind}" cx="{x}" cy="{y}" r="3"/>')
        elif places:
            parts.append(f'<polyline class="line {kind}" points="{" ".join(places)}"/>')
    return _svg(80, f"Latency over time, at most {top} ms", parts, "plot")


def slowest(
    values: Sequence[tuple[float, int]], start: float, end: float
) -> list[tuple[float, int]]:
    """The largest value of each of BANDS parts, at its place from 0 to 1."""
    length = max(end - start, 1)
    bands: dict[int, tuple[float, int]] = {}
    for at, value in values:
        place = (at - start) / length
        if 0 <= place <= 1:
            band = int(place * BANDS)
            bands[band] = max(
                bands.get(band, (place, value)), (place, value), key=lambda one: one[1]
            )
    return [bands[band] for band in sorted(bands)]


def moment(at: float) -> str:
    """A time as people read it, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%-d %b, %H:%M")


def percent(share: float) -> str:
    """Two digits, and never 100 % for what is less."""
    hundredths = int(share * 10000)
    return "100 %" if share == 1 else f"{hundredths / 100:.2f} %"


def _svg(height: int, label: str, parts: Sequence[str], kind: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
