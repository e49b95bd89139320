# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image repository of a mesh (ECR): tags that never move, a scan of each image, the last N."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import Edge
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import missing, tagged
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step

KIND: Final = "image repository"


def look(aws: Aws, name: str) -> Item | None:
    """DescribeRepositories, with its `Tags`, and its `Rules` of the lifecycle."""
    ecr, about = aws.service("ecr"), f"{KIND} {name}"
    found = missing(lambda: ecr.ask("describe_repositories", about, repositoryNames=[name]))
    if found is None:
        return None
    live: Item = found["repositories"][0]
    tags = ecr.ask("list_tags_for_resource", about, resourceArn=live["repositoryArn"])
    policy = missing(lambda: ecr.ask("get_lifecycle_policy", about, repositoryName=name))
    rules = json.loads(policy["lifecyclePolicyText"]) if policy else None
    return {**live, "Tags": tags.get("tags") or [], "Rules": rules}


def rules(keep: int) -> Item:
    """Images without a tag count as well: an image index leaves them."""
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Keep the last {keep} images",
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": keep,
                },
                "action": {"type": "expire"},
            }
        ]
    }


def steps(aws: Aws, wanted: Edge) -> list[Step]:
    """What lacks of the repository."""
    name, ecr = wanted.registry, aws.service("ecr")
    live = look(aws, name)
    ask = partial(_ask, ecr, name)
    keep = partial(
        ask,
        "put_lifecycle_policy",
        {"lifecyclePolicyText": json.dumps(rules(wanted.keep_images))},
    )
    if live is None:
        create = partial(_create, aws, wanted)
        made = Step(Change(KIND, name, "create"), create)
        kept: Mapping[str, Any] = {"keep_images": (None, wanted.keep_images)}
        return [made, Step(Change(KIND, name, "update", kept), keep)]
    wanted.owner.refuse_foreign(KIND, name, tags_of(live), wanted.adopt)
    found = []
    lacking = tags_to_set(wanted.tags, tags_of(live))
    if lacking:
        before = tags_of(live)
        fields = {f"tag {key}": (before.get(key, ABSENT), lacking[key]) for key in lacking}
        given = {"resourceArn": live["repositoryArn"], "tags": _pairs(lacking)}
        call = partial(_plain, ecr, name, "tag_resource", given)
        found.append(Step(Change(KIND, name, "update", fields), call))
    if live.get("imageTagMutability") != "IMMUTABLE":
        moves = str(live.get("imageTagMutability")).lower()
        change: dict[str, tuple[Any, Any]] = {"tags": (moves, "immutable")}
        call = partial(ask, "put_image_tag_mutability", {"imageTagMutability": "IMMUTABLE"})
        found.append(Step(Change(KIND, name, "update", change), call))
    if not (live.get("imageScanningConfiguration") or {}).get("scanOnPush"):
        given = {"imageScanningConfiguration": {"scanOnPush": True}}
        call = partial(ask, "put_image_scanning_configuration", given)
        found.append(Step(Change(KIND, name, "update", {"scan_on_push": (False, True)}), call))
    if live["Rules"] != rules(wanted.keep_images):
        change = {"keep_images": (_kept(live["Rules"]), wanted.keep_images)}
        found.append(Step(Change(KIND, name, "update", change), keep))
    return found


def removal(aws: Aws, wanted: Edge) -> list[Step]:
    """Whatever carries our tags. Images are somebody's work: they go only by name."""
    names = {
        one["ResourceARN"].partition(":repository/")[2]
        for one in tagged(aws, wanted.owner, "ecr:repository")
    }
    # The list of tags is late by some seconds.
    names |= {wanted.registry} if wanted.registry else set()
    found = []
    for name in sorted(names):
        live = look(aws, name)
        if live is None or not wanted.owner.owns(tags_of(live)):
            continue
        ecr = aws.service("ecr")
        images = ecr.ask("list_images", f"{KIND} {name}", repositoryName=name, maxResults=100)
        count = len({one.get("imageDigest") for one in images.get("imageIds") or []})
        danger = f"it holds {count}{'+' if images.get('nextToken') else ''} images" if count else ""
        call = partial(_ask, ecr, name, "delete_repository", {"force": bool(count)})
        found.append(Step(Change(KIND, name, "delete", danger=danger), call))
    return found


def _create(aws: Aws, wanted: Edge) -> None:
    name = wanted.registry
    given = {
        "tags": _pairs(wanted.tags),
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
    }
    try:
        _ask(aws.service("ecr"), name, "create_repository", given)
    except AwsError as error:
        # Ourselves, if an earlier attempt went through and only its answer was lost.
        live = look(aws, name) if error.cause == "taken" else None
        if live is None or not wanted.owner.owns(tags_of(live)):
            raise


def _ask(ecr: Service, name: str, operation: str, given: Mapping[str, Any]) -> None:
    ecr.ask(operation, f"{KIND} {name}", repositoryName=name, **given)


def _plain(ecr: Service, name: str, operation: str, given: Mapping[str, Any]) -> None:
    ecr.ask(operation, f"{KIND} {name}", **given)


def _kept(found: Item | None) -> Any:
    """The number of ours, or that there is another rule."""
    if found is None:
        return None
    try:
        count = found["rules"][0]["selection"]["countNumber"]
    except (KeyError, IndexError, TypeError):
        return "by another rule"
    return count if found == rules(count) else "by another rule"


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
