"""The network, from nothing to as wanted, and what is told of what was changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import small_aws
from ansible_collections.cam.mesh.plugins.module_utils import _aws_network_info as core
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import Account, SmallAws
from small_network import Network, build, look, suffix

Look = Callable[..., dict[str, Any]]
Site = tuple[SmallAws, dict[str, Any]]


@pytest.fixture
def see(aws: SmallAws) -> Look:
    return partial(look, core, aws)


@pytest.fixture
def built(aws: SmallAws, see: Look) -> dict[str, Any]:
    return build(see, Network(aws.double.client("ec2")).write)


@pytest.fixture(scope="module")
def site(account: Account) -> Site:
    """A network that tests change and that they leave as wanted."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in account.double.environment().items():
            patch.setenv(name, value)
        aws = small_aws.of(account)
        write = Network(aws.double.client("ec2")).write
        return aws, build(partial(look, core, aws), write)


@pytest.fixture
def ec2(aws: SmallAws) -> Any:
    return aws.double.client("ec2")


def cluster(aws: SmallAws, built: dict[str, Any]) -> str:
    """The nodes' group, which comes with the cluster."""
    eks = aws.eks()
    eks.create_cluster(
        name=aws.name, version="1.35", roleArn=aws.cluster_role, tags=aws.ours,
        resourcesVpcConfig={"subnetIds": built["private_subnet_ids"]},
    )  # fmt: skip
    found = eks.describe_cluster(name=aws.name)["cluster"]["resourcesVpcConfig"]
    return str(found["clusterSecurityGroupId"])


def test_an_empty_account_gets_a_plan_of_all_and_no_invented_id(see: Look, aws: SmallAws) -> None:
    found = see()
    s = suffix(aws)
    assert found["plan"] == [
        f"would create VPC cam-vpc-{s}",
        f"would create subnet cam-private-1-{s}",
        f"would create subnet cam-public-1-{s}",
        f"would create subnet cam-private-2-{s}",
        f"would create subnet cam-public-2-{s}",
        f"would create internet gateway cam-internet-{s}",
        f"would create elastic IP address cam-nat-1-{s}",
        f"would create NAT gateway cam-nat-1-{s}",
        f"would create route table cam-public-{s}",
        f"would create route table cam-private-1-{s}",
        f"would create route table cam-private-2-{s}",
        f"would create security group cam-control-{s}",
        f"would create security group cam-database-{s}",
        f"would create security group cam-cache-{s}",
        f"would create VPC endpoint cam-s3-{s}",
    ]
    assert set(found["todo"]) == {"vpcs", "addresses"}
    assert (found["vpc_id"], found["private_subnet_ids"]) == ("", [])
    assert found["private_subnets"] == [f"cam-private-1-{s}", f"cam-private-2-{s}"]
    assert aws.mutating() == []


def test_what_was_built_is_as_wanted_but_for_the_cluster(
    built: dict[str, Any], see: Look, aws: SmallAws
) -> None:
    assert len(built["private_subnet_ids"]) == len(built["public_subnet_ids"]) == 2
    assert built["plan"] == built["pending"]
    assert [line.split(" ", 5)[4] for line in built["pending"]] == [
        f"cam-database-{suffix(aws)}:",
        f"cam-cache-{suffix(aws)}:",
    ]
    aws.forget()
    see()
    assert len(aws.asked()) <= 11
    assert aws.mutating() == []


def test_database_and_cache_admit_the_nodes_and_nobody_else(
    built: dict[str, Any], see: Look, aws: SmallAws, ec2: Any
) -> None:
    nodes = cluster(aws, built)
    found = build(see, Network(ec2).write)
    assert (found["plan"], found["pending"]) == ([], [])
    assert found["node_security_group_id"] == nodes
    for thing, port in (("database", 5432), ("cache", 6379)):
        ident = found["security_group_ids"][thing]
        (group,) = ec2.describe_security_groups(GroupIds=[ident])["SecurityGroups"]
        (rule,) = group["IpPermissions"]
        assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [nodes]
        assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (port, port, [])
        assert group["IpPermissionsEgress"] == []


def test_what_somebody_else_lets_in_is_told_and_taken_back(
    built: dict[str, Any], see: Look, aws: SmallAws, ec2: Any
) -> None:
    cluster(aws, built)
    found = build(see, Network(ec2).write)
    world = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    world["IpRanges"] = [{"CidrIp": "0.0.0.0/0"}]
    ec2.authorize_security_group_ingress(
        GroupId=found["security_group_ids"]["database"], IpPermissions=[world]
    )
    (line,) = see()["plan"]
    assert "tcp 5432 from 0.0.0.0/0" in line
    assert build(see, Network(ec2).write)["plan"] == []


def drift_route(ec2: Any, built: dict[str, Any]) -> None:
    for table in tables(ec2, built):
        if any(one.get("NatGatewayId") for one in table["Routes"]):
            ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
            return


def drift_association(ec2: Any, built: dict[str, Any]) -> None:
    (table, *_rest) = [one for one in tables(ec2, built) if one["Associations"]]
    for one in table["Associations"]:
        if one.get("SubnetId"):
            ec2.disassociate_route_table(AssociationId=one["RouteTableAssociationId"])


def drift_tag(ec2: Any, built: dict[str, Any]) -> None:
    subnet = built["private_subnet_ids"][0]
    ec2.create_tags(
        Resources=[subnet], Tags=[{"Key": "kubernetes.io/role/internal-elb", "Value": "0"}]
    )


def drift_dns(ec2: Any, built: dict[str, Any]) -> None:
    ec2.modify_vpc_attribute(VpcId=built["vpc_id"], EnableDnsHostnames={"Value": False})


def drift_gateway(ec2: Any, built: dict[str, Any]) -> None:
    """AWS keeps it for as long as a NAT gateway stands on it."""
    inside = [{"Name": "vpc-id", "Values": [built["vpc_id"]]}]
    for nat in ec2.describe_nat_gateways(Filters=inside)["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
        ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])
    where = [{"Name": "attachment.vpc-id", "Values": [built["vpc_id"]]}]
    (gateway,) = ec2.describe_internet_gateways(Filters=where)["InternetGateways"]
    ec2.detach_internet_gateway(
        InternetGatewayId=gateway["InternetGatewayId"], VpcId=built["vpc_id"]
    )


def drift_endpoint(ec2: Any, built: dict[str, Any]) -> None:
    where = [{"Name": "vpc-id", "Values": [built["vpc_id"]]}]
    (found,) = ec2.describe_vpc_endpoints(Filters=where)["VpcEndpoints"]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=found["VpcEndpointId"], RemoveRouteTableIds=[found["RouteTableIds"][0]]
    )


def tables(ec2: Any, built: dict[str, Any]) -> list[dict[str, Any]]:
    where = [{"Name": "vpc-id", "Values": [built["vpc_id"]]}]
    found = ec2.describe_route_tables(Filters=where)["RouteTables"]
    return [one for one in found if one["Tags"]]


@pytest.mark.parametrize(
    ("drift", "told"),
    [
        (drift_route, "default route (none) -> nat-"),
        (drift_association, "subnets "),
        (drift_tag, "tag kubernetes.io/role/internal-elb 0 -> 1"),
        (drift_dns, "dns_hostnames off -> on"),
        (drift_gateway, "would create internet gateway"),
        (drift_endpoint, "route_table_ids"),
    ],
)
def test_what_was_changed_by_hand_is_told_and_put_right(
    drift: Any, told: str, site: Site, aws: SmallAws, ec2: Any
) -> None:
    built, see = site[1], partial(look, core, site[0])
    drift(ec2, built)
    lines = [line for line in see()["plan"] if line not in built["pending"]]
    assert any(told in line for line in lines), lines
    after = build(see, Network(ec2).write)
    assert after["plan"] == after["pending"]


def test_a_second_nat_and_a_third_zone_are_added_beside_what_is_there(
    built: dict[str, Any], see: Look, ec2: Any
) -> None:
    wider = partial(see, nat="per_zone", zone_count=3)
    after = build(wider, Network(ec2).write)
    assert after["plan"] == after["pending"]
    assert after["private_subnet_ids"][:2] == built["private_subnet_ids"]
    ways = {
        route["NatGatewayId"]
        for table in tables(ec2, built)
        for route in table["Routes"]
        if route.get("NatGatewayId")
    }
    assert len(ways) == 3


def test_an_address_goes_only_by_name(
    built: dict[str, Any], see: Look, aws: SmallAws, ec2: Any
) -> None:
    build(partial(see, nat="per_zone"), Network(ec2).write)
    with pytest.raises(CamError, match="public address is given back"):
        see()
    allow = [f"delete cam-nat-2-{suffix(aws)}"]
    after = build(partial(see, allow=allow), Network(ec2).write)
    assert after["plan"] == after["pending"]
    where = [{"Name": "tag:cam-cluster", "Values": [aws.name]}]
    assert len(ec2.describe_addresses(Filters=where)["Addresses"]) == 1


def test_a_zone_is_never_left(built: dict[str, Any], see: Look, ec2: Any) -> None:
    build(partial(see, zone_count=3), Network(ec2).write)
    with pytest.raises(CamError, match="never leaves a zone"):
        see()


def test_a_range_and_a_zone_never_change(site: Site, aws: SmallAws) -> None:
    see = partial(look, core, site[0])
    with pytest.raises(CamError, match="AWS never changes it"):
        see(cidr="10.30.0.0/16")
    with pytest.raises(CamError, match="a subnet never moves"):
        see(zones=["eu-central-1b", "eu-central-1a"])


def test_a_name_that_is_taken_is_refused_and_can_be_adopted(
    see: Look, aws: SmallAws, ec2: Any
) -> None:
    name = [{"Key": "Name", "Value": f"cam-vpc-{suffix(aws)}"}, {"Key": "team", "Value": "x"}]
    made = ec2.create_vpc(
        CidrBlock="10.20.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": name}]
    )["Vpc"]["VpcId"]
    with pytest.raises(CamError, match="not made by this collection"):
        see()
    found = see(adopt=True)
    assert found["vpc_id"] == made
    assert not any(line.startswith("would create VPC cam-vpc") for line in found["plan"])
    build(partial(see, adopt=True), Network(ec2).write)
    (live,) = ec2.describe_vpcs(VpcIds=[made])["Vpcs"]
    assert {"Key": "team", "Value": "x"} in live["Tags"]
    after = see()
    assert after["plan"] == after["pending"]


def test_what_lost_answers_made_twice_goes_again(site: Site, aws: SmallAws, ec2: Any) -> None:
    (aws, built), see = site, partial(look, core, site[0])
    (vpc,) = ec2.describe_vpcs(VpcIds=[built["vpc_id"]])["Vpcs"]
    twin = ec2.create_vpc(
        CidrBlock="10.20.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": vpc["Tags"]}],
    )["Vpc"]["VpcId"]
    where = [{"Name": "tag:cam-cluster", "Values": [aws.name]}]
    tags = ec2.describe_addresses(Filters=where)["Addresses"][0]["Tags"]
    ec2.allocate_address(
        Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}]
    )
    loose = [{"Key": key, "Value": value} for key, value in aws.ours.items()]
    ec2.create_internet_gateway(
        TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": loose}]
    )
    lines = [line for line in see()["plan"] if line.startswith("would delete")]
    assert len(lines) == 3
    assert any(f"({twin}, made twice)" in line for line in lines)
    after = build(see, Network(ec2).write)
    assert after["plan"] == after["pending"]
    assert after["vpc_id"] == built["vpc_id"]


def test_interface_endpoints_come_and_go_with_their_group(
    site: Site, aws: SmallAws, ec2: Any
) -> None:
    see = partial(look, core, site[0])
    with_ecr = partial(see, interface_endpoints=["ecr.api"])
    after = build(with_ecr, Network(ec2).write)
    assert after["plan"] == after["pending"]
    assert "endpoints" in after["security_group_ids"]
    gone = build(see, Network(ec2).write)
    assert gone["plan"] == gone["pending"]


def test_a_cluster_elsewhere_stops_it(built: dict[str, Any], see: Look, aws: SmallAws) -> None:
    aws.eks().create_cluster(
        name=aws.name, version="1.35", roleArn=aws.cluster_role, tags=aws.ours,
        resourcesVpcConfig={"subnetIds": aws.subnets},
    )  # fmt: skip
    with pytest.raises(CamError, match="a cluster never moves"):
        see()


def test_a_given_vpc_is_judged_and_never_written_to(see: Look, aws: SmallAws, ec2: Any) -> None:
    (subnet,) = ec2.describe_subnets(SubnetIds=aws.subnets[:1])["Subnets"]
    given = partial(see, vpc_id=subnet["VpcId"], private_subnet_ids=aws.subnets[:2])
    found = given()
    assert {line.split()[2] for line in found["plan"]} == {"security"}
    assert any("kubernetes.io/role/internal-elb=1" in line for line in found["warnings"])
    assert any("enableDnsHostnames off" in line for line in found["warnings"])
    after = build(given, Network(ec2).write)
    assert after["plan"] == after["pending"]
    assert after["private_subnet_ids"] == aws.subnets[:2]
    (live,) = ec2.describe_vpcs(VpcIds=[subnet["VpcId"]])["Vpcs"]
    assert not live.get("Tags")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"vpc_id": "vpc-0", "private_subnet_ids": ["subnet-1", "subnet-2"]}, "no such VPC"),
        ({"vpc_id": "vpc-0", "private_subnet_ids": ["subnet-1"]}, "EKS needs 2"),
        ({"private_subnet_ids": ["subnet-1", "subnet-2"]}, "no `vpc_id`"),
        ({"zone_count": 1}, "EKS needs 2"),
        ({"zone_count": 7}, "6 have room"),
        ({"zone_count": 4}, "EKS can use 3"),
        ({"nat": "none"}, "no node would ever join"),
        ({"tags": {"app": "other"}}, "says whose the resource is"),
        ({"control_cidrs": ["everybody"]}, "no range of IPv4"),
        ({"zones": ["a", "b"], "private_cidrs": ["10.20.0.0/24"], "public_cidrs": ["10.20.1.0/24"]},
         "EKS needs 2"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(see: Look, given: dict[str, Any], why: str) -> None:
    with pytest.raises(CamError, match=why):
        see(**given)


def test_without_a_way_out_the_services_are_reached_inside(see: Look, ec2: Any) -> None:
    inside = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"]
    closed = partial(see, nat="none", interface_endpoints=inside)
    after = build(closed, Network(ec2).write)
    assert after["plan"] == after["pending"]
    assert not any("NatGatewayId" in str(table["Routes"]) for table in tables(ec2, after))


def test_a_given_subnet_that_is_not_there_is_named(see: Look, aws: SmallAws, ec2: Any) -> None:
    (subnet,) = ec2.describe_subnets(SubnetIds=aws.subnets[:1])["Subnets"]
    with pytest.raises(CamError, match="has no subnet subnet-gone"):
        see(vpc_id=subnet["VpcId"], private_subnet_ids=[aws.subnets[0], "subnet-gone"])


def test_what_aws_denies_is_told_in_three_lines(see: Look, aws: SmallAws) -> None:
    aws.double.faults({"service": "ec2", "action": "DescribeVpcs", "kind": "denied", "times": 9})
    with pytest.raises(AwsError) as caught:
        see()
    assert caught.value.cause == "denied"
    assert len(str(caught.value).splitlines()) == 3
