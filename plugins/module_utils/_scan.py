# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in an image, and what of it is known to be vulnerable, by a tool that the user has."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._engine import AUTO, Done, execute
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._scanners import NONE, Grype, Trivy, choose

Read = Callable[[Any], Any]

SEVERITIES = ("critical", "high", "medium", "low")
ARGUMENT_SPEC: dict[str, Any] = {
    "image": {"type": "str", "required": True},
    "archive": {"type": "path"},
    "directory": {"type": "path", "required": True},
    "tool": {"type": "str", "choices": [AUTO, "trivy", "grype"], "default": AUTO},
    "threshold": {"type": "str", "choices": [*SEVERITIES, NONE], "default": "critical"},
    "offline": {"type": "bool", "default": False},
    "database": {"type": "path"},
    "database_days": {"type": "int", "default": 7},
    "timeout_seconds": {"type": "int", "default": 900},
}
SBOM, FOUND = "sbom.cdx.json", "vulnerabilities.json"
SHOWN = 20
UNASKED: Mapping[str, Any] = {
    "passed": True,
    "lines": ["vulnerabilities: not asked for (cam_scan_threshold is none)"],
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """Lists what is in the image and what is known of it; the caller decides what fails."""
    tool = choose(params["tool"], params["threshold"])
    folder = Path(params["directory"])
    with tempfile.TemporaryDirectory(prefix="cam-scan-") as place:
        sbom = Path(place) / SBOM
        _ask(tool.sbom(params, str(sbom)), params, f"cannot read {_source(params)}")
        parts = _parts(_load(sbom))
        if not parts:
            raise CamError(
                f"{tool.name} finds nothing in {_source(params)}: that is no image of CAM"
            )
        made: dict[Path, Read] = {sbom: _parts}
        verdict = dict(UNASKED)
        if params["threshold"] != NONE:
            found = Path(place) / FOUND
            verdict = _search(tool, params, sbom, found)
            made[found] = tool.findings
        changed = [file for file, read in made.items() if not _same(file, folder, read)]
        if changed and not check_mode:
            folder.mkdir(parents=True, exist_ok=True)
            for file in changed:
                shutil.copyfile(file, folder / file.name)
    head = f"{len(parts)} components in {_source(params)}, listed by {tool.name}: {folder / SBOM}"
    return {
        "changed": bool(changed),
        "tool": tool.name,
        "components": len(parts),
        **verdict,
        "lines": [head, *verdict["lines"]],
    }


def _search(tool: Trivy | Grype, params: Params, sbom: Path, file: Path) -> dict[str, Any]:
    """What is known of the components; no database, or an old one, is no answer."""
    failure = (
        f"{tool.name} gives no verdict. Without a database of vulnerabilities there is none: let "
        "it update, or bring one (cam_scan_database, cam_scan_offline). It says"
    )
    _ask(tool.search(params, str(sbom), str(file)), params, failure)
    built = tool.built(_json(_ask(tool.age(params), params, failure)))
    _refuse_old(built, params, tool)
    found = sorted(tool.findings(_load(file)), key=lambda one: (_rank(one.severity), one.id))
    count = Counter(one.severity for one in found)
    bad = [one for one in found if _rank(one.severity) <= _rank(params["threshold"])]
    counted = ", ".join(f"{count[name]} {name}" for name in SEVERITIES)
    lines = [f"vulnerabilities: {counted}; database of {built[:10]}"]
    lines += [one.line for one in bad[:SHOWN]]
    lines += [f"and {len(bad) - SHOWN} more"] if len(bad) > SHOWN else []
    return {
        "passed": not bad,
        "counts": {name: count[name] for name in SEVERITIES},
        "database_built": built,
        "lines": lines,
    }


def _refuse_old(built: str, params: Params, tool: Trivy | Grype) -> None:
    try:
        moment = datetime.fromisoformat(built).astimezone(UTC)
    except ValueError:
        raise CamError(f"{tool.name} does not say when its database was built: '{built}'") from None
    days = (datetime.now(UTC) - moment) // timedelta(days=1)
    if days > params["database_days"]:
        raise CamError(
            f"the database of {tool.name} is {days} days old, above cam_scan_database_days "
            f"({params['database_days']}): let it update, or bring a newer one."
        )


def _ask(argv: Sequence[str], params: Params, failure: str) -> str:
    done: Done = execute(argv, "", params["timeout_seconds"])
    if done.code:
        raise CamError(f"{failure}: {done.reason}")
    return done.out


def _source(params: Params) -> str:
    return str(params["archive"] or params["image"])


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _load(file: Path) -> Any:
    return _json(file.read_text("utf-8"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise CamError(f"the scanner's answer is no JSON: {text[:80]!r}") from None


def _parts(sbom: Any) -> list[tuple[str, str]]:
    return sorted((one["name"], one.get("version", "")) for one in sbom.get("components") or [])


def _same(new: Path, folder: Path, read: Read) -> bool:
    """Whether a file says what the one before it said; times and identifiers differ in each run."""
    try:
        return bool(read(_load(folder / new.name)) == read(_load(new)))
    except (OSError, CamError, AttributeError, LookupError, TypeError):
        return False
