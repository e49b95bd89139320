# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as Markdown, for a ticket or a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.cam.mesh.plugins.module_utils._report import Cluster, Report, count

SIGNS = {
    "ok": "✅",
    "healthy": "✅",
    "degraded": "⚠️",
    "failed": "❌",
    "unknown": "❓",
    "not_configured": "⚪",
}
# All that Markdown, GitHub's dialect of it or HTML would obey.
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~^$&@:\-])")


def render(report: Report) -> str:
    good = sum(cluster["status"] == "healthy" for cluster in report["clusters"])
    lines = [
        f"# {SIGNS[report['status']]} Mesh health: {report['status']}",
        "",
        f"{good} of {len(report['clusters'])} clusters healthy at {report['generated_at']}.",
        "",
    ]
    for cluster in report["clusters"]:
        lines += [*_cluster(cluster), ""]
    return "\n".join(lines)


def _cluster(cluster: Cluster) -> Iterator[str]:
    status = cluster["status"]
    yield f"## {SIGNS[status]} {escape(cluster['cluster'])}: {status}"
    yield ""
    yield f"{count(cluster)}, {cluster['duration_ms']} ms."
    if cluster["cause"]:
        yield ""
        yield f"**Cause:** {escape(cluster['cause'])}"
    yield ""
    yield "| | Check | Observed | Cause | Next |"
    yield "|---|---|---|---|---|"
    for check in cluster["checks"]:
        name = escape(check["name"]) + ("" if check["critical"] else " (advice)")
        cells = [escape(check["observed"]), escape(check["cause"]), code(check["next"])]
        yield f"| {SIGNS[check['state']]} | {name} | {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Text that stays text: no link, no picture, no mention, no tag, no cell."""
    return SPECIAL.sub(r"\\\1", text).replace("www.", "www\\.")


def code(text: str) -> str:
    """A command in one table cell; a fence that the command itself does not contain."""
    if not text:
        return ""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}".replace("|", "\\|")
