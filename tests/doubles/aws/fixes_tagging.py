"""The tagging API: what is created, and tagged, is found by its tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from doubles.aws.fixes_eks_cluster import bury
from doubles.aws.fixes_eks_tags import resources, tags_of
from doubles.aws.registry import patches, wraps
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.ec2.models import EC2Backend
from moto.ecr.models import ecr_backends
from moto.eks.models import eks_backends
from moto.resourcegroupstaggingapi import models


class Clusters(TaggableResourcesMixin):
    """EKS: clusters, node groups, add-ons, access entries, pod identity associations."""

    SERVICE_NAMESPACE = "eks"

    def __init__(self, account: str, region: str) -> None:
        self.backend = eks_backends[account][region]
        self.partition = self.backend.partition

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        bury(self.backend)
        for arn, tags in resources(self.backend):
            kind = arn.split(":")[5].partition("/")[0]
            yield TaggedResource(arn=arn, tags=tags, resource_type=f"eks:{kind}")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        tags_of(self.backend, arn).update(tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        for key in tag_keys:
            tags_of(self.backend, arn).pop(key, None)


class Repositories(TaggableResourcesMixin):
    """ECR: repositories."""

    SERVICE_NAMESPACE = "ecr"

    def __init__(self, account: str, region: str) -> None:
        self.backend = ecr_backends[account][region]
        self.partition = self.backend.partition

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        for repository in self.backend.repositories.values():
            tags = self.backend.tagger.get_tag_dict_for_resource(repository.arn)
            yield TaggedResource(arn=repository.arn, tags=tags, resource_type="ecr:repository")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        self.backend.tag_resource(arn, [{"Key": k, "Value": v} for k, v in tags.items()])

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        self.backend.untag_resource(arn, tag_keys)


@patches("resourcegroupstaggingapi", "models.iter_taggable_backends")
def clusters_and_repositories_are_listed() -> None:
    """API_GetResources ResourceTypeFilters eks:cluster, ecr:repository and others: moto's tagging
    API knows neither EKS nor ECR."""
    known = models.iter_taggable_backends

    def all_backends(account: str, region: str) -> Iterator[Any]:
        yield from known(account, region)
        yield Clusters(account, region)
        yield Repositories(account, region)

    models.iter_taggable_backends = all_backends


@wraps(EC2Backend, "iter_tagged_resources", "ec2")
def all_of_a_network_is_listed(
    original: Callable[..., Any], self: EC2Backend
) -> Iterator[TaggedResource]:
    """API_GetResources ResourceTypeFilters ec2:elastic-ip, ec2:vpc-endpoint, ec2:launch-template,
    ec2:network-acl: moto lists none of them."""
    yield from original(self)
    found = {
        "elastic-ip": [one.allocation_id for one in self.addresses],
        "vpc-endpoint": [one.id for one in self.vpc_end_points.values() if one.state != "deleted"],
        "launch-template": list(self.launch_templates),
        "network-acl": list(self.network_acls),
    }
    for kind, ids in found.items():
        for name in ids:
            arn = f"arn:{self.partition}:ec2:{self.region_name}:{self.account_id}:{kind}/{name}"
            yield TaggedResource(
                arn=arn, tags=dict(self.tags.get(name, {})), resource_type=f"ec2:{kind}"
            )
