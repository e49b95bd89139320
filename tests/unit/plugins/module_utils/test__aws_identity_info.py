"""Roles, policies, key and log group: from nothing to as wanted, and what was changed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws_identity_info as core
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws
from small_network import Identity, build, look, pairs, suffix

See = Callable[..., dict[str, Any]]


@pytest.fixture
def see(aws: SmallAws) -> See:
    return partial(look, core, aws)


@pytest.fixture
def built(aws: SmallAws, see: See) -> dict[str, Any]:
    return build(see, Identity(aws).write)


def test_an_empty_account_gets_a_plan_and_arns_that_follow_from_names(
    see: See, aws: SmallAws
) -> None:
    found, s = see(), suffix(aws)
    assert found["plan"] == [
        f"would create policy cam-eks-autoscaler-{s}",
        f"would create role cam-eks-cluster-{s}",
        f"would create role cam-eks-nodes-{s}",
        f"would create role cam-eks-cni-{s}",
        f"would create role cam-eks-ebs-csi-{s}",
        f"would create role cam-eks-autoscaler-{s}",
        f"would create KMS key cam-key-{s}",
        f"would create log group /aws/eks/{aws.name}/cluster",
    ]
    assert found["role_arns"]["nodes"] == f"arn:aws:iam::123456789012:role/cam-eks-nodes-{s}"
    assert (found["kms_key_arn"], found["kms_key"]) == ("", f"alias/cam-key-{s}")
    assert aws.mutating() == []


def test_what_was_built_is_as_wanted(built: dict[str, Any], see: See, aws: SmallAws) -> None:
    assert built["plan"] == []
    assert built["kms_key_arn"].startswith("arn:aws:kms:")
    aws.forget()
    see()
    assert len(aws.asked()) <= 1 + 5 * 3 + 2 + 3 + 2


def role(aws: SmallAws, thing: str) -> str:
    return f"cam-eks-{thing}-{suffix(aws)}"


def widen(aws: SmallAws) -> None:
    aws.double.client("iam").attach_role_policy(
        RoleName=role(aws, "nodes"), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )


def trust(aws: SmallAws) -> None:
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
    ]}  # fmt: skip
    aws.double.client("iam").update_assume_role_policy(
        RoleName=role(aws, "cni"), PolicyDocument=json.dumps(policy)
    )


def inline(aws: SmallAws) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    aws.double.client("iam").put_role_policy(
        RoleName=role(aws, "cluster"), PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )  # fmt: skip


def loosen(aws: SmallAws) -> None:
    aws.double.client("iam").create_policy_version(
        PolicyArn=f"arn:aws:iam::123456789012:policy/{role(aws, 'autoscaler')}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "autoscaling:*", "Resource": "*"},
        ]}),
        SetAsDefault=True,
    )  # fmt: skip


def unrotated(aws: SmallAws) -> None:
    kms = aws.double.client("kms")
    key = kms.describe_key(KeyId=f"alias/cam-key-{suffix(aws)}")["KeyMetadata"]["KeyId"]
    kms.disable_key_rotation(KeyId=key)


def dying(aws: SmallAws) -> None:
    kms = aws.double.client("kms")
    key = kms.describe_key(KeyId=f"alias/cam-key-{suffix(aws)}")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


def for_ever(aws: SmallAws) -> None:
    name = f"/aws/eks/{aws.name}/cluster"
    aws.double.client("logs").delete_retention_policy(logGroupName=name)


def untag(aws: SmallAws) -> None:
    aws.double.client("iam").tag_role(RoleName=role(aws, "cni"), Tags=pairs({"Name": "x"}))
    aws.double.client("kms").untag_resource(
        KeyId=aws.double.client("kms").describe_key(
            KeyId=f"alias/cam-key-{suffix(aws)}"
        )["KeyMetadata"]["KeyId"],
        TagKeys=["Name"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("drift", "told"),
    [
        (widen, "AdministratorAccess"),
        (trust, "trust another -> as wanted"),
        (inline, "would delete inline policy"),
        (loosen, "document another -> as wanted"),
        (unrotated, "rotation off -> on"),
        (dying, "state PendingDeletion -> Enabled"),
        (for_ever, "days for ever -> 90"),
        (untag, "tag Name (absent) -> cam-key-"),
    ],
)
def test_what_was_changed_by_hand_is_told(
    drift: Callable[[SmallAws], None], told: str, built: dict[str, Any], see: See, aws: SmallAws
) -> None:
    drift(aws)
    found = see()
    (line,) = found["plan"]
    assert told in line
    assert len(found["todo"]) == 1


def test_a_key_whose_alias_was_never_set_is_found_by_its_tags(see: See, aws: SmallAws) -> None:
    """A run was killed between the two calls; another key would be paid for ever."""
    kms = aws.double.client("kms")
    tags = pairs({**aws.ours, "Name": f"cam-key-{suffix(aws)}"}, "TagKey", "TagValue")
    made = kms.create_key(Tags=tags)["KeyMetadata"]
    found = see()
    assert found["todo"]["kms_keys"][0]["id"] == made["KeyId"]
    (line,) = [line for line in found["plan"] if "KMS" in line]
    assert line.startswith("would change KMS key")
    assert "alias (none) -> alias/cam-key-" in line


def test_a_log_group_that_eks_made_is_taken_over(see: See, aws: SmallAws) -> None:
    name = f"/aws/eks/{aws.name}/cluster"
    logs = aws.double.client("logs")
    logs.create_log_group(logGroupName=name)
    told = next(line for line in see()["plan"] if name in line)
    assert told.startswith("would change log group")
    logs.tag_resource(
        resourceArn=f"arn:aws:logs:eu-central-1:123456789012:log-group:{name}", tags={"app": "x"}
    )
    with pytest.raises(CamError, match=r"log group .* exists and is not made by this collection"):
        see()


def test_a_role_of_our_name_that_is_not_ours_is_refused(see: See, aws: SmallAws) -> None:
    aws.double.client("iam").create_role(
        RoleName=role(aws, "nodes"), AssumeRolePolicyDocument=json.dumps({"Statement": []})
    )
    with pytest.raises(CamError, match=r"role cam-eks-nodes-.* is not made by this collection"):
        see()
    assert any("would change role" in line for line in see(adopt=True)["plan"])


def test_given_roles_and_keys_are_taken_as_they_are(see: See) -> None:
    arn, key = "arn:aws:iam::123456789012:role/seed", "arn:aws:kms:eu-central-1:1:key/2"
    found = see(cluster_role_arn=arn, node_role_arn=arn, kms_key_arn=key, autoscaler=False)
    assert len(found["plan"]) == 3
    assert (found["role_arns"]["cluster"], found["kms_key_arn"]) == (arn, key)


def test_without_a_key_of_its_own_aws_keeps_it(see: See) -> None:
    found = see(kms=False, load_balancer=True)
    assert (found["kms_key_arn"], found["kms_key"]) == ("", "")
    assert not any("KMS" in line for line in found["plan"])
    assert found["service_accounts"]["load-balancer"] == "aws-load-balancer-controller"


def test_what_is_no_arn_is_refused(see: See) -> None:
    with pytest.raises(CamError, match="is no ARN"):
        see(node_role_arn="cam-nodes")


def test_a_boundary_is_put_on_every_role(built: dict[str, Any], see: See) -> None:
    found = see(boundary_arn="arn:aws:iam::123456789012:policy/edge")
    assert len(found["todo"]["roles"]) == 5
    assert all("boundary (none) -> " in line for line in found["plan"])


def test_all_of_it_goes_but_a_key_that_a_snapshot_needs(
    built: dict[str, Any], see: See, aws: SmallAws
) -> None:
    found = see(state="absent")
    assert {key: len(items) for key, items in found["todo"].items()} == {
        "roles": 5, "policies": 1, "kms_keys": 1, "log_groups": 1,
    }  # fmt: skip
    rds, name = aws.double.client("rds"), f"cam-db-{suffix(aws)}"
    rds.create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="postgres",
        AllocatedStorage=20, MasterUsername="cam", MasterUserPassword="Only-for-the-double-1",
        StorageEncrypted=True, KmsKeyId=built["kms_key_arn"],
    )  # fmt: skip
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-final")
    found = see(state="absent")
    assert "kms_keys" not in found["todo"]
    (kept,) = found["kept"]
    assert f"snapshot {name}-final cannot be restored without it" in kept


def test_a_dying_key_is_not_removed_again(built: dict[str, Any], see: See, aws: SmallAws) -> None:
    dying(aws)
    assert "kms_keys" not in see(state="absent")["todo"]
