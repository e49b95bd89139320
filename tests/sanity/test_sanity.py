"""ansible-test sanity finds nothing, and finds something when there is something.

ansible-test wants a real folder ansible_collections/cam/mesh, so it gets a copy of the checkout.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from paths import BIN, CACHE, ENVIRONMENT, ROOT

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
COPY = ROOT / ".cache" / "ansible_collections" / "cam" / "mesh"
# Its virtual environments carry a hash of what is in them, so all checkouts may share them.
HOME = CACHE / "ansible-test"
# ansible-test downloads this from a host of its own unless it is there; Python brings pip along.
GET_PIP = HOME / ".ansible" / "test" / "cache" / "get_pip_25_2.py"
PIP_CONFIG = HOME / ".config" / "pip" / "pip.conf"

# Not Ansible content; what judges it instead.
ELSEWHERE = {
    "lab/": "never packed; ruff and tests/lab",
    "molecule/": "never packed; ansible-lint and the scenarios themselves",
    "tests/": "never packed; ruff and pytest",
    "roles/cam_release/files/cam-chart/templates/": "Helm templates are no YAML; tests/chart",
}
# Sanity tests that have nothing to judge in this collection; all others run.
NOT_NEEDED = {
    "empty-init": "plugins have no __init__.py",
    "pslint": "no PowerShell is packed",
    "shellcheck": "no shell script is packed",
}


def _git(*words: str, cwd: Path) -> str:
    return subprocess.run(
        ["git", *words], cwd=cwd, env=ENVIRONMENT, check=True, capture_output=True, text=True
    ).stdout


def _pip_config() -> str:
    """The machine's settings of pip as a file: ansible-test hides PIP_* and proxies from pip."""
    listed = subprocess.run(
        [BIN / "python", "-m", "pip", "config", "list"],
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    proxy = urllib.request.getproxies().get("https")
    settings = {"proxy": proxy} if proxy else {}
    for line in listed.splitlines():
        name, value = line.split("=", 1)
        settings[name.rpartition(".")[2]] = ast.literal_eval(value).replace("\n", "\n    ")
    return "\n".join(["[global]", *(f"{name} = {value}" for name, value in settings.items()), ""])


@pytest.fixture
def copy() -> Path:
    """The tracked and the new files, without the link that makes the checkout a collection."""
    shutil.rmtree(COPY, ignore_errors=True)
    names = _git(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".", ":!collections",
        cwd=ROOT,
    )  # fmt: skip
    for name in filter(None, names.split("\0")):
        if os.path.lexists(ROOT / name):
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name, follow_symlinks=False)
    _git("init", "--quiet", ".", cwd=COPY)
    _git("add", "--all", cwd=COPY)
    for path, text in (
        (GET_PIP, "import ensurepip\n\nensurepip.bootstrap()\n"),
        (PIP_CONFIG, _pip_config()),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
    return COPY


def _sanity(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    excluded = [word for path in ELSEWHERE for word in ("--exclude", path)]
    return subprocess.run(
        [BIN / "ansible-test", "sanity", "--python", PYTHON, "--junit", *excluded, *words],
        cwd=copy,
        env={**ENVIRONMENT, "HOME": str(HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _not_run(copy: Path) -> set[str]:
    reports = (copy / "tests" / "output" / "junit").glob("*.xml")
    cases = [case for report in reports for case in ElementTree.parse(report).iter("testcase")]
    skipped = [case.attrib["name"] for case in cases if case.find("skipped") is not None]
    return {name.removesuffix(f"-python-{PYTHON}") for name in skipped}


def test_every_sanity_test_is_green(
    copy: Path, record_property: Callable[[str, object], None]
) -> None:
    done = _sanity(copy)
    for name, reason in {**NOT_NEEDED, **ELSEWHERE}.items():
        record_property("note", f"leaves out {name}: {reason}")
    assert done.returncode == 0, done.stdout
    assert _not_run(copy) == set(NOT_NEEDED), done.stdout


def test_an_option_that_the_module_does_not_know_is_found(copy: Path) -> None:
    module = copy / "plugins" / "modules" / "cam_secret.py"
    option = "options:\n  unknown:\n    description: Nobody takes it.\n    type: str\n"
    module.write_text(module.read_text().replace("options:\n", option, 1))
    done = _sanity(copy, "--test", "validate-modules", str(module.relative_to(copy)))
    assert done.returncode != 0, done.stdout
    assert "nonexistent-parameter-documented" in done.stdout, done.stdout
