"""An environment as plain manifests, written by playbooks/render.yml."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from paths import BIN, ENVIRONMENT, ROOT


def render(folder: Path, helm: Path, environment: str, **settings: object) -> str:
    """Write them to a folder of that name below `folder`; what the play said."""
    known = {"cam_render_directory": str(folder), "cam_release_helm": str(helm)}
    words = [BIN / "ansible-playbook", "playbooks/render.yml", "-i", f"inventories/{environment}"]
    done = subprocess.run(
        [*words, "-e", json.dumps(known | settings)],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
