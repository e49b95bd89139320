"""Does by boto3 what the tasks of the role do by modules: writes what a look found to do."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

if TYPE_CHECKING:
    from small_aws import SmallAws

Spec = dict[str, Any]
Look = Callable[[], dict[str, Any]]
# To read the model of EC2 takes half a second of CPU; a session keeps it.
SESSION = functools.cache(boto3.Session)


def pairs(tags: dict[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def tagged(kind: str, tags: dict[str, str]) -> list[Spec]:
    return [{"ResourceType": kind, "Tags": pairs(tags)}]


class Network:
    """One function a key of `todo`."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2

    def write(self, todo: dict[str, list[Spec]]) -> None:
        for key, specs in todo.items():
            for spec in specs:
                getattr(self, key)(spec)

    def vpcs(self, spec: Spec) -> None:
        ident = spec["vpc_id"]
        if not ident:
            made = self.ec2.create_vpc(
                CidrBlock=spec["cidr"], TagSpecifications=tagged("vpc", spec["tags"])
            )
            ident = made["Vpc"]["VpcId"]
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.ec2.modify_vpc_attribute(VpcId=ident, **{name: {"Value": True}})

    def subnets(self, spec: Spec) -> None:
        self.ec2.create_subnet(
            VpcId=spec["vpc_id"], CidrBlock=spec["cidr"], AvailabilityZone=spec["az"],
            TagSpecifications=tagged("subnet", spec["tags"]),
        )  # fmt: skip

    def gateways(self, spec: Spec) -> None:
        ident = spec["id"]
        if not ident:
            made = self.ec2.create_internet_gateway(
                TagSpecifications=tagged("internet-gateway", spec["tags"])
            )
            ident = made["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=ident, VpcId=spec["vpc_id"])

    def addresses(self, spec: Spec) -> None:
        self.ec2.allocate_address(
            Domain="vpc", TagSpecifications=tagged("elastic-ip", spec["tags"])
        )

    def nats(self, spec: Spec) -> None:
        self.ec2.create_nat_gateway(
            SubnetId=spec["subnet_id"], AllocationId=spec["allocation_id"],
            TagSpecifications=tagged("natgateway", spec["tags"]),
        )  # fmt: skip

    def tables(self, spec: Spec) -> None:
        ident = spec["id"]
        if not ident:
            made = self.ec2.create_route_table(
                VpcId=spec["vpc_id"], TagSpecifications=tagged("route-table", spec["tags"])
            )
            ident = made["RouteTable"]["RouteTableId"]
        (live,) = self.ec2.describe_route_tables(RouteTableIds=[ident])["RouteTables"]
        there = {route.get("DestinationCidrBlock") for route in live["Routes"]}
        for route in spec["routes"]:
            kind = "NatGatewayId" if route["gateway_id"].startswith("nat-") else "GatewayId"
            write = self.ec2.replace_route if route["dest"] in there else self.ec2.create_route
            write(
                RouteTableId=ident,
                DestinationCidrBlock=route["dest"],
                **{kind: route["gateway_id"]},
            )
        linked = {one.get("SubnetId") for one in live["Associations"]}
        for subnet in {*spec["subnet_ids"]} - linked:
            self.ec2.associate_route_table(RouteTableId=ident, SubnetId=subnet)

    def groups(self, spec: Spec) -> None:
        found = self.ec2.describe_security_groups(
            Filters=[
                {"Name": "group-name", "Values": [spec["name"]]},
                {"Name": "vpc-id", "Values": [spec["vpc_id"]]},
            ]
        )["SecurityGroups"]
        if not found:
            made = self.ec2.create_security_group(
                GroupName=spec["name"], Description=spec["description"], VpcId=spec["vpc_id"],
                TagSpecifications=tagged("security-group", spec["tags"]),
            )  # fmt: skip
            found = self.ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
        (live,) = found
        for key, revoke in (
            ("IpPermissions", self.ec2.revoke_security_group_ingress),
            ("IpPermissionsEgress", self.ec2.revoke_security_group_egress),
        ):
            if live[key]:
                revoke(GroupId=live["GroupId"], IpPermissions=live[key])
        for rule in spec["rules"]:
            port = int(rule["ports"][0])
            permission: Spec = {"IpProtocol": rule["proto"], "FromPort": port, "ToPort": port}
            permission["UserIdGroupPairs"] = [{"GroupId": one} for one in rule.get("group_id", [])]
            permission["IpRanges"] = [{"CidrIp": one} for one in rule.get("cidr_ip", [])]
            self.ec2.authorize_security_group_ingress(
                GroupId=live["GroupId"], IpPermissions=[permission]
            )

    def endpoints(self, spec: Spec) -> None:
        links = {
            "RouteTableIds": spec["route_table_ids"],
            "SubnetIds": spec["subnet_ids"],
            "SecurityGroupIds": spec["security_group_ids"],
        }
        if spec["id"]:
            self.ec2.delete_vpc_endpoints(VpcEndpointIds=[spec["id"]])
        self.ec2.create_vpc_endpoint(
            VpcId=spec["vpc_id"], ServiceName=spec["service"], VpcEndpointType=spec["type"],
            TagSpecifications=tagged("vpc-endpoint", spec["tags"]),
            **{key: value for key, value in links.items() if value},
        )  # fmt: skip

    def tags(self, spec: Spec) -> None:
        self.ec2.create_tags(Resources=[spec["id"]], Tags=pairs(spec["tags"]))

    def remove_nats(self, spec: Spec) -> None:
        """As the module does: it waits, since the address is the gateway's until it is gone."""
        self.ec2.delete_nat_gateway(NatGatewayId=spec["id"])
        self.ec2.describe_nat_gateways(NatGatewayIds=[spec["id"]])

    def remove_addresses(self, spec: Spec) -> None:
        self.ec2.release_address(AllocationId=self._allocation(spec["public_ip"]))

    def _allocation(self, public_ip: str) -> str:
        found = self.ec2.describe_addresses(PublicIps=[public_ip])["Addresses"]
        return str(found[0]["AllocationId"])

    def remove_vpcs(self, spec: Spec) -> None:
        self.ec2.delete_vpc(VpcId=spec["id"])

    def remove_gateways(self, spec: Spec) -> None:
        self.ec2.delete_internet_gateway(InternetGatewayId=spec["id"])

    def remove_tables(self, spec: Spec) -> None:
        self.ec2.delete_route_table(RouteTableId=spec["id"])

    def remove_endpoints(self, spec: Spec) -> None:
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[spec["id"]])


class Identity:
    """The same for roles, policies, key and log group."""

    def __init__(self, aws: SmallAws) -> None:
        self.iam, self.kms = aws.double.client("iam"), aws.double.client("kms")
        self.logs = aws.double.client("logs")

    def write(self, todo: dict[str, list[Spec]]) -> None:
        for key, specs in todo.items():
            for spec in specs:
                getattr(self, key)(spec)

    def policies(self, spec: Spec) -> None:
        self.iam.create_policy(
            PolicyName=spec["name"], PolicyDocument=json.dumps(spec["policy"]),
            Description=spec["description"], Tags=pairs(spec["tags"]),
        )  # fmt: skip

    def roles(self, spec: Spec) -> None:
        self.iam.create_role(
            RoleName=spec["name"], AssumeRolePolicyDocument=json.dumps(spec["trust"]),
            Description=spec["description"], Tags=pairs(spec["tags"]),
        )  # fmt: skip
        for arn in spec["policies"]:
            self.iam.attach_role_policy(RoleName=spec["name"], PolicyArn=arn)

    def inline(self, spec: Spec) -> None:
        self.iam.delete_role_policy(RoleName=spec["role"], PolicyName=spec["policy"])

    def kms_keys(self, spec: Spec) -> None:
        tags = pairs(spec["tags"], "TagKey", "TagValue")
        ident = spec["id"]
        if not ident:
            made = self.kms.create_key(Description=spec["description"], Tags=tags)
            ident = made["KeyMetadata"]["KeyId"]
            self.kms.create_alias(AliasName=spec["alias"], TargetKeyId=ident)
        if self.kms.describe_key(KeyId=ident)["KeyMetadata"]["KeyState"] == "PendingDeletion":
            self.kms.cancel_key_deletion(KeyId=ident)
            self.kms.enable_key(KeyId=ident)
        self.kms.enable_key_rotation(KeyId=ident)

    def log_groups(self, spec: Spec) -> None:
        self.logs.create_log_group(logGroupName=spec["name"], tags=spec["tags"])
        self.logs.put_retention_policy(logGroupName=spec["name"], retentionInDays=spec["days"])


def build(look: Look, write: Callable[[dict[str, list[Spec]]], None]) -> dict[str, Any]:
    """Look and write by turns, as the role does; the last look."""
    for _round in range(8):
        found = look()
        if not found["todo"]:
            return found
        write(found["todo"])
    raise AssertionError(f"There is always something to do: {found['todo']}")


def look(core: Any, aws: SmallAws, **given: Any) -> dict[str, Any]:
    """What the module of a core answers, under this test's own name."""
    wanted = {"environment": "dev", "cluster": aws.name, **given}
    if "suffix" in core.ARGUMENT_SPEC:
        wanted.setdefault("suffix", suffix(aws))
    checked = ArgumentSpecValidator(core.ARGUMENT_SPEC).validate(wanted)
    assert not checked.error_messages, checked.error_messages
    with mock.patch("boto3.Session", SESSION):
        answer: dict[str, Any] = core.run(checked.validated_parameters, check_mode=False, diff=True)
    return answer


def suffix(aws: SmallAws) -> str:
    return "t" + aws.name.rpartition("-")[2]
