# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Helm remembers of a release, and which of its revisions were verified."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEPT = 10


@dataclass(frozen=True)
class Revision:
    """One revision, from Helm's own Secret (base64 of base64 of gzip of JSON)."""

    number: int
    status: str
    chart: str
    values: dict[str, Any]
    manifest: str

    @classmethod
    def read(cls, secret: Mapping[str, Any]) -> Revision:
        packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
        release = json.loads(gzip.decompress(packed))
        metadata = release["chart"]["metadata"]
        return cls(
            number=int(release["version"]),
            status=str(release["info"]["status"]),
            chart=f"{metadata['name']}-{metadata['version']}",
            values=release.get("config") or {},
            manifest=release.get("manifest") or "",
        )

    @property
    def pending(self) -> bool:
        return self.status.startswith("pending-")

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.manifest.encode()).hexdigest()[:16]


def history(secrets: Sequence[Mapping[str, Any]]) -> list[Revision]:
    """All revisions, oldest first."""
    return sorted((Revision.read(secret) for secret in secrets), key=lambda one: one.number)


def deployed(revisions: Sequence[Revision]) -> Revision | None:
    """The revision that Helm calls deployed; while one is pending, the one before it."""
    return next((one for one in reversed(revisions) if one.status == "deployed"), None)


def verified(record: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The verified revisions of the record, oldest first."""
    text = ((record or {}).get("data") or {}).get("verified", "[]")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def with_verified(
    known: Sequence[Mapping[str, Any]], revision: Revision, now: str
) -> list[dict[str, Any]] | None:
    """The record with this revision, or None if it is there already."""
    entry = {"revision": revision.number, "chart": revision.chart, "digest": revision.digest}
    if any({key: one.get(key) for key in entry} == entry for one in known):
        return None
    return [*(dict(one) for one in known), {**entry, "time": now}][-KEPT:]


def safe_target(
    revisions: Sequence[Revision], known: Sequence[Mapping[str, Any]], current: Revision | None
) -> Revision | None:
    """The newest verified revision that Helm still has and that is not what runs now."""
    numbers = {(int(one["revision"]), one["digest"]) for one in known}
    for one in reversed(revisions):
        if (one.number, one.digest) in numbers and (
            current is None or (one.number != current.number and one.digest != current.digest)
        ):
            return one
    return None
