# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add-ons of an EKS cluster: started one after the other, waited for together."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Call
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import (
    Progress,
    Wait,
    Watched,
    eks_issues,
)
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._eks import AGAIN, EKS_SPEC, Eks, tag_calls
from ansible_collections.cam.mesh.plugins.module_utils._eks_addon_diff import (
    KIND,
    differences,
    request,
)
from ansible_collections.cam.mesh.plugins.module_utils._eks_addon_live import (
    Addon,
    addon_of,
    choose_versions,
    roles_of,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **EKS_SPEC,
    "cluster": {"type": "str", "required": True},
    "kubernetes_version": {"type": "str"},
    "preserve": {"type": "bool", "default": False},
    "addons": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "version": {"type": "str"},
            "configuration": {"type": "dict"},
            "service_account_role_arn": {"type": "str"},
            "pod_identities": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "service_account": {"type": "str", "required": True},
                    "role_arn": {"type": "str", "required": True},
                },
            },
            "resolve_conflicts": {
                "type": "str",
                "choices": ["OVERWRITE", "PRESERVE", "NONE"],
                "default": "OVERWRITE",
            },
        },
    },
}
DEAD = ("CREATE_FAILED", "DELETE_FAILED")


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = lambda line: None,
    clock: Clock | None = None,
) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    names = [entry["name"] for entry in params["addons"]]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CamError(f"`addons` names {twice[0]!r} twice. Keep one of the two.")
    eks = Eks(Aws.of(params), Wait(params["wait_seconds"], clock or Clock(), progress))
    addons = [addon_of(eks, params["cluster"], entry) for entry in params["addons"]]
    for addon, live in zip(addons, at_once(lambda one: one.part.look(), addons), strict=True):
        addon.live = live
    work = ensure if params["state"] == "present" else remove
    return work(eks, addons, params, owner, check_mode=check_mode, diff=diff)


def ensure(
    eks: Eks, addons: list[Addon], params: Params, owner: Owner, *, check_mode: bool, diff: bool
) -> Result:
    """Makes all of them exist and be as wanted."""
    for addon in addons:
        if addon.live is not None:
            owner.refuse_foreign(KIND, addon.part.name, addon.live.get("tags"), params["adopt"])
    if not check_mode:
        for addon in addons:
            addon.live = eks.settled(addon.part, addon.live)
    choose_versions(eks, addons, params)
    steps = [step for addon in addons for step in _steps(eks, addon, params, owner)]
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    started = [one for addon in addons for one in addon.watched]
    if started:
        eks.wait.all(started)
    changed = {step.change.name for step in steps} if not check_mode else set()
    for addon in addons:
        if addon.part.name in changed:
            addon.live = addon.part.look()
    issues = _issues(addons)
    return {**result, "addons": _facts(addons), **({"warnings": issues} if issues else {})}


def remove(
    eks: Eks, addons: list[Addon], params: Params, owner: Owner, *, check_mode: bool, diff: bool
) -> Result:
    """Removes those that are ours, and waits until they are gone."""
    ours, alone = [], []
    for addon in addons:
        tags = (addon.live or {}).get("tags")
        if addon.live is not None and (owner.owns(tags) or params["adopt"]):
            ours.append(addon)
        elif addon.live is not None:
            alone.append(f"{addon.part.title} is left alone: it is {owner.whose(tags)}.")
    if not check_mode:
        for addon in ours:
            addon.live = eks.settled(addon.part, addon.live)
    steps = [
        Step(
            Change(KIND, addon.part.name, "delete", {"status": (addon.there["status"], ABSENT)}),
            partial(_delete, eks, addon, params["preserve"]),
        )
        for addon in ours
        if addon.there is not None
    ]
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    if not check_mode:
        for addon in ours:
            if addon.live is not None:
                eks.until_gone(addon.part)
            addon.live = None
    return {**result, "addons": _facts(addons), **({"warnings": alone} if alone else {})}


def _steps(eks: Eks, addon: Addon, params: Params, owner: Owner) -> list[Step]:
    live, name = addon.there, addon.part.name
    creation = partial(_create, eks, addon, params, owner)
    if live is None:
        options = ("version", "configuration", "service_account_role_arn", "pod_identities")
        fields = {one: (None, addon.entry[one]) for one in options if addon.entry[one] is not None}
        return [Step(Change(KIND, name, "create", fields), creation)]
    if live["status"] in DEAD:
        danger = "" if owner.owns(live.get("tags")) else "it is another's and has failed"
        pair = {"status": (live["status"], "ACTIVE")}
        return [Step(Change(KIND, name, "replace", pair, danger), creation)]
    tags = owner.with_tags(params["tags"])
    calls = tag_calls(KIND, name, live["addonArn"], live.get("tags"), tags)
    steps = [Step(call.change, partial(eks.make, addon.part, call)) for call in calls]
    roles = roles_of(eks, addon, live) if addon.entry["pod_identities"] is not None else {}
    if pairs := differences(addon.entry, live, roles):
        change = Change(KIND, name, "update", pairs)
        steps.append(Step(change, partial(_update, eks, addon, change)))
    return steps


def _create(eks: Eks, addon: Addon, params: Params, owner: Owner) -> None:
    if addon.there is not None:
        _delete(eks, addon, preserve=False)
        eks.until_gone(addon.part)
    tags = owner.with_tags(params["tags"])
    eks.create(addon.part, owner, "create_addon", **addon.place, **request(addon.entry), tags=tags)
    addon.watched.append(Watched(addon.part.title, addon.part.look, remedy=AGAIN))


def _update(eks: Eks, addon: Addon, change: Change) -> None:
    call = Call(change, "update_addon", {**addon.place, **request(addon.entry)})
    if (watched := eks.started(addon.part, call)) is not None:
        addon.watched.append(watched)


def _delete(eks: Eks, addon: Addon, preserve: bool) -> None:
    eks.service.ask("delete_addon", addon.part.title, **addon.place, preserve=preserve)


def _facts(addons: list[Addon]) -> list[dict[str, str]]:
    return [
        {
            "name": addon.part.name,
            "version": (addon.live or {}).get("addonVersion") or "",
            "status": (addon.live or {}).get("status") or "ABSENT",
        }
        for addon in addons
    ]


def _issues(addons: list[Addon]) -> list[str]:
    return [
        f"{addon.part.title} has an issue: {one}"
        for addon in addons
        for one in eks_issues(addon.live or {})
    ]
