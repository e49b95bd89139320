"""What a deploy leaves behind."""

import json
import ssl

import urllib3


def test_the_revision_is_recorded_as_verified(kubectl) -> None:
    record = json.loads(
        kubectl.get("configmap cam-release-cam-arbitration-mesh")["data"]["verified"]
    )
    assert record[-1]["chart"] == "cam-chart-2.0.0"


def test_every_workload_is_ready(kubectl) -> None:
    for one in kubectl.get("deployments,statefulsets")["items"]:
        assert one["status"].get("readyReplicas") == one["spec"]["replicas"], one["metadata"]


def test_every_pod_meets_the_restricted_standard(kubectl) -> None:
    for pod in kubectl.get("pods")["items"]:
        for container in pod["spec"]["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]


def test_a_client_of_the_edge_is_answered_and_can_trust_it(kubectl) -> None:
    host = "cam-molecule.localhost"
    trust = ssl.create_default_context(cadata=kubectl.secret("cam-tls")["ca.crt"])
    edge = urllib3.HTTPSConnectionPool(
        "127.0.0.1", 8443, ssl_context=trust, server_hostname=host, assert_hostname=host
    )
    answer = edge.request("GET", "/health", headers={"Host": host}, timeout=30)
    assert answer.status == 200
    assert answer.json()["status"] == "healthy"
