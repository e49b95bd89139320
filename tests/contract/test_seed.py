"""docs/seed.md is complete, and all that it names exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from paths import CHART, ROLES, ROOT

RANGE = re.compile(r"\bL(\d+)(?:-(\d+))?\b")
CODE = re.compile(r"`([^`]+)`")


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def variables() -> set[str]:
    """Names of roles' defaults, and the words of the playbooks that look like a variable."""
    plays = "".join(text_of(file) for file in ROOT.glob("playbooks/*.yml"))
    names = set(re.findall(r"\bcam_\w+\b", plays))
    for role in ROLES:
        names |= set(yaml.safe_load(text_of(role / "defaults" / "main.yml")))
    return names


def is_here(name: str) -> bool:
    """A variable, a chart value (`.Values.a.b`) or a path; `cam-chart/` is the chart's folder."""
    if name.startswith(".Values."):
        value = yaml.safe_load(text_of(CHART / "values.yaml"))
        for key in name.split(".")[2:]:
            value = value.get(key) if isinstance(value, dict) else None
        return value is not None
    if re.fullmatch(r"cam_\w+", name):
        return name in variables()
    inside = not name.startswith("/") and ".." not in name
    return inside and ((ROOT / name).exists() or (CHART.parent / name).exists())


def is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    if not path.startswith(("tests/", "molecule/")) or not (ROOT / path).is_file():
        return False
    return re.search(rf"^def {re.escape(function)}\(", text_of(ROOT / path), re.M) is not None


def lines_of(words: str) -> set[int]:
    return {n for low, high in RANGE.findall(words) for n in range(int(low), int(high or low) + 1)}


def faults_of_row(cells: list[str]) -> list[str]:
    if len(cells) != 4:
        return [f"{len(cells)} cells, not 4"]
    seed, here, test, state = cells
    references, tests = CODE.findall(here), CODE.findall(test)
    faults = [f"{name} does not exist" for name in references if not is_here(name)]
    faults += [f"test {name} does not exist" for name in tests if not is_test(name)]
    if not lines_of(seed):
        faults.append("names no line")
    if CODE.sub("", test).strip(" ,-"):
        faults.append("the test cell holds other words than tests")
    if state not in ("done", "partly", "planned"):
        faults.append(f"unknown state '{state}'")
    if state != "planned" and not references:
        faults.append("names nothing that is here")
    if state == "done" and not tests:
        faults.append("is done and names no test")
    if state == "planned" and tests:
        faults.append("is planned and names a test")
    return faults


def faults_of(page: str) -> list[str]:
    table, _, rest = page.partition("\n## No requirement\n")
    (length,) = re.findall(r"It has (\d+) lines", table)
    faults, asked, free = [], set(), lines_of(rest)
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("|") or cells[0] == "Seed" or not set(line) - set("|-"):
            continue
        asked |= lines_of(cells[0])
        faults += [f"{cells[0]}: {fault}" for fault in faults_of_row(cells)]
    every = set(range(1, int(length) + 1))
    faults += [f"L{n} has no row" for n in sorted(every - asked - free)]
    faults += [f"L{n} is beyond the last line" for n in sorted((asked | free) - every)]
    return faults + [f"L{n} has a row and asks for nothing" for n in sorted(asked & free)]


def test_every_line_of_the_seed_has_a_true_row() -> None:
    assert faults_of(text_of(ROOT / "docs" / "seed.md")) == []


GOOD = (
    "| L1-2 pods | `cam_release_replicas`, `.Values.replicaCount`, `cam-chart/values.yaml` "
    "| `tests/contract/test_seed.py::test_every_line_of_the_seed_has_a_true_row` | done |"
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        ("L1-2", "L1", "L2 has no row"),
        ("L1-2", "L1-4", "L4 is beyond the last line"),
        ("L1-2", "L1-3", "L3 has a row and asks for nothing"),
        ("L1-2 pods", "pods", "names no line"),
        ("cam_release_replicas", "cam_release_replica", "cam_release_replica does not exist"),
        ("replicaCount", "replicas", ".Values.replicas does not exist"),
        ("values.yaml", "values-qa.yaml", "cam-chart/values-qa.yaml does not exist"),
        ("a_true_row", "a_row", "has_a_row does not exist"),
        ("test_seed.py::", "test_sed.py::", "does not exist"),
        (GOOD.split(" | ")[2], "-", "is done and names no test"),
        (GOOD.split(" | ")[2], "seen by eye", "holds other words than tests"),
        (GOOD.split(" | ")[1], "a chart", "names nothing that is here"),
        ("cam-chart/values.yaml", "../etc/passwd", "../etc/passwd does not exist"),
        ("done", "planned", "is planned and names a test"),
        ("done", "ready", "unknown state 'ready'"),
        ("| done |", "|", "3 cells, not 4"),
    ],
)
def test_a_false_row_is_found(old: str, new: str, fault: str | None) -> None:
    page = f"It has 3 lines.\n\n{GOOD.replace(old, new)}\n\n## No requirement\n\n- Blank: L3\n"
    found = faults_of(page)
    assert (fault in "; ".join(found)) if fault else found == []
