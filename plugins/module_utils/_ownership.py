# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a resource of a cloud is: three tags tell ours from everybody else's.

The keys fit all three clouds: AWS takes nearly everything, Azure no `/` in the name of a tag, GCP
only small letters, digits, `_` and `-`. Values are names of clusters and environments, which each
cloud restricts by itself, GCP the most (labels have no capital letters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

TAG_APP: Final = "app"
TAG_ENVIRONMENT: Final = "cam-environment"
TAG_CLUSTER: Final = "cam-cluster"
APP: Final = "cam"
KEYS: Final = (TAG_APP, TAG_ENVIRONMENT, TAG_CLUSTER)

# Every name that EKS, AKS or GKE take for a cluster.
VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Owner:
    """One mesh cluster of one environment: who owns what carries its three tags."""

    environment: str
    cluster: str

    def __post_init__(self) -> None:
        for option, value in (("environment", self.environment), ("cluster", self.cluster)):
            if not VALUE.fullmatch(value):
                raise CamError(
                    f"`{option}` is {value!r}. It becomes a tag that tells ours from foreign "
                    "resources, so it must be 1 to 100 letters, digits, `-` or `_`, with a letter "
                    "or digit at both ends."
                )

    @property
    def tags(self) -> dict[str, str]:
        return {TAG_APP: APP, TAG_ENVIRONMENT: self.environment, TAG_CLUSTER: self.cluster}

    def with_tags(self, given: Mapping[str, Any] | None) -> dict[str, str]:
        """Ours and those of the inventory, which may not say that we are somebody else."""
        wanted = texts("tags", given) or {}
        for key, value in self.tags.items():
            if wanted.get(key, value) != value:
                raise CamError(
                    f"`tags` sets {key} to {wanted[key]!r}. That tag says whose the resource is "
                    f"and must be {value!r}: leave it out of `tags`."
                )
        return {**wanted, **self.tags}

    def owns(self, tags: Mapping[str, str] | None) -> bool:
        """All three; a resource that lacks one was not made by us, or is no longer meant to be."""
        return all((tags or {}).get(key) == value for key, value in self.tags.items())

    def whose(self, tags: Mapping[str, str] | None) -> str:
        """Who seems to own it, for a message."""
        found = tags or {}
        if self.owns(found):
            return "ours"
        if found.get(TAG_APP) == APP and (TAG_ENVIRONMENT in found or TAG_CLUSTER in found):
            return (
                f"that of the mesh {found.get(TAG_CLUSTER, 'without a name')} "
                f"(environment {found.get(TAG_ENVIRONMENT, 'unknown')})"
            )
        return "not made by this collection"

    def refuse_foreign(
        self, kind: str, name: str, tags: Mapping[str, str] | None, adopt: bool
    ) -> None:
        """Stops before something is written to what is not ours."""
        if adopt or self.owns(tags):
            return
        raise CamError(
            f"{kind} {name} exists and is {self.whose(tags)}: it lacks the tags "
            + ", ".join(f"{key}={value}" for key, value in self.tags.items())
            + ". Give it to this mesh with `adopt: true`, or choose another name."
        )


def texts(option: str, given: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Values as the clouds take them. What YAML made of `yes` is not for us to guess."""
    for key, value in (given or {}).items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise CamError(f"`{option}`: {key} is {value!r}, and must be a text. Quote it in YAML.")
    return None if given is None else {str(key): str(value) for key, value in given.items()}


def tags_to_set(wanted: Mapping[str, str], live: Mapping[str, str] | None) -> dict[str, str]:
    """The wanted tags that differ. Tags that nobody here named are not ours to judge."""
    return {key: value for key, value in wanted.items() if (live or {}).get(key) != value}
