"""What a deploy leaves behind."""

import json


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


def test_a_client_of_the_edge_is_answered(host) -> None:
    curl = "curl --http1.1 -sk --resolve cam-molecule.localhost:8443:127.0.0.1"
    answer = json.loads(host.run(f"{curl} https://cam-molecule.localhost:8443/health").stdout)
    assert answer["status"] == "healthy"
