"""Checks are complete: in both forms of the module, in the docs, and with what a person needs."""

from __future__ import annotations

import re

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _checks, _health, _verdict
from ansible_collections.cam.mesh.plugins.module_utils._health import Kind
from paths import ROOT

UTILS = ROOT / "plugins" / "module_utils"
KINDS = _health.kinds()


def test_every_file_of_checks_is_packed_with_the_module() -> None:
    named = {file.__name__.rpartition(".")[2] for file in _checks.FILES}
    assert named == {file.stem for file in UTILS.glob("_check_*.py")}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_check_says_what_it_looks_at_and_what_to_type(kind: Kind) -> None:
    page = (ROOT / "docs" / "health.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| `{kind.name}`.*$", page, re.MULTILINE)
    assert kind.looks_at in row
    assert kind.red_when in row
    assert kind.next
    assert ("(advice)" in row) != kind.critical


def test_a_threshold_that_a_check_names_exists() -> None:
    named = {
        word
        for kind in KINDS
        for word in re.findall(r"`(\w+)`", kind.red_when)
        if word.endswith(("_percent", "_days", "_seconds", "_ms"))
    }
    assert named
    assert named <= set(_verdict.THRESHOLDS)
    used = "".join(file.read_text("utf-8") for file in UTILS.glob("_check_*.py"))
    assert [name for name in _verdict.THRESHOLDS if f'"{name}"' not in used] == []
