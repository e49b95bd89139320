"""Runs molecule."""

from __future__ import annotations

import subprocess
from pathlib import Path

from paths import BIN, ENVIRONMENT, ROOT


def molecule(state: Path, *words: str) -> None:
    """Run it with nothing remembered of earlier runs; `state`: what it remembers of this one."""
    told = {
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
        "MOLECULE_EPHEMERAL_DIRECTORY": str(state),
    }
    done = subprocess.run(
        [BIN / "molecule", *words],
        cwd=ROOT, env=ENVIRONMENT | told,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
