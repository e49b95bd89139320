# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pods of the app that an inventory asks for: how many, how large, and what scales them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# The API that a scaler cannot work without.
METRICS = "metrics.k8s.io"
KEDA = "keda.sh"


@dataclass(frozen=True)
class Pods:
    """`least` always run and `most` may run; an update has up to `surge` more and `away` fewer."""

    least: int
    most: int
    surge: int | str
    away: int | str
    # Seconds for which a new pod must be ready before it counts.
    settle: int
    pool: int
    resources: Mapping[str, Any]
    tolerations: Sequence[Mapping[str, Any]]
    # Targets of the HPA, by resource; none where KEDA or nobody scales.
    targets: tuple[str, ...]
    scaler: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Pods:
        """What the release will really have: further values of the chart win over the role's."""
        chart = _combined(_of_the_role(values), values.get("cam_release_values") or {})
        scale = chart["autoscaling"]
        hpa, keda = bool(scale.get("enabled")), bool(chart["keda"].get("enabled"))
        fixed = _whole(chart, "replicaCount")
        return cls(
            least=_whole(chart, "autoscaling", "minReplicas") if hpa or keda else fixed,
            most=_whole(chart, "autoscaling", "maxReplicas") if hpa or keda else fixed,
            surge=chart["strategy"].get("maxSurge", 1),
            away=chart["strategy"].get("maxUnavailable", 0),
            settle=_whole(chart, "minReadySeconds"),
            pool=_whole(chart, "database", "poolMax"),
            resources=chart["resources"],
            tolerations=chart["tolerations"] or [],
            targets=tuple(
                name
                for name, key in (("cpu", "CPU"), ("memory", "Memory"))
                if hpa and scale.get(f"target{key}UtilizationPercentage")
            ),
            scaler=METRICS if hpa else KEDA if keda else "",
        )

    @property
    def steady(self) -> int:
        """What must find room: without it an update waits for ever."""
        return self.least + self._more(self.least)

    @property
    def peak(self) -> int:
        """What runs at most, in the middle of an update."""
        return self.most + self._more(self.most)

    def step(self, pods: int) -> int:
        """How many of so many pods an update changes at a time."""
        away = _share("maxUnavailable", self.away, pods, math.floor)
        return max(1, self._more(pods) + away)

    def asks(self, part: str, kind: str) -> Any:
        """The `requests` or `limits` of one pod; a request that is not given is the limit."""
        given = (self.resources.get(part) or {}).get(kind)
        if given is None and part == "requests":
            return (self.resources.get("limits") or {}).get(kind)
        return given

    def _more(self, pods: int) -> int:
        return _share("maxSurge", self.surge, pods, math.ceil)


def _share(name: str, value: int | str, pods: int, rounded: Callable[[float], int]) -> int:
    """A number of pods, or a percentage of them, as Kubernetes rounds it."""
    text = str(value)
    if not text.removesuffix("%").isdigit():
        raise CamError(
            f"cam_release_values: strategy.{name} is '{text}'; examples of a right value: 1, 25%"
        )
    return rounded(pods * int(text[:-1]) / 100) if text.endswith("%") else int(text)


def _of_the_role(values: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values as the role computes them, as far as they decide about pods."""
    return {
        "replicaCount": values["cam_release_replicas"],
        "autoscaling": {
            "enabled": values["cam_release_autoscaling_enabled"],
            "minReplicas": values["cam_release_autoscaling_min_replicas"],
            "maxReplicas": values["cam_release_autoscaling_max_replicas"],
            "targetCPUUtilizationPercentage": values["cam_release_autoscaling_cpu_percent"],
            "targetMemoryUtilizationPercentage": values["cam_release_autoscaling_memory_percent"],
        },
        "keda": {"enabled": False},
        "strategy": {"maxSurge": 1, "maxUnavailable": 0},
        "minReadySeconds": 5,
        "resources": values["cam_release_resources"],
        "tolerations": [],
        "database": {"poolMax": values["cam_release_pool_max"]},
    }


def _combined(ours: Mapping[str, Any], theirs: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """As Helm merges values: a null takes a value away."""
    result = dict(ours)
    for key, value in theirs.items():
        if not isinstance(ours.get(key), Mapping):
            result[key] = value
        elif isinstance(value, Mapping | None):
            result[key] = {} if value is None else _combined(ours[key], value, f"{path}{key}.")
        else:
            raise CamError(
                f"cam_release_values: {path}{key} is '{value}'; it must be a mapping, as in the "
                "README of the chart"
            )
    return result


def _whole(chart: Mapping[str, Any], *path: str) -> int:
    found: Any = chart
    for key in path:
        found = found.get(key)
    try:
        return int(found)
    except (TypeError, ValueError):
        name = ".".join(path)
        raise CamError(f"cam_release_values: {name} is '{found}'; it must be a number") from None
