"""What the plays of database and cache leave behind, at AWS and in the cluster."""

from __future__ import annotations

import base64
from typing import Any

from estate import NAMESPACE, Estate, Ran

SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
MADE = [
    "CreateDBSubnetGroup", "CreateDBParameterGroup", "ModifyDBParameterGroup", "CreateSecret",
    "CreateDBInstance", "CreateCacheSubnetGroup", "CreateCacheParameterGroup",
    "ModifyCacheParameterGroup", "CreateSecret", "CreateReplicationGroup",
]  # fmt: skip


def ended_well(ran: Ran) -> Ran:
    assert ran.code == 0, ran.output[-4000:]
    return ran


def kept(estate: Estate, name: str) -> dict[str, str]:
    data = estate.api.objects[f"{SECRETS}/{name}"]["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def foreign(estate: Estate) -> dict[str, Any]:
    """Everything in the account that somebody else made under names like ours."""
    rds, cache = estate.double.client("rds"), estate.double.client("elasticache")
    secrets = estate.double.client("secretsmanager")
    instances = rds.describe_db_instances()["DBInstances"]
    for one in instances:
        # The one field that moves by itself, with the clock.
        one.pop("LatestRestorableTime")
    return {
        "instances": instances,
        "groups": [one for one in rds.describe_db_parameter_groups()["DBParameterGroups"]
                   if not one["DBParameterGroupName"].startswith("default.")],
        "caches": cache.describe_replication_groups()["ReplicationGroups"],
        "secrets": [secrets.get_secret_value(SecretId=one["ARN"])["SecretString"]
                    for one in secrets.list_secrets()["SecretList"]],
    }  # fmt: skip


def neighbours(estate: Estate) -> None:
    """Names that begin like ours, without our tags."""
    rds, cache = estate.double.client("rds"), estate.double.client("elasticache")
    rds.create_db_instance(
        DBInstanceIdentifier="cam-db-dev-old", Engine="postgres", DBInstanceClass="db.t3.micro",
        MasterUsername="them", MasterUserPassword="not-ours-1", AllocatedStorage=20,
    )  # fmt: skip
    rds.create_db_parameter_group(
        DBParameterGroupName="cam-db-dev-postgres16", DBParameterGroupFamily="postgres16",
        Description="theirs",
    )  # fmt: skip
    cache.create_replication_group(
        ReplicationGroupId="cam-cache-dev-old", ReplicationGroupDescription="theirs",
        CacheNodeType="cache.t3.micro", Engine="redis", NumCacheClusters=1,
    )  # fmt: skip
    estate.double.client("secretsmanager").create_secret(
        Name="cam-db-dev-old", SecretString="theirs"
    )
    rds.describe_db_instances()
    rds.describe_db_instances()
    cache.describe_replication_groups()


def tagged(estate: Estate) -> list[str]:
    """What still carries the tags of the mesh, by another service than those that made it."""
    wanted = [{"Key": "cam-cluster", "Values": ["eu"]}]
    client = estate.double.client("resourcegroupstaggingapi")
    found = client.get_resources(TagFilters=wanted)["ResourceTagMappingList"]
    return [one["ResourceARN"] for one in found]
