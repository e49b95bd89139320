"""The chart, judged by helm itself and by what it renders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from charts import ENVIRONMENTS, EVERYTHING, helm, only, render, values_of
from paths import CHART

pytestmark = pytest.mark.usefixtures("tools")
AUTOSCALING_WITHOUT_TARGET = (
    'autoscaling={"targetCPUUtilizationPercentage":null,"targetMemoryUtilizationPercentage":null}'
)


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
    assert service["spec"]["selector"].items() <= labels.items()


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
        (["--set", "secret.data.api-key=x"], "so nothing would read it"),
        (["--set", "keda.enabled=true"], "two scalers fight over one number"),
        (
            ["--set-json", AUTOSCALING_WITHOUT_TARGET],
            "give targetCPUUtilizationPercentage or",
        ),
        (
            [
                "--set",
                "autoscaling.enabled=false,keda.enabled=true",
                "--set-json",
                'keda={"requestsPerSecondPerPod":null,"sessionsPerPod":null}',
            ],
            "give keda.requestsPerSecondPerPod or keda.sessionsPerPod",
        ),
        (
            ["--set-json", 'resources={"requests":{"cpu":null},"limits":{"cpu":null}}'],
            "autoscaling.targetCPUUtilizationPercentage is a share of resources.requests.cpu",
        ),
        (["--set", "pdb.maxUnavailable=0"], "no node could ever be drained"),
        (
            ["--set", "monitoring.enabled=false,monitoring.alerting.enabled=true"],
            "without metrics no alert could fire",
        ),
        (["--set", "monitoring.serviceMonitor.tlsConfig.serverName=x"], "set scheme to https"),
        (["--set", "httpRoute.enabled=true"], "name the Gateway"),
        (["--set", "tracing.enabled=true"], "give the address of the collector"),
        (["--set", "rbac.create=true"], "a Role that allows nothing"),
        (
            ["--set", "database.maxConnections=100"],
            "101 pods x database.poolMax 10 = 1010 connections, above database.maxConnections 100",
        ),
        (["--set-json", 'extraEnv=[{"name":"DB_HOST","value":"x"}]'], "extraEnv sets DB_HOST"),
        (["--set-json", 'extraEnv=[{"name":"CAM_MESH_ID","value":"x"}]'], "sets CAM_MESH_ID"),
        (
            ["--set-json", 'extraEnv=[{"name":"A","value":"x"},{"name":"A","value":"y"}]'],
            "extraEnv names A twice",
        ),
        (
            ["--set", "config.LOG_LEVEL=warn", "--set-json", 'extraEnv=[{"name":"LOG_LEVEL"}]'],
            "LOG_LEVEL is set in config and in extraEnv",
        ),
        (["--set", "config.CAM_MESH_ID=other"], "config sets CAM_MESH_ID, which the chart"),
        (["--set", "config.DB_HOST=other"], "config sets DB_HOST, which the chart"),
        (["--set", "service.port=8080"], "service.port and service.targetPort are both 8080"),
        (["--set", "resources.requests.memory=8Gi"], "is above the limit 4Gi"),
        (["--set", "resources.requests.cpu=2100m"], "request of cpu 2100m is above the limit 2"),
        (
            ["--set", "resources.requests.ephemeral-storage=2Gi"],
            "request of ephemeral-storage 2Gi is above the limit 1Gi",
        ),
        (
            [
                "--set",
                "resourceQuota.enabled=true",
                "--set-json",
                'resources={"limits":{"cpu":null}}',
            ],
            "resourceQuota.enabled needs resources.limits.cpu",
        ),
        (["--set-json", 'ingress.annotations={"kubernetes.io/ingress.class":"nginx"}'], "ingress"),
        (["--set", "resources.requests.cpus=1"], "cpus"),
        (
            ["--set-json", 'networkPolicy.ingressFrom=[{"podSelector":{}}]'],
            "networkPolicy.ingressFrom is given and metricsFrom is not",
        ),
        (
            ["--set-json", 'networkPolicy.metricsFrom=[{"podSelector":{}}]'],
            "networkPolicy.metricsFrom is given and ingressFrom is not",
        ),
        (["--set", "networkPolicy.ingressForm=1"], "'ingressForm' not allowed"),
    ],
)
def test_contradictions_are_refused_with_a_remedy(words: list[str], message: str) -> None:
    done = helm("template", "cam", str(CHART), *words)
    assert done.returncode != 0
    assert message in done.stderr


def test_every_refusal_of_the_chart_has_a_case_that_meets_it() -> None:
    """Each `fail` of the templates against what helm really said to the cases above."""
    templates = [file for file in (CHART / "templates").rglob("*") if file.is_file()]
    text = "".join(file.read_text("utf-8") for file in templates)
    refusals = re.findall(r'{{- fail (?:\(printf )?"([^"]+)"', text)
    assert len(refusals) == len(re.findall(r"\bfail\b", text)) >= 15
    (cases,) = test_contradictions_are_refused_with_a_remedy.pytestmark
    met = [helm("template", "cam", str(CHART), *words).stderr for words, _ in cases.args[1]]
    for refusal in refusals:
        pattern = re.sub(r"%[dsv]", ".+", re.escape(refusal))
        assert any(re.search(pattern, answer) for answer in met), f"no case meets: {refusal}"


def test_the_pods_take_their_number_from_keda_alone() -> None:
    documents = render(*EVERYTHING)
    assert "replicas" not in only(documents, "Deployment")["spec"]
    assert not [one for one in documents if one["kind"] == "HorizontalPodAutoscaler"]
    triggers = only(documents, "ScaledObject")["spec"]["triggers"]
    assert [one["name"] for one in triggers] == ["requests", "sessions"]
    # By its full name, since KEDA asks from a namespace of its own.
    addresses = {one["metadata"]["serverAddress"] for one in triggers}
    assert addresses == {"http://prometheus.cam-test.svc:9090"}


def test_hosts_may_be_words_and_tls_follows_them() -> None:
    words = ["--set-json", 'ingress.hosts=["a.example.com",{"host":"b.example.com"}]']
    ingress = only(render(*words), "Ingress")["spec"]
    assert [rule["host"] for rule in ingress["rules"]] == ["a.example.com", "b.example.com"]
    assert ingress["tls"] == [
        {"secretName": "cam-tls", "hosts": ["a.example.com", "b.example.com"]}
    ]
    assert [rule["http"]["paths"][0]["path"] for rule in ingress["rules"]] == ["/", "/"]


@pytest.mark.parametrize(
    ("limit", "heap"), [("4Gi", 3072), ("512Mi", 384), ("1G", 714), ("1.5Gi", 1152)]
)
def test_the_heap_follows_the_limit_of_memory(limit: str, heap: int) -> None:
    words = ["--set", f"resources.limits.memory={limit},resources.requests.memory=128Mi"]
    (container,) = only(render(*words), "Deployment")["spec"]["template"]["spec"]["containers"]
    options = [one["value"] for one in container["env"] if one["name"] == "NODE_OPTIONS"]
    assert options == [f"--max-old-space-size={heap}"]


def test_a_limit_in_bytes_is_read_from_a_file_as_well(tmp_path: Path) -> None:
    """A large number of a values file reaches the templates as 4.294967296e+09."""
    values = tmp_path / "values.yaml"
    values.write_text("resources: {limits: {memory: 4294967296}}", "utf-8")
    (container,) = only(render("-f", str(values)), "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    options = [one["value"] for one in container["env"] if one["name"] == "NODE_OPTIONS"]
    assert options == ["--max-old-space-size=3072"]


def test_the_quota_holds_the_most_pods_and_a_surge() -> None:
    words = ["--set", "resourceQuota.enabled=true,autoscaling.maxReplicas=4"]
    hard = only(render(*words), "ResourceQuota")["spec"]["hard"]
    assert hard["pods"] == "15"
    assert hard["requests.cpu"] == "10500m"
    assert hard["limits.memory"] == f"{5 * 4096 + 16384}Mi"


def test_nothing_is_required_of_the_scheduler_by_default() -> None:
    pod = only(render(), "Deployment")["spec"]["template"]["spec"]
    assert "requiredDuringScheduling" not in json.dumps(pod["affinity"])
    assert {one["whenUnsatisfiable"] for one in pod["topologySpreadConstraints"]} == {
        "ScheduleAnyway"
    }


def test_a_digest_decides() -> None:
    digest = "sha256:" + "a" * 64
    (container,) = only(render("--set", f"image.digest={digest}"), "Deployment")["spec"][
        "template"
    ]["spec"]["containers"]
    assert container["image"] == f"cam-protocol/complete-arbitration-mesh@{digest}"
