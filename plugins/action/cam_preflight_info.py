# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the variables of a host as the roles will see them, and then the cluster they name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.cam.mesh.plugins.module_utils import (
    _preflight,
    _preflight_live,
    _yaml,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._preflight import Finding, refused
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

# What a cloud may run of a mesh.
PROVIDERS = ("cam_cluster_provider", "cam_database_provider", "cam_cache_provider")
ROLES = Path(__file__).parents[2] / "roles"
PRICES = ROLES / "cam_preflight" / "files" / "aws_prices.yml"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Reads variables, so it can only be an action."""

    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        phase = self._task.args.get("phase", "static")
        try:
            found = self._judged(phase, task_vars)
        except CamError as error:
            found = [refused(phase, str(error))]
        return {
            "changed": False,
            "findings": [item.as_dict() for item in found],
            "lines": [item.line for item in found],
            "refused": [item.text for item in found if not item.passed],
        }

    def _judged(self, phase: str, task_vars: dict[str, Any]) -> list[Finding]:
        if phase == "owner":
            return [self._owner(task_vars)]
        options, defaults = self._role_interfaces()
        if phase == "names":
            return self._names(task_vars, options)
        values, problems = self._values(task_vars, options, defaults)
        if phase == "account":
            return problems or self._account(values, task_vars)
        if phase == "live":
            return self._live(task_vars, values)
        return [*problems, *self._static(task_vars, options, values, bool(problems))]

    def _names(self, task_vars: dict[str, Any], options: dict[str, Any]) -> list[Finding]:
        mine = [
            name
            for name in task_vars
            if name.startswith("cam_") and name not in _preflight.PUBLISHED_FACTS
        ]
        return [
            _preflight.environment(plain(task_vars.get("cam_environment"))),
            *_preflight.names(mine, [*options, *_preflight.PLAY_VARIABLES]),
        ]

    def _static(
        self,
        task_vars: dict[str, Any],
        options: dict[str, Any],
        values: dict[str, Any],
        wrong: bool,
    ) -> list[Finding]:
        found = self._names(task_vars, options)
        if wrong:
            return found
        return [
            *found,
            _preflight.passed("types", "every value has its type and is one of its choices"),
            *_preflight.scaling(values),
            _preflight.connections(values),
            _preflight.rollout(values),
            _preflight.image(values),
            *self._aws(values),
            _preflight.twins(self._places(task_vars)),
        ]

    def _aws(self, values: dict[str, Any]) -> list[Finding]:
        if "aws" not in [values.get(name) for name in PROVIDERS]:
            return []
        # Here, for boto3 takes a tenth of a second, and most runs are not about AWS.
        from ansible_collections.cam.mesh.plugins.module_utils import (
            _preflight_aws,
            _preflight_aws_data,
        )

        data = _preflight_aws_data.judge(values, self._prices(), date.today())
        return [*_preflight_aws.run(values), *data]

    def _account(self, values: dict[str, Any], task_vars: dict[str, Any]) -> list[Finding]:
        if values.get("cam_cluster_provider") != "aws":
            return []
        from ansible_collections.cam.mesh.plugins.module_utils import _preflight_aws_live

        return _preflight_aws_live.run(values, str(task_vars["inventory_hostname"]))

    def _prices(self) -> list[dict[str, Any]]:
        """The price file, which is a part of the collection."""
        found: list[dict[str, Any]] = self._loader.load_from_file(str(PRICES))["prices"]
        return found

    def _owner(self, task_vars: dict[str, Any]) -> Finding:
        return _preflight_live.whose(
            self._kube(),
            str(plain(task_vars.get("cam_environment"))),
            task_vars["inventory_hostname"],
            self._task.args["namespace"],
        )

    def _kube(self) -> Kube:
        return Kube.connect(self._task.args["kubeconfig"], self._task.args.get("context") or None)

    def _live(self, task_vars: dict[str, Any], values: dict[str, Any]) -> list[Finding]:
        return _preflight_live.run(
            self._kube(), values, self._task.args["namespace"], task_vars["inventory_hostname"]
        )

    def _values(
        self, task_vars: dict[str, Any], options: dict[str, Any], defaults: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Finding]]:
        """Every option with the value that its role will see, and what is wrong with it."""
        templar = self._templar.copy_with_new_env(available_variables={**defaults, **task_vars})
        values: dict[str, Any] = {"cam_environment": plain(task_vars.get("cam_environment"))}
        problems: list[Finding] = []
        for name, option in options.items():
            if name not in task_vars and (name not in defaults or _is_fact(defaults[name])):
                continue
            try:
                value = plain(templar.template(task_vars.get(name, defaults.get(name))))
            except AnsibleError as error:
                problems.append(refused("types", f"{name}: {error.message}"))
                continue
            checked = ArgumentSpecValidator({name: option}).validate({name: value})
            problems += [refused("types", text) for text in checked.error_messages]
            values[name] = checked.validated_parameters.get(name, value)
        return values, problems

    def _role_interfaces(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The options and the defaults of all roles of the collection."""
        options: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        for role in sorted(ROLES.iterdir()):
            specs = _yaml.load((role / "meta" / "argument_specs.yml").read_text("utf-8"))
            for entry in specs["argument_specs"].values():
                options.update(_for_validation(entry.get("options", {})))
            file = role / "defaults" / "main.yml"
            if file.exists():
                # "unsafe" saves a deep copy of what nobody here changes.
                found = self._loader.load_from_file(
                    str(file), unsafe=True, trusted_as_template=True
                )
                defaults.update(found or {})
        return options, defaults

    def _places(self, task_vars: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
        places = {}
        for host in task_vars["groups"].get("cam_clusters", []):
            seen = task_vars["hostvars"][host]
            environment = seen.get("cam_environment", "")
            places[host] = (
                str(seen.get("cam_cluster_kubeconfig", "") or _cloud_name(seen)),
                str(seen.get("cam_cluster_context", "")),
                str(seen.get("cam_cluster_namespace", f"cam-{environment}")),
            )
        return places


def _cloud_name(seen: Mapping[str, Any]) -> str:
    """What tells made clusters apart: on AWS the name, which marks what is ours."""
    provider = str(seen.get("cam_cluster_provider", ""))
    if provider != "aws":
        return provider
    suffix = seen.get("cam_cluster_aws_suffix") or seen.get("cam_environment", "")
    return f"{provider} {seen.get('cam_cluster_aws_name') or f'cam-cluster-{suffix}'}"


def _for_validation(options: dict[str, Any]) -> dict[str, Any]:
    keep = ("type", "choices", "elements", "options")
    return {
        name: {
            key: _for_validation(item) if key == "options" else item
            for key, item in option.items()
            if key in keep
        }
        for name, option in options.items()
    }


def _is_fact(default: Any) -> bool:
    """Defaults that read another role's published fact have no value before that role ran."""
    return isinstance(default, str) and any(
        f"cam_{name}" in default
        for name in ("cluster_access", "cluster_network", "database_endpoint", "cache_endpoint",
                     "release_endpoint", "monitoring_endpoint")
    )  # fmt: skip
