"""Probes of the fixes of EKS clusters."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from doubles.probes.base import Account, probe, told

NOBODY = "arn:aws:iam::123456789012:role/nobody"
NOT_FOUND = "ResourceNotFoundException"


@probe("cluster_role_is_checked", plain="ok", fixed="InvalidParameterException")
def _(account: Account) -> Any:
    return told(account.cluster, roleArn=NOBODY)


@probe(
    "cluster_version_is_known", plain=["ok", "1.19"], fixed=["InvalidParameterException", "1.34"]
)
def _(account: Account) -> Any:
    return [told(account.cluster, version="1.2"), account.cluster()["version"]]


@probe(
    "cluster_lives_in_a_vpc",
    plain=[["subnetIds"], "ok"],
    fixed=[
        [
            "clusterSecurityGroupId", "endpointPrivateAccess", "endpointPublicAccess",
            "publicAccessCidrs", "securityGroupIds", "subnetIds", "vpcId",
        ],
        "InvalidParameterException",
    ],
)  # fmt: skip
def _(account: Account) -> Any:
    one_zone = {"subnetIds": account.subnets[:1]}
    network = account.cluster()["resourcesVpcConfig"]
    return [sorted(network), told(account.cluster, network=one_zone)]


@probe("cluster_says_who_may_enter", plain=None, fixed="API")
def _(account: Account) -> Any:
    made = account.cluster(accessConfig={"authenticationMode": "API"})
    return made.get("accessConfig", {}).get("authenticationMode")


@probe("cluster_logging_lists_every_type", plain=[(1, True)], fixed=[(1, True), (4, False)])
def _(account: Account) -> Any:
    asked = {"clusterLogging": [{"types": ["api"], "enabled": True}]}
    found = account.cluster(logging=asked)["logging"]["clusterLogging"]
    return [(len(part["types"]), part["enabled"]) for part in found]


@probe("cluster_has_an_issuer_of_its_own", plain=1, fixed=2)
def _(account: Account) -> Any:
    return len({account.cluster()["identity"]["oidc"]["issuer"] for _ in range(2)})


@probe(
    "cluster_takes_its_time", plain=["ACTIVE", True, "ACTIVE"], fixed=["CREATING", False, "ACTIVE"]
)
def _(account: Account) -> Any:
    made = account.cluster()
    found = account.client("eks").describe_cluster(name=made["name"])["cluster"]
    return [made["status"], "endpoint" in made, found["status"]]


@probe("describing_a_cluster_is_a_tick", plain=["ACTIVE", "ACTIVE"], fixed=["CREATING", "ACTIVE"])
def _(account: Account) -> Any:
    """With two ticks from CREATING to ACTIVE."""
    if "eks::cluster" in account.models():
        account.double.transition("eks::cluster", progression="manual", times=2)
    name = account.cluster()["name"]
    seen = [account.client("eks").describe_cluster(name=name)["cluster"]["status"] for _ in "ab"]
    account.double.transition("eks::cluster")
    return seen


@probe("listing_clusters_settles_them", plain=["ACTIVE", False], fixed=["DELETING", False])
def _(account: Account) -> Any:
    eks, name = account.client("eks"), account.active()
    gone = eks.delete_cluster(name=name)["cluster"]
    return [gone["status"], name in eks.list_clusters()["clusters"]]


@probe(
    "cluster_is_deleting_first",
    plain=["ok", NOT_FOUND],
    fixed=["InvalidRequestException", "ok"],
)
def _(account: Account) -> Any:
    """Protected, and then no longer."""
    eks, name = account.client("eks"), account.active(deletionProtection=True)
    seen = [told(eks.delete_cluster, name=name)]
    told(eks.update_cluster_config, name=name, deletionProtection=False)
    return [*seen, told(eks.delete_cluster, name=name)]


@probe("the_creator_may_enter", plain="cannot", fixed=["arn:aws:iam::123456789012:user/admin"])
def _(account: Account) -> Any:
    name = account.active(accessConfig={"authenticationMode": "API"})
    try:
        return account.client("eks").list_access_entries(clusterName=name)["accessEntries"]
    except ClientError:
        return "cannot"


@probe("the_nodes_may_enter", plain="cannot", fixed="EC2_LINUX")
def _(account: Account) -> Any:
    eks, name = account.client("eks"), account.active(accessConfig={"authenticationMode": "API"})
    role = account.nodegroup(name)["nodeRole"]
    try:
        found = eks.describe_access_entry(clusterName=name, principalArn=role)
    except ClientError:
        return "cannot"
    return found["accessEntry"]["type"]


@probe(
    "cluster_config_is_merged",
    plain=["cluster", 0, "ok", "ok"],
    fixed=["update", 2, "InvalidParameterException", "InvalidParameterException"],
)
def _(account: Account) -> Any:
    """What is answered, which subnets are left, once again, and two kinds at once."""
    eks, name = account.client("eks"), account.active()
    change = {"name": name, "resourcesVpcConfig": {"endpointPrivateAccess": True}}
    answer = eks.update_cluster_config(**change)
    found = eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
    kind = "update" if "update" in answer else "cluster"
    logging = {"clusterLogging": [{"types": ["api"], "enabled": True}]}
    return [
        kind,
        len(found.get("subnetIds", [])),
        told(eks.update_cluster_config, **change),
        told(eks.update_cluster_config, **change, logging=logging),
    ]


def nodegroup_arn(account: Account) -> str:
    return str(account.nodegroup(account.shared, tags={"a": "1"})["nodegroupArn"])


@probe("every_resource_lists_its_tags", plain=NOT_FOUND, fixed={"a": "1"})
def _(account: Account) -> Any:
    eks, arn = account.client("eks"), nodegroup_arn(account)
    failed = told(eks.list_tags_for_resource, resourceArn=arn)
    return eks.list_tags_for_resource(resourceArn=arn)["tags"] if failed == "ok" else failed


@probe("every_resource_can_be_tagged", plain=NOT_FOUND, fixed="ok")
def _(account: Account) -> Any:
    arn = nodegroup_arn(account)
    return told(account.client("eks").tag_resource, resourceArn=arn, tags={"b": "2"})


@probe("several_keys_are_untagged", plain={"b": "2", "c": "3"}, fixed={"c": "3"})
def _(account: Account) -> Any:
    eks, arn = account.client("eks"), account.cluster(tags={"a": "1", "b": "2", "c": "3"})["arn"]
    eks.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    return eks.list_tags_for_resource(resourceArn=arn)["tags"]


@probe("every_path_is_routed", plain="404", fixed="ok")
def _(account: Account) -> Any:
    return told(account.client("eks").describe_cluster_versions)
