"""The verbs: what deploy does in one run, the others do in parts, and all say what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils._preflight import PLAY_VARIABLES
from paths import ROOT

VERBS = sorted(
    file for file in (ROOT / "playbooks").glob("*.yml") if not file.name.endswith(".meta.yml")
)
PARTS = ("provision", "services", "release", "monitor", "verify")


def plays(verb: str) -> list[dict[str, Any]]:
    text = (ROOT / "playbooks" / f"{verb}.yml").read_text("utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def roles(verb: str) -> list[str]:
    return [role["role"] for play in plays(verb) for role in play.get("roles", [])]


def options(verb: str) -> dict[str, Any]:
    text = (ROOT / "playbooks" / f"{verb}.meta.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["argument_specs"][verb]["options"]
    return found


def test_the_parts_are_the_whole() -> None:
    assert [role for part in PARTS for role in roles(part)] == roles("deploy")


@pytest.mark.parametrize("verb", VERBS, ids=lambda file: file.stem)
def test_every_play_on_clusters_validates_its_variables(verb: Path) -> None:
    mine = [play for play in plays(verb.stem) if play.get("hosts") == "cam_clusters"]
    assert mine
    assert all(play["validate_argspec"] == verb.stem for play in mine)


@pytest.mark.parametrize("verb", VERBS, ids=lambda file: file.stem)
def test_a_variable_of_a_play_is_one_that_it_declares(verb: Path) -> None:
    text = verb.read_text("utf-8")
    for name in (*PLAY_VARIABLES, "cam_environment"):
        if f"{name} " in text.replace("}}", " ") and name != "cam_clusters":
            assert name in options(verb.stem), f"{verb.name} uses {name}"


def test_preflight_knows_every_variable_of_the_plays() -> None:
    declared = {name for verb in VERBS for name in options(verb.stem)}
    assert declared == set(PLAY_VARIABLES) - {"cam_clusters"}


@pytest.mark.parametrize("part", [part for part in PARTS if part != "verify"])
def test_a_part_that_changes_something_runs_preflight_first(part: str) -> None:
    assert plays(part)[0]["ansible.builtin.import_playbook"] == "cam.mesh.preflight"


@pytest.mark.parametrize("verb", VERBS, ids=lambda file: file.stem)
def test_every_verb_refuses_bad_names_before_anything_else(verb: Path) -> None:
    """Without it a group that is empty is no error, and a typo an accepted wish."""
    if verb.stem != "inventory":
        first = plays(verb.stem)[0].get("ansible.builtin.import_playbook")
        assert first in ("cam.mesh.inventory", "cam.mesh.preflight")
