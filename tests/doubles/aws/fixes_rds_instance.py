"""RDS instances: creation, deletion and what DBInstance of the API reference has."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from doubles.aws import rds_catalog
from doubles.aws.errors import refuse
from doubles.aws.estate import ESTATE
from doubles.aws.registry import call_of, patches, wraps
from doubles.aws.states import GONE, State
from moto.core.responses import ActionResult
from moto.rds import utils
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

Original = Callable[..., Any]
# Below this many GiB gp3 has a fixed performance (postgres), from it on another one.
LARGE = 400
GP3 = {False: (3000, 125), True: (12000, 500)}


def bury(backend: RDSBackend) -> None:
    for name, database in list(backend.databases.items()):
        database._cam_state.settle()  # type: ignore[attr-defined]
        if database._cam_state.shown == GONE:  # type: ignore[attr-defined]
            del backend.databases[name]


def require_available(database: Any) -> None:
    status = database._cam_state.settle()
    if status != "available":
        raise refuse(
            "InvalidDBInstanceState",
            f"Database instance {database.db_instance_identifier} is not in available state.",
        )


def check_performance(storage_type: str, gib: int, asked: dict[str, Any]) -> None:
    """gp3 takes Iops and StorageThroughput from 400 GiB on, and both or none."""
    named = [name for name in ("Iops", "StorageThroughput") if asked.get(name)]
    if storage_type == "gp3" and named and gib < LARGE:
        raise refuse(
            "InvalidParameterCombination",
            "You can't specify IOPS or storage throughput for engine postgres and a storage size "
            f"less than {LARGE}.",
        )


@patches("rds", "DBInstance.iops, storage_throughput")
def gp3_has_a_baseline() -> None:
    """API_DBInstance Iops, StorageThroughput: AWS answers what gp3 gives by itself, 3000 and 125
    below 400 GiB, 12000 and 500 above; moto nothing."""

    def baseline(self: Any) -> tuple[Any, Any]:
        if getattr(self, "_storage_type", "") != "gp3":
            return None, None
        return GP3[int(getattr(self, "_allocated_storage", 0)) >= LARGE]

    def iops(self: Any) -> Any:
        return vars(self).get("_cam_iops") or baseline(self)[0]

    def throughput(self: Any) -> Any:
        return vars(self).get("_cam_throughput") or baseline(self)[1]

    def put(name: str) -> Callable[[Any, Any], None]:
        return lambda self, value: vars(self).__setitem__(name, value)

    DBInstance.iops = property(iops, put("_cam_iops"))  # type: ignore[attr-defined]
    DBInstance.storage_throughput = property(  # type: ignore[method-assign,assignment]
        throughput, put("_cam_throughput")
    )


@wraps(DBInstance, "__init__", "rds")
def instance_is_its_own(original: Original, self: DBInstance, *words: Any, **values: Any) -> None:
    """API_DBInstance DbiResourceId, LicenseModel, CACertificateIdentifier, EngineVersion: moto's id
    is one for all, its licence that of MySQL, its CA one that AWS does not answer, and a major
    version stays one."""
    original(self, *words, **values)
    self.dbi_resource_id = f"db-{secrets.token_hex(13).upper()}"
    if self.ca_certificate_identifier == "rds-ca-default":
        self.ca_certificate_identifier = "rds-ca-rsa2048-g1"
    self.certificate_details = {  # type: ignore[attr-defined]
        "CAIdentifier": self.ca_certificate_identifier
    }
    if self.engine == rds_catalog.ENGINE:
        self.license_model = "postgresql-license"
        self.engine_version = rds_catalog.resolve(values.get("engine_version"))


@wraps(RDSResponse, "create_db_instance", "rds")
def instance_parameters_are_checked(original: Original, self: RDSResponse) -> ActionResult:
    """API_CreateDBInstance EngineVersion, MasterUserPassword, KmsKeyId, DBInstanceIdentifier: moto
    takes any version and password, answers the key as it was given, and keeps upper case."""
    call = call_of(self)
    asked = call.params
    bury(call.backend)
    self.params["DBInstanceIdentifier"] = asked["DBInstanceIdentifier"].lower()
    if asked["Engine"] == rds_catalog.ENGINE and not rds_catalog.resolve(
        asked.get("EngineVersion")
    ):
        raise refuse(
            "InvalidParameterCombination",
            f"Cannot find version {asked['EngineVersion']} for postgres",
        )
    check_password(asked.get("MasterUserPassword"))
    if not (asked.get("MasterUserPassword") or asked.get("ManageMasterUserPassword")):
        raise refuse("InvalidParameterValue", "Invalid master password")
    gib = int(asked.get("AllocatedStorage") or 20)
    check_performance(asked.get("StorageType") or "gp2", gib, asked)
    if asked.get("StorageEncrypted"):
        key = asked.get("KmsKeyId")
        self.params["KmsKeyId"] = (
            call.backend._validate_kms_key(key) if key else call.arn("kms", "key/aws-rds")
        )
    return original(self)


@patches("rds", "utils.get_overlap_between_two_date_ranges")
def windows_may_touch() -> None:
    """API_CreateDBInstance PreferredBackupWindow: must not overlap with the maintenance window; one
    that ends as the other begins does so for moto."""
    measure = utils.get_overlap_between_two_date_ranges
    utils.get_overlap_between_two_date_ranges = (  # type: ignore[assignment]
        lambda *words: measure(*words) or -1
    )


def check_password(password: str | None) -> None:
    """8 to 128 printable characters, without / @ " and space."""
    if password is not None and not re.fullmatch(r'[!-~]{8,128}', password.translate(
        str.maketrans({"/": " ", "@": " ", '"': " "})
    )):  # fmt: skip
        raise refuse(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII "
            "characters besides '/', '@', '\"', ' ' may be used, and 8 of them at least.",
        )


@patches("rds", "DBInstance.status, endpoint")
def instance_takes_its_time() -> None:
    """API_DBInstance DBInstanceStatus, Endpoint: creating, backing-up, modifying, deleting on the
    way, and no endpoint while creating; moto's are available at once and gone at once. The endpoint
    can be that of a real PostgreSQL (option --rds-endpoint)."""
    prepare = DBInstance.__init__

    def prepared(self: Any, *words: Any, **values: Any) -> None:
        self._cam_state = State("rds::instance", values["db_instance_identifier"])
        prepare(self, *words, **values)

    def put(self: Any, value: str) -> None:
        if value == "stopped" or self.status == "stopped":
            self._cam_state.enter(value)

    def endpoint(self: Any) -> Any:
        if self.status == "creating":
            return None
        host, port = ESTATE.host_and_port(ESTATE.rds_endpoint, self.address, self.port)
        return {"Address": host, "Port": port, "HostedZoneId": "Z1RLNUO7B9Q6NB"}

    DBInstance.__init__ = prepared  # type: ignore[method-assign]
    DBInstance.status = property(  # type: ignore[assignment]
        lambda self: self._cam_state.shown, put
    )
    DBInstance.endpoint = property(endpoint)  # type: ignore[method-assign,assignment]
    DBInstance.db_instance_port = property(lambda self: 0)  # type: ignore[method-assign,assignment]


@wraps(RDSResponse, "describe_db_instances", "rds")
def describing_instances_is_a_tick(original: Original, self: RDSResponse) -> Any:
    """API_DescribeDBInstances: an instance that is gone answers DBInstanceNotFound."""
    call = call_of(self)
    name = call.params.get("DBInstanceIdentifier")
    for database in call.backend.databases.values():
        if name in (None, database.db_instance_identifier, database.arn):
            database._cam_state.look()
    bury(call.backend)
    return original(self)


@wraps(RDSResponse, "delete_db_instance", "rds")
def instance_is_deleting_first(original: Original, self: RDSResponse) -> Any:
    """API_DeleteDBInstance FinalDBSnapshotIdentifier, SkipFinalSnapshot: one of both is needed;
    answers deleting, and the instance and its name are there until it is gone."""
    call = call_of(self)
    asked = call.params
    name = asked["DBInstanceIdentifier"].lower()
    bury(call.backend)
    database = call.backend.databases.get(name)
    if database and database.status == "deleting":
        raise refuse("InvalidDBInstanceState", f"Instance {name} is already being deleted.")
    if not asked.get("SkipFinalSnapshot") and not asked.get("FinalDBSnapshotIdentifier"):
        raise refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if asked.get("SkipFinalSnapshot") and asked.get("FinalDBSnapshotIdentifier"):
        raise refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot.",
        )
    answer = original(self)
    call.backend.databases[name] = database
    database._cam_state.enter("deleting")
    return answer


@wraps(RDSResponse, "reboot_db_instance", "rds")
def instance_reboots(original: Original, self: RDSResponse) -> Any:
    """API_RebootDBInstance: answers rebooting; parameters that wait for a reboot are in use then
    (API_DBParameterGroupStatus ParameterApplyStatus)."""
    call = call_of(self)
    answer = original(self)
    database = call.backend.databases[call.params["DBInstanceIdentifier"].lower()]
    require_available(database)
    database._cam_state.enter("rebooting")
    database._cam_parameters_wait = False
    return answer
