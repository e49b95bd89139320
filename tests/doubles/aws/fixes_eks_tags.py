"""Tags of everything in EKS; moto knows those of clusters only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.registry import wraps
from moto.eks.models import EKSBackend

Original = Callable[..., Any]


def resources(backend: EKSBackend) -> Iterator[tuple[str, dict[str, str]]]:
    """The ARN and the tags of every resource."""
    for cluster in backend.clusters.values():
        yield cluster.arn, cluster.tags
        for nodegroup in cluster.nodegroups.values():
            yield nodegroup.arn, nodegroup.tags
        for profile in cluster.fargate_profiles.values():
            yield profile.fargate_profile_arn, profile.tags
        for kind in ("_cam_addons", "_cam_access_entries", "_cam_pod_identities"):
            for resource in getattr(cluster, kind, {}).values():
                yield resource.arn, resource.tags


def tags_of(backend: EKSBackend, arn: str) -> dict[str, str]:
    for found, tags in resources(backend):
        if found == arn:
            return tags
    raise refuse("NotFoundException", f"Resource was not found: {arn}")


@wraps(EKSBackend, "list_tags_for_resource", "eks")
def every_resource_lists_its_tags(
    original: Original, self: EKSBackend, resource_arn: str
) -> dict[str, str]:
    """API_ListTagsForResource resourceArn: of node groups, add-ons, access entries too."""
    return tags_of(self, resource_arn)


@wraps(EKSBackend, "tag_resource", "eks")
def every_resource_can_be_tagged(
    original: Original, self: EKSBackend, resource_arn: str, tags: dict[str, str]
) -> None:
    """API_TagResource resourceArn: of node groups, add-ons, access entries too."""
    tags_of(self, resource_arn).update(tags)
