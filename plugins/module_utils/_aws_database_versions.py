# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which PostgreSQL RDS may be asked for: a living major; its minor is AWS' business."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# The day on which AWS' standard support of a major ends; later it runs on and costs more.
# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
STANDARD_SUPPORT: Final[Mapping[str, date]] = {
    "11": date(2024, 2, 29),
    "12": date(2025, 2, 28),
    "13": date(2026, 2, 28),
    "14": date(2027, 2, 28),
    "15": date(2028, 2, 29),
    "16": date(2029, 2, 28),
    "17": date(2030, 2, 28),
    "18": date(2031, 2, 28),
}
OPTION: Final = "cam_database_aws_version"
# How long before the end somebody should hear of it.
NOTICE_DAYS: Final = 180


def major(version: str) -> str:
    return version.partition(".")[0]


def refuse_bad(version: str, today: date) -> None:
    """Refuses a minor version, and a major that AWS no longer supports by its standard."""
    if re.fullmatch(r"\d+\.\d+(\.\d+)*", version):
        raise CamError(
            f"{OPTION} is '{version}', a minor version: AWS withdraws those after about a year "
            f"(15.4 can no longer be made) and updates them by itself. Set the major: "
            f"{_choices(major(version), today)}."
        )
    if not re.fullmatch(r"[1-9]\d+", version):
        raise CamError(
            f"{OPTION} is '{version}'. It must be a major version of PostgreSQL: "
            f"{_choices(version, today)}."
        )
    end = STANDARD_SUPPORT.get(version)
    if int(version) < min(map(int, STANDARD_SUPPORT)) or (end is not None and end < today):
        since = f" since {end}" if end else ""
        raise CamError(
            f"{OPTION} is '{version}', which AWS no longer supports by its standard{since}: it "
            f"charges for it on top of the instance. Set a living one: {_choices('', today)}."
        )


def notice(version: str, today: date) -> str:
    """What should be known of a version that may be used; empty if nothing."""
    end = STANDARD_SUPPORT.get(version)
    if end is None:
        return f"when AWS' support of PostgreSQL {version} ends is not known here"
    if (end - today).days < NOTICE_DAYS:
        return (
            f"AWS' standard support of PostgreSQL {version} ends on {end}; plan {newest(today)} "
            "before, or pay for its extension"
        )
    return ""


def newest(today: date) -> str:
    return _living(today)[-1]


def offered(rds: Service, wanted: str) -> tuple[str | None, str]:
    """The newest minor of a major that RDS makes here, and a warning if that is not to be known.

    Source: DescribeDBEngineVersions, fields `EngineVersion` and `Status`. No answer means unknown,
    not dead.
    """
    try:
        found = rds.ask_all(
            "describe_db_engine_versions",
            f"PostgreSQL {wanted}",
            "DBEngineVersions",
            Engine="postgres",
            DBParameterGroupFamily=f"postgres{wanted}",
        )
    except AwsError as error:
        return None, (
            f"Whether RDS still makes PostgreSQL {wanted} is unknown: DescribeDBEngineVersions "
            f"answered {error.code}. Allow rds:DescribeDBEngineVersions to have it checked."
        )
    usable = _usable(found, wanted)
    if not usable:
        raise CamError(
            f"{OPTION} is '{wanted}', of which RDS makes no version in {rds.region}. Set another "
            f"one: {_choices('', date.today())}."
        )
    return usable[-1], ""


def _usable(found: Sequence[Mapping[str, Any]], wanted: str) -> list[str]:
    """The versions that can be made, the newest last."""
    names = [
        str(one["EngineVersion"])
        for one in found
        if (one.get("Status") or "available") == "available"
        and major(str(one["EngineVersion"])) == wanted
    ]
    return sorted(names, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])


def _living(today: date) -> list[str]:
    return [name for name, end in STANDARD_SUPPORT.items() if end >= today]


def _choices(like: str, today: date) -> str:
    """The living majors in words, first the one that was meant."""
    living = _living(today)
    first = [like] if like in living else []
    rest = [name for name in reversed(living) if name not in first]
    return ", ".join(f"'{name}'" for name in [*first, *rest])
