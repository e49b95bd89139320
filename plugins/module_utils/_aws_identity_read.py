# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of roles, policies, key and log group; few calls each, side by side, read only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity import (
    Identity,
    Place,
    Role,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner


@dataclass
class Held:
    """What is there: by name, each as its API reference describes it, or None."""

    roles: dict[str, Item | None] = field(default_factory=dict)
    # The policy's Policy, with its default `Document`.
    policies: dict[str, Item | None] = field(default_factory=dict)
    # KeyMetadata, with `Tags`, `Rotated`, and whether the alias leads to it (`Aliased`).
    key: Item | None = None
    # LogGroup, with `Tags`.
    log_group: Item | None = None


def place_of(aws: Aws) -> Place:
    """GetCallerIdentity: who asks tells in which account and partition."""
    sts = aws.service("sts")
    answer = sts.ask("get_caller_identity", "the caller")
    return Place(answer["Arn"].split(":")[1], sts.region, answer["Account"])


def read(aws: Aws, wanted: Identity, place: Place) -> Held:
    iam, roles, held = aws.service("iam"), wanted.roles(place), Held()
    named = [role.name for role in roles]
    held.roles = dict(zip(named, at_once(partial(role_of, iam), named), strict=True))
    own = [role for role in roles if role.own]
    found = at_once(partial(_policy, iam, place), own)
    held.policies = dict(zip([role.name for role in own], found, strict=True))
    if wanted.own_key:
        held.key = key(aws, wanted)
    held.log_group = log_group(aws.service("logs"), wanted.log_group, place)
    return held


def missing(ask: Callable[[], Item]) -> Item | None:
    """None for what does not exist."""
    try:
        return ask()
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None


def role_of(iam: Service, name: str) -> Item | None:
    """GetRole, with `Attached` ARNs and the names of `Inline` policies."""
    about = f"role {name}"
    answer = missing(lambda: iam.ask("get_role", about, RoleName=name))
    if answer is None:
        return None
    attached = iam.ask_all("list_attached_role_policies", about, "AttachedPolicies", RoleName=name)
    inline = iam.ask_all("list_role_policies", about, "PolicyNames", RoleName=name)
    return {
        **answer["Role"],
        "Attached": [one["PolicyArn"] for one in attached],
        "Inline": inline,
    }


def _policy(iam: Service, place: Place, role: Role) -> Item | None:
    about, arn = f"policy {role.name}", place.iam(f"policy/{role.name}")
    answer = missing(lambda: iam.ask("get_policy", about, PolicyArn=arn))
    if answer is None:
        return None
    found: Item = answer["Policy"]
    version = iam.ask(
        "get_policy_version", about, PolicyArn=arn, VersionId=found["DefaultVersionId"]
    )
    return {**found, "Document": version["PolicyVersion"]["Document"]}


def key(aws: Aws, wanted: Identity) -> Item | None:
    """By the alias; by our tags where a run was killed before it set the alias."""
    kms, alias = aws.service("kms"), wanted.alias
    answer = missing(lambda: kms.ask("describe_key", f"key {alias}", KeyId=alias))
    if answer is not None:
        return _key(kms, answer["KeyMetadata"], aliased=True)
    found = [one for one in keys(aws, wanted.owner) if one["KeyState"] != "PendingDeletion"]
    return _key(kms, found[0], aliased=False) if found else None


def keys(aws: Aws, owner: Owner) -> list[Item]:
    """All keys by our tags, those on their way out included."""
    kms = aws.service("kms")
    arns = [one["ResourceARN"] for one in tagged(aws, owner, "kms:key")]
    found = [missing(partial(kms.ask, "describe_key", f"key {arn}", KeyId=arn)) for arn in arns]
    return [one["KeyMetadata"] for one in found if one is not None]


def tagged(aws: Aws, owner: Owner, *kinds: str) -> list[Any]:
    """ResourceTagMappingList of all that carries our tags in this region."""
    filters = [{"Key": name, "Values": [value]} for name, value in owner.tags.items()]
    return aws.service("resourcegroupstaggingapi").ask_all(
        "get_resources",
        f"what belongs to {owner.cluster}",
        "ResourceTagMappingList",
        TagFilters=filters,
        **({"ResourceTypeFilters": list(kinds)} if kinds else {}),
    )


def _key(kms: Service, metadata: Item, *, aliased: bool) -> Item:
    ident = metadata["KeyId"]
    tags = kms.ask("list_resource_tags", f"key {ident}", KeyId=ident).get("Tags") or []
    rotated = False
    # A key on its way out does not tell.
    if metadata["KeyState"] == "Enabled":
        answer = kms.ask("get_key_rotation_status", f"key {ident}", KeyId=ident)
        rotated = bool(answer.get("KeyRotationEnabled"))
    pairs = [{"Key": one["TagKey"], "Value": one["TagValue"]} for one in tags]
    return {**metadata, "Tags": pairs, "Rotated": rotated, "Aliased": aliased}


def log_group(logs: Service, name: str, place: Place) -> Item | None:
    groups = logs.ask_all(
        "describe_log_groups", f"log group {name}", "logGroups", logGroupNamePrefix=name
    )
    found: Item | None = next((one for one in groups if one["logGroupName"] == name), None)
    if found is None:
        return None
    arn = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:{name}"
    answer = logs.ask("list_tags_for_resource", f"log group {name}", resourceArn=arn)
    tags = [{"Key": key, "Value": value} for key, value in (answer.get("tags") or {}).items()]
    return {**found, "Tags": tags}
