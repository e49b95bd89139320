"""The adapter around the cores."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import call, plain, run_module

SPEC = {"name": {"type": "str", "required": True}, "size": {"type": "int", "default": 1}}


class Text(str):
    """Stands for Ansible's tagged text."""


def test_plain_leaves_no_subclass_behind() -> None:
    found = plain({Text("a"): [Text("b"), 1, 1.5, True, None, (Text("c"),)]})
    assert found == {"a": ["b", 1, 1.5, True, None, ["c"]]}
    assert type(next(iter(found))) is str
    assert type(found["a"][0]) is str
    assert plain(io) == str(io)


def test_call_adds_changed() -> None:
    found = call(
        lambda params, *, check_mode, diff: {"a": params["a"]},
        {"a": 1},
        check_mode=True,
        diff=False,
    )
    assert found == {"changed": False, "a": 1}


def test_call_turns_a_refusal_into_a_message() -> None:
    def core(params: dict[str, Any], *, check_mode: bool, diff: bool) -> dict[str, Any]:
        raise CamError("found 0 replicas; give at least 1")

    found = call(core, {}, check_mode=False, diff=False)
    assert found == {"changed": False, "failed": True, "msg": "found 0 replicas; give at least 1"}


def run(core: Any, arguments: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    with patch_module_args({**arguments, "_ansible_check_mode": True}), pytest.raises(SystemExit):
        run_module(core, SPEC)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_run_module(capsys: pytest.CaptureFixture[str]) -> None:
    def core(params: dict[str, Any], *, check_mode: bool, diff: bool) -> dict[str, Any]:
        return {"changed": check_mode, "size": params["size"]}

    found = run(core, {"name": "a"}, capsys)
    assert (found["changed"], found["size"]) == (True, 1)


def test_run_module_fails_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def core(params: dict[str, Any], *, check_mode: bool, diff: bool) -> dict[str, Any]:
        raise CamError("no")

    found = run(core, {"name": "a"}, capsys)
    assert (found["failed"], found["msg"]) == (True, "no")
    assert "exception" not in found
