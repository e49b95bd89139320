"""Command line of the lab. Progress on stderr, one JSON on stdout."""

from __future__ import annotations

import argparse
import fcntl
import json
import sys
from pathlib import Path

from . import binaries, host, images, node, removal, settings
from .paths import MARKER, Paths
from .settings import Settings
from .shell import LabError


def up(paths: Paths, chosen: Settings) -> dict[str, object]:
    running = node.is_running()
    host.check(paths, (*settings.PORTS, chosen.ingress_port), running=running or MARKER.exists())
    host.install_packages()
    folder = binaries.build(paths)
    binaries.link(folder)
    archives = images.build(paths, folder)
    changed = node.start(paths, folder, archives, chosen)
    return {"changed": changed, **access(paths)}


def status(paths: Paths) -> dict[str, object]:
    return {"changed": False, **access(paths)}


def access(paths: Paths) -> dict[str, object]:
    return {
        "running": node.is_running(),
        "kubeconfig": str(paths.kubeconfig),
        "version": settings.KUBERNETES,
        "audit_log": str(paths.state / "audit" / "audit.log"),
        "volumes": str(paths.state / "volumes"),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="camlab", description=__doc__)
    parser.add_argument("verb", choices=["up", "status", "build", "test-app", "down", "clean"])
    parser.add_argument("--settings", type=Path, help="JSON file with the inventory's choices")
    options = parser.parse_args()
    paths = Paths.default()
    try:
        if options.verb == "status":
            answer = status(paths)
        else:
            paths.cache.mkdir(parents=True, exist_ok=True)
            lock = paths.cache.with_name(f"{paths.cache.name}.lock").open("w")
            fcntl.flock(lock, fcntl.LOCK_EX)
            if options.verb == "up":
                answer = up(paths, Settings.read(options.settings))
            elif options.verb == "build":
                host.install_packages()
                folder = binaries.build(paths)
                binaries.link(folder)
                images.build(paths, folder)
                answer = {"changed": True}
            elif options.verb == "test-app":
                images.test_app(paths, binaries.build(paths))
                answer = {"changed": False}
            elif options.verb == "down":
                answer = {"changed": removal.down(paths)}
            else:
                removal.clean(paths)
                answer = {"changed": True}
    except LabError as error:
        print(f"cannot go on: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
