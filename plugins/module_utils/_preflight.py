# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory alone tells: names, types, and values that contradict each other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

ENVIRONMENTS = ("dev", "staging", "prod", "local")

# Variables of the plays; everything else that starts with cam_ belongs to a role.
PLAY_VARIABLES = (
    "cam_clusters",
    "cam_compose_state",
    "cam_deploy_settle_seconds",
    "cam_deploy_waves",
    "cam_destroy_confirm",
    "cam_environment",
    "cam_release_revision",
    "cam_render_directory",
)

# What the roles publish; a playbook may run after another one in the same process.
PUBLISHED_FACTS = (
    "cam_cache_endpoint",
    "cam_cluster_access",
    "cam_database_endpoint",
    "cam_health_report",
    "cam_monitoring_endpoint",
    "cam_release_endpoint",
)


@dataclass(frozen=True)
class Finding:
    """One check: passed, or refused with the value found, the rule and where to fix it."""

    name: str
    passed: bool
    text: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def passed(name: str, text: str) -> Finding:
    return Finding(name, True, text)


def refused(name: str, text: str) -> Finding:
    return Finding(name, False, text)


def names(found: Iterable[str], known: Iterable[str]) -> list[Finding]:
    """Refuse variables that nothing reads: a typo must not be an accepted wish."""
    known = sorted(known)
    wrong = []
    for name in sorted(set(found) - set(known)):
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        hint = (
            f"did you mean {close[0]}?" if close else "see the READMEs of the roles for all names"
        )
        wrong.append(refused("variables", f"unknown variable {name}; {hint}"))
    return wrong or [passed("variables", "every cam_* variable is known")]


def environment(value: Any) -> Finding:
    if value in ENVIRONMENTS:
        return passed("environment", f"cam_environment is {value}")
    return refused(
        "environment",
        f"cam_environment is '{value}'; it must be one of {', '.join(ENVIRONMENTS)}. "
        "Set it in group_vars/all of the inventory.",
    )


def scaling(values: Mapping[str, Any]) -> list[Finding]:
    """Replica counts must be possible and not contradict each other."""
    found: list[Finding] = []
    replicas = values["cam_release_replicas"]
    low = values["cam_release_autoscaling_min_replicas"]
    high = values["cam_release_autoscaling_max_replicas"]
    if replicas < 1:
        found.append(
            refused(
                "replicas",
                f"cam_release_replicas is {replicas}; it must be 1 or more. "
                "To take the mesh away use playbooks/destroy.yml.",
            )
        )
    if values["cam_release_autoscaling_enabled"] and (low < 1 or low > high):
        found.append(
            refused(
                "autoscaling",
                f"cam_release_autoscaling_min_replicas is {low} and "
                f"cam_release_autoscaling_max_replicas is {high}; "
                "the first must be 1 or more and not above the second.",
            )
        )
    return found or [passed("replicas", f"{floor(values)} pods or more")]


def connections(values: Mapping[str, Any]) -> Finding:
    """The pods' pools, one surge pod included, must fit the database."""
    pods = ceiling(values) + 1
    wanted = pods * values["cam_release_pool_max"]
    limit = values["cam_database_max_connections"]
    text = f"{pods} pods x cam_release_pool_max {values['cam_release_pool_max']} = {wanted}"
    if wanted > limit:
        return refused(
            "connections",
            f"{text}, above cam_database_max_connections {limit}; "
            "raise the limit, or lower the pool or the number of pods.",
        )
    return passed("connections", f"{text}, within {limit}")


def image(values: Mapping[str, Any]) -> Finding:
    """A tag must say which build runs, and keep saying it."""
    tag = str(values["cam_release_image_tag"])
    if values["cam_release_image_digest"]:
        digest = str(values["cam_release_image_digest"])
        if re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            return passed("image", "pinned by digest")
        return refused(
            "image", f"cam_release_image_digest is '{digest}'; it must be sha256:<64 hex>"
        )
    if tag == "latest" or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", tag):
        return refused(
            "image",
            f"cam_release_image_tag is '{tag}'; it must name one version, such as 2.0.0.",
        )
    return passed("image", f"{values['cam_release_image_repository']}:{tag}")


def twins(clusters: Mapping[str, tuple[str, str, str]]) -> Finding:
    """Two hosts of an inventory must not be the same namespace of the same cluster."""
    seen: dict[tuple[str, str, str], str] = {}
    for host, place in sorted(clusters.items()):
        if place in seen:
            return refused(
                "clusters",
                f"{seen[place]} and {host} are namespace '{place[2]}' of the same cluster; "
                "give one of them its own cam_cluster_namespace or kubeconfig in host_vars.",
            )
        seen[place] = host
    return passed("clusters", f"{len(clusters)} mesh cluster(s), each in its own place")


def floor(values: Mapping[str, Any]) -> int:
    """Pods that always run."""
    if values["cam_release_autoscaling_enabled"]:
        return int(values["cam_release_autoscaling_min_replicas"])
    return int(values["cam_release_replicas"])


def ceiling(values: Mapping[str, Any]) -> int:
    """Pods that may run."""
    if values["cam_release_autoscaling_enabled"]:
        return int(values["cam_release_autoscaling_max_replicas"])
    return int(values["cam_release_replicas"])
