"""Where things are, for every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
TOOLS = ROOT / ".cache" / "bin"
CHART = ROOT / "roles" / "cam_release" / "files" / "cam-chart"
CACHE = Path(os.environ.get("CAM_CACHE_HOME") or Path.home() / ".cache" / "cam-mesh")
ROLES = sorted((ROOT / "roles").iterdir())
# Tools of .venv first: ansible-lint calls ansible-playbook by name.
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}


def camlab(verb: str, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the lab's command line; `options` are those of subprocess.run, by default captured."""
    streams = {} if "stdout" in options else {"capture_output": True}
    return subprocess.run(
        [BIN / "python", "-m", "camlab", verb, *words],
        cwd=ROOT, env={**ENVIRONMENT, "PYTHONPATH": "lab"}, text=True,
        **{"check": False, **streams, **options},
    )  # fmt: skip
