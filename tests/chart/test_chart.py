"""The chart, judged by helm itself and by what it renders."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml
from paths import CHART, TOOLS

pytestmark = pytest.mark.usefixtures("tools")
ENVIRONMENTS = ["dev", "staging", "prod"]


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOLS / "helm", *words], capture_output=True, text=True, check=False)


def render(*words: str) -> list[dict[str, Any]]:
    done = helm("template", "cam-arbitration-mesh", str(CHART), "-n", "cam-test", *words)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def values_of(environment: str) -> list[str]:
    return ["-f", str(CHART / f"values-{environment}.yaml")]


def only(documents: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [one for one in documents if one["kind"] == kind]
    return found


@pytest.mark.parametrize("environment", ["", *ENVIRONMENTS])
def test_helm_lint_is_silent(environment: str) -> None:
    words = values_of(environment) if environment else []
    done = helm("lint", "--strict", str(CHART), *words)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_names_and_selectors(environment: str) -> None:
    documents = render(*values_of(environment))
    deployment = only(documents, "Deployment")
    assert deployment["metadata"]["name"] == "cam-arbitration-mesh"
    assert "app.kubernetes.io/version" not in deployment["spec"]["selector"]["matchLabels"]
    assert only(documents, "Ingress")["metadata"]["name"] == "cam-ingress"
    service = only(documents, "Service")
    assert service["metadata"]["name"] == "cam-service"
    assert {port["port"] for port in service["spec"]["ports"]} == {80, 8080}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    policy = only(documents, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"]
    for selector in (service["spec"]["selector"], policy):
        assert selector.items() <= labels.items()


@pytest.mark.parametrize(("environment", "low", "high"), [("staging", 3, 19), ("prod", 5, 200)])
def test_replicas_belong_to_the_autoscaler(environment: str, low: int, high: int) -> None:
    documents = render(*values_of(environment))
    assert "replicas" not in only(documents, "Deployment")["spec"]
    scaler = only(documents, "HorizontalPodAutoscaler")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (low, high)


def test_dev_is_one_pod_without_a_disruption_budget() -> None:
    documents = render(*values_of("dev"))
    assert only(documents, "Deployment")["spec"]["replicas"] == 1
    assert not [one for one in documents if one["kind"] == "PodDisruptionBudget"]
    rule = only(documents, "Ingress")["spec"]["rules"][0]
    assert rule["host"] == "cam-dev.local"


def test_pods_meet_the_restricted_standard() -> None:
    spec = only(render(), "Deployment")["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 1000
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    context = spec["containers"][0]["securityContext"]
    assert context["readOnlyRootFilesystem"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}


def test_no_variable_is_set_twice() -> None:
    names = [
        entry["name"]
        for entry in only(render(), "Deployment")["spec"]["template"]["spec"]["containers"][0][
            "env"
        ]
    ]
    assert len(names) == len(set(names))


def test_a_changed_configuration_rolls_the_pods() -> None:
    def checksum(*words: str) -> str:
        template = only(render(*words), "Deployment")["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/config"])

    assert checksum() == checksum("--set", "replicaCount=4")
    assert checksum() != checksum("--set", "mesh.nodeType=participant")


def test_monitoring_objects_need_their_api() -> None:
    kinds = {one["kind"] for one in render()}
    assert "ServiceMonitor" not in kinds
    documents = render("--api-versions", "monitoring.coreos.com/v1/ServiceMonitor")
    paths = [point["path"] for point in only(documents, "ServiceMonitor")["spec"]["endpoints"]]
    assert paths == ["/metrics", "/collaboration/metrics"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "replicas=3"], "additional properties 'replicas' not allowed"),
        (["--set", "image.tga=3"], "additional properties 'tga' not allowed"),
        (["--set", "replicaCount=0"], "minimum: got 0, want 1"),
        (["--set", "replicaCount=many"], "got string, want integer"),
        (["--set", "autoscaling.minReplicas=9,autoscaling.maxReplicas=3"], "lower the first"),
        (["--set-string", "image.tag=latest"], "image/tag"),
        (["--set", "graceful.drainSeconds=90"], "must stay below"),
        (["--set", "strategy.maxSurge=0"], "no update could ever begin"),
        (["--set", "secret.create=true"], "secret.data is empty"),
    ],
)
def test_contradictions_are_refused_with_a_remedy(words: list[str], message: str) -> None:
    done = helm("template", "cam", str(CHART), *words)
    assert done.returncode != 0
    assert message in done.stderr
