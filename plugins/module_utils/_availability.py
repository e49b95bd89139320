# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Availability: the share of time in which a mesh was healthy. Not knowing is not healthy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ansible_collections.cam.mesh.plugins.module_utils._history import Point
from ansible_collections.cam.mesh.plugins.module_utils._report import HEALTHY, UNKNOWN

# A verdict speaks for the time until the next one, but not for runs that did not happen.
GAPS = 3
SHORTEST_HOLD_SECONDS = 60


@dataclass(frozen=True)
class Span:
    """A time in which the status was the same."""

    start: float
    end: float
    status: str


def spans(points: Sequence[Point], end: float) -> list[Span]:
    """What was known from the first point to the end, without a gap."""
    if not points:
        return []
    times = [point.at for point in points]
    gaps = [late - early for early, late in pairwise(times)]
    hold = max(GAPS * median(gaps), SHORTEST_HOLD_SECONDS) if gaps else SHORTEST_HOLD_SECONDS
    found: list[Span] = []
    for point, until in zip(points, [*times[1:], max(end, times[-1])], strict=True):
        known = min(until, point.at + hold)
        for span in (Span(point.at, known, point.status), Span(known, until, UNKNOWN)):
            if span.end > span.start:
                found.append(span)
    return _merged(found)


def availability(found: Sequence[Span], start: float, end: float) -> float | None:
    """Between two times, as far as anything was recorded; None if nothing was."""
    known = [(span, min(span.end, end) - max(span.start, start)) for span in found]
    total = sum(seconds for _span, seconds in known if seconds > 0)
    good = sum(seconds for span, seconds in known if seconds > 0 and span.status == HEALTHY)
    return good / total if total else None


def trend(found: Sequence[Span], start: float, end: float, parts: int) -> list[float | None]:
    """The availability of equal parts of a time."""
    step = (end - start) / parts
    return [
        availability(found, start + number * step, start + (number + 1) * step)
        for number in range(parts)
    ]


def _merged(found: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in found:
        if merged and merged[-1].status == span.status and merged[-1].end == span.start:
            merged[-1] = Span(merged[-1].start, span.end, span.status)
        else:
            merged.append(span)
    return merged
