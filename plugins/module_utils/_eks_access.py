# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may enter an EKS cluster: access entries and the access policies of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import OWNED_SPEC, Call, Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live, Wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._eks import Eks, tag_calls
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "EKS access entry"
TYPES: Final = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "EC2")
ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):(iam|sts)::\d{12}:\w[\w+=,.@/-]*")
ARGUMENT_SPEC: dict[str, Any] = {
    **OWNED_SPEC,
    "cluster": {"type": "str", "required": True},
    "entries": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "principal_arn": {"type": "str", "required": True},
            "type": {"type": "str", "choices": list(TYPES), "default": "STANDARD"},
            "username": {"type": "str"},
            "kubernetes_groups": {"type": "list", "elements": "str"},
            "policies": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "policy": {"type": "str", "required": True},
                    "namespaces": {"type": "list", "elements": "str", "default": []},
                },
            },
        },
    },
}


@dataclass
class _Entry:
    """One entry that is wanted, and what there is of it."""

    given: dict[str, Any]
    place: dict[str, str]
    part: Part
    live: Live | None = None


def run(params: Params, *, check_mode: bool, diff: bool, clock: Clock | None = None) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    _refuse_bad(params)
    eks = Eks(Aws.of(params), Wait(0, clock or Clock()))
    entries = [_entry(eks, params["cluster"], given) for given in params["entries"]]
    for entry, live in zip(entries, at_once(lambda one: one.part.look(), entries), strict=True):
        entry.live = live
    if params["state"] == "absent":
        return _remove(eks, entries, params, owner, check_mode=check_mode, diff=diff)
    for entry in entries:
        if entry.live is not None:
            owner.refuse_foreign(KIND, entry.part.name, entry.live.get("tags"), params["adopt"])
    found = at_once(partial(_policies, eks), entries)
    steps = [
        step
        for entry, policies in zip(entries, found, strict=True)
        for step in _steps(eks, entry, policies, params, owner)
    ]
    return carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)


def policy_arn(principal_arn: str, policy: str) -> str:
    """AmazonEKSViewPolicy in the partition of the principal."""
    if policy.startswith("arn:"):
        return policy
    found = ARN.fullmatch(principal_arn)
    partition = found["partition"] if found else "aws"
    return f"arn:{partition}:eks::aws:cluster-access-policy/{policy}"


def _refuse_bad(params: Params) -> None:
    names = [entry["principal_arn"] for entry in params["entries"]]
    for name in names:
        if not ARN.fullmatch(name):
            raise CamError(
                f"`principal_arn` is {name!r}. Give the ARN of a role or user, such as "
                "arn:aws:iam::123456789012:role/cam-admin."
            )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CamError(f"`entries` names {twice[0]} twice. Keep one of the two.")
    for entry in params["entries"]:
        extra = [one for one in ("kubernetes_groups", "policies", "username") if entry[one]]
        if entry["type"] != "STANDARD" and extra:
            raise CamError(
                f"`entries`: {entry['principal_arn']} has the type {entry['type']} and "
                f"`{extra[0]}`. EKS gives nodes their rights by itself: leave `{extra[0]}` out."
            )


def _entry(eks: Eks, cluster: str, given: dict[str, Any]) -> _Entry:
    name = given["principal_arn"]
    place = {"clusterName": cluster, "principalArn": name}
    look = partial(eks.find, "describe_access_entry", f"{KIND} {name}", "accessEntry", **place)
    return _Entry(given, place, Part(KIND, name, look))


def _policies(eks: Eks, entry: _Entry) -> dict[str, list[str]]:
    """ARN of each associated policy to its namespaces; no namespaces mean the whole cluster."""
    if entry.live is None or entry.given["policies"] is None:
        return {}
    title = f"the policies of {entry.part.title}"
    key = "associatedAccessPolicies"
    found = eks.service.ask_all("list_associated_access_policies", title, key, **entry.place)
    return {one["policyArn"]: sorted(one["accessScope"].get("namespaces") or []) for one in found}


def _steps(
    eks: Eks, entry: _Entry, policies: dict[str, list[str]], params: Params, owner: Owner
) -> list[Step]:
    given, live, name = entry.given, entry.live, entry.part.name
    calls: list[Call] = []
    steps: list[Step] = []
    tags = owner.with_tags(params["tags"])
    if live is None or live.get("type") != given["type"]:
        steps = [Step(_creation(entry), partial(_create, eks, entry, owner, tags))]
        policies = {}
    else:
        calls += tag_calls(KIND, name, live["accessEntryArn"], live.get("tags"), tags)
        calls += _differences(entry, live)
    calls += _associations(entry, policies)
    return steps + [Step(call.change, partial(eks.make, entry.part, call)) for call in calls]


def _creation(entry: _Entry) -> Change:
    options = ("type", "username", "kubernetes_groups")
    fields = {one: (None, entry.given[one]) for one in options if entry.given[one]}
    if entry.live is None:
        return Change(KIND, entry.part.name, "create", fields)
    types = {"type": (entry.live.get("type"), entry.given["type"])}
    danger = "EKS never changes a type, so the entry is deleted first and its principal locked out"
    return Change(KIND, entry.part.name, "replace", types, danger)


def _create(eks: Eks, entry: _Entry, owner: Owner, tags: dict[str, str]) -> None:
    if entry.live is not None:
        eks.service.ask("delete_access_entry", entry.part.title, **entry.place)
    given = {
        "type": entry.given["type"],
        "username": entry.given["username"],
        "kubernetesGroups": entry.given["kubernetes_groups"],
        "tags": tags,
    }
    given = {key: value for key, value in given.items() if value}
    eks.create(entry.part, owner, "create_access_entry", **entry.place, **given)


def _differences(entry: _Entry, live: Live) -> list[Call]:
    fields: dict[str, tuple[Any, Any]] = {}
    given: dict[str, Any] = {}
    groups, username = entry.given["kubernetes_groups"], entry.given["username"]
    if groups is not None and sorted(groups) != sorted(live.get("kubernetesGroups") or []):
        fields["kubernetes_groups"] = (sorted(live.get("kubernetesGroups") or []), sorted(groups))
        given["kubernetesGroups"] = groups
    if username is not None and username != live.get("username"):
        fields["username"] = (live.get("username"), username)
        given["username"] = username
    if not fields:
        return []
    change = Change(KIND, entry.part.name, "update", fields)
    return [Call(change, "update_access_entry", {**entry.place, **given})]


def _associations(entry: _Entry, found: dict[str, list[str]]) -> list[Call]:
    """What is not named goes; an association that is there is changed by making it again."""
    if entry.given["policies"] is None:
        return []
    wanted = {
        policy_arn(entry.part.name, one["policy"]): sorted(one["namespaces"])
        for one in entry.given["policies"]
    }
    calls = []
    for arn in sorted({*found, *wanted}):
        if found.get(arn) == wanted.get(arn):
            continue
        fields = {f"policy {arn.rpartition('/')[2]}": (_scope(found, arn), _scope(wanted, arn))}
        change = Change(KIND, entry.part.name, "update", fields)
        given: dict[str, Any] = {**entry.place, "policyArn": arn}
        if arn not in wanted:
            calls.append(Call(change, "disassociate_access_policy", given))
            continue
        namespaces = wanted[arn]
        scope: dict[str, Any] = {"type": "cluster"}
        if namespaces:
            scope = {"type": "namespace", "namespaces": namespaces}
        calls.append(Call(change, "associate_access_policy", {**given, "accessScope": scope}))
    return calls


def _scope(policies: dict[str, list[str]], arn: str) -> str:
    if arn not in policies:
        return ABSENT
    return ", ".join(policies[arn]) or "the whole cluster"


def _remove(
    eks: Eks, entries: list[_Entry], params: Params, owner: Owner, *, check_mode: bool, diff: bool
) -> Result:
    steps, alone = [], []
    for entry in entries:
        tags = (entry.live or {}).get("tags")
        if entry.live is not None and (owner.owns(tags) or params["adopt"]):
            change = Change(KIND, entry.part.name, "delete")
            call = Call(change, "delete_access_entry", entry.place)
            steps.append(Step(change, partial(eks.make, entry.part, call)))
        elif entry.live is not None:
            alone.append(f"{entry.part.title} is left alone: it is {owner.whose(tags)}.")
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    return {**result, **({"warnings": alone} if alone else {})}
