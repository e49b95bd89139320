"""Changes of EKS clusters: configuration, version, encryption, and the updates they start."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from doubles.aws import versions
from doubles.aws.eks_common import (
    active_cluster_of,
    cluster_of,
    nodegroup_of,
    not_found,
    page,
    start_update,
    updates_of,
)
from doubles.aws.errors import refuse
from doubles.aws.fixes_eks_cluster import logging_of
from doubles.aws.registry import Call, answers, call_of, wraps
from moto.core.responses import ActionResult
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

# Parameter of UpdateClusterConfig: type of the update, attribute of moto's Cluster.
SIMPLE = {
    "accessConfig": ("AccessConfigUpdate", "access_config"),
    "upgradePolicy": ("UpgradePolicyUpdate", "upgrade_policy"),
    "zonalShiftConfig": ("ZonalShiftConfigUpdate", "zonal_shift_config"),
    "deletionProtection": ("DeletionProtectionUpdate", "deletion_protection"),
}
MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
VPC = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


def nothing_to_do(what: str) -> Exception:
    return refuse("InvalidParameterException", f"No changes needed for the {what} provided")


def network_change(cluster: Cluster, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type of the update and what of the request is new; the rest is kept."""
    current = cluster.resources_vpc_config
    changed = {
        name: value
        for name, value in asked.items()
        if (sorted(value) if isinstance(value, list) else value)
        != (sorted(current[name]) if isinstance(value, list) else current.get(name))
    }
    if not changed:
        raise refuse(
            "InvalidParameterException",
            "Cluster is already at the desired configuration with "
            + ", ".join(f"{name}: {value}" for name, value in asked.items()),
        )
    if set(changed) & set(VPC) and set(changed) - set(VPC):
        raise refuse("InvalidParameterException", "Only one type of update can be allowed.")
    resulting = {**current, **changed}
    if not (resulting["endpointPublicAccess"] or resulting["endpointPrivateAccess"]):
        raise refuse(
            "InvalidParameterException",
            "Private and public endpoint access cannot both be disabled",
        )
    return ("EndpointAccessUpdate" if set(changed) & set(VPC) else "VpcConfigUpdate"), changed


@wraps(EKSResponse, "update_cluster_config", "eks")
def cluster_config_is_merged(original: Callable[..., Any], self: EKSResponse) -> ActionResult:
    """API_UpdateClusterConfig: moto replaces resourcesVpcConfig, so subnetIds are lost, answers the
    cluster instead of an update, takes several kinds of change and one that changes nothing."""
    call = call_of(self)
    cluster = active_cluster_of(call)
    asked = {name: value for name, value in call.params.items()
             if name not in {"name", "clientRequestToken"}}  # fmt: skip
    if len(asked) != 1:
        raise refuse("InvalidParameterException", "Only one type of update can be allowed.")
    [(name, value)] = asked.items()
    if name == "resourcesVpcConfig":
        kind, changed = network_change(cluster, value)
        attribute, new = "resources_vpc_config", {**cluster.resources_vpc_config, **changed}
    elif name == "logging":
        kind, changed = "LoggingUpdate", {"ClusterLogging": value["clusterLogging"]}
        attribute, new = "logging", logging_of(cluster.logging, value)
        if new == cluster.logging:
            raise nothing_to_do("logging config")
    elif name in SIMPLE:
        kind, attribute = SIMPLE[name]
        old = getattr(cluster, attribute)
        new = {**old, **value} if isinstance(value, dict) else value
        changed = value if isinstance(value, dict) else {name: str(value).lower()}
        if new == old:
            raise nothing_to_do(name)
        if name == "accessConfig":
            check_mode(old["authenticationMode"], new["authenticationMode"])
    else:
        raise refuse("InvalidParameterException", f"The double cannot change {name}.")

    def done() -> None:
        setattr(cluster, attribute, new)

    shown = {key[0].upper() + key[1:]: item for key, item in changed.items()}
    update = start_update(cluster, kind, shown, done, f"Cluster {cluster.name}")
    return ActionResult({"update": update})


def check_mode(old: str, new: str) -> None:
    """The way from CONFIG_MAP to API has no way back."""
    if MODES.index(new) < MODES.index(old):
        raise refuse(
            "InvalidParameterException",
            f"Unsupported authentication mode update from {old} to {new}",
        )


@answers(EKSResponse, "UpdateClusterVersion")
def update_cluster_version(call: Call) -> dict[str, Any]:
    """API_UpdateClusterVersion: one minor version up; nothing else."""
    cluster, version = active_cluster_of(call), call.params["version"]
    if version == cluster.version:
        raise refuse("InvalidParameterException", f"Cluster is already at version {version}")
    if not versions.usable(version):
        raise refuse("InvalidParameterException", f"unsupported Kubernetes version {version}")
    if versions.minor(version) != versions.minor(cluster.version) + 1:
        raise refuse(
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {cluster.version} to {version}",
        )
    behind = [
        group.nodegroup_name
        for group in cluster.nodegroups.values()
        if versions.minor(version) - versions.minor(group.version) > 3
    ]
    if behind:
        raise refuse(
            "InvalidRequestException",
            f"Nodegroups {', '.join(behind)} must be updated before the cluster to {version}",
        )

    def done() -> None:
        cluster.version = version

    shown = {"Version": version, "PlatformVersion": "eks.1"}
    what = f"Cluster {cluster.name}"
    return {"update": start_update(cluster, "VersionUpdate", shown, done, what)}


@answers(EKSResponse, "AssociateEncryptionConfig")
def associate_encryption_config(call: Call) -> dict[str, Any]:
    """API_AssociateEncryptionConfig: once, and never taken back."""
    cluster, asked = active_cluster_of(call), call.params["encryptionConfig"]
    if cluster.encryption_config:
        raise refuse(
            "InvalidParameterException", "Cluster already has an encryption config associated"
        )

    def done() -> None:
        cluster.encryption_config = asked

    shown = {"EncryptionConfig": json.dumps(asked)}
    what = f"Cluster {cluster.name}"
    return {"update": start_update(cluster, "AssociateEncryptionConfig", shown, done, what)}


def updated(call: Call) -> Any:
    """Whose updates are asked for: those of the cluster, of a node group or of an add-on."""
    if call.params.get("nodegroupName"):
        return nodegroup_of(call)
    cluster = cluster_of(call)
    if name := call.params.get("addonName"):
        addons = getattr(cluster, "_cam_addons", {})
        if name not in addons:
            raise not_found(f"No addon: {name} found in cluster: {cluster.name}", addonName=name)
        return addons[name]
    return cluster


@answers(EKSResponse, "DescribeUpdate")
def describe_update(call: Call) -> dict[str, Any]:
    """API_DescribeUpdate: of a cluster, a node group (nodegroupName) or an add-on (addonName)."""
    updates, number = updates_of(updated(call)), call.params["updateId"]
    if number not in updates.all:
        raise not_found(f"No update found for ID: {number}")
    updates.look()
    return {"update": updates.all[number].answer()}


@answers(EKSResponse, "ListUpdates")
def list_updates(call: Call) -> dict[str, Any]:
    """API_ListUpdates: the ids of all updates of the cluster, the node group or the add-on."""
    return page(call, "updateIds", list(updates_of(updated(call)).all))


@answers(EKSResponse, "DescribeClusterVersions")
def describe_cluster_versions(call: Call) -> dict[str, Any]:
    """API_DescribeClusterVersions: which versions live and until when."""
    asked = call.params
    found = [
        one
        for one in versions.answers()
        if one["clusterVersion"] in (asked.get("clusterVersions") or [one["clusterVersion"]])
        and one["versionStatus"] == (asked.get("versionStatus") or one["versionStatus"])
        and one["status"] == (asked.get("status") or one["status"])
        and (not asked.get("defaultOnly") or one["defaultVersion"])
        and (
            asked.get("includeAll")
            or asked.get("clusterVersions")
            or one["versionStatus"] != "UNSUPPORTED"
        )
    ]
    return page(call, "clusterVersions", found)
