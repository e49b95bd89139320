# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module and action of the collection does around its core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

Params = dict[str, Any]
Result = dict[str, Any]

# Every module that talks to a cluster takes these two.
CONNECTION_SPEC: dict[str, Any] = {
    "kubeconfig": {"type": "path", "required": True},
    "context": {"type": "str"},
}


class CoreRun(Protocol):
    """The function `run` of a core."""

    def __call__(self, params: Params, *, check_mode: bool, diff: bool) -> Result: ...


def run_module(main: CoreRun, spec: Mapping[str, Any], supports_check_mode: bool = True) -> None:
    """Runs a core as an Ansible module: parse, call, exit."""
    module = AnsibleModule(argument_spec=dict(spec), supports_check_mode=supports_check_mode)
    result = call(main, module.params, check_mode=module.check_mode, diff=bool(module._diff))
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


def call(main: CoreRun, params: Mapping[str, Any], *, check_mode: bool, diff: bool) -> Result:
    """Runs a core; its refusals become a failed result without a traceback."""
    try:
        return {"changed": False, **main(plain(params), check_mode=check_mode, diff=diff)}
    except CamError as error:
        return {"changed": False, "failed": True, "msg": str(error)}


def plain(value: Any) -> Any:
    """The same value without Ansible's tagged and lazily templated containers."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)
