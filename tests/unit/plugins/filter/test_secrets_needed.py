"""Which Secrets manifests refer to, and with which keys."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.filter.secrets_needed import FilterModule

lines = FilterModule().filters()["secrets_needed"]


def needed(manifests: str) -> dict[str, list[str]]:
    """The lines, taken apart again."""
    parts = [line.rstrip(")").partition(" (") for line in lines(manifests)]
    return {name: keys.split(", ") if keys else [] for name, _, keys in parts}


def text(*objects: dict[str, Any]) -> str:
    return yaml.safe_dump_all(objects)


def workload(**spec: Any) -> dict[str, Any]:
    return {"kind": "Deployment", "metadata": {"name": "a"}, "spec": {"template": {"spec": spec}}}


def container(**spec: Any) -> dict[str, Any]:
    return workload(containers=[spec])


def reference(name: str, key: str) -> dict[str, Any]:
    return {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]}


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (workload(volumes=[{"name": "a", "secret": {"secretName": "one"}}]), {"one": []}),
        (
            workload(
                volumes=[
                    {"name": "a", "secret": {"secretName": "one", "items": [{"key": "ca.crt"}]}}
                ]
            ),
            {"one": ["ca.crt"]},
        ),
        (
            workload(
                volumes=[
                    {
                        "name": "a",
                        "projected": {"sources": [{"secret": {"name": "one"}}, {"configMap": {}}]},
                    }
                ]
            ),
            {"one": []},
        ),
        (workload(imagePullSecrets=[{"name": "registry"}]), {"registry": []}),
        (container(**reference("one", "password")), {"one": ["password"]}),
        (workload(initContainers=[reference("one", "b")]), {"one": ["b"]}),
        (container(envFrom=[{"secretRef": {"name": "one"}}, {"configMapRef": {}}]), {"one": []}),
        (workload(volumes=[{"name": "a", "secret": {"secretName": "a", "optional": True}}]), {}),
        (workload(volumes=[{"name": "a", "emptyDir": {}}]), {}),
        ({"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"secretName": "no"}}, {}),
        # A resource of someone else may name the Secret that it makes.
        ({"kind": "Certificate", "metadata": {"name": "a"}, "spec": {"secretName": "no"}}, {}),
    ],
)  # fmt: skip
def test_each_kind_of_reference_is_seen(spec: dict[str, Any], wanted: dict[str, list[str]]) -> None:
    assert needed(text(spec)) == wanted


def test_what_a_whole_secret_holds_is_told() -> None:
    whole = text(workload(volumes=[{"name": "a", "secret": {"secretName": "one"}}]))
    assert lines(whole, {"one": ["username", "password"], "two": ["key"]}) == [
        "one (username, password)"
    ]
    assert lines(whole) == ["one"]


def test_one_secret_is_named_once_with_every_key() -> None:
    whole = workload(volumes=[{"name": "a", "secret": {"secretName": "one"}}])
    objects = text(container(**reference("one", "b")), container(**reference("one", "a")), whole)
    assert needed(objects) == {"one": ["a", "b"]}


def ingress(**annotations: str) -> dict[str, Any]:
    return {
        "kind": "Ingress",
        "metadata": {"name": "a", "annotations": annotations},
        "spec": {"tls": [{"secretName": "cam-tls", "hosts": ["a"]}]},
    }


def test_the_certificate_of_the_edge_is_needed_unless_an_issuer_makes_it() -> None:
    assert needed(text(ingress())) == {"cam-tls": ["tls.crt", "tls.key"]}
    for kind in ("cluster-issuer", "issuer"):
        assert needed(text(ingress(**{f"cert-manager.io/{kind}": "a"}))) == {}


def test_what_the_manifests_hold_is_not_needed() -> None:
    held = {"kind": "Secret", "metadata": {"name": "one"}}
    user = workload(volumes=[{"name": "a", "secret": {"secretName": "one"}}])
    assert needed(text(held, user)) == {}
    assert needed("---\n---\n") == {}


def test_a_job_of_a_schedule_is_read_as_well() -> None:
    job = {
        "spec": {"template": workload(imagePullSecrets=[{"name": "registry"}])["spec"]["template"]}
    }
    schedule = {"kind": "CronJob", "metadata": {"name": "a"}, "spec": {"jobTemplate": job}}
    assert needed(text(schedule)) == {"registry": []}
