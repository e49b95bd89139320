"""Makes the checkout importable as the collection cam.mesh, without an installation."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

sys.path.insert(0, str(Path(__file__).parents[1] / "collections"))
sys.path.insert(0, str(Path(__file__).parent))

from mesh import Mesh
from paths import CACHE, TOOLS, camlab
from render import render

# What one process runs in turn where several run tests. What needs most room on the node is one
# lane: beside each other its meshes would not fit. Long ones come first, but molecule after what
# needs no cluster: "mesh" begins with tests that have the cluster alone. At the end each file is
# handed out by itself, so that no process is left alone with much.
LANES = (
    "mesh", "apart", "images", "cloud", "molecule", "sanity", "account", "lint", "desk", "unit",
)  # fmt: skip
BY_FILE = ("desk", "unit")
# Unit tests that share one account at the stand-in of AWS, which takes seconds to make.
ACCOUNT = re.compile(r"test__(aws|eks|elasticache|iam|preflight_aws)")
# Meshes beside the one of "mesh", or runs that are waited for.
APART = (
    "test_clusters.py", "test_downtime.py", "test_refusals.py", "test_repair.py",
    "test_schedule_play.py",
)  # fmt: skip
ALONE = "test_survival.py"


def parts(nodeid: str) -> tuple[str, str]:
    """The folder below tests/ and the file."""
    _, kind, *_, file = nodeid.partition("::")[0].split("/")
    return kind, file


def lane(nodeid: str) -> str:
    kind, file = parts(nodeid)
    if file in APART:
        return "apart"
    kinds = {
        "live": "mesh",
        "aws": "cloud",
        "doubles": "cloud",
        "images": "images",
        "molecule": "molecule",
        "lint": "lint",
        "sanity": "sanity",
        "unit": "account" if ACCOUNT.match(file) else "unit",
    }
    return kinds.get(kind, "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Of the unit tests the fullest files first.
    count = Counter(item.path for item in items if lane(item.nodeid) == "unit")
    items.sort(
        key=lambda item: (
            LANES.index(lane(item.nodeid)), item.path.name != ALONE, -count[item.path],
        )
    )  # fmt: skip


class Lanes(LoadScopeScheduling):
    """A mesh is made once in a lane, and shared."""

    def _split_scope(self, nodeid: str) -> str:
        found = lane(nodeid)
        return nodeid.partition("::")[0] if found in BY_FILE else found


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)


@contextmanager
def held(what: str, mode: int) -> Iterator[None]:
    """Hold what the lanes share: LOCK_SH to use it beside others, LOCK_EX to have it alone."""
    with (CACHE / f"tests-{what}.lock").open("a") as file:
        fcntl.flock(file, mode)
        yield


class Cluster:
    """The local cluster, used beside other lanes, or alone by tests that break what all stand on.

    Who wants it alone closes the door first: without it there would always be somebody inside.
    """

    def __init__(self) -> None:
        self._mode: int | None = None
        self._kept = ExitStack()

    def take(self, mode: int | None) -> None:
        if mode == self._mode:
            return
        self._kept.close()
        self._mode = mode
        if mode is not None:
            with held("door", fcntl.LOCK_EX):
                self._kept.enter_context(held("cluster", mode))


CLUSTER = Cluster()


def use_of_the_cluster(item: pytest.Item | None) -> int | None:
    if item is None:
        return None
    kind, file = parts(item.nodeid)
    if file == ALONE:
        return fcntl.LOCK_EX
    return fcntl.LOCK_SH if kind in ("live", "molecule") else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Around all of a test, what its fixtures make and remove included."""
    CLUSTER.take(use_of_the_cluster(item))
    try:
        return (yield)
    finally:
        # Tests that have it alone follow each other; all others let go in between.
        alone = use_of_the_cluster(nextitem) == use_of_the_cluster(item) == fcntl.LOCK_EX
        if not alone:
            CLUSTER.take(None)


@pytest.fixture
def crontab() -> Iterator[None]:
    """The machine's crontab for this test alone: whoever writes it writes all of it."""
    with held("crontab", fcntl.LOCK_EX):
        yield


@pytest.fixture(scope="session")
def tools(request: pytest.FixtureRequest) -> Path:
    """The folder with helm, kubectl and promtool, built if this machine never built them."""
    # A build takes a quarter of an hour: its progress is shown, not captured. `make test` starts
    # the cluster before the tests, since of several processes nothing would be seen.
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(flush=True)
        camlab("build", stdout=subprocess.DEVNULL, check=True)
    return TOOLS


@pytest.fixture(scope="session")
def renderings(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of plain manifests of an environment, rendered once for all tests.

    What the play said lies beside it, as <environment>.txt.

    Processes that run tests side by side share the folder, which belongs to this run.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "rendered"
    folder.mkdir(exist_ok=True)

    @cache
    def rendered(environment: str) -> Path:
        with (folder / f"{environment}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / environment).is_dir():
                said = render(folder, tools / "helm", environment)
                (folder / f"{environment}.txt").write_text(said, "utf-8")
        return folder / environment

    return rendered


@pytest.fixture(scope="session")
def neighbour(tools: Path) -> Iterator[None]:
    """The mesh that a user deployed to cam-local is left by the tests as they found it."""
    mesh = Mesh("cam-local")
    before = mesh.versions() if mesh.is_deployed() else {}
    if not before:
        warnings.warn("cam-local is not deployed, so it cannot be compared", stacklevel=1)
    yield
    if before:
        assert mesh.versions() == before


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests noted, and how many of each kind passed; the kind is the folder below tests/."""
    passed = terminalreporter.stats.get("passed", [])
    for report in passed:
        for name, text in report.user_properties:
            if name == "note":
                terminalreporter.write_line(f"{report.nodeid}: {text}")
    kinds = Counter(report.nodeid.split("/")[1] for report in passed)
    for kind, count in sorted(kinds.items()):
        terminalreporter.write_line(f"{kind:<10} {count} passed")
