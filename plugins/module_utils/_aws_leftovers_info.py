# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that nothing of a cluster is left in an account, by other lists than removed it.

The tagging API knows nearly all services of a region, EC2 knows its own tags, IAM has neither. What
AWS only keeps for a while, such as a key that waits for its end, is told and is no rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Optional

from ansible_collections.cam.mesh.plugins.module_utils import _aws_identity_absent
from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import missing, tagged
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import VALUE, Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "also": {"type": "list", "elements": "str", "default": []},
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    aws = Aws.of(params)
    left: list[str] = []
    kept: list[str] = []
    # What could be no mark of ours marks nothing.
    also = [one for one in params["also"] if VALUE.fullmatch(one)]
    for name in dict.fromkeys([params["cluster"], *also]):
        _look(aws, Owner(params["environment"], name), left, kept)
    return {"changed": False, "left": left, "kept": kept}


def _look(aws: Aws, owner: Owner, left: list[str], kept: list[str]) -> None:
    names = {one["ResourceARN"] for one in tagged(aws, owner)}
    ends = {arn.rpartition("/")[2] for arn in names}
    names |= {ident for ident in _ec2(aws.service("ec2"), owner) if ident not in ends}
    for name in sorted(names):
        verdict = _fate(aws, name)
        if verdict is None:
            left.append(name)
        elif verdict:
            kept.append(f"{name}: {verdict}")
    left += _iam(aws.service("iam"), owner)


def _ec2(ec2: Service, owner: Owner) -> list[str]:
    """Whatever carries all three tags, of every kind that EC2 has."""
    filters = [
        {"Name": "key", "Values": list(owner.tags)},
        {"Name": "value", "Values": list(owner.tags.values())},
    ]
    found: dict[str, dict[str, str]] = {}
    for one in ec2.ask_all(
        "describe_tags", f"the tags of {owner.cluster}", "Tags", Filters=filters
    ):
        found.setdefault(one["ResourceId"], {})[one["Key"]] = one["Value"]
    return [ident for ident, tags in found.items() if owner.owns(tags)]


def _iam(iam: Service, owner: Owner) -> list[str]:
    roles = [f"role {name}" for name in _aws_identity_absent.roles(iam, owner)]
    policies = [f"policy {name}" for name in _aws_identity_absent.policies(iam, owner)]
    issuers = iam.ask("list_open_id_connect_providers", "all OIDC providers")
    found = []
    for one in issuers.get("OpenIDConnectProviderList") or []:
        about = f"OIDC provider {one['Arn']}"
        tags = iam.ask(
            "list_open_id_connect_provider_tags", about, OpenIDConnectProviderArn=one["Arn"]
        )
        if owner.owns(tags_of(tags)):
            found.append(about)
    return [*roles, *policies, *found]


def _fate(aws: Aws, name: str) -> str | None:
    """Why it is no rest: empty if it is gone already; None if it is one."""
    ident = name.rpartition("/")[2]
    for start, judge in JUDGES.items():
        if start in name if start.startswith(":") else ident.startswith(start):
            return judge(aws, name, ident)
    return None


def _nat(aws: Aws, name: str, ident: str) -> str | None:
    ec2 = aws.service("ec2")
    answer = missing(
        lambda: ec2.ask("describe_nat_gateways", f"NAT gateway {ident}", NatGatewayIds=[ident])
    )
    states = [one["State"] for one in (answer or {}).get("NatGateways") or []]
    return "" if all(state in ("deleted", "failed") for state in states) else None


def _instance(aws: Aws, name: str, ident: str) -> str | None:
    ec2 = aws.service("ec2")
    answer = missing(
        lambda: ec2.ask("describe_instances", f"instance {ident}", InstanceIds=[ident])
    )
    states = [
        one["State"]["Name"]
        for reservation in (answer or {}).get("Reservations") or []
        for one in reservation["Instances"]
    ]
    return "" if all(state == "terminated" for state in states) else None


def _key(aws: Aws, name: str, ident: str) -> str | None:
    kms = aws.service("kms")
    answer = missing(lambda: kms.ask("describe_key", f"key {ident}", KeyId=ident))
    if answer is None:
        return ""
    found: Item = answer["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return f"it goes on {found['DeletionDate']:%Y-%m-%d}"
    needed = _aws_identity_absent.snapshots(aws.service("rds"), str(found["Arn"]))
    return f"{', '.join(needed)} cannot be restored without it" if needed else None


def _snapshot(aws: Aws, name: str, ident: str) -> str | None:
    return "it holds the data of a database that is gone"


def _secret(aws: Aws, name: str, ident: str) -> str | None:
    secrets = aws.service("secretsmanager")
    answer = missing(lambda: secrets.ask("describe_secret", f"secret {name}", SecretId=name))
    if answer is None:
        return ""
    gone = answer.get("DeletedDate")
    return f"it goes after {gone:%Y-%m-%d}" if gone else None


# Not `str | None`: outside of annotations ansible-test asks for what every Python takes.
Judge = Callable[[Aws, str, str], Optional[str]]  # noqa: UP045
# By a part of the ARN, or by the beginning of an id.
JUDGES: Final[dict[str, Judge]] = {
    "nat-": _nat,
    "i-": _instance,
    ":key/": _key,
    ":snapshot:": _snapshot,
    ":secret:": _secret,
}
