"""Probes of the fixes of EKS node groups."""

from __future__ import annotations

from typing import Any

from doubles.probes.base import Account, probe, told

NOBODY = "arn:aws:iam::123456789012:role/nobody"


@probe("nodegroup_role_is_checked", plain="ok", fixed="InvalidParameterException")
def _(account: Account) -> Any:
    return told(account.nodegroup, cluster=account.shared, nodeRole=NOBODY)


@probe(
    "nodegroup_keeps_what_it_was_given",
    plain=[None, {"ec2SshKey": "eksKeypair"}],
    fixed=[{"maxUnavailablePercentage": 50}, None],
)
def _(account: Account) -> Any:
    made = account.nodegroup(account.shared, updateConfig={"maxUnavailablePercentage": 50})
    return [made.get("updateConfig"), made.get("remoteAccess")]


@probe(
    "nodegroup_has_the_version_of_its_cluster",
    plain=["1.19", "AL2_x86_64", "ok"],
    fixed=["1.33", "AL2023_x86_64_STANDARD", "InvalidParameterException"],
)
def _(account: Account) -> Any:
    made = account.nodegroup(account.shared)
    old = told(account.nodegroup, cluster=account.shared, amiType="AL2_x86_64")
    return [made["version"], made["amiType"], old]


@probe(
    "nodegroup_has_its_template",
    plain=[["id", "name"], ["t3.medium"], "ok"],
    fixed=[["id", "name", "version"], None, "InvalidParameterException"],
)
def _(account: Account) -> Any:
    name = account.name()
    account.client("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.large"}
    )
    made = account.nodegroup(account.shared, launchTemplate={"name": name})
    missing = {"name": account.name()}
    return [
        sorted(made["launchTemplate"]),
        made.get("instanceTypes"),
        told(account.nodegroup, cluster=account.shared, launchTemplate=missing),
    ]


@probe("nodegroup_takes_its_time", plain=["ACTIVE", "ACTIVE"], fixed=["CREATING", "CREATE_FAILED"])
def _(account: Account) -> Any:
    """One that is to fail."""
    cluster, name = account.shared, account.name()
    issue = {"code": "Ec2LaunchTemplateNotFound", "message": "gone", "resourceIds": []}
    account.double.outcomes(
        {"model": "eks::nodegroup", "name": name, "status": "CREATE_FAILED", "issues": [issue]}
    )
    made = account.nodegroup(cluster, nodegroupName=name)
    found = account.client("eks").describe_nodegroup(clusterName=cluster, nodegroupName=name)
    return [made["status"], found["nodegroup"]["status"]]


@probe("describing_a_nodegroup_is_a_tick", plain=["ACTIVE", "ACTIVE"], fixed=["CREATING", "ACTIVE"])
def _(account: Account) -> Any:
    """With two ticks from CREATING to ACTIVE."""
    cluster, model = account.shared, "eks::nodegroup"
    if model in account.models():
        account.double.transition(model, progression="manual", times=2)
    named = {"clusterName": cluster, "nodegroupName": account.nodegroup(cluster)["nodegroupName"]}
    eks = account.client("eks")
    seen = [eks.describe_nodegroup(**named)["nodegroup"]["status"] for _ in "ab"]
    account.double.transition(model)
    return seen


@probe(
    "listing_nodegroups_settles_them", plain="TheDoubleCrashed", fixed="ResourceNotFoundException"
)
def _(account: Account) -> Any:
    return told(account.client("eks").list_nodegroups, clusterName="nobody")


@probe("nodegroup_is_deleting_first", plain="ACTIVE", fixed="DELETING")
def _(account: Account) -> Any:
    cluster = account.shared
    named = {"clusterName": cluster, "nodegroupName": account.nodegroup(cluster)["nodegroupName"]}
    return account.client("eks").delete_nodegroup(**named)["nodegroup"]["status"]


@probe(
    "nodegroup_update_is_kept",
    plain=["404", "ok", "ok"],
    fixed=["ok", "InvalidParameterException", "InvalidParameterException"],
)
def _(account: Account) -> Any:
    """Found again; one that changes nothing; more nodes than the most."""
    eks, cluster = account.client("eks"), account.shared
    group = account.nodegroup(cluster)["nodegroupName"]
    named = {"clusterName": cluster, "nodegroupName": group}
    eks.describe_nodegroup(**named)
    update = eks.update_nodegroup_config(**named, labels={"addOrUpdateLabels": {"a": "b"}})
    number = update["update"]["id"]
    found = told(eks.describe_update, name=cluster, nodegroupName=group, updateId=number)
    size = {"minSize": 1, "maxSize": 2, "desiredSize": 3}
    return [
        found,
        told(eks.update_nodegroup_config, **named),
        told(eks.update_nodegroup_config, **named, scalingConfig=size),
    ]
