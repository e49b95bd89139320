"""EKS clusters: what Cluster of the API reference has and moto's does not."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from typing import Any

from doubles.aws import versions
from doubles.aws.eks_common import cluster_named, look, settle, status_of
from doubles.aws.errors import refuse
from doubles.aws.estate import ESTATE
from doubles.aws.registry import call_of, patches, wraps
from doubles.aws.states import GONE, State
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks.models import Cluster, EKSBackend
from moto.eks.responses import EKSResponse
from moto.iam.models import iam_backends

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
Original = Callable[..., Any]


def require_role(account: str, arn: str, principal: str) -> None:
    """The role exists and the service may assume it, as AWS checks by assuming it."""
    for role in iam_backends[account]["aws"].roles.values():
        if role.arn == arn and principal in str(role.assume_role_policy_document):
            return
    raise refuse(
        "InvalidParameterException",
        f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted "
        "entity is not correct",
    )


@wraps(EKSResponse, "create_cluster", "eks")
def cluster_role_is_checked(original: Original, self: EKSResponse) -> Any:
    """API_CreateCluster roleArn: moto takes roles that do not exist."""
    call = call_of(self)
    require_role(call.account, call.params["roleArn"], "eks.amazonaws.com")
    return original(self)


@wraps(EKSResponse, "create_cluster", "eks")
def cluster_version_is_known(original: Original, self: EKSResponse) -> Any:
    """API_CreateCluster version: moto takes any, and makes 1.19 if none is given."""
    call = call_of(self)
    wanted = call.params.get("version")
    if wanted and not versions.usable(wanted):
        raise refuse("InvalidParameterException", f"unsupported Kubernetes version {wanted}")
    answer = original(self)
    if not wanted:
        answer.result["cluster"].version = versions.default()
    return answer


@wraps(EKSResponse, "create_cluster", "eks")
def cluster_lives_in_a_vpc(original: Original, self: EKSResponse) -> Any:
    """API_VpcConfigResponse vpcId, clusterSecurityGroupId, endpointPublicAccess and others: moto
    answers the request's subnetIds alone. The security group is a real one of the VPC. Subnets are
    in two zones at least (API_VpcConfigRequest subnetIds)."""
    call = call_of(self)
    asked = call.params["resourcesVpcConfig"]
    ec2 = ec2_backends[call.account][call.region]
    try:
        subnets = [ec2.get_subnet(subnet) for subnet in asked.get("subnetIds", [])]
    except Exception as error:
        raise refuse("InvalidParameterException", str(error)) from error
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise refuse(
            "InvalidParameterException",
            "Subnets specified must be in at least two different AZs",
        )
    answer = original(self)
    cluster = answer.result["cluster"]
    group = ec2.create_security_group(
        f"eks-cluster-sg-{cluster.name}-{secrets.randbelow(10**9)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master "
        "nodes, as well as any managed workloads.",
        vpc_id=subnets[0].vpc_id,
        tags={
            "Name": f"eks-cluster-sg-{cluster.name}",
            f"kubernetes.io/cluster/{cluster.name}": "owned",
            "aws:eks:cluster-name": cluster.name,
        },
    )
    cluster.resources_vpc_config = {
        "endpointPublicAccess": True, "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"], "securityGroupIds": [],
        **asked, "vpcId": subnets[0].vpc_id, "clusterSecurityGroupId": group.id,
    }  # fmt: skip
    return answer


@wraps(EKSResponse, "create_cluster", "eks")
def cluster_says_who_may_enter(original: Original, self: EKSResponse) -> Any:
    """API_Cluster accessConfig, upgradePolicy, health, deletionProtection, kubernetesNetworkConfig
    (ipFamily) and platformVersion: moto drops them."""
    call = call_of(self)
    answer = original(self)
    cluster, asked = answer.result["cluster"], call.params
    cluster.access_config = {
        "bootstrapClusterCreatorAdminPermissions": True, "authenticationMode": "CONFIG_MAP",
        **asked.get("accessConfig", {}),
    }  # fmt: skip
    cluster.upgrade_policy = {"supportType": "EXTENDED", **asked.get("upgradePolicy", {})}
    cluster.deletion_protection = bool(asked.get("deletionProtection"))
    cluster.zonal_shift_config = {"enabled": False, **asked.get("zonalShiftConfig", {})}
    cluster.kubernetes_network_config = {
        "serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4",
        "elasticLoadBalancing": {"enabled": False}, **asked.get("kubernetesNetworkConfig", {}),
    }  # fmt: skip
    cluster.platformVersion = "eks.1"
    return answer


@wraps(EKSResponse, "create_cluster", "eks")
def cluster_logging_lists_every_type(original: Original, self: EKSResponse) -> Any:
    """API_Logging clusterLogging: AWS answers each of the five types, as enabled or not; moto what
    was asked."""
    answer = original(self)
    cluster = answer.result["cluster"]
    cluster.logging = logging_of({}, cluster.logging)
    return answer


def logging_of(current: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The setting after a change: types that are not named stay as they are."""
    enabled = {kind for part in current.get("clusterLogging", []) if part.get("enabled")
               for kind in part["types"]}  # fmt: skip
    for part in asked.get("clusterLogging", []):
        kinds = set(part.get("types", []))
        enabled = enabled | kinds if part.get("enabled") else enabled - kinds
    on, off = ([t for t in LOG_TYPES if (t in enabled) is state] for state in (True, False))
    parts = [{"types": on, "enabled": True}, {"types": off, "enabled": False}]
    return {"clusterLogging": [part for part in parts if part["types"]]}


@wraps(Cluster, "__init__", "eks")
def cluster_has_an_issuer_of_its_own(original: Original, self: Cluster, **values: Any) -> None:
    """API_OIDC issuer: moto's is one for all clusters, so IAM takes but one OIDC provider."""
    original(self, **values)
    region, unique = values["region_name"], secrets.token_hex(16).upper()
    self.identity = {"oidc": {"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{unique}"}}
    self._cam_host = f"https://{unique}.gr7.{region}.eks.amazonaws.com"  # type: ignore[attr-defined]


@patches("eks", "Cluster.status, endpoint, certificate_authority")
def cluster_takes_its_time() -> None:
    """API_Cluster status, endpoint, certificateAuthority: AWS answers CREATING and DELETING on the
    way and no endpoint before ACTIVE; moto's clusters are ACTIVE at once. Endpoint and CA can be
    those of a real API server (options --eks-endpoint, --eks-ca)."""
    prepare = Cluster.__init__

    def prepared(self: Any, *words: Any, **values: Any) -> None:
        self._cam_state = State("eks::cluster", values["name"])
        prepare(self, *words, **values)

    def ready(self: Any) -> bool:
        return self._cam_state.shown not in {"CREATING", "FAILED"}

    def put(self: Any, value: Any) -> None:
        """moto's own value, of which nothing is kept."""

    Cluster.__init__ = prepared  # type: ignore[method-assign]
    Cluster.status = property(status_of, put)  # type: ignore[assignment]
    Cluster.is_active = property(lambda self: settle(self) == "ACTIVE")  # type: ignore[assignment]
    Cluster.health = property(  # type: ignore[attr-defined]
        lambda self: {"issues": self._cam_state.issues}
    )
    Cluster.endpoint = property(  # type: ignore[assignment]
        lambda self: (ESTATE.eks_endpoint or self._cam_host) if ready(self) else None, put
    )
    Cluster.certificate_authority = property(  # type: ignore[assignment]
        lambda self: {"data": ESTATE.certificate_authority()} if ready(self) else None, put
    )


def bury(backend: EKSBackend) -> None:
    """Forget what is gone, and with a cluster its security group, unless it is still referred to
    (then it stays, as it does on AWS)."""
    for name, cluster in list(backend.clusters.items()):
        if cluster._cam_state.shown == GONE:  # type: ignore[attr-defined]
            del backend.clusters[name]
            group = cluster.resources_vpc_config["clusterSecurityGroupId"]
            ec2 = ec2_backends[backend.account_id][backend.region_name]
            with contextlib.suppress(ServiceException):
                ec2.delete_security_group(group_id=group)


@wraps(EKSBackend, "describe_cluster", "eks")
def describing_a_cluster_is_a_tick(original: Original, self: EKSBackend, name: str) -> Cluster:
    """API_DescribeCluster: a cluster that is gone answers ResourceNotFoundException."""
    if name in self.clusters:
        look(self.clusters[name])
        bury(self)
    return cluster_named(self, name)


@wraps(EKSBackend, "list_clusters", "eks")
def listing_clusters_settles_them(original: Original, self: EKSBackend, **values: Any) -> Any:
    """API_ListClusters: without a cluster whose deletion is over."""
    for cluster in self.clusters.values():
        settle(cluster)
    bury(self)
    return original(self, **values)


@wraps(EKSResponse, "delete_cluster", "eks")
def cluster_is_deleting_first(original: Original, self: EKSResponse) -> ActionResult:
    """API_DeleteCluster: answers DELETING; refused while node groups are there
    (ResourceInUseException), while deletionProtection is on (InvalidRequestException)."""
    call = call_of(self)
    cluster = cluster_named(call.backend, call.params["name"])
    settle(cluster)
    for nodegroup in list(cluster.nodegroups.values()):
        settle(nodegroup)
        if nodegroup._cam_state.shown == GONE:  # type: ignore[attr-defined]
            del cluster.nodegroups[nodegroup.nodegroup_name]
    if cluster.nodegroups:
        names = ",".join(cluster.nodegroups)
        raise refuse(
            "ResourceInUseException", "Cluster has nodegroups attached",
            clusterName=cluster.name, nodegroupName=names,
        )  # fmt: skip
    if cluster.deletion_protection:  # type: ignore[attr-defined]
        raise refuse(
            "InvalidRequestException",
            f"Cluster {cluster.name} cannot be deleted: deletion protection is enabled",
        )
    cluster._cam_state.enter("DELETING")  # type: ignore[attr-defined]
    return ActionResult({"cluster": cluster})
