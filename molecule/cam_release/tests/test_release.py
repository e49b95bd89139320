"""The release as Helm and the API know it."""

import json


def test_helm_knows_the_release(host) -> None:
    listed = json.loads(host.run("helm -n cam-molecule list -o json").stdout)
    assert [(one["name"], one["chart"], one["status"]) for one in listed] == [
        ("cam-arbitration-mesh", "cam-chart-2.0.0", "deployed")
    ]


def test_every_wanted_pod_is_ready(kubectl) -> None:
    found = kubectl.get("deployment cam-arbitration-mesh")
    assert found["status"]["readyReplicas"] == found["spec"]["replicas"] == 1


def test_the_service_leads_to_the_pods(kubectl) -> None:
    slices = kubectl.get("endpointslices -l kubernetes.io/service-name=cam-service")["items"]
    ready = [one for item in slices for one in item["endpoints"] if one["conditions"]["ready"]]
    assert len(ready) == 1


def test_the_test_of_the_chart_passes(host) -> None:
    done = host.run("helm -n cam-molecule test cam-arbitration-mesh --timeout 2m")
    assert done.rc == 0, done.stdout + done.stderr


def test_no_value_of_a_secret_is_kept_by_helm(host, kubectl) -> None:
    values = host.run("helm -n cam-molecule get all cam-arbitration-mesh").stdout
    for secret in ("postgres-secret", "redis-secret", "cam-api-key"):
        for name, text in kubectl.secret(secret).items():
            if name not in ("username", "tls.crt", "ca.crt"):
                assert text not in values, f"{secret}/{name}"
