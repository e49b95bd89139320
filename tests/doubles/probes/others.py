"""Probes of the fixes of KMS, of ACM, of the tagging API and of IAM."""

from __future__ import annotations

from typing import Any

from doubles.aws.access import OPERATOR, User
from doubles.probes.base import Account, probe, told

READ = {"Effect": "Allow", "Action": ["eks:Describe*", "eks:List*"], "Resource": "*"}


@probe("a_key_is_found_by_its_arn", plain="crash", fixed="ok")
def _(account: Account) -> Any:
    kms = account.client("kms")
    told_so = told(kms.disable_key, KeyId=kms.create_key()["KeyMetadata"]["Arn"])
    return "crash" if told_so == "TheDoubleCrashed" else told_so


@probe("clusters_and_repositories_are_listed", plain=[], fixed=["ecr:repository", "eks:cluster"])
def _(account: Account) -> Any:
    tags = {"app": account.name()}
    account.cluster(tags=tags)
    account.client("ecr").create_repository(
        repositoryName=account.name(), tags=[{"Key": "app", "Value": tags["app"]}]
    )
    found = account.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "app", "Values": [tags["app"]]}]
    )["ResourceTagMappingList"]
    arns = [one["ResourceARN"].split(":") for one in found]
    return sorted(f"{arn[2]}:{arn[5].partition('/')[0]}" for arn in arns)


@probe(
    "a_certificate_waits_for_its_records",
    plain="PENDING_VALIDATION",
    fixed="ISSUED",
)
def _(account: Account) -> Any:
    domain = f"{account.name()}.example.com"
    acm, dns = account.client("acm"), account.client("route53")
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    live = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    record = live["DomainValidationOptions"][0]["ResourceRecord"]
    zone = dns.create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]["Id"]
    values = [{"Value": record["Value"]}]
    one = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": values}
    changes = [{"Action": "CREATE", "ResourceRecordSet": one}]
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]


def as_operator(account: Account, service: str, user: User = OPERATOR) -> Any:
    return account.double.client(service, user)


@probe("actions_have_the_prefix_of_policies", plain="403", fixed="ok")
def _(account: Account) -> Any:
    with account.allowed({"Effect": "Allow", "Action": "tag:GetResources", "Resource": "*"}):
        return told(as_operator(account, "resourcegroupstaggingapi").get_resources)


@probe("a_get_has_no_body_to_sign", plain="403", fixed="ok")
def _(account: Account) -> Any:
    name = account.shared
    with account.allowed(READ):
        return told(as_operator(account, "eks").describe_cluster, name=name)


@probe(
    "a_refusal_speaks_the_protocol",
    plain=["AccessDenied", "403"],
    fixed=["UnauthorizedOperation", "AccessDeniedException"],
)
def _(account: Account) -> Any:
    with account.allowed(READ):
        return [
            told(as_operator(account, "ec2").create_vpc, CidrBlock="10.0.0.0/16"),
            told(as_operator(account, "kms").create_key),
        ]


@probe("an_unknown_key_speaks_the_protocol", plain="403", fixed="UnrecognizedClientException")
def _(account: Account) -> Any:
    nobody = User("nobody", "AKIANOBODYNOBODYNOBO", "secret")
    with account.allowed(READ):
        return told(as_operator(account, "kms", nobody).list_keys)


@probe("a_wrong_signature_speaks_the_protocol", plain="403", fixed="InvalidSignatureException")
def _(account: Account) -> Any:
    liar = User(OPERATOR.name, OPERATOR.access_key, "another-secret")
    with account.allowed(READ):
        return told(as_operator(account, "kms", liar).list_keys)


@probe("unknown_resources_are_not_judged", plain="AccessDenied", fixed="ok")
def _(account: Account) -> Any:
    narrow = {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "arn:aws:ec2:*:*:vpc/*"}
    with account.allowed(narrow):
        return told(as_operator(account, "ec2").describe_vpcs)


@probe("a_role_of_a_service_trusts_no_user", plain="TheDoubleCrashed", fixed="AccessDenied")
def _(account: Account) -> Any:
    role = account.role("eks.amazonaws.com")
    with account.allowed({"Effect": "Allow", "Action": "sts:*", "Resource": "*"}):
        assume = as_operator(account, "sts").assume_role
        return told(assume, RoleArn=role, RoleSessionName="cam")


@probe("a_role_is_passed_by_permission", plain="ok", fixed="AccessDeniedException")
def _(account: Account) -> Any:
    name, role = account.name(), account.role("eks.amazonaws.com")
    network = {"subnetIds": account.subnets}
    with account.allowed({"Effect": "Allow", "Action": "eks:*", "Resource": "*"}):
        return told(
            as_operator(account, "eks").create_cluster,
            name=name, roleArn=role, resourcesVpcConfig=network,
        )  # fmt: skip
