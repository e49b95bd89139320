"""What the pod of the app is given: variables, files of Secrets, and what makes it roll."""

from __future__ import annotations

import json
from typing import Any

import pytest
from charts import only, render

pytestmark = pytest.mark.usefixtures("tools")
KEY = "a-key-that-must-not-be-seen"


def pod(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = only(render(*words), "Deployment")["spec"]["template"]
    return found


def environment(template: dict[str, Any]) -> dict[str, str]:
    (container,) = template["spec"]["containers"]
    return {one["name"]: one["value"] for one in container["env"]}


def secrets(template: dict[str, Any]) -> set[str]:
    """The Secrets that the pod waits for, each of them mounted."""
    (container,) = template["spec"]["containers"]
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in template["spec"]["volumes"]}
    return {one["secret"]["secretName"] for one in template["spec"]["volumes"] if "secret" in one}


EVERY = {"postgres-secret", "postgres-tls", "redis-secret", "redis-tls", "cam-api-key"}


@pytest.mark.parametrize(
    ("words", "without", "variable"),
    [
        ("redis.tls=false", "redis-tls", "REDIS_CA_FILE"),
        ("database.sslMode=disable", "postgres-tls", "DB_CA_FILE"),
        # Encrypted, and whose certificate it is, nobody asks.
        ("database.sslMode=require", "postgres-tls", "DB_CA_FILE"),
    ],
)
def test_no_authority_is_waited_for_that_nothing_reads(
    words: str, without: str, variable: str
) -> None:
    assert secrets(pod()) == EVERY
    assert variable in environment(pod())
    found = pod("--set", words)
    assert secrets(found) == EVERY - {without}
    assert variable not in environment(found)


def test_a_changed_secret_of_the_chart_rolls_the_pods() -> None:
    def checksum(*words: str) -> str:
        return str(pod(*words)["metadata"]["annotations"]["checksum/config"])

    one = ("--set", f"secret.create=true,secret.data.api-key={KEY}")
    other = ("--set", "secret.create=true,secret.data.api-key=another")
    assert len({checksum(), checksum(*one), checksum(*other)}) == 3
    assert checksum(*one) == checksum(*one, "--set", "replicaCount=4")


def test_the_secret_of_the_chart_is_in_the_clear_in_itself_alone() -> None:
    objects = render("--set", f"secret.create=true,secret.data.api-key={KEY}")
    assert [one["kind"] for one in objects if KEY in json.dumps(one)] == ["Secret"]


def test_traces_go_where_the_value_says() -> None:
    words = ("--set", "tracing.enabled=true,tracing.endpoint=http://collector:4317")
    assert {name: value for name, value in environment(pod(*words)).items() if "OTEL" in name} == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317",
        "OTEL_SERVICE_NAME": "cam-arbitration-mesh",
    }
    assert not [name for name in environment(pod()) if name.startswith("OTEL")]


def test_only_a_role_gives_the_pod_a_token() -> None:
    rules = '[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}]'
    spec = pod("--set", "rbac.create=true", "--set-json", f"rbac.rules={rules}")["spec"]
    (volume,) = [one for one in spec["volumes"] if one["name"] == "api-access"]
    assert volume["projected"] == {
        "defaultMode": 0o440,
        "sources": [
            {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
            {
                "configMap": {
                    "name": "kube-root-ca.crt",
                    "items": [{"key": "ca.crt", "path": "ca.crt"}],
                }
            },
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ],
    }
    (container,) = spec["containers"]
    (mount,) = [one for one in container["volumeMounts"] if one["name"] == "api-access"]
    assert mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"
    assert mount["readOnly"] is True
    assert spec["automountServiceAccountToken"] is False
    assert not [one for one in pod()["spec"]["volumes"] if one["name"] == "api-access"]
