"""EKS managed node groups: what Nodegroup of the API reference has and moto's does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws import versions
from doubles.aws.eks_common import (
    active_cluster_of,
    cluster_named,
    look,
    nodegroup_of,
    not_found,
    settle,
    start_update,
    status_of,
)
from doubles.aws.errors import refuse
from doubles.aws.fixes_eks_cluster import require_role
from doubles.aws.registry import Call, answers, call_of, patches, wraps
from doubles.aws.states import GONE, State
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.eks.models import EKSBackend, Nodegroup
from moto.eks.responses import EKSResponse

Original = Callable[..., Any]


@wraps(EKSResponse, "create_nodegroup", "eks")
def nodegroup_role_is_checked(original: Original, self: EKSResponse) -> Any:
    """API_CreateNodegroup nodeRole: moto takes roles that do not exist."""
    call = call_of(self)
    require_role(call.account, call.params["nodeRole"], "ec2.amazonaws.com")
    return original(self)


@wraps(EKSResponse, "create_nodegroup", "eks")
def nodegroup_keeps_what_it_was_given(original: Original, self: EKSResponse) -> Any:
    """API_Nodegroup updateConfig, nodeRepairConfig, remoteAccess: moto drops the first two and
    makes up the third."""
    answer, asked = original(self), call_of(self).params
    nodegroup = answer.result["nodegroup"]
    nodegroup.update_config = asked.get("updateConfig") or {"maxUnavailable": 1}
    nodegroup.node_repair_config = asked.get("nodeRepairConfig")
    nodegroup.remote_access = asked.get("remoteAccess")
    if not nodegroup.remote_access:
        nodegroup.resources.pop("remoteAccessSecurityGroup", None)
    return answer


@wraps(EKSResponse, "create_nodegroup", "eks")
def nodegroup_has_the_version_of_its_cluster(original: Original, self: EKSResponse) -> Any:
    """API_Nodegroup version, releaseVersion, amiType: moto's are 1.19 and AL2. EKS takes AL2023 if
    no type is given, and AL2 no longer from 1.33 on."""
    call = call_of(self)
    cluster = active_cluster_of(call)
    version = call.params.get("version") or cluster.version
    kind = call.params.get("amiType") or "AL2023_x86_64_STANDARD"
    if versions.minor(version) > versions.minor(cluster.version):
        raise refuse(
            "InvalidParameterException",
            f"Nodegroup version {version} is newer than that of the cluster, {cluster.version}",
        )
    if kind.startswith("AL2_") and versions.minor(version) >= 33:
        raise refuse(
            "InvalidParameterException",
            f"Requested AMI type {kind} is not supported for kubernetes version {version}",
        )
    answer = original(self)
    nodegroup = answer.result["nodegroup"]
    nodegroup.version, nodegroup.ami_type = version, kind
    nodegroup.release_version = call.params.get("releaseVersion") or release(version)
    return answer


def release(version: str) -> str:
    """A release of the AMI, in the form of AWS: version and day."""
    return f"{version}.0-20261101"


@wraps(EKSResponse, "create_nodegroup", "eks")
def nodegroup_has_its_template(original: Original, self: EKSResponse) -> Any:
    """API_Nodegroup launchTemplate, instanceTypes, diskSize: of a template AWS answers id, name and
    version as text, and what the template says about instances and disks is not repeated. A
    template that is not there is refused."""
    call = call_of(self)
    asked = call.params.get("launchTemplate")
    if not asked:
        return original(self)
    template = template_of(call, asked)
    answer = original(self)
    nodegroup = answer.result["nodegroup"]
    nodegroup.launch_template = template
    nodegroup.instance_types = call.params.get("instanceTypes")
    nodegroup.disk_size = None
    return answer


def template_of(call: Call, asked: dict[str, Any]) -> dict[str, str]:
    """LaunchTemplateSpecification with all its members; the version defaults to the default one."""
    ec2 = ec2_backends[call.account][call.region]
    for template in ec2.launch_templates.values():
        if asked.get("id") == template.id or asked.get("name") == template.name:
            number = asked.get("version") or template.default_version_number
            try:
                number = template.get_version(number).number
            except Exception as error:
                raise refuse("InvalidParameterException", str(error)) from error
            return {"id": template.id, "name": template.name, "version": str(number)}
    raise refuse(
        "InvalidParameterException",
        f"Launch template {asked.get('id') or asked.get('name')} does not exist",
    )


@patches("eks", "Nodegroup.status, health")
def nodegroup_takes_its_time() -> None:
    """API_Nodegroup status, health: AWS answers CREATING and DELETING on the way; moto's are ACTIVE
    at once and can never fail."""
    prepare = Nodegroup.__init__

    def prepared(self: Any, *words: Any, **values: Any) -> None:
        self._cam_state = State("eks::nodegroup", values["nodegroup_name"])
        prepare(self, *words, **values)

    def put(self: Any, value: Any) -> None:
        """moto's own value, of which nothing is kept."""

    Nodegroup.__init__ = prepared  # type: ignore[method-assign]
    Nodegroup.status = property(status_of, put)  # type: ignore[assignment]
    Nodegroup.health = property(  # type: ignore[assignment]
        lambda self: {"issues": self._cam_state.issues}, put
    )


@wraps(EKSBackend, "describe_nodegroup", "eks")
def describing_a_nodegroup_is_a_tick(
    original: Original, self: EKSBackend, cluster_name: str, nodegroup_name: str
) -> Nodegroup:
    """API_DescribeNodegroup: a node group that is gone answers ResourceNotFoundException."""
    nodegroups = cluster_named(self, cluster_name).nodegroups
    if nodegroup_name in nodegroups:
        look(nodegroups[nodegroup_name])
        if nodegroups[nodegroup_name]._cam_state.shown == GONE:  # type: ignore[attr-defined]
            del nodegroups[nodegroup_name]
    if nodegroup_name not in nodegroups:
        raise not_found(
            f"No node group found for name: {nodegroup_name}.", nodegroupName=nodegroup_name
        )
    return nodegroups[nodegroup_name]


@wraps(EKSBackend, "list_nodegroups", "eks")
def listing_nodegroups_settles_them(
    original: Original, self: EKSBackend, cluster_name: str, **values: Any
) -> Any:
    """API_ListNodegroups: without those whose deletion is over; a cluster that is not there answers
    ResourceNotFoundException (moto: a crash)."""
    nodegroups = cluster_named(self, cluster_name).nodegroups
    for name, nodegroup in list(nodegroups.items()):
        settle(nodegroup)
        if nodegroup._cam_state.shown == GONE:  # type: ignore[attr-defined]
            del nodegroups[name]
    return original(self, cluster_name=cluster_name, **values)


@wraps(EKSResponse, "delete_nodegroup", "eks")
def nodegroup_is_deleting_first(original: Original, self: EKSResponse) -> ActionResult:
    """API_DeleteNodegroup: answers DELETING."""
    nodegroup = nodegroup_of(call_of(self))
    settle(nodegroup)
    nodegroup._cam_state.enter("DELETING")  # type: ignore[attr-defined]
    return ActionResult({"nodegroup": nodegroup})


@wraps(EKSResponse, "update_nodegroup_config", "eks")
def nodegroup_update_is_kept(original: Original, self: EKSResponse) -> ActionResult:
    """API_UpdateNodegroupConfig: an update that DescribeUpdate finds, its params in JSON; one
    that changes nothing is refused. moto forgets it and merges scalingConfig without a check."""
    call = call_of(self)
    nodegroup, asked = nodegroup_of(call), call.params
    names = {"labels": "LabelsToAdd", "taints": "TaintsToAdd", "scalingConfig": "ScalingConfig",
             "updateConfig": "UpdateConfig", "nodeRepairConfig": "NodeRepairConfig"}  # fmt: skip
    shown = {shown: asked[name] for name, shown in names.items() if asked.get(name)}
    if not shown:
        raise refuse("InvalidParameterException", "No changes were provided")
    size = {**nodegroup.scaling_config, **asked.get("scalingConfig", {})}
    if not size["minSize"] <= size["desiredSize"] <= size["maxSize"]:
        raise refuse(
            "InvalidParameterException",
            f"desired capacity {size['desiredSize']} must be between min size {size['minSize']} "
            f"and max size {size['maxSize']}",
        )

    def done() -> None:
        original(self)
        nodegroup.modified_at = utcnow()

    what = f"Nodegroup {nodegroup.nodegroup_name}"
    return ActionResult({"update": start_update(nodegroup, "ConfigUpdate", shown, done, what)})


@answers(EKSResponse, "UpdateNodegroupVersion")
def update_nodegroup_version(call: Call) -> dict[str, Any]:
    """API_UpdateNodegroupVersion: to the cluster's version, a release or a template's version."""
    cluster, nodegroup, asked = active_cluster_of(call), nodegroup_of(call), call.params
    version = asked.get("version") or cluster.version
    if versions.minor(version) > versions.minor(cluster.version):
        raise refuse(
            "InvalidParameterException",
            f"Nodegroup version {version} is newer than that of the cluster, {cluster.version}",
        )
    template = template_of(call, asked["launchTemplate"]) if "launchTemplate" in asked else None
    if template and (nodegroup.launch_template or {}).get("id") != template["id"]:
        raise refuse(
            "InvalidParameterException",
            "Launch template id or name cannot be changed; only its version",
        )

    def done() -> None:
        nodegroup.version = version
        nodegroup.release_version = asked.get("releaseVersion") or release(version)
        nodegroup.launch_template = template or nodegroup.launch_template
        nodegroup.modified_at = utcnow()

    shown = {"Version": version, "ReleaseVersion": asked.get("releaseVersion") or release(version)}
    if template:
        shown["LaunchTemplateVersion"] = template["version"]
    what = f"Nodegroup {nodegroup.nodegroup_name}"
    return {"update": start_update(nodegroup, "VersionUpdate", shown, done, what)}
