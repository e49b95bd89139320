# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the lab's command line and passes its progress on, line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

ARGUMENT_SPEC: dict[str, Any] = {
    "lab": {"type": "path", "required": True},
    "verb": {"type": "str", "choices": ["up", "status"], "default": "up"},
    "ingress_port": {"type": "int", "default": 8443},
    "token_webhook": {"type": "path"},
}


def run(
    params: dict[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Bring the local cluster up, or only read where it is; a dry run only reads."""
    lab = Path(params["lab"])
    if not (lab / "camlab").is_dir():
        raise CamError(
            f"provider local builds the cluster from the project's folder lab, and {lab} is none: "
            "it needs a clone of the project. With only the collection, use provider existing."
        )
    settings = {
        "ingress_port": params["ingress_port"],
        "token_webhook": params["token_webhook"] or "",
    }
    verb = "status" if check_mode else params["verb"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(settings, file)
        file.flush()
        answer = _call(lab, verb, file.name, progress)
    if check_mode and not answer["running"]:
        answer["changed"] = True
    return answer


def _call(lab: Path, verb: str, settings: str, progress: Callable[[str], None]) -> dict[str, Any]:
    # AnsibleModule.run_command would show the progress of many minutes only at the end.
    process = subprocess.Popen(  # pylint: disable=ansible-bad-function
        [sys.executable, "-m", "camlab", verb, "--settings", settings],
        env={**os.environ, "PYTHONPATH": str(lab)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    last: list[str] = []
    for line in process.stderr or ():
        progress(line.rstrip())
        last = [*last[-20:], line.rstrip()]
    output = process.stdout.read() if process.stdout else ""
    if process.wait():
        raise CamError("local cluster: " + "\n".join(last))
    answer: dict[str, Any] = json.loads(output)
    return answer
