# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hours, in UTC, in which AWS may back up and maintain a database or a cache."""

from __future__ import annotations

import re
from typing import Final

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
TIME: Final = r"([01]\d|2[0-3]):([0-5]\d)"


def refuse_windows(
    maintenance: str,
    maintenance_name: str,
    daily: str,
    daily_name: str,
    prefix: str,
    least_minutes: int = 30,
    daily_minutes: int = 30,
) -> None:
    """Refuses windows that are none, too short, or over each other.

    `maintenance` is `sun:04:00-sun:05:00`, `daily` is `03:00-04:00`; both may pass midnight. The
    names and the prefix make the name of the variable that a message tells.
    """
    week = _weekly(maintenance, f"{prefix}_{maintenance_name}_window", least_minutes)
    day = _daily(daily, f"{prefix}_{daily_name}_window", daily_minutes)
    for number in range(7):
        start = number * DAY_MINUTES + day[0]
        if _over(week, (start, day[1])):
            raise CamError(
                f"{prefix}_{maintenance_name}_window is '{maintenance}' and "
                f"{prefix}_{daily_name}_window '{daily}': AWS takes no two windows that are over "
                "each other. Move one of them."
            )


def _over(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans (start, length) of a week share a minute; a week has no end."""
    whole = 7 * DAY_MINUTES
    return (other[0] - one[0]) % whole < one[1] or (one[0] - other[0]) % whole < other[1]


def _weekly(text: str, name: str, least: int) -> tuple[int, int]:
    days = "|".join(DAYS)
    found = re.fullmatch(rf"({days}):{TIME}-({days}):{TIME}", text)
    if found is None:
        raise CamError(f"{name} is '{text}'; an example of a right one is 'sun:04:00-sun:05:00'.")
    start, end = (
        DAYS.index(day) * DAY_MINUTES + int(hour) * 60 + int(minute)
        for day, hour, minute in (found.group(1, 2, 3), found.group(4, 5, 6))
    )
    return _span(start, end, 7 * DAY_MINUTES, text, name, least)


def _daily(text: str, name: str, least: int) -> tuple[int, int]:
    found = re.fullmatch(rf"{TIME}-{TIME}", text)
    if found is None:
        raise CamError(f"{name} is '{text}'; an example of a right one is '03:00-04:00'.")
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    return _span(start, end, DAY_MINUTES, text, name, least)


def _span(start: int, end: int, whole: int, text: str, name: str, least: int) -> tuple[int, int]:
    length = (end - start) % whole
    if not least <= length <= DAY_MINUTES:
        raise CamError(f"{name} is '{text}': it must last {least} minutes to 24 hours.")
    return start, length
