"""Where things are, for every test."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
TOOLS = ROOT / ".cache" / "bin"
CHART = ROOT / "roles" / "cam_release" / "files" / "cam-chart"
ROLES = sorted((ROOT / "roles").iterdir())
# Tools of .venv first: ansible-lint calls ansible-playbook by name.
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}
