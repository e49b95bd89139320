"""Measures a deploy that finds nothing to do beside two other ways to say the same.

Usage: make bench, on a deployed inventories/local. All ways run in turn in one run, so that a busy
machine slows all of them; the page has medians and ratios.
"""

from __future__ import annotations

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
TOOLS = ROOT / ".cache" / "bin"
KUBECONFIG = ROOT / ".cache" / "local" / "kubeconfig"
NAMESPACE = "cam-local"
RELEASE = "cam-arbitration-mesh"
CHART = ROOT / "roles" / "cam_release" / "files" / "cam-chart"
ROUNDS = 5
KINDS = (
    "serviceaccounts,configmaps,secrets,services,deployments,statefulsets,"
    "persistentvolumeclaims,roles,rolebindings,ingresses,networkpolicies"
)
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "KUBECONFIG": str(KUBECONFIG),
    "NO_COLOR": "1",
}


def run(*words: str | Path) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{words[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}")
    return done.stdout


def objects() -> list[dict[str, Any]]:
    """What the roles made beside the release, as a user would keep it in files."""
    listed = run(
        TOOLS / "kubectl", "-n", NAMESPACE, "get", KINDS, "-l", "cam.mesh/set", "-o", "json"
    )
    found = []
    for item in json.loads(listed)["items"]:
        metadata = {
            name: item["metadata"][name]
            for name in ("name", "namespace", "labels", "annotations")
            if name in item["metadata"]
        }
        body = {name: value for name, value in item.items() if name not in ("metadata", "status")}
        found.append({**body, "metadata": metadata})
    return found


def seconds(way: Callable[[], object]) -> float:
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def measure(folder: Path) -> tuple[dict[str, list[float]], int]:
    manifests, values, inputs = (
        folder / "objects.json",
        folder / "values.yml",
        folder / "plain.json",
    )
    items = objects()
    manifests.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), "utf-8")
    values.write_text(
        run(TOOLS / "helm", "-n", NAMESPACE, "get", "values", RELEASE, "-o", "yaml"), "utf-8"
    )
    given = {
        "kubeconfig": str(KUBECONFIG),
        "helm": str(TOOLS / "helm"),
        "chart": str(CHART),
        "mesh_namespace": NAMESPACE,
        "values": str(values),
        "objects": items,
    }
    inputs.write_text(json.dumps(given), "utf-8")

    def ours() -> None:
        recap = run(BIN / "ansible-playbook", "deploy.yml", "-i", "inventories/local")
        if "changed=0" not in recap.rpartition("PLAY RECAP")[2]:
            sys.exit("inventories/local is not deployed as it is: run make deploy, then this again")

    def raw() -> None:
        run(
            TOOLS / "kubectl", "apply", "--server-side", "--force-conflicts",
            "--field-manager=bench", "--dry-run=server", "-f", manifests,
        )  # fmt: skip
        run(
            TOOLS / "helm", "-n", NAMESPACE, "upgrade", RELEASE, CHART, "-f", values,
            "--dry-run=server", "--force-conflicts",
        )  # fmt: skip
        run(TOOLS / "kubectl", "-n", NAMESPACE, "rollout", "status", f"deployment/{RELEASE}")

    def plain() -> None:
        run(
            BIN / "ansible-playbook", "benchmarks/plain.yml", "--check", "-i", "localhost,",
            "-e", f"@{inputs}",
        )  # fmt: skip

    ways = {"deploy.yml": ours, "raw": raw, "stock modules": plain}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(seconds(way))
            print(f"round {number + 1}: {name} {times[name][-1]:.1f} s", flush=True)
    return times, len(items)


def deploy_after(*words: str) -> float:
    """Seconds of `make deploy` after a target of make that takes something away."""
    run("make", *words)
    return seconds(lambda: run("make", "deploy"))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cam-bench-") as folder:
        times, count = measure(Path(folder))
    medians = {name: statistics.median(found) for name, found in times.items()}
    rows = [("`make deploy`, cluster gone, caches kept", deploy_after("down"))]
    if "--cold" in sys.argv:
        rows.append(("`make deploy`, nothing kept", deploy_after("clean")))
    says = {
        "deploy.yml": "`deploy.yml`: preflight, compare, verdict of 16 checks",
        "raw": "`kubectl apply --server-side` + `helm upgrade`, no verdict",
        "stock modules": "a playbook of stock modules (`benchmarks/plain.yml`), no verdict",
    }
    commit = run("git", "rev-parse", "--short=12", "HEAD").strip()
    lines = [
        "# Benchmarks",
        "",
        f"`make bench` on {datetime.date.today()}, commit {commit}, {os.cpu_count()} cores.",
        "",
        f"A run that has nothing to change: {count} objects and the release, median of {ROUNDS}"
        " rounds in turn. The other two run as dry runs, since they would write each time.",
        "",
        "| Way | Seconds | Ratio to raw |",
        "|---|---|---|",
        *(
            f"| {says[name]} | {median:.1f} | {median / medians['raw']:.1f} |"
            for name, median in medians.items()
        ),
        "",
        "| From nothing | Seconds |",
        "|---|---|",
        *(f"| {name} | {spent:.0f} |" for name, spent in rows),
        "",
    ]
    page = ROOT / "docs" / "benchmarks.md"
    page.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
