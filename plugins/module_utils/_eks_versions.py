# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Kubernetes versions EKS may be asked for: alive, and one minor at a time."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# Nothing older has been offered for years, but 1.30 written as a number is 1.3.
OLDEST_MINOR = 20


def minor(version: str) -> int:
    """The minor of `1.34`; refuses what is no version of EKS."""
    found = re.fullmatch(r"1\.(\d+)", version)
    if found is None or int(found[1]) < OLDEST_MINOR:
        raise CamError(
            f"`version` is {version!r}. EKS takes major and minor, such as '1.34': leave out the "
            "patch, and quote it in YAML, since 1.30 without quotes is the number 1.3."
        )
    return int(found[1])


def refuse_jump(name: str, live: str, wanted: str) -> None:
    """EKS moves one minor up at a time; the way back is another cluster."""
    now, then = minor(live), minor(wanted)
    if then < now:
        raise CamError(
            f"EKS cluster {name} runs {live} and `version` is {wanted!r}: EKS does not go back. "
            f"Set `version` to '{live}' or newer."
        )
    if then > now + 1:
        raise CamError(
            f"EKS cluster {name} runs {live} and `version` is {wanted!r}: EKS goes one minor at a "
            f"time. Set `version` to '1.{now + 1}' first, update the node groups and add-ons, and "
            "go on from there."
        )


def preflight(eks: Service, wanted: str) -> list[str]:
    """Warnings about a version that is about to be run; refuses one that AWS no longer offers.

    Source: DescribeClusterVersions, field `versionStatus`. No answer means unknown, not dead.
    """
    minor(wanted)
    try:
        offered: list[dict[str, Any]] = eks.ask_all(
            "describe_cluster_versions", "all versions", "clusterVersions"
        )
    except AwsError as error:
        return [
            f"Whether EKS still supports {wanted} is unknown: DescribeClusterVersions answered "
            f"{error.code}. Allow eks:DescribeClusterVersions to have it checked."
        ]
    states = {one["clusterVersion"]: _status(one) for one in offered}
    if not states:
        return [f"Whether EKS still supports {wanted} is unknown: AWS listed no versions."]
    if states.get(wanted, "UNSUPPORTED") == "UNSUPPORTED":
        alive = [one for one, status in states.items() if status != "UNSUPPORTED"]
        raise CamError(
            f"`version` is {wanted!r}, which EKS does not offer in {eks.region}. Choose one of "
            + ", ".join(sorted(alive, key=minor))
            + "."
        )
    if states[wanted] == "EXTENDED_SUPPORT":
        (end,) = [one.get("endOfExtendedSupportDate") for one in offered if _is(one, wanted)]
        until = f" until {end:%Y-%m-%d}" if end is not None else ""
        return [
            f"Kubernetes {wanted} is in extended support{until}, which AWS charges for on top of "
            "the cluster. Plan the next version."
        ]
    return []


def _is(offered: dict[str, Any], version: str) -> bool:
    return bool(offered["clusterVersion"] == version)


def _status(offered: dict[str, Any]) -> str:
    """`versionStatus`; `status`, which it replaced, in answers of older endpoints."""
    said = offered.get("versionStatus") or offered.get("status") or "STANDARD_SUPPORT"
    return str(said).upper().replace("-", "_")
