"""Paths of EKS that moto does not route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws.fixes_eks_tags import tags_of
from doubles.aws.registry import call_of, patches, wraps
from moto.core.responses import ActionResult, EmptyResult
from moto.eks import urls
from moto.eks.responses import EKSResponse


@patches("eks", "urls.url_paths")
def every_path_is_routed() -> None:
    """API_Operations: moto names the paths of the operations it knows; botocore's model, by which
    it then finds the operation, has them all."""
    urls.url_paths["{0}/(?P<everything>.+)$"] = EKSResponse.dispatch


@wraps(EKSResponse, "untag_resource", "eks")
def several_keys_are_untagged(original: Callable[..., Any], self: EKSResponse) -> ActionResult:
    """API_UntagResource tagKeys: moto reads the first one only."""
    call = call_of(self)
    tags = tags_of(call.backend, call.params["resourceArn"])
    for key in call.params["tagKeys"]:
        tags.pop(key, None)
    return EmptyResult()
