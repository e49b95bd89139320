"""Prometheus' own tool, and its tests of a file of rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from paths import TOOLS


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOLS / "promtool", *words], capture_output=True, text=True, check=False)


def run_tests(tests: Path, rules: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The tests X_test.yml of the rules that they call X.yml, in a folder of their own."""
    (folder / tests.name.replace("_test.yml", ".yml")).write_text(rules, "utf-8")
    shutil.copy2(tests, folder)
    return promtool("test", "rules", folder / tests.name)
