# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier runs saw: one line of JSON a run, kept for some days and up to some size."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._files import (
    locked,
    make_folder,
    replace,
    reported,
)
from ansible_collections.cam.mesh.plugins.module_utils._report import UNKNOWN, Report

Entry = dict[str, Any]

FILE = "history.jsonl"
MODE = 0o644
DAY = 86400
# The check whose time is what a user of the mesh waits for.
REQUEST = "process"


@dataclass(frozen=True)
class Retention:
    """What is older, or too much, is dropped."""

    days: int
    mib: int

    @property
    def size(self) -> int:
        return self.mib << 20


@dataclass(frozen=True)
class Point:
    """One cluster as one run saw it; `at` in seconds since 1970."""

    at: float
    status: str
    verdict_ms: int
    request_ms: int | None


def entry(report: Report) -> Entry:
    """The line of a run."""
    clusters = {}
    for cluster in report["clusters"]:
        checks = cluster["checks"]
        seen = {
            "status": cluster["status"],
            "cause": cluster["cause"][:200],
            "verdict_ms": cluster["duration_ms"],
        }
        took = [
            check["duration_ms"]
            for check in checks
            if check["name"] == REQUEST and check["state"] == "ok"
        ]
        clusters[cluster["cluster"]] = {**seen, **({"request_ms": took[0]} if took else {})}
    return {"at": report["generated_at"], "clusters": clusters}


def append(folder: Path, line: Entry, retention: Retention) -> None:
    """Add the line of a run; other runs may do the same at this moment."""
    make_folder(folder)
    file = folder / FILE
    data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    with locked(folder / ".lock"), reported(file):
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, MODE)
        try:
            size = os.fstat(handle).st_size
            # A run that was killed left half a line; ours must not become a part of it.
            if size and os.pread(handle, 1, size - 1) != b"\n":
                data = b"\n" + data
            if os.write(handle, data) != len(data):
                raise CamError(f"{file}: no space left on device")
            os.fsync(handle)
        finally:
            os.close(handle)
        _retain(file, retention, _time(line["at"]))


def read(folder: Path) -> list[Entry]:
    """All whole lines, the oldest first. A torn line is no reason to know nothing."""
    file = folder / FILE
    if not file.exists():
        return []
    with reported(file), file.open("rb") as lines:
        found = [line for line in map(_parse, lines) if line]
    return sorted(found, key=lambda line: _time(line["at"]))


def points(entries: list[Entry], cluster: str) -> list[Point]:
    """What the runs saw of one cluster."""
    return list(_points(entries, cluster))


def _points(entries: list[Entry], cluster: str) -> Iterator[Point]:
    for line in entries:
        seen = line["clusters"].get(cluster)
        if isinstance(seen, dict):
            status = str(seen.get("status", UNKNOWN))
            request = seen.get("request_ms")
            verdict = seen.get("verdict_ms")
            yield Point(
                _time(line["at"]),
                status,
                verdict if isinstance(verdict, int) else 0,
                request if isinstance(request, int) else None,
            )


def _retain(file: Path, retention: Retention, now: float) -> None:
    """Rewrite the file when its first line is a day too old, or when it is too large."""
    with file.open("rb") as lines:
        first = _parse(lines.readline())
    old = first is not None and _time(first["at"]) < now - (retention.days + 1) * DAY
    if not old and file.stat().st_size <= retention.size:
        return
    kept: list[bytes] = []
    # Some room, so that not every run rewrites the file.
    room = retention.size * 9 // 10
    for line in reversed(file.read_bytes().splitlines(keepends=True)):
        seen = _parse(line)
        room -= len(line)
        if room < 0:
            break
        if seen and _time(seen["at"]) >= now - retention.days * DAY:
            kept.append(line)
    replace(file, b"".join(reversed(kept)).decode(), MODE)


def _parse(line: bytes) -> Entry | None:
    try:
        found = json.loads(line)
        _time(found["at"])
        return found if isinstance(found["clusters"], dict) else None
    except (ValueError, LookupError, TypeError):
        return None


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
