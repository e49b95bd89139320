"""The linters are part of done; each finds nothing."""

from __future__ import annotations

import subprocess

import pytest
from paths import BIN, ENVIRONMENT, ROOT

LINTERS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy", "plugins/module_utils"],
    "yamllint": ["yamllint", "--strict", "."],
    "ansible-lint": ["ansible-lint", "--offline"],
    "changelog": ["antsibull-changelog", "lint"],
    "generated reference": ["python", "docs/generate.py", "--check"],
}


@pytest.mark.parametrize("name", LINTERS)
def test_linter_finds_nothing(name: str) -> None:
    tool, *words = LINTERS[name]
    done = subprocess.run(
        [BIN / tool, *words], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
