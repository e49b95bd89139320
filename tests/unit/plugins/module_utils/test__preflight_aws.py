"""What an inventory alone tells of a cluster on AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils._preflight_aws import missing, run

ROLE = Path(__file__).parents[4] / "roles" / "cam_cluster"
GIVEN = {
    "cam_cluster_provider": "aws", "cam_environment": "dev",
    "cam_cluster_aws_region": "eu-central-1", "cam_cluster_aws_suffix": "dev",
    "cam_cluster_aws_name": "cam-cluster-dev",
    "cam_cluster_aws_nat": "one", "cam_cluster_aws_public_access_cidrs": ["8.8.8.8/32"],
}  # fmt: skip


def values(**changed: Any) -> dict[str, Any]:
    """Of the role's own defaults, which hold no template where these checks look."""
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text("utf-8"))
    given = {f"cam_cluster_aws_{name}": value for name, value in changed.items()}
    given |= {name: value for name, value in changed.items() if name.startswith("cam_")}
    return {**defaults, **GIVEN, **given}


def lines(**changed: Any) -> list[str]:
    return [one.line for one in run(values(**changed))]


def test_the_defaults_pass_once_the_paid_things_are_named() -> None:
    assert all(line.startswith("passed") for line in lines()), lines()


def test_other_providers_are_not_judged() -> None:
    assert lines(cam_cluster_provider="existing") == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"region": "Frankfurt"}, "such as eu-central-1"),
        ({"nat": ""}, "paid by the hour"),
        ({"version": "1.28"}, "set '1.35' or newer"),
        ({"version": "1.35.1"}, "leave out the patch"),
        ({"version": 1.4}, "cam_cluster_aws_version is '1.4'"),
        ({"zone_count": 1}, "EKS needs 2"),
        ({"zone_count": 7}, "cam_cluster_aws_zone_count"),
        ({"cidr": "10.0.0.0/8"}, "cam_cluster_aws_cidr"),
        ({"cidr": "9.9.0.0/16"}, "belongs to the internet"),
        ({"nat": "none"}, "no node would ever join"),
        ({"private_access_cidrs": ["me"]}, "no range of IPv4"),
        ({"vpc_id": "vpc-1"}, "EKS needs 2, in different zones"),
        ({"public_access_cidrs": ["10.0.0.0/8"]}, "nobody comes from the internet with it"),
        ({"public_access_cidrs": ["home"]}, "write 203.0.113.7/32"),
        ({"endpoint_public": False, "endpoint_private": False}, "nobody could reach"),
        ({"min_nodes": 4}, "1 <= min_nodes <= nodes <= max_nodes"),
        ({"instance_types": []}, "instance_types is empty"),
        ({"name": "cam cluster"}, "letters, digits"),
        ({"tags": {"app": "x"}}, "says whose the resource is"),
        ({"kms_deletion_days": 1}, "7 to 30 days"),
        ({"kms_key_arn": "alias/x"}, "cam_cluster_aws_kms_key_arn"),
        ({"registry_enabled": True, "registry_name": "Cam"}, "cam_cluster_aws_registry_name"),
        ({"registry_keep_images": 0}, "cam_cluster_aws_registry_keep_images"),
        ({"certificate_domains": ["https://a.example.com"]}, "aws_certificate_domains"),
        ({"zone_id": "example.com"}, "cam_cluster_aws_zone_id"),
        ({"record_name": "a.example.com"}, "a record needs both"),
        ({"record_name": "a.example.com", "record_target": "b.example.com"}, "needs a hosted zone"),
    ],
)
def test_what_cannot_work_is_refused_with_the_names_of_the_inventory(
    changed: dict[str, Any], told: str
) -> None:
    found = [line for line in lines(**changed) if line.startswith("REFUSED")]
    assert len(found) == 1, found
    assert told in found[0]
    assert "`c" not in found[0]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"public_access_cidrs": ["203.0.113.0/24"]}, "an address of documents"),
        ({"public_access_cidrs": ["0.0.0.0/0"]}, "everybody may knock"),
        ({"cam_environment": "prod"}, "costs a gateway more"),
        (
            {"cam_environment": "prod", "nat": "per_zone", "capacity": "spot"},
            "take all nodes of prod",
        ),
    ],
)
def test_what_somebody_should_know_is_a_warning(changed: dict[str, Any], told: str) -> None:
    (found,) = [line for line in lines(**changed) if line.startswith("warning")]
    assert told in found


def test_a_private_door_needs_no_addresses() -> None:
    assert "passed   door: the API server answers inside the VPC alone" in lines(
        endpoint_public=False, public_access_cidrs=[]
    )


def test_a_given_vpc_is_not_planned() -> None:
    found = lines(vpc_id="vpc-1", private_subnet_ids=["subnet-1", "subnet-2"], nat="")
    assert "passed   network: VPC vpc-1, which exists" in found


def test_what_only_the_user_can_say_may_be_left_open() -> None:
    found = lines(region="", public_access_cidrs=[])
    assert all(line.startswith("passed") for line in found), found
    assert not [line for line in found if "region:" in line or "door:" in line]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"region": ""}, ["cam_cluster_aws_region is empty"]),
        ({"public_access_cidrs": []}, ["which EKS reads as the whole internet"]),
        ({"endpoint_public": False, "public_access_cidrs": []}, []),
        (
            {"cam_database_provider": "aws", "cam_database_aws_ca_file": ""},
            ["cam_database_aws_ca_file is '', which is no file"],
        ),
        (
            {"cam_cache_provider": "aws", "cam_cache_aws_ca_file": "/nowhere.pem"},
            ["cam_cache_aws_ca_file is '/nowhere.pem', which is no file"],
        ),
        ({"cam_database_provider": "aws", "cam_database_aws_ca_file": __file__}, []),
    ],
)
def test_no_deploy_begins_without_it(changed: dict[str, Any], told: list[str]) -> None:
    found = missing(values(**changed))
    assert not [one for one in found if one.passed]
    assert len(found) == len(told)
    assert all(text in one.text for one, text in zip(found, told, strict=True))
