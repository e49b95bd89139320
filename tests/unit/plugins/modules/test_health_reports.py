"""The documentation of the reporting modules and what their cores accept are the same."""

from __future__ import annotations

from importlib import import_module

import pytest
import yaml

PACKAGE = "ansible_collections.cam.mesh.plugins"
CORES = {"cam_health_report": "_publish", "cam_health_notify": "_notify"}


@pytest.mark.parametrize("name", CORES)
def test_options(name: str) -> None:
    module = import_module(f"{PACKAGE}.modules.{name}")
    options = yaml.safe_load(module.DOCUMENTATION)["options"]
    spec = import_module(f"{PACKAGE}.module_utils.{CORES[name]}").ARGUMENT_SPEC
    assert set(options) == set(spec)
    for option, rule in spec.items():
        for field in ("type", "required", "default", "choices", "elements"):
            assert options[option].get(field) == rule.get(field), (option, field)


@pytest.mark.parametrize("name", CORES)
def test_action_has_the_same_core(name: str) -> None:
    action = import_module(f"{PACKAGE}.action.{name}").ActionModule
    assert action.core is import_module(f"{PACKAGE}.module_utils.{CORES[name]}")
