"""What the comparison of an RDS database says for each state of it, and what it never says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cam.mesh.plugins.module_utils import _aws_database
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from fake_rds import NAME, OURS, FakeAws, instance, pairs

GROUP = f"{NAME}-postgres17"


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def ask(aws: FakeAws, *, check: bool = False, diff: bool = False, **given: Any) -> dict[str, Any]:
    params = {
        "environment": "dev", "cluster": "eu", "name": NAME, "version": "17",
        "instance_class": "db.t3.micro", "database_name": "cam_production", "username": "cam",
        "vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "security_group_ids": ["sg-db"],
        **given,
    }  # fmt: skip
    checked = ArgumentSpecValidator(_aws_database.ARGUMENT_SPEC).validate(params)
    assert not checked.error_messages
    time = Time()
    return _aws_database.run(
        checked.validated_parameters, check_mode=check, diff=diff,
        clock=Clock(lambda: time.now, time.sleep),
        today=lambda: datetime(2026, 11, 27, 8, 30, tzinfo=UTC), connect=lambda params: aws,
    )  # fmt: skip


def with_instance(*states: dict[str, Any] | None) -> FakeAws:
    aws = FakeAws()
    aws.instances = list(states)
    return aws


def test_what_is_as_wanted_changes_nothing_and_takes_eight_requests() -> None:
    aws = FakeAws()
    found = ask(aws)
    assert (found["changed"], found["plan"], found["todo"], found["warnings"]) == (
        False,
        [],
        {},
        [],
    )
    assert len(aws.calls) == 8
    assert found["ids"] == {
        "arn": f"arn:aws:rds:eu-central-1:1:db:{NAME}",
        "host": f"{NAME}.x.eu-central-1.rds.amazonaws.com", "port": 5432, "version": "17.6",
        "instance_class": "db.t3.micro", "storage_gib": 100, "status": "available",
        "secret_arn": f"arn:secret:{NAME}", "max_connections": 112,
    }  # fmt: skip


def test_an_empty_account_gets_everything_and_no_id_is_invented() -> None:
    aws = FakeAws(empty=True)
    found = ask(aws, check=True, diff=True, vpc_id="", subnet_ids=[], security_group_ids=[])
    assert found["changed"]
    assert found["plan"] == [
        f"would create DB subnet group {NAME}",
        f"would create DB parameter group {GROUP}",
        f"would create secret {NAME}",
        f"would create RDS instance {NAME}",
    ]
    assert list(found["todo"].values()) == ["create"] * 4
    assert found["ids"] == {"max_connections": 112}
    assert len(found["diff"]) == 4
    assert found["write"] == {
        "tags": OURS, "instance_tags": OURS, "set_password": True, "engine_version": "17.10",
        "allocated_storage": 100,
        "storage_type": "gp3", "max_allocated_storage": 1000, "db_subnet_group_name": NAME,
        "parameters": {"rds.force_ssl": "1", "max_connections": "112"}, "parameter_group": GROUP,
    }  # fmt: skip


def test_only_who_writes_says_changed() -> None:
    assert ask(FakeAws(empty=True))["changed"] is False


CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"instance_class": "db.m6g.large", "max_connections": 112}, {},
     "instance_class db.t3.micro -> db.m6g.large"),
    ({"storage_gib": 200}, {}, "storage_gib 100 -> 200"),
    ({"max_storage_gib": 2000}, {}, "max_storage_gib 1000 -> 2000"),
    ({"max_storage_gib": 0}, {}, "max_storage_gib 1000 -> (does not grow)"),
    ({}, {"MaxAllocatedStorage": None}, "max_storage_gib (does not grow) -> 1000"),
    ({}, {"StorageType": "gp2"}, "storage_type gp2 -> gp3"),
    ({"backup_retention_days": 14}, {}, "backup_retention_days 7 -> 14"),
    ({"backup_window": "01:00-02:00"}, {}, "backup_window 03:00-04:00 -> 01:00-02:00"),
    ({"maintenance_window": "Mon:05:00-mon:06:00"}, {},
     "maintenance_window sun:04:00-sun:05:00 -> mon:05:00-mon:06:00"),
    ({"multi_az": True}, {}, "multi_az off -> on"),
    ({"deletion_protection": True}, {}, "deletion_protection off -> on"),
    ({}, {"PubliclyAccessible": True}, "publicly_accessible on -> off"),
    ({}, {"AutoMinorVersionUpgrade": False}, "auto_minor_version_upgrade off -> on"),
    ({}, {"CopyTagsToSnapshot": False}, "copy_tags_to_snapshot off -> on"),
    ({"security_group_ids": ["sg-1"]}, {}, "security_group_ids [sg-db] -> [sg-1]"),
    ({}, {"DBParameterGroups": [{"DBParameterGroupName": "default.postgres17"}]},
     f"parameter_group default.postgres17 -> {GROUP}"),
    ({"tags": {"team": "core"}}, {"TagList": pairs({**OURS, "cam-secret-version": "v1", "x": "y"})},
     "tag team (absent) -> core"),
    ({}, {"TagList": pairs({**OURS, "cam-secret-version": "v0"})},
     "password (as before) -> (as in Secrets Manager)"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "live", "line"), CHANGES, ids=[one[2] for one in CHANGES])
def test_a_field_that_differs_is_one_change_of_the_instance(
    wanted: dict[str, Any], live: dict[str, Any], line: str
) -> None:
    aws = with_instance(instance(**live))
    if "tags" in wanted:
        for tags in aws.tags.values():
            tags.update(wanted["tags"])
        aws.add_secret(NAME, {**OURS, **wanted["tags"]})
    found = ask(aws, check=True, **wanted)
    assert found["plan"] == [f"would change RDS instance {NAME}: {line}"]
    assert found["todo"] == {"instance": "update"}


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        ({"AllocatedStorage": 150}, {}),
        ({"EngineVersion": "17.2"}, {}),
        ({"AllocatedStorage": 960}, {}),
        ({"MaxAllocatedStorage": 100}, {"max_storage_gib": 0}),
        ({"PendingModifiedValues": {"MultiAZ": True, "AllocatedStorage": 200}},
         {"multi_az": True, "storage_gib": 200}),
        ({"DBName": None}, {}),
        ({"KmsKeyId": "arn:other"}, {}),
        ({"DBInstanceStatus": "backing-up"}, {}),
        ({"DBInstanceStatus": "storage-optimization"}, {}),
    ],
)  # fmt: skip
def test_what_rds_moved_on_by_itself_is_left_as_it_is(
    live: dict[str, Any], wanted: dict[str, Any]
) -> None:
    assert ask(with_instance(instance(**live)), **wanted)["plan"] == []


DANGEROUS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({}, {"DBInstanceClass": "db.m6g.large"}, "less memory", "instance_class"),
    ({"backup_retention_days": 3}, {}, "backups that are older", "backup_retention_days"),
    ({"backup_retention_days": 0}, {}, "all automatic backups", "backup_retention_days"),
    ({}, {"MultiAZ": True}, "standby", "multi_az"),
    ({}, {"DeletionProtection": True}, "protection against deletion", "deletion_protection"),
    ({"port": 5433}, {}, "restarts", "port"),
]


@pytest.mark.parametrize(
    ("wanted", "live", "why", "field"), DANGEROUS, ids=[one[2] for one in DANGEROUS]
)
def test_what_loses_data_or_a_protection_must_be_named(
    wanted: dict[str, Any], live: dict[str, Any], why: str, field: str
) -> None:
    with pytest.raises(CamError, match=why) as refusal:
        ask(with_instance(instance(**live)), **wanted)
    key = f"update {NAME} {field}"
    assert f'cam_database_aws_allow: ["{key}"]' in str(refusal.value)
    assert str(refusal.value).count("\n") == 0
    found = ask(with_instance(instance(**live)), allow=[key], **wanted)
    assert found["todo"] == {"instance": "update"}


@pytest.mark.parametrize(
    ("live", "wanted", "field"),
    [
        ({"StorageEncrypted": False}, {}, "encrypted off -> on"),
        ({"DBName": "other"}, {}, "database_name other -> cam_production"),
        ({"MasterUsername": "root"}, {}, "username root -> cam"),
        ({"Engine": "mysql"}, {}, "engine mysql -> postgres"),
        ({}, {"vpc_id": "vpc-2"}, "vpc_id vpc-1 -> vpc-2"),
        ({"KmsKeyId": "arn:k"}, {"kms_key_arn": "arn:mine"}, "kms_key_arn arn:k -> arn:mine"),
        ({"DBInstanceStatus": "failed"}, {}, "status failed -> available"),
    ],
)  # fmt: skip
def test_what_only_another_instance_could_mend_is_never_made_in_silence(
    live: dict[str, Any], wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(CamError, match="is deleted") as refusal:
        ask(with_instance(instance(**live)), **wanted)
    assert field in str(refusal.value)
    found = ask(with_instance(instance(**live)), allow=[f"replace {NAME}"], **wanted)
    assert found["todo"] == {"instance": "replace"}
    saved = live.get("DBInstanceStatus") != "failed"
    expected = f"{NAME}-final-20261127-083000" if saved else ""
    assert found["write"]["final_snapshot_id"] == expected


def test_a_major_version_goes_up_by_its_name_and_never_down() -> None:
    aws = with_instance(instance(EngineVersion="16.4"))
    with pytest.raises(CamError, match="never taken back"):
        ask(aws)
    found = ask(aws, allow=[f"update {NAME} version"])
    write = found["write"]
    assert (write["engine_version"], write["allow_major_version_upgrade"]) == ("17.10", True)
    with pytest.raises(CamError, match="does not go back"):
        ask(with_instance(instance(EngineVersion="18.1")), allow=[f"update {NAME} version"])


def test_a_change_tells_the_module_only_what_is_to_change() -> None:
    found = ask(FakeAws(), backup_retention_days=9)
    assert found["write"] == {
        "tags": OURS, "instance_tags": {**OURS, "cam-secret-version": "v1"},
        "set_password": False,
        "parameters": {"rds.force_ssl": "1", "max_connections": "112"}, "parameter_group": GROUP,
    }  # fmt: skip


def test_gp3_has_iops_and_throughput_only_where_rds_stripes_it() -> None:
    write = ask(FakeAws(), storage_gib=400)["write"]
    given = (write["allocated_storage"], write["iops"], write["storage_throughput"])
    assert given == (400, 12000, 500)
    assert "iops" not in ask(FakeAws(), storage_gib=399)["write"]
    assert "iops" not in ask(FakeAws(), storage_gib=400, storage_type="gp2")["write"]


def test_growing_is_switched_off_by_a_limit_at_the_size() -> None:
    assert ask(FakeAws(), max_storage_gib=0)["write"]["max_allocated_storage"] == 100


@pytest.mark.parametrize("part", ["instance", "subnet_group", "parameter_group", "secret"])
def test_what_only_bears_the_name_is_refused_and_adopted_by_word(part: str) -> None:
    aws = FakeAws()
    aws.instances = [instance(TagList=pairs({"cam-secret-version": "v1"}))]
    if part != "instance":
        aws.instances = [instance()]
        (aws.tags if part != "secret" else {}).update(
            {f"arn:{'subgrp:' + NAME if part == 'subnet_group' else 'pg:' + GROUP}": {}}
        )
        if part == "secret":
            aws.add_secret(NAME, {})
    with pytest.raises(CamError, match="lacks the tags app=cam") as refusal:
        ask(aws)
    assert "`cam_database_aws_adopt: true`" in str(refusal.value)
    found = ask(aws, adopt=True)
    assert list(found["todo"]) == [part]
    assert all("tag" in line for line in found["plan"])


def test_an_adopted_instance_keeps_its_password_and_its_subnet_group() -> None:
    theirs = {"DBSubnetGroupName": "made-by-terraform", "VpcId": "vpc-1"}
    aws = with_instance(instance(TagList=[], DBSubnetGroup=theirs))
    aws.subnet_groups = {}
    found = ask(aws, adopt=True)
    assert found["todo"] == {"instance": "update"}
    assert "password" not in found["plan"][0]
    assert found["write"]["set_password"] is False
    assert found["write"]["instance_tags"]["cam-secret-version"] == "v1"


def test_a_lost_password_is_made_anew_only_by_name() -> None:
    aws = FakeAws()
    aws.secrets = {}
    with pytest.raises(CamError, match="nothing keeps the password"):
        ask(aws)
    found = ask(aws, allow=[f"create {NAME}"])
    # Whoever uses the database gets the new one by the same run.
    assert found["todo"] == {"secret": "create", "instance": "update"}
    assert found["write"]["set_password"] is True


def test_a_secret_on_its_way_out_is_called_back() -> None:
    aws = FakeAws()
    aws.add_secret(NAME, OURS, DeletedDate=datetime(2026, 11, 26, tzinfo=UTC))
    assert ask(aws)["plan"] == [f"would change secret {NAME}: scheduled for deletion on -> off"]


def test_parameters_and_subnets_that_differ_are_changes_of_their_groups() -> None:
    aws = FakeAws()
    aws.parameters[GROUP]["rds.force_ssl"] = "0"
    found = ask(aws, parameters={"log_min_duration_statement": 500}, subnet_ids=["subnet-a", "c"])
    assert found["plan"] == [
        f"would change DB subnet group {NAME}: subnet_ids [subnet-a, subnet-b] -> [c, subnet-a]",
        f"would change DB parameter group {GROUP}: rds.force_ssl 0 -> 1, "
        "log_min_duration_statement (absent) -> 500",
    ]


def test_a_given_parameter_group_is_taken_as_it_is() -> None:
    aws = with_instance(instance(DBParameterGroups=[{"DBParameterGroupName": "theirs-postgres17"}]))
    aws.add_group("theirs-postgres17", {})
    assert ask(aws, parameter_group="theirs-postgres17")["plan"] == []
    with pytest.raises(CamError, match="does not exist"):
        ask(aws, parameter_group="nobodys")


def test_a_parameter_group_of_another_family_is_refused() -> None:
    aws = FakeAws()
    aws.groups[GROUP]["DBParameterGroupFamily"] = "postgres16"
    with pytest.raises(CamError, match="family postgres16, not postgres17"):
        ask(aws)


def test_the_wish_for_connections_is_cut_to_what_the_class_carries() -> None:
    assert ask(FakeAws(empty=True), max_connections=50)["ids"]["max_connections"] == 50
    large = ask(FakeAws(empty=True), instance_class="db.m6g.large")
    assert large["write"]["parameters"]["max_connections"] == "901"
    unknown = ask(FakeAws(empty=True), instance_class="db.x9z.large")
    assert unknown["ids"]["max_connections"] == 1050
    given = ask(FakeAws(empty=True), parameters={"max_connections": 90})
    assert given["ids"]["max_connections"] == 90


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"version": "15.4"}, "'15.4', a minor version.*Set the major: '15', '18', '17'"),
        ({"version": "13"}, "no longer supports by its standard since 2026-02-28"),
        ({"version": "9"}, "must be a major version"),
        ({"version": "10"}, "no longer supports"),
        ({"version": ""}, "must be a major version"),
        ({"instance_class": ""}, "decides what the database costs"),
        ({"storage_gib": 5}, "20 to 65536"),
        ({"max_storage_gib": 105}, "at least 10 % above"),
        ({"backup_retention_days": 40}, "0 .none. to 35"),
        ({"multi_az": True, "backup_retention_days": 0}, "without backups"),
        ({"name": "Cam_DB"}, "small letters"),
        ({"database_name": "1a"}, "a letter first"),
        ({"username": "rdsadmin"}, "none of rdsadmin"),
        ({"subnet_ids": ["a"]}, "at least 2"),
        ({"backup_window": "04:30-05:30"}, "over each other"),
        ({"tags": {"app": "other"}}, "`cam_database_aws_tags` sets app"),
    ],
)
def test_what_rds_would_refuse_is_refused_before(given: dict[str, Any], says: str) -> None:
    aws = FakeAws(empty=True)
    with pytest.raises(CamError, match=says):
        ask(aws, check=True, **given)
    assert aws.calls == []


def test_a_version_that_rds_does_not_make_here_is_refused_and_no_answer_is_a_warning() -> None:
    aws = FakeAws(empty=True)
    aws.versions = []
    with pytest.raises(CamError, match="makes no version in eu-central-1"):
        ask(aws)
    aws.versions = AwsError("", "AccessDenied", "denied")
    found = ask(aws)
    assert "AccessDenied" in found["warnings"][0]
    assert found["write"]["engine_version"] == "17"


def test_what_is_being_made_is_waited_for_and_not_made_again() -> None:
    creating = instance(DBInstanceStatus="creating", Endpoint=None)
    found = ask(
        with_instance(creating, creating, instance(DBInstanceStatus="backing-up"), instance())
    )
    assert found["todo"] == {}
    assert found["ids"]["host"]


def test_a_dry_run_waits_for_nothing() -> None:
    aws = with_instance(instance(DBInstanceStatus="creating", Endpoint=None))
    assert ask(aws, check=True)["todo"] == {}
    assert aws.calls.count("describe_db_instances") == 1


def test_a_change_waits_until_the_instance_takes_one() -> None:
    aws = with_instance(instance(DBInstanceStatus="modifying"), instance())
    assert ask(aws, backup_retention_days=9)["todo"] == {"instance": "update"}
    assert aws.calls.count("describe_db_instances") == 2


def test_what_is_being_removed_is_waited_for_and_made_anew() -> None:
    aws = with_instance(instance(DBInstanceStatus="deleting"), None)
    assert ask(aws)["todo"] == {"instance": "create"}
    gone = with_instance(instance(DBInstanceStatus="deleting"))
    assert ask(gone, check=True)["todo"] == {"instance": "create"}


def test_verify_waits_for_changes_that_rds_only_promised() -> None:
    promised = instance(PendingModifiedValues={"BackupRetentionPeriod": 9})
    aws = with_instance(promised, promised, instance(BackupRetentionPeriod=9))
    assert ask(aws, verify=True, backup_retention_days=9)["plan"] == []
    assert aws.calls.count("describe_db_instances") == 3
    later = with_instance(promised)
    found = ask(later, verify=True, backup_retention_days=9, apply_immediately=False)
    assert found["plan"] == []


def test_verify_refuses_what_still_differs() -> None:
    with pytest.raises(CamError, match="still differs: change RDS instance cam-db-dev"):
        ask(FakeAws(), verify=True, backup_retention_days=9)
    with pytest.raises(CamError, match="still differs: create"):
        ask(FakeAws(empty=True), verify=True)


@pytest.mark.parametrize("verify", [False, True])
def test_a_failed_instance_is_told_with_what_rds_said_of_it(verify: bool) -> None:
    aws = with_instance(instance(DBInstanceStatus="incompatible-network"))
    aws.events = ["started", "No free IP addresses in subnet-a", "DB instance is stopped"]
    with pytest.raises(CamError, match="incompatible-network") as refusal:
        ask(aws, verify=verify)
    assert "No free IP addresses in subnet-a; DB instance is stopped" in str(refusal.value)
    assert str(refusal.value).count("\n") == 2


def test_a_full_disk_may_be_mended_by_growing_it() -> None:
    aws = with_instance(instance(DBInstanceStatus="storage-full"))
    assert ask(aws, storage_gib=200)["todo"] == {"instance": "update"}
    with pytest.raises(CamError, match="storage-full"):
        ask(aws)


def test_a_stopped_instance_is_named_with_the_command_that_starts_it() -> None:
    for given in ({}, {"storage_gib": 200}):
        with pytest.raises(CamError, match="start-db-instance --db-instance-identifier cam-db-dev"):
            ask(with_instance(instance(DBInstanceStatus="stopped")), **given)


def test_parameters_that_wait_for_a_restart_are_a_warning() -> None:
    waiting = [{"DBParameterGroupName": GROUP, "ParameterApplyStatus": "pending-reboot"}]
    found = ask(with_instance(instance(DBParameterGroups=waiting)))
    assert "next restart only" in found["warnings"][0]


def test_reading_asks_once_and_leaves_out_what_is_not_there() -> None:
    aws = FakeAws()
    assert ask(aws, state="read")["ids"]["port"] == 5432
    assert aws.calls == ["describe_db_instances"]
    assert "host" not in ask(FakeAws(empty=True), state="read")["ids"]


def test_other_refusals_of_aws_pass_as_they_are() -> None:
    def denied(**given: Any) -> dict[str, Any]:
        raise AwsError("AWS was asked ...", "AccessDenied", "denied")

    reads: list[str] = [
        "describe_db_instances", "describe_db_subnet_groups", "describe_db_parameters",
        "describe_db_parameter_groups", "describe_secret", "list_tags_for_resource",
    ]  # fmt: skip
    for name in reads:
        aws = FakeAws()
        refused: Callable[..., Any] = denied
        setattr(aws, name, refused)
        with pytest.raises(AwsError, match="AWS was asked"):
            ask(aws)


@pytest.mark.parametrize("option", ["subnet_ids", "security_group_ids"])
def test_no_database_is_made_in_the_network_that_aws_would_choose(option: str) -> None:
    with pytest.raises(CamError, match=f"cam_database_aws_{option} is empty"):
        ask(FakeAws(empty=True), **{option: []})


class TestAbsent:
    def test_all_that_is_ours_goes_the_instance_first(self) -> None:
        aws = FakeAws()
        aws.add_group(f"{NAME}-postgres16", OURS)
        found = ask(aws, check=True, state="absent")
        assert found["plan"] == [
            f"would delete RDS instance {NAME}",
            f"would delete DB parameter group {NAME}-postgres16",
            f"would delete DB parameter group {GROUP}",
            f"would delete DB subnet group {NAME}",
            f"would delete secret {NAME}",
        ]
        assert found["write"] == {
            "final_snapshot_id": f"{NAME}-final-20261127-083000",
            "parameter_groups": [f"{NAME}-postgres16", GROUP],
            "is_protected": False,
        }
        assert ask(aws, state="absent", final_snapshot=False)["write"]["final_snapshot_id"] == ""

    def test_nothing_is_nothing_to_do(self) -> None:
        found = ask(FakeAws(empty=True), state="absent", verify=True)
        assert (found["plan"], found["todo"], found["changed"]) == ([], {}, False)
        assert found["write"]["final_snapshot_id"] == ""

    def test_what_is_not_ours_is_left_alone_and_listed(self) -> None:
        aws = FakeAws()
        aws.instances = [instance(TagList=pairs({**OURS, "cam-cluster": "us"}))]
        aws.tags = {arn: {} for arn in aws.tags}
        aws.add_secret(NAME, {})
        found = ask(aws, state="absent")
        assert found["todo"] == {}
        assert len(found["warnings"]) == 4
        assert "that of the mesh us" in found["warnings"][0]
        assert len(ask(aws, state="absent", adopt=True)["todo"]) == 4

    def test_a_protected_one_must_be_named(self) -> None:
        aws = with_instance(instance(DeletionProtection=True))
        with pytest.raises(CamError, match="protected against deletion") as refusal:
            ask(aws, state="absent")
        assert f'cam_database_aws_allow: ["delete {NAME}"]' in str(refusal.value)
        found = ask(aws, state="absent", allow=[f"delete {NAME}"])
        assert list(found["todo"])[:2] == ["protection", "instance"]

    def test_what_is_on_its_way_out_is_waited_for(self) -> None:
        aws = with_instance(instance(DBInstanceStatus="deleting"), None)
        assert "instance" not in ask(aws, state="absent")["todo"]
        check = with_instance(instance(DBInstanceStatus="deleting"))
        assert "instance" not in ask(check, state="absent", check=True)["todo"]

    def test_what_is_being_made_is_waited_for_since_rds_deletes_none_of_those(self) -> None:
        aws = with_instance(instance(DBInstanceStatus="creating"), instance())
        assert ask(aws, state="absent")["todo"]["instance"] == "delete"
        assert aws.calls.count("describe_db_instances") == 2

    def test_a_secret_that_is_scheduled_already_is_left(self) -> None:
        aws = FakeAws()
        aws.add_secret(NAME, OURS, DeletedDate=datetime(2026, 11, 26, tzinfo=UTC))
        assert "secret" not in ask(aws, state="absent")["todo"]
