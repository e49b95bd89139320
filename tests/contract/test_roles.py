"""The interfaces of the roles, read from their YAML: what is promised is what is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    PUBLISHED_FACTS,
    connections,
    scaling,
)
from paths import ROLES, ROOT


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def specs(role: Path) -> dict[str, Any]:
    found: dict[str, Any] = load(role / "meta" / "argument_specs.yml")["argument_specs"]
    return found


def defaults(role: Path) -> dict[str, Any]:
    return load(role / "defaults" / "main.yml") or {}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_specs_and_defaults_agree(role: Path) -> None:
    options = specs(role)["main"]["options"]
    assert list(options) == list(defaults(role))
    for name, value in defaults(role).items():
        if options[name].get("required"):
            assert "undef(hint=" in value, name
        else:
            assert options[name]["default"] == value, name


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_option_is_described(role: Path) -> None:
    for entry in specs(role).values():
        assert entry["short_description"]
        for name, option in entry.get("options", {}).items():
            assert option["description"][0] != name
            assert option["type"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_variables_carry_the_name_of_their_role(role: Path) -> None:
    assert all(name.startswith(f"{role.name}_") for name in defaults(role))
    for file in role.glob("vars/**/*.yml"):
        assert all(name.startswith(f"__{role.name}_") for name in load(file))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_entry_has_a_spec(role: Path) -> None:
    """An entry without one is not validated, and nobody is told."""
    called = re.compile(r"name: cam\.mesh\.(\w+)\n\s+tasks_from: ([\w.]+)")
    for file in [*ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/*/tasks/**/*.yml")]:
        for name, entry in called.findall(file.read_text("utf-8")):
            if name == role.name:
                assert entry in specs(role), f"{file.name} calls {entry}"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_grid_of_providers_is_complete(role: Path) -> None:
    choices = specs(role)["main"]["options"].get(f"{role.name}_provider", {}).get("choices", [])
    folders = {folder.name for folder in role.glob("tasks/providers/*")}
    assert folders == set(choices)
    for folder in role.glob("tasks/providers/*"):
        assert {file.stem for file in folder.glob("*.yml")} == {"present", "facts", "absent"}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_an_entry_is_a_table_of_contents(role: Path) -> None:
    for file in role.glob("tasks/main.yml"):
        assert len(file.read_text("utf-8").splitlines()) <= 32


def test_what_is_published_is_what_is_read() -> None:
    """Publishers: set_fact in tasks; consumers: the typed options of the other roles."""
    published: dict[str, set[str]] = {}
    for file in ROOT.glob("roles/*/tasks/**/facts.yml"):
        for task in load(file):
            for name, value in task.get("ansible.builtin.set_fact", {}).items():
                if name.startswith("cam_") and isinstance(value, dict):
                    published.setdefault(name, set(value)).update(value)
    variables = load(ROOT / "roles" / "cam_cluster" / "vars" / "main.yml")
    for fact in ("access", "network"):
        published[f"cam_cluster_{fact}"] = set(variables[f"__cam_cluster_{fact}"])
    read = set()
    for role in ROLES:
        for name, value in defaults(role).items():
            fact = re.fullmatch(r"\{\{ (cam_\w+_(?:access|network|endpoint)) \}\}", str(value))
            if fact:
                options = specs(role)["main"]["options"][name]["options"]
                assert set(options) == published[fact[1]], f"{name} against {fact[1]}"
                read.add(fact[1])
    assert read == set(published)
    assert {*published, "cam_health_report"} == set(PUBLISHED_FACTS)


def test_tasks_with_secrets_are_silent() -> None:
    for file in ROOT.glob("roles/*/tasks/**/*.yml"):
        for task in load(file):
            if (
                "cam.mesh.cam_secret" in task
                and task["cam.mesh.cam_secret"].get("state") != "absent"
            ):
                assert task.get("no_log") is True, file
                assert task.get("diff") is False, file


def test_the_defaults_of_the_roles_fit_together() -> None:
    values = {name: value for role in ROLES for name, value in defaults(role).items()}
    assert connections(values).passed, connections(values).text
    assert all(finding.passed for finding in scaling(values))
