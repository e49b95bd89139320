# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which role the pods of a service account have, by EKS Pod Identity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import OWNED_SPEC, Call, Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live, Wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._eks import Eks, tag_calls
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "EKS pod identity"
ARGUMENT_SPEC: dict[str, Any] = {
    **OWNED_SPEC,
    "cluster": {"type": "str", "required": True},
    "associations": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "namespace": {"type": "str", "required": True},
            "service_account": {"type": "str", "required": True},
            "role_arn": {"type": "str"},
        },
    },
}


@dataclass(frozen=True)
class _Wanted:
    """One association that is wanted, and what there is of it."""

    given: dict[str, Any]
    part: Part
    live: Live | None


def run(params: Params, *, check_mode: bool, diff: bool, clock: Clock | None = None) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    _refuse_bad(params)
    eks = Eks(Aws.of(params), Wait(0, clock or Clock()))
    found = _listed(eks, params["cluster"])
    wanted = at_once(partial(_wanted, eks, params["cluster"], found), params["associations"])
    steps: list[Step] = []
    alone: list[str] = []
    for one in wanted:
        if params["state"] == "present":
            steps += _steps(eks, one, params, owner)
        elif one.live is not None and (owner.owns(one.live.get("tags")) or params["adopt"]):
            steps.append(_deletion(eks, one, params["cluster"]))
        elif one.live is not None:
            whose = owner.whose(one.live.get("tags"))
            alone.append(f"{one.part.title} is left alone: it is {whose}.")
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    return {**result, **({"warnings": alone} if alone else {})}


def _refuse_bad(params: Params) -> None:
    names = [(one["namespace"], one["service_account"]) for one in params["associations"]]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CamError(f"`associations` names {'/'.join(twice[0])} twice. Keep one of the two.")
    for one in params["associations"]:
        if params["state"] == "present" and not one["role_arn"]:
            raise CamError(
                f"`associations`: {one['namespace']}/{one['service_account']} has no `role_arn`."
            )


def _listed(eks: Eks, cluster: str) -> dict[tuple[str, str], str]:
    """Namespace and service account to the id of their association: EKS allows one."""
    about = f"all pod identities of EKS cluster {cluster}"
    try:
        found = eks.service.ask_all(
            "list_pod_identity_associations", about, "associations", clusterName=cluster
        )
    except AwsError as error:
        if error.cause != "missing":
            raise
        return {}
    return {(one["namespace"], one["serviceAccount"]): one["associationId"] for one in found}


def _wanted(
    eks: Eks, cluster: str, found: dict[tuple[str, str], str], given: dict[str, Any]
) -> _Wanted:
    """Lists have no roles and no tags, so each one that exists is asked for."""
    key = (given["namespace"], given["service_account"])
    title = f"{KIND} {'/'.join(key)}"

    def describe(identifier: str | None) -> Live | None:
        if identifier is None:
            return None
        place = {"clusterName": cluster, "associationId": identifier}
        return eks.find("describe_pod_identity_association", title, "association", **place)

    part = Part(KIND, "/".join(key), lambda: describe(_listed(eks, cluster).get(key)))
    return _Wanted(given, part, describe(found.get(key)))


def _steps(eks: Eks, one: _Wanted, params: Params, owner: Owner) -> list[Step]:
    live, part, role = one.live, one.part, one.given["role_arn"]
    tags, cluster = owner.with_tags(params["tags"]), params["cluster"]
    if live is None:
        given = {
            "clusterName": cluster,
            "namespace": one.given["namespace"],
            "serviceAccount": one.given["service_account"],
            "roleArn": role,
            "tags": tags,
        }
        create = partial(eks.create, part, owner, "create_pod_identity_association", **given)
        return [Step(Change(KIND, part.name, "create", {"role_arn": (None, role)}), create)]
    if live.get("ownerArn"):
        raise CamError(
            f"{part.title} belongs to {live['ownerArn']}, which sets its role. Give the role to "
            "that add-on (`pod_identities` of cam_eks_addon), and leave it out here."
        )
    owner.refuse_foreign(KIND, part.name, live.get("tags"), params["adopt"])
    calls = tag_calls(KIND, part.name, live["associationArn"], live.get("tags"), tags)
    if role != live.get("roleArn"):
        change = Change(KIND, part.name, "update", {"role_arn": (live.get("roleArn"), role)})
        given = {"clusterName": cluster, "associationId": live["associationId"], "roleArn": role}
        calls.append(Call(change, "update_pod_identity_association", given))
    return [Step(call.change, partial(eks.make, part, call)) for call in calls]


def _deletion(eks: Eks, one: _Wanted, cluster: str) -> Step:
    given = {"clusterName": cluster, "associationId": (one.live or {})["associationId"]}
    change = Change(KIND, one.part.name, "delete")
    call = Call(change, "delete_pod_identity_association", given)
    return Step(change, partial(eks.make, one.part, call))
