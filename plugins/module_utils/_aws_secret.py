# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that Secrets Manager keeps: whether it is there and whose it is, never what it is.

What was given its value carries the version of the value as a tag. So a value that somebody
replaces in Secrets Manager is set by the next run, and a run that ended in between is made good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change

KIND: Final = "secret"
CURRENT: Final = "AWSCURRENT"
# On a database or cache: which version of its secret it has.
TAG_VERSION: Final = "cam-secret-version"
LOST: Final = (
    "nothing keeps the password that is in use: a new one is made and set, and whoever uses the "
    "old one is locked out until the next deploy. If you know it, put it back into Secrets Manager"
)


@dataclass(frozen=True)
class Secret:
    """A secret without its value. `version`: of the value that is current now."""

    arn: str
    version: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    # Scheduled for deletion: it cannot be read, and its name is taken.
    deleted: bool = False


def find(service: Service, name: str) -> Secret | None:
    """Source: DescribeSecret, fields `VersionIdsToStages`, `DeletedDate`, `Tags`."""
    try:
        live = service.ask("describe_secret", f"{KIND} {name}", SecretId=name)
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None
    stages = live.get("VersionIdsToStages") or {}
    version = next((one for one, names in stages.items() if CURRENT in names), "")
    tags = {pair["Key"]: pair["Value"] for pair in live.get("Tags") or []}
    return Secret(str(live["ARN"]), version, tags, live.get("DeletedDate") is not None)


def difference(
    name: str,
    found: Secret | None,
    owner: Owner,
    tags: Mapping[str, str],
    *,
    in_use: bool,
    adopt: bool,
) -> Change | None:
    """What has to be done for the secret to be there. `in_use`: what it opens is there already."""
    if found is None:
        return Change(KIND, name, "create", danger=LOST if in_use else "")
    owner.refuse_foreign(KIND, name, found.tags, adopt)
    fields: dict[str, tuple[Any, Any]] = {}
    if found.deleted:
        fields["scheduled for deletion"] = (True, False)
    fields |= tag_fields(tags, found.tags)
    return Change(KIND, name, "update", fields) if fields else None


def tag_fields(
    wanted: Mapping[str, str], found: Mapping[str, str] | None
) -> dict[str, tuple[Any, Any]]:
    """The tags that differ, as a plan shows them."""
    missing = tags_to_set(wanted, found)
    return {f"tag {key}": ((found or {}).get(key, ABSENT), missing[key]) for key in sorted(missing)}


def is_stale(found: Secret | None, holder: Mapping[str, str]) -> bool:
    """Whether what carries these tags has another value than the secret, or than the one to be."""
    return found is None or holder.get(TAG_VERSION) != found.version
