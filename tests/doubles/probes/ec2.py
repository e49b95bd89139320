"""Probes of the fixes of EC2."""

from __future__ import annotations

from typing import Any

from doubles.probes.base import Account, probe, told

TAGS = [{"Key": "app", "Value": "probe"}]


def tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": TAGS}]


def nat(account: Account) -> tuple[str, str, str]:
    """VPC, NAT gateway and its address, with an internet gateway on the VPC."""
    ec2 = account.client("ec2")
    vpc, subnets = account.network()
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(
        SubnetId=subnets[0], AllocationId=address, TagSpecifications=tagged("natgateway")
    )
    return vpc, made["NatGateway"]["NatGatewayId"], address


def template(account: Account) -> dict[str, Any]:
    """Arguments by which a launch template is named."""
    name = account.name()
    account.client("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.large"},
        TagSpecifications=tagged("launch-template"),
    )  # fmt: skip
    return {"LaunchTemplateName": name}


@probe("a_dry_run_makes_nothing", plain=["ok", True], fixed=["DryRunOperation", False])
def _(account: Account) -> Any:
    """What is answered, and whether there is a VPC of that range now."""
    ec2, ours = account.client("ec2"), "10.77.0.0/16"
    code = told(ec2.create_vpc, CidrBlock=ours, DryRun=True)
    return [code, ours in [vpc["CidrBlock"] for vpc in ec2.describe_vpcs()["Vpcs"]]]


@probe("nat_gateway_is_one_word", plain="nat-gateway", fixed="natgateway")
def _(account: Account) -> Any:
    name = nat(account)[1]
    wanted = [{"Name": "resource-id", "Values": [name]}]
    return account.client("ec2").describe_tags(Filters=wanted)["Tags"][0]["ResourceType"]


@probe("template_data_has_no_tags_of_the_template", plain=True, fixed=False)
def _(account: Account) -> Any:
    found = account.client("ec2").describe_launch_template_versions(**template(account))
    return "TagSpecifications" in found["LaunchTemplateVersions"][0]["LaunchTemplateData"]


@probe(
    "template_shows_the_tags_of_today",
    plain=[{"app": "probe"}, {"app": "probe"}],
    fixed=[{"app": "probe"}, {"app": "probe", "env": "dev"}],
)
def _(account: Account) -> Any:
    """Those of the creation, and with one that came later."""
    ec2, named, seen = account.client("ec2"), template(account), []
    for _once in (1, 2):
        wanted = [named["LaunchTemplateName"]]
        [found] = ec2.describe_launch_templates(LaunchTemplateNames=wanted)["LaunchTemplates"]
        seen.append({one["Key"]: one["Value"] for one in found["Tags"]})
        later = [{"Key": "env", "Value": "dev"}]
        ec2.create_tags(Resources=[found["LaunchTemplateId"]], Tags=later)
    return seen


@probe("template_versions_keep_their_numbers", plain="cannot delete", fixed=[1, 3, 4])
def _(account: Account) -> Any:
    """Versions 2 and 3, without 2, and then the next one."""
    ec2, named = account.client("ec2"), template(account)
    data = {"LaunchTemplateData": {"InstanceType": "t3.small"}}
    for _number in (2, 3):
        ec2.create_launch_template_version(**named, **data)
    if told(ec2.delete_launch_template_versions, **named, Versions=["2"]) != "ok":
        return "cannot delete"
    ec2.create_launch_template_version(**named, **data)
    found = ec2.describe_launch_template_versions(**named)["LaunchTemplateVersions"]
    return sorted(version["VersionNumber"] for version in found)


@probe(
    "nat_gateway_takes_its_time",
    plain=["available", "available", "deleted"],
    fixed=["pending", "available", "deleted"],
)
def _(account: Account) -> Any:
    ec2, (_vpc, subnets) = account.client("ec2"), account.network()
    made = ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")["NatGateway"]
    seen = [made["State"]]
    named = {"NatGatewayIds": [made["NatGatewayId"]]}
    seen.append(ec2.describe_nat_gateways(**named)["NatGateways"][0]["State"])
    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    return [*seen, ec2.describe_nat_gateways(**named)["NatGateways"][0]["State"]]


@probe("describing_nat_gateways_is_a_tick", plain="ok", fixed="NatGatewayNotFound")
def _(account: Account) -> Any:
    return told(account.client("ec2").describe_nat_gateways, NatGatewayIds=["nat-0"])


@probe("subnet_in_use_stays", plain="ok", fixed="DependencyViolation")
def _(account: Account) -> Any:
    ec2, (_vpc, subnets) = account.client("ec2"), account.network()
    ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")
    return told(ec2.delete_subnet, SubnetId=subnets[0])


@probe("security_group_in_use_stays", plain="ok", fixed="DependencyViolation")
def _(account: Account) -> Any:
    ec2, vpc = account.client("ec2"), account.network()[0]
    one, other = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("one", "other")
    )
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": one}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    return told(ec2.delete_security_group, GroupId=one)


@probe("vpc_in_use_stays", plain="ok", fixed="DependencyViolation")
def _(account: Account) -> Any:
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)
    return told(ec2.delete_vpc, VpcId=vpc)


@probe("internet_gateway_in_use_stays", plain="ok", fixed="DependencyViolation")
def _(account: Account) -> Any:
    ec2, vpc = account.client("ec2"), nat(account)[0]
    wanted = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    [gateway] = ec2.describe_internet_gateways(Filters=wanted)["InternetGateways"]
    name = gateway["InternetGatewayId"]
    return told(ec2.detach_internet_gateway, InternetGatewayId=name, VpcId=vpc)


@probe("address_in_use_stays", plain="ok", fixed="InvalidIPAddress.InUse")
def _(account: Account) -> Any:
    return told(account.client("ec2").release_address, AllocationId=nat(account)[2])


def endpoint(account: Account) -> dict[str, Any]:
    made = account.client("ec2").create_vpc_endpoint(
        VpcId=account.network()[0], ServiceName="com.amazonaws.eu-central-1.s3",
        TagSpecifications=tagged("vpc-endpoint"), VpcEndpointType="Gateway",
    )  # fmt: skip
    return dict(made["VpcEndpoint"])


@probe("endpoint_is_a_gateway_by_default", plain=None, fixed="Gateway")
def _(account: Account) -> Any:
    made = account.client("ec2").create_vpc_endpoint(
        VpcId=account.network()[0], ServiceName="com.amazonaws.eu-central-1.s3"
    )
    return made["VpcEndpoint"].get("VpcEndpointType")


@probe("endpoint_is_gone", plain=1, fixed=0)
def _(account: Account) -> Any:
    ec2, made = account.client("ec2"), endpoint(account)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    wanted = [{"Name": "vpc-id", "Values": [made["VpcId"]]}]
    return len(ec2.describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"])


@probe("tags_go_with_their_resource", plain=1, fixed=0)
def _(account: Account) -> Any:
    ec2 = account.client("ec2")
    made = ec2.create_security_group(
        GroupName="one", Description="one", VpcId=account.network()[0],
        TagSpecifications=tagged("security-group"),
    )  # fmt: skip
    ec2.delete_security_group(GroupId=made["GroupId"])
    wanted = [{"Name": "resource-id", "Values": [made["GroupId"]]}]
    return len(ec2.describe_tags(Filters=wanted)["Tags"])


@probe(
    "all_of_a_network_is_listed",
    plain=[],
    fixed=["elastic-ip", "launch-template", "vpc-endpoint"],
)
def _(account: Account) -> Any:
    ec2 = account.client("ec2")
    ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    endpoint(account)
    template(account)
    kinds = ["ec2:elastic-ip", "ec2:vpc-endpoint", "ec2:launch-template"]
    found = account.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "app", "Values": ["probe"]}], ResourceTypeFilters=kinds
    )["ResourceTagMappingList"]
    return sorted({one["ResourceARN"].split(":")[5].partition("/")[0] for one in found})
