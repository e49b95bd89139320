# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the roles, the key and the log group of a cluster on AWS, and says what they lack."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_identity_absent
from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity import (
    DESCRIPTIONS,
    IDENTITY_SPEC,
    PODS,
    Identity,
    Place,
    Role,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import (
    Held,
    place_of,
    read,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_policies import same
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, Work, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    **IDENTITY_SPEC,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
KEY_TEXT: Final = "Data of the mesh"
Fields = dict[str, tuple[Any, Any]]


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    wanted, aws = Identity.of(params), Aws.of(params)
    if params["state"] == "absent":
        return _aws_identity_absent.run(aws, wanted, diff)
    place = place_of(aws)
    held, work = read(aws, wanted, place), Work(wanted.owner, params["adopt"])
    compare(wanted, place, held, work)
    arn = params["kms_key_arn"] or (held.key or {}).get("Arn") or ""
    return {
        "changed": False,
        **work.result(params["allow"], diff),
        "account": place.account,
        "region": place.region,
        "role_arns": {thing: wanted.role_arn(thing, place) for thing in DESCRIPTIONS},
        "service_accounts": {thing: PODS[thing][1] for thing in wanted.pods()},
        "kms_key_arn": arn if params["kms"] else "",
        # For a plan on an empty account, where a name must stand for what has no ARN yet.
        "kms_key": (arn or wanted.alias) if params["kms"] else "",
    }


def compare(wanted: Identity, place: Place, held: Held, work: Work) -> None:
    """In the order in which things are made: a role wants its policy to be there."""
    roles = wanted.roles(place)
    for role in roles:
        if role.own:
            _policy(wanted, role, held.policies[role.name], work)
    for role in roles:
        _role(wanted, place, role, held.roles[role.name], work)
    if wanted.own_key:
        _key(wanted, held.key, work)
    _log_group(wanted, held.log_group, work)


def _policy(wanted: Identity, role: Role, live: Item | None, work: Work) -> None:
    tags = wanted.tags()
    spec = {"name": role.name, "policy": role.own, "tags": tags, "description": role.description}
    fields: Fields = {}
    if live is not None:
        work.owner.refuse_foreign("policy", role.name, tags_of(live), work.adopt)
        if not same(live["Document"], role.own):
            fields["document"] = ("another", "as wanted")
        fields |= _tags(tags, live)
        # It never changes, and the stock module only warns of it.
        spec["description"] = live.get("Description") or ""
    _write(work, "policies", "policy", role.name, spec, live, fields)


def _role(wanted: Identity, place: Place, role: Role, live: Item | None, work: Work) -> None:
    tags, boundary = wanted.tags(), wanted.params["boundary_arn"] or ""
    policies = role.policies(place)
    spec: Item = {
        "name": role.name,
        "trust": role.trust,
        "policies": policies,
        "description": role.description,
        "boundary": boundary,
        "exists": live is not None,
        "tags": tags,
    }
    fields: Fields = {}
    if live is not None:
        work.owner.refuse_foreign("role", role.name, tags_of(live), work.adopt)
        if not same(live["AssumeRolePolicyDocument"], role.trust):
            fields["trust"] = ("another", "as wanted")
        if sorted(live["Attached"]) != sorted(policies):
            fields["policies"] = (_short(live["Attached"]), _short(policies))
        if (live.get("Description") or "") != role.description:
            fields["description"] = (live.get("Description"), role.description)
        bound = (live.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn") or ""
        if bound != boundary:
            fields["boundary"] = (bound, boundary)
        fields |= _tags(tags, live)
    _write(work, "roles", "role", role.name, spec, live, fields)
    # Nobody of us writes one, so somebody has widened what the role may do.
    for inline in (live or {}).get("Inline") or []:
        told = f"{role.name}/{inline}"
        work.change(
            "delete", "inline", "inline policy", told, {"role": role.name, "policy": inline}
        )


def _key(wanted: Identity, live: Item | None, work: Work) -> None:
    name, tags = wanted.name("key"), wanted.tags(wanted.name("key"))
    spec: Item = {"id": "", "alias": wanted.alias, "description": KEY_TEXT, "tags": tags}
    fields: Fields = {}
    if live is not None:
        spec["id"] = live["KeyId"]
        work.owner.refuse_foreign("KMS key", name, tags_of(live), work.adopt)
        if live["KeyState"] != "Enabled":
            fields["state"] = (live["KeyState"], "Enabled")
        elif not live["Rotated"]:
            fields["rotation"] = (False, True)
        if not live["Aliased"]:
            fields["alias"] = (None, wanted.alias)
        fields |= _tags(tags, live)
    _write(work, "kms_keys", "KMS key", name, spec, live, fields)


def _log_group(wanted: Identity, live: Item | None, work: Work) -> None:
    name, tags, days = wanted.log_group, wanted.tags(), wanted.params["log_days"]
    spec: Item = {"name": name, "days": days, "tags": tags}
    fields: Fields = {}
    if live is not None:
        # EKS makes it, without tags, for a cluster that logs before we came.
        if tags_of(live):
            work.owner.refuse_foreign("log group", name, tags_of(live), work.adopt)
        if live.get("retentionInDays") != days:
            fields["days"] = (live.get("retentionInDays") or "for ever", days)
        fields |= _tags(tags, live)
    _write(work, "log_groups", "log group", name, spec, live, fields)


def _write(
    work: Work, key: str, kind: str, name: str, spec: Item, live: Item | None, fields: Fields
) -> None:
    if live is None:
        work.change("create", key, kind, name, spec)
    elif fields:
        work.change("update", key, kind, name, spec, fields)


def _tags(wanted: dict[str, str], live: Item) -> Fields:
    found = tags_of(live)
    missing = tags_to_set(wanted, found)
    return {f"tag {key}": (found.get(key, ABSENT), value) for key, value in missing.items()}


def _short(arns: list[str]) -> list[str]:
    return sorted(arn.rpartition("/")[2] for arn in arns)
