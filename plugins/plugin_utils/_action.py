# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a core inside ansible-playbook: milliseconds instead of a new Python process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.cam.mesh.plugins.module_utils._run import Result, call, plain


def _explain(validated: Any) -> str:
    """All that is wrong with the arguments, in one text."""
    return "; ".join(
        f"Unsupported parameters: {error.msg}" if isinstance(error, UnsupportedError) else error.msg
        for error in validated.errors
    )


def telling(core: Any) -> Any:
    """The same core, whose progress goes to the screen line by line as it comes."""
    return SimpleNamespace(
        ARGUMENT_SPEC=core.ARGUMENT_SPEC, run=partial(core.run, progress=Display().display)
    )


class CoreAction(ActionBase):  # type: ignore[misc]
    """An action is a subclass that names its core: a module with ARGUMENT_SPEC and run()."""

    core: Any = None
    _supports_async = True
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        if not self._in_process():
            return dict(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        validated = ArgumentSpecValidator(self.core.ARGUMENT_SPEC).validate(plain(self._task.args))
        if validated.error_messages:
            text = _explain(validated)
            return {"failed": True, "msg": remove_values(text, validated._no_log_values)}
        with self._task_environment():
            return call(
                self.core.run,
                validated.validated_parameters,
                check_mode=bool(self._task.check_mode),
                diff=bool(self._task.diff),
            )

    def _in_process(self) -> bool:
        """Another host, another user or a background task need the real module."""
        transport = getattr(self._connection, "transport", "")
        return transport == "local" and not self._play_context.become and not self._task.async_val

    @contextlib.contextmanager
    def _task_environment(self) -> Iterator[None]:
        """The task's `environment`, which credential helpers of a kubeconfig may need."""
        wanted: dict[str, str] = {}
        self._compute_environment_string(wanted)
        before: Mapping[str, str] = dict(os.environ)
        os.environ.update({name: str(value) for name, value in wanted.items()})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
