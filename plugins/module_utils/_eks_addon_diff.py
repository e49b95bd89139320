# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates an add-on of EKS from what is wanted."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

with contextlib.suppress(ImportError):  # PyYAML comes with Ansible.
    import yaml

KIND: Final = "EKS add-on"
Pair = tuple[Any, Any]
Entry = Mapping[str, Any]


def differences(entry: Entry, live: Live, roles: Mapping[str, str]) -> dict[str, Pair]:
    """Field by field. `roles`: service account to role, of the add-on's pod identities."""
    pairs: dict[str, Pair] = {}
    if live["status"] == "UPDATE_FAILED":
        pairs["status"] = ("UPDATE_FAILED", "ACTIVE")
    wanted = entry["version"]
    if wanted is not None and wanted != live.get("addonVersion"):
        pairs["version"] = (live.get("addonVersion"), wanted)
    if entry["configuration"] is not None:
        found = configuration(entry["name"], live.get("configurationValues"))
        if found != entry["configuration"]:
            pairs |= _leaves(found, entry["configuration"], "configuration")
    role = entry["service_account_role_arn"]
    if role is not None and role != live.get("serviceAccountRoleArn"):
        pairs["service_account_role_arn"] = (live.get("serviceAccountRoleArn"), role)
    if entry["pod_identities"] is not None and identities(entry) != dict(roles):
        pairs["pod_identities"] = (dict(roles), identities(entry))
    return pairs


def identities(entry: Entry) -> dict[str, str]:
    """Service account to role."""
    return {one["service_account"]: one["role_arn"] for one in entry["pod_identities"] or []}


def configuration(name: str, text: str | None) -> dict[str, Any]:
    """`configurationValues`: whoever set it wrote JSON or YAML."""
    try:
        found = yaml.safe_load(text or "{}")
    except yaml.YAMLError:
        found = text
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise CamError(
            f"{KIND} {name} has configuration values that are no mapping. Mend them in the console."
        )
    return found


def request(entry: Entry) -> dict[str, Any]:
    """What CreateAddon and UpdateAddon take alike. All that is given goes along: an update that

    leaves out the role takes it away.
    """
    given = {
        "addonVersion": entry["version"],
        "serviceAccountRoleArn": entry["service_account_role_arn"],
        "resolveConflicts": entry["resolve_conflicts"],
    }
    found = {key: value for key, value in given.items() if value is not None}
    if entry["configuration"] is not None:
        found["configurationValues"] = json.dumps(entry["configuration"], sort_keys=True)
    if entry["pod_identities"] is not None:
        found["podIdentityAssociations"] = [
            {"serviceAccount": account, "roleArn": role}
            for account, role in identities(entry).items()
        ]
    return found


def default_version(name: str, kubernetes: str, offered: list[dict[str, Any]]) -> str:
    """The version that AWS takes by default for this Kubernetes: DescribeAddonVersions,

    field `compatibilities[].defaultVersion`.
    """
    versions = [one for addon in offered for one in addon.get("addonVersions") or []]
    for one in versions:
        for fits in one.get("compatibilities") or []:
            if fits.get("clusterVersion") == kubernetes and fits.get("defaultVersion"):
                return str(one["addonVersion"])
    raise CamError(
        f"{KIND} {name} has no default version for Kubernetes {kubernetes} ({len(versions)} are "
        "offered). See its name, or give `version`."
    )


def newer(one: str, other: str) -> bool:
    """Whether v1.20.4-eksbuild.1 comes after v1.19.0-eksbuild.7."""
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> list[int]:
    return [int(text) for text in re.findall(r"\d+", version)]


def _leaves(before: Any, after: Any, path: str) -> dict[str, Pair]:
    """The values that differ, by their dotted path."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs: dict[str, Pair] = {}
        for key in sorted({*before, *after}, key=str):
            if before.get(key) != after.get(key) or (key in before) != (key in after):
                pairs |= _leaves(before.get(key), after.get(key), f"{path}.{key}")
        return pairs
    return {path: (before, after)}
