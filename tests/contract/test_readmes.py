"""The README of a role names its entries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from paths import ROLES


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_entries_are_those_of_the_specs(role: Path) -> None:
    text = (role / "README.md").read_text("utf-8")
    said = re.search(r"^Entries: (.*?)\.", text, re.MULTILINE)
    assert said
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text("utf-8"))
    assert sorted(said[1].split(", ")) == sorted(specs["argument_specs"])
