"""The seed's job kubernetes-pods: whoever asks for it by annotation is scraped."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from mesh import Mesh, until

NAME = "cam-annotated"
PORT = 9000
SERVE = (
    "require('http').createServer((_, answer) => answer.end('annotated_total 7\\n'))"
    f".listen({PORT})"
)
ASKED = "/api/v1/namespaces/{}/services/prometheus:9090/proxy/api/v1/query?query=annotated_total"


@pytest.fixture
def annotated(mesh: Mesh) -> Iterator[None]:
    """A pod that is no part of the mesh, with the mesh's own image and guards."""
    (app,) = mesh.get("pods", "-l", "app=cam")
    own = app["spec"]["containers"][0]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "annotations": {"prometheus.io/scrape": "true"}},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": app["spec"]["securityContext"],
            "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "page",
                "image": own["image"],
                "command": ["node", "-e", SERVE],
                "ports": [{"containerPort": PORT}],
                "securityContext": own["securityContext"],
            }],
        },
    }  # fmt: skip
    mesh.kubectl("create", "-f", "-", stdin=json.dumps(pod))
    yield
    mesh.kubectl("delete", "pod", NAME)


def jobs(mesh: Mesh) -> set[str]:
    """The jobs by which Prometheus knows the metric of that pod."""
    answer = json.loads(mesh.kubectl("get", "--raw", ASKED.format(mesh.namespace)))
    return {series["metric"]["job"] for series in answer["data"]["result"]}


@pytest.mark.usefixtures("annotated")
def test_a_pod_with_the_annotation_is_scraped(mesh: Mesh) -> None:
    until("the pod is a target", lambda: jobs(mesh) == {"kubernetes-pods"}, 90)
