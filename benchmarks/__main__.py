"""Measures a deploy that finds nothing to do beside two other ways to say the same.

Usage: make bench, which deploys inventories/local anew. All ways run in turn in one run, so that a
busy machine slows all of them; the page has medians and ratios. With --cold everything happens in
a fresh clone with caches of its own, which are removed at the end; the cluster that ran before is
stopped for it and comes back with make deploy.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NAMESPACE = "cam-local"
RELEASE = "cam-arbitration-mesh"
ROUNDS = 5
KINDS = (
    "serviceaccounts,configmaps,secrets,services,deployments,statefulsets,"
    "persistentvolumeclaims,roles,rolebindings,ingresses,networkpolicies"
)
# Where a build keeps what a fresh machine does not have.
CACHES = ("CAM_CACHE_HOME", "GOCACHE", "GOMODCACHE", "UV_CACHE_DIR")


@dataclass(frozen=True)
class Checkout:
    """A checkout with a deployed inventories/local, and the environment its commands run in."""

    root: Path
    caches: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return self.root / ".venv" / "bin"

    @property
    def tools(self) -> Path:
        return self.root / ".cache" / "bin"

    @property
    def kubeconfig(self) -> Path:
        return self.root / ".cache" / "local" / "kubeconfig"

    @property
    def chart(self) -> Path:
        return self.root / "roles" / "cam_release" / "files" / "cam-chart"

    def run(self, *words: str | Path) -> str:
        environment = {
            **os.environ,
            **self.caches,
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "KUBECONFIG": str(self.kubeconfig),
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            words, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(
                f"{words[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}"
            )
        return done.stdout

    def deploy(self) -> float:
        """Seconds of `make deploy`."""
        return seconds(lambda: self.run("make", "deploy"))

    def objects(self) -> list[dict[str, Any]]:
        """What the roles made beside the release, as a user would keep it in files."""
        listed = self.run(
            self.tools / "kubectl", "-n", NAMESPACE, "get", KINDS, "-l", "cam.mesh/set",
            "-o", "json",
        )  # fmt: skip
        found = []
        for item in json.loads(listed)["items"]:
            metadata = {
                name: item["metadata"][name]
                for name in ("name", "namespace", "labels", "annotations")
                if name in item["metadata"]
            }
            body = {
                name: value for name, value in item.items() if name not in ("metadata", "status")
            }
            found.append({**body, "metadata": metadata})
        return found


GOALS = (
    "Goals: a cold deploy within 1200 s, a warm one within 180 s, a run without changes at most "
    "twice raw. The last is missed:\nbeside comparing, `deploy.yml` starts Ansible, judges "
    "inventory and cluster, and makes the verdict, which the other two do not."
)


def seconds(way: Callable[[], object]) -> float:
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def measure(checkout: Checkout, folder: Path) -> tuple[dict[str, list[float]], int]:
    run, tools, chart = checkout.run, checkout.tools, checkout.chart
    manifests, values, inputs = (
        folder / "objects.json",
        folder / "values.yml",
        folder / "plain.json",
    )
    items = checkout.objects()
    manifests.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), "utf-8")
    values.write_text(
        run(tools / "helm", "-n", NAMESPACE, "get", "values", RELEASE, "-o", "yaml"), "utf-8"
    )
    given = {
        "kubeconfig": str(checkout.kubeconfig),
        "helm": str(tools / "helm"),
        "chart": str(chart),
        "mesh_namespace": NAMESPACE,
        "values": str(values),
        "manifests": str(manifests),
    }
    inputs.write_text(json.dumps(given), "utf-8")

    def ours() -> None:
        recap = run(checkout.bin / "ansible-playbook", "deploy.yml", "-i", "inventories/local")
        if "changed=0" not in recap.rpartition("PLAY RECAP")[2]:
            sys.exit("inventories/local is not deployed as it is: run make deploy, then this again")

    def raw() -> None:
        run(
            tools / "kubectl", "apply", "--server-side", "--force-conflicts",
            "--field-manager=bench", "--dry-run=server", "-f", manifests,
        )  # fmt: skip
        run(
            tools / "helm", "-n", NAMESPACE, "upgrade", RELEASE, chart, "-f", values,
            "--dry-run=server", "--force-conflicts",
        )  # fmt: skip
        run(tools / "kubectl", "-n", NAMESPACE, "rollout", "status", f"deployment/{RELEASE}")

    def plain() -> None:
        run(
            checkout.bin / "ansible-playbook", "benchmarks/plain.yml", "--check",
            "-i", "localhost,", "-e", f"@{inputs}",
        )  # fmt: skip

    ways = {"deploy.yml": ours, "raw": raw, "stock modules": plain}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(seconds(way))
            print(f"round {number + 1}: {name} {times[name][-1]:.1f} s", flush=True)
    return times, len(items)


def from_nothing(checkout: Checkout) -> dict[str, float]:
    """Seconds of a first `make deploy`, and of one whose cluster is gone and caches are there."""
    names = ["`make deploy`, cluster gone, caches kept"]
    if checkout.caches:
        names.insert(0, "`make deploy` in a fresh clone, nothing cached but Debian's packages")
    rows = {}
    for name in names:
        print(f"{name}: ...", flush=True)
        checkout.run("make", "down")
        rows[name] = checkout.deploy()
        print(f"{name}: {rows[name]:.0f} s", flush=True)
    return rows


@contextmanager
def chosen(folder: Path) -> Iterator[Checkout]:
    """This checkout, or a fresh clone of it that has nothing and leaves nothing."""
    if "--cold" not in sys.argv:
        yield Checkout(ROOT)
        return
    Checkout(ROOT).run("make", "down")
    fresh = Checkout(folder / "clone", {name: str(folder / name.lower()) for name in CACHES})
    Checkout(ROOT).run("git", "clone", "--quiet", ROOT, fresh.root)
    try:
        yield fresh
    finally:
        fresh.run("make", "down")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cam-bench-") as name, chosen(Path(name)) as checkout:
        rows = from_nothing(checkout)
        times, count = measure(checkout, Path(name))
        commit = checkout.run("git", "rev-parse", "--short=12", "HEAD").strip()
    medians = {name: statistics.median(found) for name, found in times.items()}
    says = {
        "deploy.yml": "`deploy.yml`: preflight, compare, verdict of all checks",
        "raw": "`kubectl apply --server-side` + `helm upgrade`, no verdict",
        "stock modules": "a playbook of stock modules (`benchmarks/plain.yml`), no verdict",
    }
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
        *(f"| {name} | {spent:.0f} |" for name, spent in rows.items()),
        "",
        GOALS,
        "",
    ]
    page = ROOT / "docs" / "benchmarks.md"
    page.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
