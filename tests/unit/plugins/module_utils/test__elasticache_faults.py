"""What goes wrong around a cache: each ends done, taken up by the next run, or refused by cause."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import Look
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws
from small_cache import MODEL, Cache, build

WRITES = (
    "CreateCacheSubnetGroup",
    "CreateCacheParameterGroup",
    "ModifyCacheParameterGroup",
    "CreateSecret",
    "CreateReplicationGroup",
)


@pytest.fixture
def cache(aws: SmallAws) -> Cache:
    return build(aws)


@pytest.mark.parametrize("kind", ["throttle", "unavailable", "drop"])
def test_what_passes_is_asked_again(cache: Cache, kind: str) -> None:
    cache.aws.double.faults(
        {"kind": kind, "action": "CreateReplicationGroup"},
        {"kind": kind, "action": "DescribeCacheSubnetGroups"},
    )
    assert cache.run()["ids"]["status"] == "available"
    assert not cache.run()["changed"]


@pytest.mark.parametrize("action", WRITES)
def test_an_answer_that_is_lost_within_a_run_makes_nothing_twice(cache: Cache, action: str) -> None:
    """The first attempt was carried out, so that the second finds the name taken: by us."""
    cache.aws.double.faults({"kind": "reset", "action": action})
    assert cache.run()["ids"]["status"] == "available"
    assert not cache.run()["changed"]


@pytest.mark.parametrize("action", WRITES)
def test_a_run_that_ends_anywhere_is_taken_up_by_the_next(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        cache.aws.double.faults({"kind": "reset", "action": action})
        with pytest.raises(AwsError, match="AWS gave no answer"):
            cache.run()
    cache.run()
    assert not cache.run()["changed"]
    mine = [{"Key": "name", "Values": [cache.name]}]
    assert len(cache.secrets.list_secrets(Filters=mine)["SecretList"]) == 1


REFUSED = [
    ("denied", "CreateReplicationGroup", "Allow the action elasticache:CreateReplicationGroup"),
    ("denied", "DescribeReplicationGroups", "elasticache:DescribeReplicationGroups"),
    ("denied", "GetSecretValue", "Allow the action secretsmanager:GetSecretValue"),
    ("expired", "DescribeReplicationGroups", "Get new ones and run again"),
    ("expired", "CreateReplicationGroup", "what is done stays done"),
    ("quota", "CreateReplicationGroup", "raised in Service Quotas"),
    ("quota", "CreateCacheSubnetGroup", "raised in Service Quotas"),
    ("quota", "CreateCacheParameterGroup", "raised in Service Quotas"),
    ("quota", "CreateSecret", "raised in Service Quotas"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "action", "remedy"), REFUSED, ids=[f"{a} {b}" for a, b, _ in REFUSED]
)
def test_a_refusal_is_told_in_three_lines_and_leaves_no_orphan(
    cache: Cache, kind: str, action: str, remedy: str
) -> None:
    cache.aws.double.faults({"kind": kind, "action": action, "times": 0})
    with pytest.raises(AwsError) as refusal:
        cache.run()
    assert remedy in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 3
    cache.aws.double.faults()
    cache.run(state="absent", recovery_days=0)
    assert not cache.run(state="absent", recovery_days=0)["changed"]


def test_a_quota_with_a_code_of_its_own_is_told_as_one(cache: Cache) -> None:
    code = "ClusterQuotaForCustomerExceeded"
    cache.aws.double.faults({"kind": "quota", "action": "CreateReplicationGroup", "code": code})
    with pytest.raises(AwsError, match=f"It said: {code}") as refusal:
        cache.run()
    assert refusal.value.cause == "quota"


def test_a_name_that_is_taken_meanwhile_is_refused(cache: Cache) -> None:
    """Between the look and the request somebody else makes it."""
    cache.aws.double.faults(
        {
            "kind": "quota",
            "action": "CreateReplicationGroup",
            "code": "ReplicationGroupAlreadyExists",
        }
    )
    with pytest.raises(AwsError, match="The name is taken"):
        cache.run()


def test_what_takes_long_is_waited_for_and_told_of(cache: Cache) -> None:
    cache.aws.double.transition(MODEL, progression="manual", times=5)
    assert cache.run()["ids"]["status"] == "available"
    assert any("creating for" in line for line in cache.said)


def test_what_takes_too_long_is_taken_up_by_the_next_run(cache: Cache) -> None:
    cache.aws.double.transition(MODEL, progression="manual", times=30)
    with pytest.raises(CamError, match=r"still creating.*`cam_cache_aws_wait_seconds`"):
        cache.run(wait_seconds=20)
    cache.aws.double.transition(MODEL)
    cache.aws.forget()
    assert not cache.run()["changed"]
    assert cache.aws.mutating() == []


def test_a_removal_that_takes_long_is_waited_for(cache: Cache) -> None:
    cache.made()
    cache.aws.double.transition(MODEL, progression="manual", times=4)
    cache.run(state="absent", recovery_days=0)
    assert not cache.run(state="absent", recovery_days=0)["changed"]


@pytest.mark.parametrize("action", ["DeleteReplicationGroup", "DeleteCacheSubnetGroup",
                                    "DeleteCacheParameterGroup"])  # fmt: skip
def test_a_removal_whose_answer_is_lost_ends_all_the_same(cache: Cache, action: str) -> None:
    cache.made()
    cache.aws.double.faults({"kind": "reset", "action": action})
    cache.run(state="absent", recovery_days=0)
    assert not cache.run(state="absent", recovery_days=0)["changed"]


def test_a_creation_that_fails_is_told_with_its_cause_and_made_anew(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.aws.double.outcomes({"model": MODEL, "status": "create-failed", "name": cache.name})
    cause = "Insufficient capacity for cache.t3.micro in eu-central-1a"
    monkeypatch.setattr(Look, "events", lambda self, name: ["started", cause])
    with pytest.raises(CamError, match="is create-failed after") as refusal:
        cache.run()
    assert cause in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 3
    assert cache.run()["plan"][-1].startswith("replaced ElastiCache replication group")
    assert not cache.run()["changed"]
