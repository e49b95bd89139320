# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory alone tells: names, types, and values that contradict each other."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws_database_size import carried
from ansible_collections.cam.mesh.plugins.module_utils._pods import Pods

ENVIRONMENTS = ("dev", "staging", "prod", "local")

# What a pod takes to be ready at best, on a node that has the image.
START_SECONDS = 5

# Variables of the plays; everything else that starts with cam_ belongs to a role.
PLAY_VARIABLES = (
    "cam_adopt_file",
    "cam_adopt_to",
    "cam_clusters",
    "cam_compose_state",
    "cam_deploy_settle_seconds",
    "cam_deploy_waves",
    "cam_destroy_confirm",
    "cam_environment",
    "cam_release_revision",
    "cam_render_directory",
    "cam_schedule_state",
    "cam_watch_rounds",
    "cam_watch_seconds",
)

# What the roles publish; a playbook may run after another one in the same process.
PUBLISHED_FACTS = (
    "cam_cache_endpoint",
    "cam_cluster_access",
    "cam_cluster_network",
    "cam_database_endpoint",
    "cam_health_report",
    "cam_monitoring_endpoint",
    "cam_release_endpoint",
)


@dataclass(frozen=True)
class Finding:
    """One check: passed, or refused with the value found, the rule and where to fix it.

    What passes with a warning is allowed, and somebody should have read it.
    """

    name: str
    passed: bool
    text: str
    warning: bool = False

    @property
    def line(self) -> str:
        word = "REFUSED" if not self.passed else "warning" if self.warning else "passed"
        return f"{word:<7}  {self.name}: {self.text}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def passed(name: str, text: str) -> Finding:
    return Finding(name, True, text)


def warning(name: str, text: str) -> Finding:
    return Finding(name, True, text, warning=True)


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
    """Replica counts must be possible, and a scaler must have something to measure by."""
    found: list[Finding] = []
    pods = Pods.of(values)
    if not pods.scaler and pods.least < 1:
        found.append(
            refused(
                "replicas",
                f"cam_release_replicas is {pods.least}; it must be 1 or more. "
                "To take the mesh away use playbooks/destroy.yml.",
            )
        )
    if pods.scaler and (pods.least < 1 or pods.least > pods.most):
        found.append(
            refused(
                "autoscaling",
                f"cam_release_autoscaling_min_replicas is {pods.least} and "
                f"cam_release_autoscaling_max_replicas is {pods.most}; "
                "the first must be 1 or more and not above the second.",
            )
        )
    for kind in pods.targets:
        if pods.asks("requests", kind) is None:
            found.append(
                refused(
                    "autoscaling",
                    f"cam_release_resources has no request of {kind}, and the target "
                    f"cam_release_autoscaling_{kind}_percent is a share of it; give "
                    f"requests.{kind}, or take the target away.",
                )
            )
    return found or [passed("replicas", f"{pods.least} pods or more, {pods.most} at most")]


def connections(values: Mapping[str, Any]) -> Finding:
    """The pools of all pods, those of an update included, must fit the database."""
    pods = Pods.of(values)
    wanted = pods.peak * pods.pool
    limit, name, remedy = _limit(values)
    text = f"{pods.peak} pods x cam_release_pool_max {pods.pool} = {wanted}"
    if wanted > limit:
        return refused(
            "connections",
            f"{text}, above {name} {limit}; {remedy} {wanted} or "
            "more, or lower the pool or the number of pods "
            f"({limit // pods.pool} pods of this pool fit, those of an update included).",
        )
    return passed("connections", f"{text}, within {limit}")


def _limit(values: Mapping[str, Any]) -> tuple[int, str, str]:
    """How many connections the database lets in, what decides it, and how to get more."""
    wish = values["cam_database_max_connections"]
    if values.get("cam_database_provider") == "aws":
        kind = str(values["cam_database_aws_instance_class"])
        if (most := carried(kind, wish)) < wish:
            remedy = "take a cam_database_aws_instance_class that carries"
            return most, f"what {kind} carries (memory / 9531392):", remedy
    return wish, "cam_database_max_connections", "raise the limit to"


def rollout(values: Mapping[str, Any]) -> Finding:
    """An update must end before Helm gives it up and takes it back."""
    pods = Pods.of(values)
    limit = values["cam_release_timeout_seconds"]
    surest = math.ceil(pods.least / pods.step(pods.least)) * pods.settle
    step = pods.step(pods.most)
    likely = math.ceil(pods.most / step) * (pods.settle + START_SECONDS)
    if surest <= limit and likely <= limit:
        return passed(
            "rollout",
            f"{pods.most} pods at most, {step} at a time: {likely} s or more, within "
            f"cam_release_timeout_seconds {limit}",
        )
    never = surest > limit
    count, seconds = (pods.least, surest) if never else (pods.most, likely)
    wider = replace(pods, surge="25%").peak
    return (refused if never else warning)(
        "rollout",
        f"an update: {count} pods, {pods.step(count)} at a time, take {seconds} s or more, above "
        f"cam_release_timeout_seconds {limit}: Helm would take it back. Set strategy.maxSurge to "
        f"25% in cam_release_values, which asks for cam_database_max_connections of "
        f"{wider * pods.pool} or more, or raise cam_release_timeout_seconds to {likely} or more.",
    )


def image_name(values: Mapping[str, Any]) -> str:
    """The image as the role cam_release asks for it: by digest, or by tag without the v of Git."""
    repository = str(values["cam_release_image_repository"])
    if values.get("cam_release_image_digest"):
        return f"{repository}@{values['cam_release_image_digest']}"
    return f"{repository}:{re.sub(r'^v(?=[0-9])', '', str(values['cam_release_image_tag']))}"


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
    return passed("image", image_name(values))


def twins(clusters: Mapping[str, tuple[str, str, str]]) -> Finding:
    """Two hosts of an inventory must not be the same namespace of the same cluster."""
    seen: dict[tuple[str, str, str], str] = {}
    for host, place in sorted(clusters.items()):
        if place in seen:
            return refused(
                "clusters",
                f"{seen[place]} and {host} are namespace '{place[2]}' of the same cluster; "
                "give one of them its own cam_cluster_namespace or kubeconfig in host_vars; with "
                "provider aws its own cam_cluster_aws_suffix.",
            )
        seen[place] = host
    return passed("clusters", f"{len(clusters)} mesh cluster(s), each in its own place")
