"""Additions by hand, found in managedFields as a server writes them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._objects_foreign import without_foreign

ENV_FIELDS = {'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}}


def pod_fields(container: dict[str, Any]) -> dict[str, Any]:
    containers = {"f:containers": {'k:{"name":"app"}': container}}
    return {"f:spec": {"f:template": {"f:spec": containers, "f:metadata": {"f:annotations": {}}}}}


def deployment(*managers: tuple[str, dict[str, Any]], subresource: str = "") -> dict[str, Any]:
    env = [{"name": "A", "value": "1"}, {"name": "Z", "value": "9"}]
    container = {"name": "app", "image": "cam:1", "env": env}
    return {
        "kind": "Deployment",
        "metadata": {
            "name": "d",
            "resourceVersion": "7",
            "managedFields": [
                {"manager": name, "fieldsV1": fields, "subresource": subresource}
                for name, fields in managers
            ],
        },
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
    }


OURS = ("cam.mesh", pod_fields({".": {}, "f:image": {}, "f:env": ENV_FIELDS}))
ADDED = pod_fields({"f:env": {'k:{"name":"Z"}': {".": {}, "f:name": {}, "f:value": {}}}})


def test_an_added_variable_goes() -> None:
    found = without_foreign(deployment(OURS, ("kubectl-edit", ADDED)))
    assert found is not None
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "A", "value": "1"}]
    assert "managedFields" not in found["metadata"]
    assert found["metadata"]["resourceVersion"] == "7"


def test_a_shared_field_stays() -> None:
    assert without_foreign(deployment(OURS, ("kubectl-edit", OURS[1]))) is None


def test_a_field_that_is_gone_already() -> None:
    gone = pod_fields({"f:env": {'k:{"name":"Q"}': {".": {}}}, "f:command": {}})
    assert without_foreign(deployment(OURS, ("kubectl-edit", gone))) is None


@pytest.mark.parametrize("manager", ["kube-controller-manager", "kube-scheduler"])
def test_kubernetes_itself_may_add(manager: str) -> None:
    assert without_foreign(deployment(OURS, (manager, ADDED))) is None


def test_subresources_do_not_count() -> None:
    assert without_foreign(deployment(OURS, ("hpa", ADDED), subresource="scale")) is None


def test_annotations_and_replicas_stay() -> None:
    restart = {
        "f:spec": {
            "f:replicas": {},
            "f:template": {
                "f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/restartedAt": {}}}
            },
        }
    }
    assert without_foreign(deployment(OURS, ("kubectl-rollout", restart))) is None


def test_a_whole_container_and_a_whole_list_go() -> None:
    item = deployment(OURS, ("kubectl-edit", ADDED))
    sidecar = {'k:{"name":"sidecar"}': {".": {}, "f:image": {}}}
    fields = {"f:containers": {**sidecar, 'v:"odd"': {}}, "f:tolerations": {}}
    item["metadata"]["managedFields"].append(
        {"manager": "vim", "fieldsV1": {"f:spec": {"f:template": {"f:spec": fields}}}}
    )
    pod = item["spec"]["template"]["spec"]
    pod["containers"].append({"name": "sidecar", "image": "x"})
    pod["tolerations"] = [{"operator": "Exists"}]
    found = without_foreign(item)
    assert found is not None
    spec = found["spec"]["template"]["spec"]
    assert [container["name"] for container in spec["containers"]] == ["app"]
    assert "tolerations" not in spec


def test_keys_of_a_secret() -> None:
    item = {
        "kind": "Secret",
        "metadata": {
            "managedFields": [
                {"manager": "cam.mesh", "fieldsV1": {"f:data": {"f:a": {}}}},
                {"manager": "kubectl-patch", "fieldsV1": {"f:data": {"f:a": {}, "f:z": {}}}},
            ]
        },
        "data": {"a": "", "z": ""},
    }
    found = without_foreign(item)
    assert found is not None
    assert found["data"] == {"a": ""}


def test_other_kinds_are_left_alone() -> None:
    fields = [{"manager": "x", "fieldsV1": {"f:spec": {"f:a": {}}}}]
    item = {"kind": "Ingress", "metadata": {"managedFields": fields}, "spec": {"a": 1}}
    assert without_foreign(item) is None
    assert without_foreign({"kind": "ConfigMap", "metadata": {}}) is None
