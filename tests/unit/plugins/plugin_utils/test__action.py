"""The action's shell: in-process where it may, the real module where it must."""

from __future__ import annotations

import os
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.plugin_utils._action import CoreAction


class Text(str):
    """Stands for Ansible's tagged text."""


def core() -> Any:
    def run(params: dict[str, Any], *, check_mode: bool, diff: bool) -> dict[str, Any]:
        if params["name"] == "bad":
            raise CamError("found bad; give a good one")
        seen = {"check": check_mode, "diff": diff, "region": os.environ.get("CAM_REGION")}
        return {"changed": True, "params": params, "seen": seen, "kind": type(params["name"])}

    module = ModuleType("core")
    module.ARGUMENT_SPEC = {  # type: ignore[attr-defined]
        "name": {"type": "str", "required": True},
        "size": {"type": "int", "default": 3},
        "password": {"type": "str", "no_log": True},
    }
    module.run = run  # type: ignore[attr-defined]
    return module


class Action(CoreAction):
    core = core()
    environment: dict[str, str] = {}  # noqa: RUF012 (monkeypatched, never shared)

    def _compute_environment_string(self, raw_environment_out: Any = None) -> str:
        raw_environment_out.update(self.environment)
        return ""

    def _execute_module(self, **options: Any) -> dict[str, Any]:
        return {"real_module": True, **options}


def action(
    arguments: dict[str, Any],
    *,
    transport: str = "local",
    become: bool = False,
    background: int = 0,
) -> Action:
    task = SimpleNamespace(
        args=arguments,
        check_mode=True,
        diff=True,
        async_val=background,
        action="cam.mesh.cam_objects",
        environment=[],
        delegate_to=None,
    )
    connection = SimpleNamespace(transport=transport, _shell=SimpleNamespace(tmpdir=None))
    context = SimpleNamespace(become=become)
    return Action(task, connection, context, None, None, None)


def test_runs_in_process() -> None:
    result = action({"name": Text("a"), "size": "4"}).run(task_vars={})
    assert result["changed"]
    assert result["params"] == {"name": "a", "size": 4, "password": None}
    assert result["kind"] is str
    assert result["seen"] == {"check": True, "diff": True, "region": None}


def test_environment_of_the_task_is_there_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Action, "environment", {"CAM_REGION": "eu"})
    assert action({"name": "a"}).run(task_vars={})["seen"]["region"] == "eu"
    assert "CAM_REGION" not in os.environ


def test_refusals_are_messages() -> None:
    result = action({"name": "bad"}).run(task_vars={})
    assert (result["failed"], result["msg"]) == (True, "found bad; give a good one")


def test_bad_arguments_are_told_at_once_and_without_secrets() -> None:
    result = action({"size": "many", "sise": 1, "password": "many"}).run(task_vars={})
    assert result["failed"]
    assert "missing required arguments: name" in result["msg"]
    assert "Unsupported parameters: sise" in result["msg"]
    assert "size" in result["msg"]
    assert "'many'" not in result["msg"]


@pytest.mark.parametrize("options", [{"transport": "ssh"}, {"become": True}, {"background": 60}])
def test_the_real_module_where_needed(options: dict[str, Any]) -> None:
    result = action({"name": "a"}, **options).run(task_vars={"x": 1})
    assert result["real_module"]
    assert result["task_vars"] == {"x": 1}
