"""Measures a sweep of endpoints and one of pods beside the ordinary ways and the bare clients.

Ends with 1 if a bar is missed.

Usage: make bench-health. Needs the binaries of the local cluster (make deploy), not the cluster
itself. All ways of a table run in turn, so that a busy machine slows all of them; medians.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bars import Table, bars, page_lines
from benchmarks.rig import ROOT, SPACE, TOKEN, Api, kubernetes, many_endpoints

BIN = Path(sys.executable).parent
ROUNDS = 5
CONCURRENCY = 200
# A loop over a thousand is run as a whole only if it ends within this time.
LOOP_SECONDS = 480
SAMPLE = 50
PAGE = ROOT / "docs" / "benchmarks-health.md"

# Each of these is a process of its own; it prints its seconds, less Python's start, and its MiB.
PROLOGUE = """
import asyncio, json, resource, sys, time
sys.path.insert(0, "collections")
count, port, concurrency = (int(word) for word in sys.argv[1:4])
urls = [f"http://127.0.0.1:{port}/health?{number}" for number in range(count)]
def tell(seconds):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, memory]))
"""
SWEEP = """
from ansible_collections.cam.mesh.plugins.module_utils._endpoints_info import judge, look_at
started = time.perf_counter()
seen = look_at(urls, concurrency=concurrency, timeout_seconds=60, deadline_seconds=600)
(check,) = judge(seen, 20)
tell(time.perf_counter() - started)
assert check.state == "ok", check
"""
BARE = """
import aiohttp
async def main():
    connector = aiohttp.TCPConnector(limit=concurrency, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        async def ask(url):
            async with session.get(url) as answer:
                await answer.read()
                return answer.status
        return await asyncio.gather(*(ask(url) for url in urls))
started = time.perf_counter()
found = asyncio.run(main())
tell(time.perf_counter() - started)
assert set(found) == {200}
"""
PODS_PROLOGUE = """
import json, resource, sys, time
sys.path.insert(0, "collections")
kubeconfig, server, authority, token, path, count = sys.argv[1:7]
def tell(seconds):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, memory]))
"""
PODS = """
from ansible_collections.cam.mesh.plugins.module_utils import _pods_info
params = {"kubeconfig": kubeconfig, "context": None, "namespace": "cam-sweep",
          "label_selector": "", "report_limit": 20, "timeout_seconds": 60}
started = time.perf_counter()
result = _pods_info.run(params, check_mode=False, diff=False)
tell(time.perf_counter() - started)
assert result["counts"]["pods"] == int(count), result["counts"]
assert result["counts"]["not_ready"] == int(count) // 200, result["counts"]
"""
RAW = """
import http.client, ssl
from urllib.parse import urlsplit
started = time.perf_counter()
parts = urlsplit(server)
connection = http.client.HTTPSConnection(parts.hostname, parts.port,
                                         context=ssl.create_default_context(cafile=authority))
def ask(path, **headers):
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}", **headers})
    return json.loads(connection.getresponse().read())
"""
# What cam_pods_info does: all pods as a table, and those whole that are not ready, up to its limit.
RAW_TABLE = (
    RAW
    + """
found = ask(path + "?includeObject=None", Accept="application/json;as=Table;v=v1;g=meta.k8s.io")
sick = [row["cells"][0] for row in found["rows"] if row["cells"][1] != "1/1"]
whole = [ask(f"{path}/{name}") for name in sick[:20]]
tell(time.perf_counter() - started)
assert len(found["rows"]) == int(count)
assert len(sick) == int(count) // 200, len(sick)
assert [pod["metadata"]["name"] for pod in whole] == sick[:20]
"""
)
RAW_LIST = (
    RAW
    + """
found = ask(path)
tell(time.perf_counter() - started)
assert len(found["items"]) == int(count)
"""
)


class Way:
    """One way to do the work, and what each of its runs took: seconds and MiB."""

    def __init__(self, name: str, run: Callable[[], tuple[float, float]]) -> None:
        self.name = name
        self._run = run
        self.seconds: list[float] = []
        self.mib: list[float] = []
        self.note = ""

    def __call__(self) -> None:
        seconds, mib = self._run()
        self.seconds.append(seconds)
        self.mib.append(mib)
        print(f"{self.name}: {seconds:.2f} s, {mib:.0f} MiB", flush=True)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def memory(self) -> float:
        return max(self.mib)


def python(*parts: str) -> Callable[..., tuple[float, float]]:
    """A script in a process of its own, which measures itself."""

    def run(*words: object) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", "".join(parts), *map(str, words)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr)
        seconds, mib = json.loads(done.stdout)
        return seconds, mib

    return run


def play(folder: Path, *tasks: dict[str, Any]) -> Callable[[], tuple[float, float]]:
    """A whole ansible-playbook run: seconds with its start, and MiB of its largest process."""

    def run() -> tuple[float, float]:
        file = folder / "play.yml"
        hosts = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        file.write_text(json.dumps([{**hosts, "tasks": tasks}]), "utf-8")
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}
        variables = f"ansible_python_interpreter={sys.executable}"
        words = [BIN / "ansible-playbook", "-i", "localhost,", "-e", variables, file]
        log = folder / "play.log"
        with log.open("wb") as said:
            started = time.perf_counter()
            process = subprocess.Popen(
                words, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        if status:
            sys.exit(log.read_text("utf-8", "replace")[-3000:])
        return seconds, usage.ru_maxrss / 1024

    return run


def in_turn(ways: Sequence[Way], rounds: int = ROUNDS) -> None:
    for _round in range(rounds):
        for way in ways:
            way()


def uri(folder: Path, port: int, count: int) -> Callable[[], tuple[float, float]]:
    numbers = list(range(count))
    url = f"http://127.0.0.1:{port}/health?{{{{ item }}}}"
    return play(folder, {"ansible.builtin.uri": {"url": url}, "loop": numbers})


def endpoints(folder: Path, port: int) -> list[Table]:
    tables: list[Table] = []
    loop = Way("loop of ansible.builtin.uri", uri(folder, port, SAMPLE))
    loop()
    each = loop.median / SAMPLE
    whole = each * 1000 <= LOOP_SECONDS
    if whole:
        loop = Way("loop of ansible.builtin.uri", uri(folder, port, 1000))
        loop()
        each = loop.median / 1000
    for count in (1000, 10_000):
        urls = [f"http://127.0.0.1:{port}/health?{number}" for number in range(count)]
        arguments = {
            "endpoints": urls, "concurrency": CONCURRENCY, "timeout_seconds": 60,
            "deadline_seconds": 600,
        }  # fmt: skip
        words = (count, port, CONCURRENCY)
        bare = Way("bare `aiohttp`", lambda words=words: python(PROLOGUE, BARE)(*words))
        sweep = Way("the sweep itself", lambda words=words: python(PROLOGUE, SWEEP)(*words))
        ours = Way(
            "a play with `cam_endpoints_info`",
            play(folder, {"cam.mesh.cam_endpoints_info": arguments}),
        )
        in_turn([bare, sweep, ours])
        slow = Way("loop of `ansible.builtin.uri`", lambda: (0, 0))
        slow.seconds, slow.mib = [each * count], loop.mib
        if count != 1000 or not whole:
            measured = 1000 if whole else SAMPLE
            slow.note = f" (extrapolated from {measured})"
        ways = [bare, sweep, ours, slow]
        tables.append(Table(f"{count:,} endpoints", ways, bare, sweep, ours, slow))
    return tables


def pods(folder: Path, api: Api) -> list[Table]:
    tables: list[Table] = []
    where = {"kubeconfig": str(api.kubeconfig), "namespace": "cam-sweep"}
    stock = (
        {
            "kubernetes.core.k8s_info": {**where, "kind": "Pod"},
            "register": "found",
        },
        {
            "ansible.builtin.set_fact": {
                "sick": "{{ found.resources | rejectattr('status.containerStatuses', 'defined') "
                "| map(attribute='metadata.name') }}"
            }
        },
    )
    for count in (1000, 10_000):
        print(f"making {count} pods", flush=True)
        api.grow(count)
        words = (
            api.kubeconfig, api.server, api.authority, TOKEN, f"{SPACE}/pods", count,
        )  # fmt: skip
        raw = Way(
            "raw API calls, table and sick pods",
            lambda words=words: python(PODS_PROLOGUE, RAW_TABLE)(*words),
        )
        whole = Way(
            "raw API call, whole pods", lambda words=words: python(PODS_PROLOGUE, RAW_LIST)(*words)
        )
        core = Way(
            "`cam_pods_info` without Ansible",
            lambda words=words: python(PODS_PROLOGUE, PODS)(*words),
        )
        ours = Way("a play with `cam_pods_info`", play(folder, {"cam.mesh.cam_pods_info": where}))
        slow = Way("a play with `kubernetes.core.k8s_info`", play(folder, *stock))
        in_turn([raw, whole, core, ours])
        in_turn([slow], 3 if count == 1000 else 1)
        if count != 1000:
            slow.note = " (one run)"
        ways = [raw, whole, core, ours, slow]
        tables.append(Table(f"{count:,} pods", ways, raw, core, ours, slow))
    return tables


def lines(table: Table) -> list[str]:
    return [
        f"## {table.title}",
        "",
        f"| Way | Seconds | Times {table.bare.name} | Times faster than the last row | MiB |",
        "|---|---|---|---|---|",
        *(
            f"| {way.name}{way.note} | {way.median:.2f} | {way.median / table.bare.median:.2f} "
            f"| {table.slow.median / way.median:.0f} | {way.memory:.0f} |"
            for way in table.ways
        ),
        "",
    ]


def main() -> int:
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (min(65_536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2
    )
    before = os.getloadavg()[1]
    with tempfile.TemporaryDirectory(prefix="cam-bench-") as name:
        folder = Path(name)
        with many_endpoints(folder) as port:
            tables = endpoints(folder, port)
        with kubernetes() as api:
            tables += pods(folder, api)
    held = bars(tables[0], tables)
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    page = [
        "# Benchmarks of health checks",
        "",
        f"`make bench-health` on {datetime.date.today()}, commit {commit}, {os.cpu_count()} cores; "
        f"other work gave the machine a load of {before:.1f} before the run.",
        "",
        f"Ways of a table run in turn, median of {ROUNDS} rounds unless it says otherwise. The "
        f"endpoints are one server on loopback, asked {CONCURRENCY} at a time, each on a "
        "connection of its own. The pods are kwok's, behind an etcd and an API server of the "
        "benchmark's own; one of 200 is pending. A play's seconds include the start of "
        "`ansible-playbook`; the other rows leave out the start of Python. MiB is the largest "
        "process.",
        "",
        *page_lines(held),
        *(line for table in tables for line in lines(table)),
    ]
    PAGE.write_text("\n".join(page), "utf-8")
    print("\n".join(page))
    return 0 if all(one.met for one in held) else 1


if __name__ == "__main__":
    sys.exit(main())
