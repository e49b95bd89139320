"""EKS add-ons that there are, their versions and what can be set, from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from doubles.aws import versions

DATA: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "addons.json").read_text("utf-8")
)["addons"]


def offered(name: str, cluster: str) -> list[str]:
    """Versions of the add-on for a Kubernetes version, the oldest first; the first is the default.

    kube-proxy has the minor version of its cluster."""
    if DATA[name].get("follows_cluster"):
        return [f"v{cluster}.0-eksbuild.2", f"v{cluster}.1-eksbuild.1"]
    return list(DATA[name]["versions"])


def information(name: str, clusters: list[str]) -> dict[str, Any]:
    """AddonInfo of the API reference, the newest version first."""
    about, compatible = DATA[name], dict[str, list[dict[str, Any]]]()
    for cluster in clusters:
        for version in reversed(offered(name, cluster)):
            compatible.setdefault(version, []).append(
                {
                    "clusterVersion": cluster,
                    "platformVersions": ["*"],
                    "defaultVersion": version == offered(name, cluster)[0],
                }
            )
    return {
        "addonName": name,
        "type": about["type"],
        "publisher": about.get("publisher", "eks"),
        "owner": about.get("owner", "aws"),
        "addonVersions": [
            {
                "addonVersion": version,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2", "auto", "hybrid"],
                "compatibilities": entries,
                "requiresConfiguration": False,
                "requiresIamPermissions": "policies" in about,
            }
            for version, entries in compatible.items()
        ],
    }


def usable_clusters() -> list[str]:
    return [one["clusterVersion"] for one in versions.answers() if
            versions.usable(one["clusterVersion"])]  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    """JSON schema of configurationValues; what is in a setting is not described."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {setting: {} for setting in DATA[name]["settings"]},
        "additionalProperties": False,
    }


def wrong_configuration(name: str, text: str) -> str:
    """Why AWS does not take these configurationValues (JSON or YAML); "" if it does."""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return f"neither JSON nor YAML: {error}"
    if not isinstance(given, dict):
        return "not an object"
    unknown = sorted(set(given) - set(DATA[name]["settings"]))
    if unknown:
        return f"Json schema validation failed with error: {', '.join(unknown)}: not allowed"
    return ""
