"""RDS and Secrets Manager as far as the collection reads them: answers by the API reference.

Only reading is there to be called, so that what would write fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError

OURS = {"app": "cam", "cam-environment": "dev", "cam-cluster": "eu"}
NAME = "cam-db-dev"
# What RDS sets by itself, from PostgreSQL 15 on.
SYSTEM = {"rds.force_ssl": "1"}


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance(**changed: Any) -> dict[str, Any]:
    """A DBInstance as the collection makes it in dev; `None` takes a field away."""
    made = {
        "DBInstanceIdentifier": NAME,
        "DBInstanceArn": f"arn:aws:rds:eu-central-1:1:db:{NAME}",
        "DBInstanceStatus": "available",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "EngineVersion": "17.6",
        "MasterUsername": "cam",
        "DBName": "cam_production",
        "Endpoint": {"Address": f"{NAME}.x.eu-central-1.rds.amazonaws.com", "Port": 5432},
        "AllocatedStorage": 100,
        "MaxAllocatedStorage": 1000,
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "KmsKeyId": "arn:aws:kms:eu-central-1:1:key/k",
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "MultiAZ": False,
        "DeletionProtection": False,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}],
        "DBParameterGroups": [
            {"DBParameterGroupName": f"{NAME}-postgres17", "ParameterApplyStatus": "in-sync"}
        ],
        "DBSubnetGroup": {"DBSubnetGroupName": NAME, "VpcId": "vpc-1"},
        "PendingModifiedValues": {},
        "TagList": pairs({**OURS, "cam-secret-version": "v1"}),
    }
    return {key: value for key, value in {**made, **changed}.items() if value is not None}


def missing(code: str) -> AwsError:
    return AwsError(f"It said: {code}", code, "missing")


class FakeAws:
    """An account that has everything the collection makes, or with `empty` nothing."""

    def __init__(self, *, empty: bool = False) -> None:
        self.region = "eu-central-1"
        self.calls: list[str] = []
        self.instances: list[dict[str, Any] | None] = [None if empty else instance()]
        self.subnet_groups: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.parameters: dict[str, dict[str, str]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.events: list[str] = []
        self.versions: list[str] | AwsError = ["17.4", "17.6", "17.10"]
        if not empty:
            self.add_subnet_group(NAME, OURS)
            self.add_group(f"{NAME}-postgres17", OURS)
            self.parameters[f"{NAME}-postgres17"] = {"max_connections": "112"}
            self.add_secret(NAME, OURS)

    def add_subnet_group(self, name: str, tags: Mapping[str, str]) -> None:
        arn = f"arn:subgrp:{name}"
        subnets = [{"SubnetIdentifier": "subnet-b"}, {"SubnetIdentifier": "subnet-a"}]
        self.subnet_groups[name] = {"DBSubnetGroupArn": arn, "Subnets": subnets}
        self.tags[arn] = dict(tags)

    def add_group(self, name: str, tags: Mapping[str, str]) -> None:
        arn = f"arn:pg:{name}"
        self.groups[name] = {
            "DBParameterGroupName": name, "DBParameterGroupArn": arn,
            "DBParameterGroupFamily": name.rpartition("-")[2],
        }  # fmt: skip
        self.tags[arn] = dict(tags)

    def add_secret(self, name: str, tags: Mapping[str, str], **more: Any) -> None:
        self.secrets[name] = {
            "ARN": f"arn:secret:{name}", "Tags": pairs(tags),
            "VersionIdsToStages": {"v0": ["AWSPREVIOUS"], "v1": ["AWSCURRENT"]}, **more,
        }  # fmt: skip

    def service(self, name: str) -> FakeAws:
        return self

    def ask(self, operation: str, about: str, /, **given: Any) -> dict[str, Any]:
        self.calls.append(operation)
        answer: dict[str, Any] = getattr(self, operation)(**given)
        return answer

    def ask_all(self, operation: str, about: str, key: str, /, **given: Any) -> list[Any]:
        found: list[Any] = self.ask(operation, about, **given)[key]
        return found

    def describe_db_instances(self, DBInstanceIdentifier: str) -> dict[str, Any]:
        live = self.instances.pop(0) if len(self.instances) > 1 else self.instances[0]
        if live is None or live["DBInstanceIdentifier"] != DBInstanceIdentifier:
            raise missing("DBInstanceNotFound")
        return {"DBInstances": [live]}

    def describe_db_subnet_groups(self, DBSubnetGroupName: str) -> dict[str, Any]:
        if DBSubnetGroupName not in self.subnet_groups:
            raise missing("DBSubnetGroupNotFoundFault")
        return {"DBSubnetGroups": [self.subnet_groups[DBSubnetGroupName]]}

    def describe_db_parameter_groups(self, DBParameterGroupName: str = "") -> dict[str, Any]:
        if not DBParameterGroupName:
            return {"DBParameterGroups": list(self.groups.values())}
        if DBParameterGroupName not in self.groups:
            raise missing("DBParameterGroupNotFound")
        return {"DBParameterGroups": [self.groups[DBParameterGroupName]]}

    def describe_db_parameters(self, DBParameterGroupName: str, Source: str) -> dict[str, Any]:
        if DBParameterGroupName not in self.groups:
            raise missing("DBParameterGroupNotFound")
        found = user = self.parameters.get(DBParameterGroupName, {})
        if Source == "system":
            found = {key: value for key, value in SYSTEM.items() if key not in user}
        names = [{"ParameterName": key, "ParameterValue": found[key]} for key in found]
        return {"Parameters": [*names, {"ParameterName": "without_a_value"}]}

    def list_tags_for_resource(self, ResourceName: str) -> dict[str, Any]:
        return {"TagList": pairs(self.tags[ResourceName])}

    def describe_secret(self, SecretId: str) -> dict[str, Any]:
        if SecretId not in self.secrets:
            raise missing("ResourceNotFoundException")
        return self.secrets[SecretId]

    def describe_events(self, **given: Any) -> dict[str, Any]:
        return {"Events": [{"Message": text} for text in self.events]}

    def describe_db_engine_versions(self, **given: Any) -> dict[str, Any]:
        if isinstance(self.versions, AwsError):
            raise self.versions
        return {"DBEngineVersions": [{"EngineVersion": one} for one in self.versions]}
