"""What RDS offers: engine versions and instance classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws import rds_catalog
from doubles.aws.registry import Call, answers, call_of, wraps
from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse


def page(call: Call, member: str, everything: list[Any]) -> dict[str, Any]:
    """One page by MaxRecords (20 to 100) and Marker."""
    size, start = int(call.params.get("MaxRecords") or 100), int(call.params.get("Marker") or 0)
    answer: dict[str, Any] = {member: everything[start : start + size]}
    if start + size < len(everything):
        answer["Marker"] = str(start + size)
    return answer


@answers(RDSResponse, "DescribeDBEngineVersions")
def describe_db_engine_versions(call: Call) -> dict[str, Any]:
    """API_DescribeDBEngineVersions: of postgres; a major version means all of its minors."""
    asked = call.params
    wanted, family = asked.get("EngineVersion"), asked.get("DBParameterGroupFamily")
    found = []
    for version in rds_catalog.versions() if asked.get("Engine") in (None, "postgres") else []:
        major = rds_catalog.major(version)
        if wanted not in (None, version, major) or family not in (None, f"postgres{major}"):
            continue
        if asked.get("DefaultOnly") and version != rds_catalog.resolve(wanted):
            continue
        found.append(
            {
                "Engine": "postgres", "MajorEngineVersion": major, "EngineVersion": version,
                "DBParameterGroupFamily": f"postgres{major}", "DBEngineDescription": "PostgreSQL",
                "DBEngineVersionDescription": f"PostgreSQL {version}-R1", "Status": "available",
                "ValidUpgradeTarget": [
                    {
                        "Engine": "postgres", "EngineVersion": target, "AutoUpgrade": False,
                        "Description": f"PostgreSQL {target}-R1",
                        "IsMajorVersionUpgrade": rds_catalog.major(target) != major,
                    }
                    for target in rds_catalog.targets(version)
                ],
                "SupportsReadReplica": True, "SupportsLogExportsToCloudwatchLogs": True,
                "ExportableLogTypes": ["postgresql", "upgrade"],
                "SupportedCACertificateIdentifiers": ["rds-ca-rsa2048-g1"],
            }
        )  # fmt: skip
    return page(call, "DBEngineVersions", found)


@wraps(RDSResponse, "describe_orderable_db_instance_options", "rds")
def postgres_can_be_ordered(original: Callable[..., Any], self: RDSResponse) -> Any:
    """API_DescribeOrderableDBInstanceOptions: moto has none for postgres."""
    call = call_of(self)
    asked = call.params
    if asked["Engine"] != rds_catalog.ENGINE:
        return original(self)
    zones = [{"Name": f"{call.region}{letter}"} for letter in "abc"]
    found = [
        {
            "Engine": "postgres", "EngineVersion": version, "DBInstanceClass": kind,
            "LicenseModel": "postgresql-license", "AvailabilityZones": zones, "Vpc": True,
            "MultiAZCapable": True, "ReadReplicaCapable": True, "StorageType": "gp3",
            "SupportsStorageEncryption": True, "SupportsStorageAutoscaling": True,
            "SupportsIops": True, "SupportsStorageThroughput": True, "MinStorageSize": 20,
            "MaxStorageSize": 65536, "SupportsEnhancedMonitoring": True,
            "SupportsIAMDatabaseAuthentication": True, "SupportsPerformanceInsights": True,
        }
        for version in rds_catalog.versions()
        for kind in rds_catalog.DATA["classes"]
        if asked.get("EngineVersion") in (None, version, rds_catalog.major(version))
        and asked.get("DBInstanceClass") in (None, kind)
    ]  # fmt: skip
    return ActionResult(page(call, "OrderableDBInstanceOptions", found))
