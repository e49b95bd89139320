"""The documentation of the writing modules and what their cores accept are the same."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import yaml

PACKAGE = "ansible_collections.cam.mesh.plugins"
NAMES = ["objects", "secret", "certificate"]


def documented(name: str) -> dict[str, Any]:
    module = import_module(f"{PACKAGE}.modules.cam_{name}")
    fragment = import_module(f"{PACKAGE}.doc_fragments.cam").ModuleDocFragment
    options = yaml.safe_load(fragment.DOCUMENTATION)["options"]
    return {**options, **yaml.safe_load(module.DOCUMENTATION)["options"]}


def same(options: dict[str, Any], spec: dict[str, Any]) -> None:
    assert set(options) == set(spec)
    for name, rule in spec.items():
        for field in ("type", "required", "default", "choices", "elements"):
            assert options[name].get(field) == rule.get(field), (name, field)
        if "options" in rule:
            same(options[name]["suboptions"], rule["options"])


@pytest.mark.parametrize("name", NAMES)
def test_options(name: str) -> None:
    same(documented(name), import_module(f"{PACKAGE}.module_utils._{name}").ARGUMENT_SPEC)


@pytest.mark.parametrize("name", NAMES)
def test_action_has_the_same_core(name: str) -> None:
    action = import_module(f"{PACKAGE}.action.cam_{name}").ActionModule
    assert action.core is import_module(f"{PACKAGE}.module_utils._{name}")
