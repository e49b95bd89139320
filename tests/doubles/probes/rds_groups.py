"""Probes of the fixes of RDS groups, and of what RDS offers."""

from __future__ import annotations

from typing import Any

from doubles.probes.base import Account, probe, told


def subnet_group(account: Account) -> str:
    name = account.name()
    account.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="probe", SubnetIds=account.subnets,
        Tags=[{"Key": "app", "Value": name}],
    )  # fmt: skip
    return name


def parameter_group(account: Account, **values: Any) -> str:
    name = account.name()
    account.client("rds").create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="probe",
        Tags=[{"Key": "app", "Value": name}],
    )  # fmt: skip
    return name


@probe(
    "subnet_group_is_made_once",
    plain=["ok", "ok"],
    fixed=["DBSubnetGroupAlreadyExists", "DBSubnetGroupDoesNotCoverEnoughAZs"],
)
def _(account: Account) -> Any:
    make = account.client("rds").create_db_subnet_group
    one, name = account.subnets[:1], subnet_group(account)
    given = {"DBSubnetGroupDescription": "probe", "SubnetIds": account.subnets}
    return [
        told(make, DBSubnetGroupName=name, **given),
        told(make, DBSubnetGroupName=account.name(), **{**given, "SubnetIds": one}),
    ]


@probe("subnet_group_survives_a_change", plain="DBSubnetGroupNotFoundFault", fixed="ok")
def _(account: Account) -> Any:
    rds, named = account.client("rds"), {"DBSubnetGroupName": subnet_group(account)}
    rds.modify_db_subnet_group(**named, SubnetIds=account.subnets)
    return told(rds.describe_db_subnet_groups, **named)


@probe("subnet_group_in_use_stays", plain="ok", fixed="InvalidDBSubnetGroupStateFault")
def _(account: Account) -> Any:
    named = {"DBSubnetGroupName": subnet_group(account)}
    account.database(**named)
    return told(account.client("rds").delete_db_subnet_group, **named)


@probe("parameter_group_that_is_not_there", plain="ok", fixed="DBParameterGroupNotFound")
def _(account: Account) -> Any:
    named = {"DBParameterGroupName": account.name()}
    return told(account.client("rds").describe_db_parameter_groups, **named)


@probe("all_parameters_are_listed", plain=False, fixed=True)
def _(account: Account) -> Any:
    named = {"DBParameterGroupName": parameter_group(account)}
    found = account.client("rds").describe_db_parameters(**named)["Parameters"]
    return "rds.force_ssl" in [one["ParameterName"] for one in found]


@probe(
    "parameters_are_checked",
    plain=["ok", "ok"],
    fixed=["InvalidParameterValue", "InvalidParameterCombination"],
)
def _(account: Account) -> Any:
    """A name that there is not; a static parameter at once."""
    change = account.client("rds").modify_db_parameter_group
    named = {"DBParameterGroupName": parameter_group(account)}
    return [
        told(
            change,
            **named,
            Parameters=[
                {"ParameterName": name, "ParameterValue": "100", "ApplyMethod": "immediate"}
            ],
        )
        for name in ("no_such_thing", "max_connections")
    ]


@probe("parameter_group_in_use_stays", plain="ok", fixed="InvalidDBParameterGroupState")
def _(account: Account) -> Any:
    named = {"DBParameterGroupName": parameter_group(account)}
    account.database(**named)
    return told(account.client("rds").delete_db_parameter_group, **named)


@probe("groups_are_listed_by_their_tags", plain=[], fixed=["pg", "subgrp"])
def _(account: Account) -> Any:
    names = [parameter_group(account), subnet_group(account)]
    found = account.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "app", "Values": names}]
    )["ResourceTagMappingList"]
    return sorted(one["ResourceARN"].split(":")[5] for one in found)


@probe("postgres_can_be_ordered", plain=0, fixed=1)
def _(account: Account) -> Any:
    found = account.client("rds").describe_orderable_db_instance_options(
        Engine="postgres", EngineVersion="16.11", DBInstanceClass="db.t3.micro"
    )
    return len(found["OrderableDBInstanceOptions"])
