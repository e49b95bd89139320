"""EKS add-ons, which moto does not have."""

from __future__ import annotations

import json
import uuid
from typing import Any

from doubles.aws import addons
from doubles.aws.eks_common import (
    active_cluster_of,
    cluster_of,
    look,
    not_found,
    page,
    settle,
    start_update,
    status_of,
    updates_of,
)
from doubles.aws.errors import refuse
from doubles.aws.pod_identities import PodIdentity, kept, own
from doubles.aws.registry import Call, answers
from doubles.aws.states import GONE, State
from moto.core.utils import utcnow
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse


class Addon:
    """Addon of the API reference."""

    def __init__(self, call: Call, cluster: Cluster, version: str) -> None:
        self.cluster, asked = cluster, call.params
        self.name, self.version = asked["addonName"], version
        self.arn = call.arn("eks", f"addon/{cluster.name}/{self.name}/{uuid.uuid4()}")
        self.role = asked.get("serviceAccountRoleArn")
        self.configuration = asked.get("configurationValues")
        self.namespace = asked.get("namespaceConfig")
        self.tags = dict(asked.get("tags", {}))
        self.created_at = self.modified_at = utcnow()
        self._cam_state = State("eks::addon", self.name)

    @property
    def lacks_nodes(self) -> bool:
        """Its pods have nowhere to run."""
        needs = addons.DATA[self.name].get("needs_nodes")
        return bool(needs) and not any(
            group.status in {"ACTIVE", "UPDATING"} for group in self.cluster.nodegroups.values()
        )

    @property
    def status(self) -> str:
        status = status_of(self)
        last = list(updates_of(self).all.values())[-1:]
        if status == "ACTIVE" and last and last[0].status == "Failed":
            return "UPDATE_FAILED"
        return "DEGRADED" if status == "ACTIVE" and self.lacks_nodes else status

    @property
    def issues(self) -> list[dict[str, Any]]:
        if self.status == "DEGRADED" and not self._cam_state.issues:
            message = "The add-on is unhealthy because it doesn't have the desired number of "
            return [
                {"code": "InsufficientNumberOfReplicas", "message": f"{message}replicas.",
                 "resourceIds": []}
            ]  # fmt: skip
        return self._cam_state.issues

    def answer(self) -> dict[str, Any]:
        about = addons.DATA[self.name]
        answer = {
            "addonName": self.name, "clusterName": self.cluster.name, "status": self.status,
            "addonVersion": self.version, "health": {"issues": self.issues}, "addonArn": self.arn,
            "createdAt": self.created_at, "modifiedAt": self.modified_at, "tags": self.tags,
            "publisher": about.get("publisher", "eks"), "owner": about.get("owner", "aws"),
            "serviceAccountRoleArn": self.role, "configurationValues": self.configuration,
            "namespaceConfig": self.namespace,
            "podIdentityAssociations": [one.arn for one in own(self.cluster, self.arn)],
        }  # fmt: skip
        return {name: value for name, value in answer.items() if value is not None}


def of(cluster: Cluster) -> dict[str, Addon]:
    if "_cam_addons" not in vars(cluster):
        cluster._cam_addons = {}  # type: ignore[attr-defined]
    found: dict[str, Addon] = cluster._cam_addons  # type: ignore[attr-defined]
    for name, addon in list(found.items()):
        if addon._cam_state.shown == GONE:
            del found[name]
            for one in own(cluster, addon.arn):
                del kept(cluster)[one.id]
    return found


def addon_of(call: Call, tick: bool = False) -> Addon:
    cluster, name = cluster_of(call), call.params["addonName"]
    if tick and name in of(cluster):
        look(of(cluster)[name])
    if name not in of(cluster):
        raise not_found(f"No addon: {name} found in cluster: {cluster.name}", addonName=name)
    return of(cluster)[name]


def check(call: Call, cluster: Cluster, name: str) -> str:
    """The version that is to be; InvalidParameterException for what AWS does not take."""
    if name not in addons.DATA:
        raise refuse("InvalidParameterException", f"Addon {name} specified is not supported")
    offered = addons.offered(name, cluster.version)
    version = call.params.get("addonVersion") or offered[0]
    if version not in offered:
        raise refuse(
            "InvalidParameterException",
            f"Addon version specified is not supported in {cluster.version} kubernetes version",
        )
    text = call.params.get("configurationValues")
    if text and (why := addons.wrong_configuration(name, text)):
        raise refuse(
            "InvalidParameterException",
            f"ConfigurationValue provided in request is not supported: {why}",
        )
    return str(version)


def give_roles(call: Call, cluster: Cluster, arn: str) -> None:
    """Replace the associations that the add-on owns by those that the request names."""
    if "podIdentityAssociations" in call.params:
        for one in own(cluster, arn):
            del kept(cluster)[one.id]
        for asked in call.params["podIdentityAssociations"]:
            PodIdentity.make(call, cluster, {**asked, "namespace": "kube-system"}, owner=arn)


@answers(EKSResponse, "CreateAddon")
def create_addon(call: Call) -> dict[str, Any]:
    """API_CreateAddon: answers CREATING; without nodes it ends DEGRADED if its pods need some."""
    cluster, name = active_cluster_of(call), call.params["addonName"]
    version = check(call, cluster, name)
    if name in of(cluster):
        raise refuse("ResourceInUseException", "Addon already exists.", addonName=name)
    addon = of(cluster)[name] = Addon(call, cluster, version)
    give_roles(call, cluster, addon.arn)
    return {"addon": addon.answer()}


@answers(EKSResponse, "DescribeAddon")
def describe_addon(call: Call) -> dict[str, Any]:
    """API_DescribeAddon."""
    return {"addon": addon_of(call, tick=True).answer()}


@answers(EKSResponse, "ListAddons")
def list_addons(call: Call) -> dict[str, Any]:
    """API_ListAddons: the names."""
    cluster = cluster_of(call)
    for addon in of(cluster).values():
        settle(addon)
    return page(call, "addons", sorted(of(cluster)))


@answers(EKSResponse, "UpdateAddon")
def update_addon(call: Call) -> dict[str, Any]:
    """API_UpdateAddon: what is not named stays."""
    cluster, addon = active_cluster_of(call), addon_of(call)
    version = check(call, cluster, addon.name) if "addonVersion" in call.params else addon.version
    check(call, cluster, addon.name)

    def done() -> None:
        addon.version, addon.modified_at = version, utcnow()
        addon.role = call.params.get("serviceAccountRoleArn", addon.role)
        addon.configuration = call.params.get("configurationValues", addon.configuration)
        give_roles(call, cluster, addon.arn)

    shown = {
        name[0].upper() + name[1:]: value if isinstance(value, str) else json.dumps(value)
        for name, value in call.given(
            "addonVersion", "serviceAccountRoleArn", "resolveConflicts", "configurationValues",
            "podIdentityAssociations",
        ).items()
    }  # fmt: skip
    return {"update": start_update(addon, "AddonUpdate", shown, done, f"Addon {addon.name}")}


@answers(EKSResponse, "DeleteAddon")
def delete_addon(call: Call) -> dict[str, Any]:
    """API_DeleteAddon: answers DELETING; its pod identity associations go with it."""
    addon = addon_of(call)
    settle(addon)
    addon._cam_state.enter("DELETING")
    return {"addon": addon.answer()}


@answers(EKSResponse, "DescribeAddonVersions")
def describe_addon_versions(call: Call) -> dict[str, Any]:
    """API_DescribeAddonVersions: by addonName and kubernetesVersion."""
    asked = call.params
    name, cluster = asked.get("addonName"), asked.get("kubernetesVersion")
    if name and name not in addons.DATA:
        raise not_found(f"Addon {name} is not supported", addonName=name)
    clusters = [cluster] if cluster else addons.usable_clusters()
    found = [addons.information(one, clusters) for one in addons.DATA if name in (None, one)]
    for member, filters in (("type", "types"), ("publisher", "publishers"), ("owner", "owners")):
        if asked.get(filters):
            found = [one for one in found if one[member] in asked[filters]]
    return page(call, "addons", found)


@answers(EKSResponse, "DescribeAddonConfiguration")
def describe_addon_configuration(call: Call) -> dict[str, Any]:
    """API_DescribeAddonConfiguration: the schema of configurationValues, and the service account
    that needs a role."""
    name, version = call.params["addonName"], call.params["addonVersion"]
    known = {v for c in addons.usable_clusters() for v in addons.offered(name, c)} if (
        name in addons.DATA
    ) else set()  # fmt: skip
    if version not in known:
        raise not_found(f"Addon {name} with version {version} is not supported", addonName=name)
    about = addons.DATA[name]
    answer = {
        "addonName": name,
        "addonVersion": version,
        "configurationSchema": json.dumps(addons.schema(name)),
    }
    if "policies" not in about:
        return answer
    policies = [f"arn:aws:iam::aws:policy/{policy}" for policy in about["policies"]]
    identity = {
        "serviceAccount": about["service_account"],
        "recommendedManagedPolicies": policies,
    }
    return {**answer, "podIdentityConfiguration": [identity]}
