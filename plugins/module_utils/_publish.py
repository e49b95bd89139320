# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes the verdicts of a run: files, history and a Pushgateway; each only where asked for."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _availability,
    _history,
    _report,
    _report_html,
    _report_json,
    _report_junit,
    _report_markdown,
    _report_prometheus,
    _report_table,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._files import make_folder, replace, reported
from ansible_collections.cam.mesh.plugins.module_utils._history import Entry, Retention
from ansible_collections.cam.mesh.plugins.module_utils._report import Report
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._send import send

# Which file each format is; the table is for the terminal.
FILES = {
    "json": "health.json",
    "junit": "health.junit.xml",
    "prometheus": "cam_health.prom",
    "markdown": "health.md",
    "html": "health.html",
}
ARGUMENT_SPEC: dict[str, Any] = {
    "verdicts": {"type": "dict", "required": True},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": ["table", *FILES],
        "default": [],
    },
    "directory": {"type": "path"},
    "history_directory": {"type": "path"},
    "history_days": {"type": "int", "default": 90},
    "history_mib": {"type": "int", "default": 16},
    "interval_seconds": {"type": "int", "default": 0},
    "pushgateway_url": {"type": "str", "default": ""},
    "timeout_seconds": {"type": "int", "default": 15},
}
MODE = 0o644


def run(
    params: Params, *, check_mode: bool, diff: bool, clock: Callable[[], str] = _report.now
) -> Result:
    """Write what is asked for; only a file whose content changes is a change."""
    _refuse(params)
    report = _report.assemble(params["verdicts"], clock())
    history = _remember(params, report, check_mode)
    known = _shares(report, history)
    warnings = [] if check_mode else list(_push(params, report, known))
    formats = params["formats"]
    texts = {
        FILES[name]: _render(name, report, history, params, known)
        for name in formats
        if name in FILES
    }
    changes = _write(params["directory"], texts, check_mode)
    result: Result = {
        "changed": bool(changes),
        "report": report,
        "files": sorted(str(Path(params["directory"]) / name) for name in texts),
        "table": _report_table.render(report).splitlines() if "table" in formats else [],
        "warnings": warnings,
    }
    return {**result, "diff": changes} if diff else result


def _refuse(params: Params) -> None:
    if set(params["formats"]) & set(FILES) and not params["directory"]:
        raise CamError(
            f"formats {', '.join(params['formats'])} need a folder: set cam_health_report_directory"
        )
    for name in ("history_days", "history_mib"):
        if params[name] < 1:
            raise CamError(
                f"cam_health_{name} is {params[name]}; it must be 1 or more. "
                "To keep no history, leave cam_health_history_directory empty."
            )


def _remember(params: Params, report: Report, check_mode: bool) -> list[Entry]:
    """Earlier runs and this one."""
    line = _history.entry(report)
    if not params["history_directory"]:
        return [line]
    folder = Path(params["history_directory"])
    if check_mode:
        return [*_history.read(folder), line]
    retention = Retention(params["history_days"], params["history_mib"])
    _history.append(folder, line, retention)
    return _history.read(folder)


def _shares(report: Report, history: Sequence[Entry]) -> dict[str, float | None]:
    """The availability of each cluster over the whole history."""
    end = datetime.fromisoformat(report["generated_at"]).timestamp()
    names = [cluster["cluster"] for cluster in report["clusters"]]
    spans = {name: _availability.spans(_history.points(list(history), name), end) for name in names}
    return {
        name: _availability.availability(found, found[0].start, end) if found else None
        for name, found in spans.items()
    }


def _render(
    name: str,
    report: Report,
    history: Sequence[Entry],
    params: Params,
    known: Mapping[str, float | None],
) -> str:
    if name == "html":
        return _report_html.render(report, history)
    if name == "prometheus":
        return _report_prometheus.render(
            report, interval_seconds=params["interval_seconds"], availability=known
        )
    plain = {"json": _report_json, "junit": _report_junit, "markdown": _report_markdown}
    return str(plain[name].render(report))


def _write(
    directory: str | None, texts: Mapping[str, str], check_mode: bool
) -> list[dict[str, str]]:
    """The files whose content changes, each with its content before and after."""
    changes = []
    for name, text in texts.items():
        path = Path(directory or "") / name
        with reported(path):
            before = path.read_text("utf-8") if path.exists() else ""
        if before == text:
            continue
        header = str(path)
        changes.append(
            {"before_header": header, "after_header": header, "before": before, "after": text}
        )
        if not check_mode:
            make_folder(path.parent)
            replace(path, text, MODE)
    return changes


def _push(params: Params, report: Report, known: Mapping[str, float | None]) -> Iterator[str]:
    """Replace each cluster's metrics at the Pushgateway; yield what went wrong."""
    if not params["pushgateway_url"]:
        return
    gateway = params["pushgateway_url"].rstrip("/")
    for cluster in report["clusters"]:
        alone = {**report, "clusters": [cluster]}
        text = _report_prometheus.render(
            alone, interval_seconds=params["interval_seconds"], availability=known
        )
        # In a path of the gateway, base64 may hold any name.
        name = base64.urlsafe_b64encode(cluster["cluster"].encode()).decode()
        url = f"{gateway}/metrics/job/cam_health/cluster@base64/{name}"
        try:
            send(
                url, text, content_type="text/plain", method="PUT",
                timeout=params["timeout_seconds"],
            )  # fmt: skip
        except CamError as error:
            yield f"the Pushgateway did not take {cluster['cluster']}: {error}"
