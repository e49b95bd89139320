"""Kubernetes versions of EKS, from a file whose source and day are in it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

DATA = json.loads((Path(__file__).parent / "eks_versions.json").read_text("utf-8"))


def default() -> str:
    return str(DATA["default"])


def minor(version: str) -> int:
    """34 of "1.34"."""
    return int(version.split(".")[1])


def status(version: str) -> str:
    """STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED on the day of the file."""
    standard, extended = DATA["versions"][version]
    if DATA["as_of"] <= standard:
        return "STANDARD_SUPPORT"
    return "EXTENDED_SUPPORT" if DATA["as_of"] <= extended else "UNSUPPORTED"


def usable(version: str) -> bool:
    return version in DATA["versions"] and status(version) != "UNSUPPORTED"


def answers() -> list[dict[str, Any]]:
    """Each version as ClusterVersionInformation, the newest first."""

    def moment(day: str) -> datetime:
        return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)

    return [
        {
            "clusterVersion": version,
            "clusterType": "eks",
            "defaultPlatformVersion": "eks.1",
            "defaultVersion": version == default(),
            "endOfStandardSupportDate": moment(standard),
            "endOfExtendedSupportDate": moment(extended),
            "status": status(version).lower().replace("_", "-"),
            "versionStatus": status(version),
        }
        for version, (standard, extended) in sorted(
            DATA["versions"].items(), key=lambda pair: -minor(pair[0])
        )
    ]
