# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as text of at most 80 columns, coloured where the terminal wants it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._report import (
    Cluster,
    Report,
    advices,
    count,
    troubles,
)

WIDTH = 80
NAME_WIDTH = 16
COLOURS = {"healthy": "32", "degraded": "33", "failed": "31", "unknown": "35", "advice": "36"}


def render(report: Report, *, colour: bool = False) -> str:
    clusters = report["clusters"]
    good = sum(cluster["status"] == "healthy" for cluster in clusters)
    summary = f"{good} of {len(clusters)} healthy"
    stamp = report["generated_at"][:19].replace("T", " ")
    lines = [spread(f"cam.mesh health  {stamp} UTC", summary), ""]
    for cluster in clusters:
        lines += _cluster(cluster, colour)
    return "\n".join(lines) + "\n"


def _cluster(cluster: Cluster, colour: bool) -> Iterator[str]:
    label = cluster["status"].upper()
    name = fit(cluster["cluster"], NAME_WIDTH)
    text = spread(
        f"{label:<9} {name} {count(cluster, absent=False)}", f"{cluster['duration_ms']} ms"
    )
    yield paint(label, cluster["status"], colour) + text[len(label) :]
    for check in troubles(cluster):
        yield from _check(check, check["state"], colour)
    for check in advices(cluster):
        yield from _check(check, "advice", colour)
    absent = [check["name"] for check in cluster["checks"] if check["state"] == "not_configured"]
    if absent:
        yield from wrap(f"not configured: {', '.join(absent)}", "  ", "    ")
    yield ""


def _check(check: dict[str, Any], label: str, colour: bool) -> Iterator[str]:
    first = f"  {label:<9} {fit(check['name'], NAME_WIDTH)} {check['observed']}"
    indent = " " * 12
    head, *more = wrap(first, "", indent)
    yield head[:2] + paint(label, label, colour) + head[2 + len(label) :]
    yield from more
    details = [("cause", check["cause"]), ("expected", check["expected"]), ("next", check["next"])]
    for title, text in details:
        if text:
            yield from wrap(f"{title}: {text}", indent, indent + "  ")


def paint(text: str, label: str, colour: bool) -> str:
    return f"\x1b[{COLOURS[label]}m{text}\x1b[0m" if colour else text


def spread(left: str, right: str) -> str:
    """Both ends of a line; what does not fit between them is cut."""
    room = WIDTH - width(right) - 2
    left = left if width(left) <= room else cut(left, room)
    return f"{left}{' ' * (WIDTH - width(left) - width(right))}{right}"


def fit(text: str, columns: int) -> str:
    """Cut or filled to a number of columns."""
    short = text if width(text) <= columns else cut(text, columns)
    return short + " " * (columns - width(short))


def wrap(text: str, first: str, later: str) -> list[str]:
    """Lines of at most WIDTH columns, broken at blanks, and within a word where it is too long."""
    lines, line = [], first
    # Blanks at the front are part of the layout.
    body = text.lstrip(" ")
    line += " " * (len(text) - len(body))
    empty = True
    for word in body.split(" "):
        rest = word
        room = WIDTH - width(line) - (0 if empty else 1)
        if width(rest) > room and not empty:
            lines.append(line.rstrip())
            line, empty, room = later, True, WIDTH - width(later)
        while width(rest) > room:
            head = cut(rest, room, mark="")
            lines.append(line + head)
            rest, line, empty = rest[len(head) :], later, True
            room = WIDTH - width(later)
        line += rest if empty else f" {rest}"
        empty = False
    return [*lines, line.rstrip()]


def cut(text: str, columns: int, mark: str = "~") -> str:
    """The beginning of a text, with a mark where something was cut off."""
    kept, used = "", width(mark)
    for letter in text:
        used += width(letter)
        if used > columns:
            break
        kept += letter
    return kept + mark


def width(text: str) -> int:
    """Columns of a terminal: letters of East Asia take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
