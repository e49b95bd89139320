# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as metrics: text for node_exporter's textfile collector and for a Pushgateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ansible_collections.cam.mesh.plugins.module_utils._report import (
    STATES,
    STATUSES,
    Cluster,
    Report,
)

Sample = tuple[dict[str, str], float]

# Each with what it says; rules and dashboards may use these names and no others.
METRICS = {
    "cam_health_last_run_timestamp_seconds": "When the mesh was judged.",
    "cam_health_interval_seconds": "How often it should be judged; absent if not planned.",
    "cam_health_status": "1 for the status that the mesh has, 0 for the others.",
    "cam_health_checks": "Number of checks in each state.",
    "cam_health_check_ok": "1 if the check is ok; checks that are not configured are absent.",
    "cam_health_duration_seconds": "How long the verdict took.",
    "cam_health_availability_ratio": "Share of the kept history in which the mesh was healthy.",
}


def render(
    report: Report,
    *,
    interval_seconds: int = 0,
    availability: Mapping[str, float | None] | None = None,
) -> str:
    """All clusters; `availability` by cluster, None where too little is known."""
    samples: dict[str, list[Sample]] = {name: [] for name in METRICS}
    ran = datetime.fromisoformat(report["generated_at"]).timestamp()
    for cluster in report["clusters"]:
        labels = {key: cluster[key] for key in ("cluster", "environment", "namespace")}
        samples["cam_health_last_run_timestamp_seconds"].append((labels, ran))
        if interval_seconds:
            samples["cam_health_interval_seconds"].append((labels, interval_seconds))
        samples["cam_health_status"] += _status(cluster, labels)
        samples["cam_health_checks"] += _states(cluster, labels)
        samples["cam_health_check_ok"] += _checks(cluster, labels)
        seconds = cluster["duration_ms"] / 1000
        samples["cam_health_duration_seconds"].append((labels, seconds))
        share = (availability or {}).get(cluster["cluster"])
        if share is not None:
            samples["cam_health_availability_ratio"].append((labels, share))
    return "\n".join([*_lines(samples), ""])


def _status(cluster: Cluster, labels: dict[str, str]) -> Iterator[Sample]:
    for status in STATUSES:
        yield {**labels, "status": status}, float(cluster["status"] == status)


def _states(cluster: Cluster, labels: dict[str, str]) -> Iterator[Sample]:
    for state in STATES:
        number = sum(check["state"] == state for check in cluster["checks"])
        yield {**labels, "state": state}, float(number)


def _checks(cluster: Cluster, labels: dict[str, str]) -> Iterator[Sample]:
    """A check may look at several targets under one name; the worst decides."""
    good: dict[tuple[str, str, str], bool] = {}
    for check in cluster["checks"]:
        if check["state"] != "not_configured":
            key = (check["name"], check["group"], str(check["critical"]).lower())
            good[key] = good.get(key, True) and check["state"] == "ok"
    for (name, group, critical), fine in good.items():
        yield {**labels, "check": name, "group": group, "critical": critical}, float(fine)


def _lines(samples: dict[str, list[Sample]]) -> Iterator[str]:
    for name, found in samples.items():
        if found:
            yield f"# HELP {name} {METRICS[name]}"
            yield f"# TYPE {name} gauge"
            for labels, value in found:
                yield f"{name}{{{_labels(labels.items())}}} {value:.15g}"


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{_escape(value)}"' for name, value in labels)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
