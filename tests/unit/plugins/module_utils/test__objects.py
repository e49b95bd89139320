"""A set of manifests, from an empty cluster to an empty cluster."""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _objects
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi, status

SPACE = "/api/v1/namespaces/cam-dev"
TRACKING = f"{SPACE}/configmaps/cam-set-demo"
APPS = "/apis/apps/v1/namespaces/cam-dev"

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cam-dev"}}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s"},
    "stringData": {"password": "correct-horse-battery"},
}
CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "c"},
    "data": {"a": "1", "b": "2"},
}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "d"},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}},
}
STATEFUL_SET = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "db"},
    "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "j"},
    "spec": {"template": {"image": "x:1"}},
}
CLUSTER_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "cam-reader"},
    "rules": [],
}
ALL = [DEPLOYMENT, STATEFUL_SET, CONFIG, SECRET, JOB, CLUSTER_ROLE, NAMESPACE]


class Cluster:
    """Runs the core as a task would."""

    def __init__(self, api: FakeApi, kubeconfig: str) -> None:
        self.api = api
        self.kubeconfig = kubeconfig

    def run(
        self, objects: list[Any], *, check: bool = False, diff: bool = False, **options: Any
    ) -> dict[str, Any]:
        params = {
            "kubeconfig": self.kubeconfig,
            "context": None,
            "namespace": "cam-dev",
            "name": "demo",
            **{
                key: value["default"]
                for key, value in _objects.ARGUMENT_SPEC.items()
                if "default" in value
            },
            "objects": deepcopy(objects),
            "timeout_seconds": 1,
            **options,
        }
        self.api.requests.clear()
        return call(_objects.run, params, check_mode=check, diff=diff)


@pytest.fixture
def cluster(api: FakeApi, kubeconfig: str) -> Cluster:
    return Cluster(api, kubeconfig)


def actions(result: dict[str, Any]) -> dict[str, str]:
    assert "failed" not in result, result["msg"]
    return {f"{row['kind']}/{row['name']}": row["action"] for row in result["objects"]}


def changed(result: dict[str, Any]) -> dict[str, str]:
    return {name: action for name, action in actions(result).items() if action != "unchanged"}


def test_check_of_an_empty_cluster(cluster: Cluster) -> None:
    result = cluster.run(ALL, check=True, diff=True)
    assert result["changed"]
    assert set(actions(result).values()) == {"created"}
    assert cluster.api.writes() == []
    assert cluster.api.objects == {}
    assert "correct-horse" not in json.dumps(result)


def test_create_in_order(cluster: Cluster) -> None:
    result = cluster.run(ALL)
    assert result["changed"]
    assert actions(result)["ConfigMap/cam-set-demo"] == "created"
    written = [path.rsplit("/", 2)[1] for _, path in cluster.api.writes()]
    assert written[:3] == ["namespaces", "configmaps", "clusterroles"]
    assert written[3:5] == ["secrets", "configmaps"]
    assert set(written[5:]) == {"deployments", "statefulsets", "jobs"}
    live = cluster.api.objects[f"{APPS}/deployments/d"]
    assert live["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "cam.mesh",
        "cam.mesh/set": "demo",
    }


def test_second_run_writes_nothing(cluster: Cluster) -> None:
    cluster.run(ALL)
    for check in (False, True):
        result = cluster.run(ALL, check=check, diff=True)
        assert not result["changed"]
        assert set(actions(result).values()) == {"unchanged"}
        assert result["diff"] == []
        assert cluster.api.writes() == []


def test_drift_is_shown_and_repaired(cluster: Cluster) -> None:
    cluster.run(ALL)
    cluster.api.objects[f"{APPS}/deployments/d"]["spec"]["replicas"] = 4
    secret = cluster.api.objects[f"{SPACE}/secrets/s"]
    secret["data"]["password"] = base64.b64encode(b"edited-by-hand-12345").decode()
    seen = cluster.run(ALL, check=True, diff=True)
    assert changed(seen) == {"Deployment/d": "updated", "Secret/s": "updated"}
    texts = {entry["before_header"]: entry for entry in seen["diff"]}
    assert texts["Deployment cam-dev/d"]["before"] == "spec:\n  replicas: 4\n"
    assert texts["Deployment cam-dev/d"]["after"] == "spec:\n  replicas: 1\n"
    assert "<secret: 21 bytes, differs>" in texts["Secret cam-dev/s"]["after"]
    assert "by-hand" not in json.dumps(seen)
    assert cluster.api.writes() == []
    assert changed(cluster.run(ALL)) == changed(seen)
    assert len(cluster.api.writes()) == 2
    assert not cluster.run(ALL)["changed"]


@pytest.mark.parametrize(
    "volume",
    [{"configMap": {"name": "c"}}, {"projected": {"sources": [{"configMap": {"name": "c"}}]}}],
    ids=["configMap", "projected"],
)
def test_who_may_have_read_an_edited_configuration_is_named(
    cluster: Cluster, volume: dict[str, Any]
) -> None:
    template = {"spec": {"volumes": [{"name": "config", **volume}]}}
    reader = {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "template": template}}
    objects = [NAMESPACE, CONFIG, reader, STATEFUL_SET]
    assert cluster.run(objects)["warnings"] == []
    cluster.api.objects[f"{SPACE}/configmaps/c"]["data"]["a"] = "9"
    (told,) = cluster.run(objects, check=True)["warnings"]
    assert told.startswith("ConfigMap cam-dev/c was not as it is wanted, and Deployment cam-dev/d")
    assert told.endswith("kubectl --namespace cam-dev rollout restart deployment/d")
    assert cluster.run(objects)["warnings"] == [told]
    # A new configuration of the inventory brings the pods along.
    template["metadata"] = {"annotations": {"hash": "new"}}
    assert cluster.run([NAMESPACE, {**CONFIG, "data": {}}, reader])["warnings"] == []


def test_what_was_added_by_hand_is_taken_out(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    live = cluster.api.objects[f"{SPACE}/configmaps/c"]
    live["data"]["z"] = "9"
    live["metadata"]["managedFields"] = [
        {"manager": "cam.mesh", "fieldsV1": {"f:data": {"f:a": {}, "f:b": {}}}},
        {"manager": "kubectl-edit", "fieldsV1": {"f:data": {"f:z": {}}}},
    ]
    assert changed(cluster.run([NAMESPACE, CONFIG], check=True)) == {"ConfigMap/c": "updated"}
    assert changed(cluster.run([NAMESPACE, CONFIG])) == {"ConfigMap/c": "updated"}
    assert cluster.api.objects[f"{SPACE}/configmaps/c"]["data"] == {"a": "1", "b": "2"}
    assert not cluster.run([NAMESPACE, CONFIG])["changed"]


def test_a_removed_field_goes(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    assert changed(cluster.run([NAMESPACE, {**CONFIG, "data": {"a": "1"}}])) == {
        "ConfigMap/c": "updated"
    }
    assert cluster.api.objects[f"{SPACE}/configmaps/c"]["data"] == {"a": "1"}


def test_prune_deletes_what_is_no_longer_wanted_but_no_data(cluster: Cluster) -> None:
    cluster.run(ALL)
    rest = [NAMESPACE, DEPLOYMENT]
    expected = {
        "ConfigMap/c": "deleted",
        "StatefulSet/db": "deleted",
        "Job/j": "deleted",
        "ClusterRole/cam-reader": "deleted",
        "ConfigMap/cam-set-demo": "updated",
    }
    assert changed(cluster.run(rest, check=True)) == expected
    assert cluster.api.writes() == []
    result = cluster.run(rest)
    assert changed(result) == expected
    assert [(row["kind"], row["action"]) for row in result["kept"]] == [("Secret", "kept")]
    assert f"{SPACE}/configmaps/c" not in cluster.api.objects
    assert f"{SPACE}/secrets/s" in cluster.api.objects
    again = cluster.run(rest)
    assert not again["changed"]
    assert len(again["kept"]) == 1
    assert changed(cluster.run([*rest, CONFIG])) == {
        "ConfigMap/c": "created",
        "ConfigMap/cam-set-demo": "updated",
    }


def test_without_prune_all_is_kept_and_remembered(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG, DEPLOYMENT])
    result = cluster.run([NAMESPACE, DEPLOYMENT], prune=False)
    assert not result["changed"]
    assert result["kept"][0]["name"] == "c"
    assert changed(cluster.run([NAMESPACE, DEPLOYMENT]))["ConfigMap/c"] == "deleted"


def test_what_lost_our_label_is_forgotten_not_deleted(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    del cluster.api.objects[f"{SPACE}/configmaps/c"]["metadata"]["labels"]["cam.mesh/set"]
    assert changed(cluster.run([NAMESPACE])) == {"ConfigMap/cam-set-demo": "updated"}
    assert f"{SPACE}/configmaps/c" in cluster.api.objects


def test_a_label_removed_by_hand_comes_back(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    del cluster.api.objects[f"{SPACE}/configmaps/c"]["metadata"]["labels"]["cam.mesh/set"]
    assert changed(cluster.run([NAMESPACE, CONFIG])) == {"ConfigMap/c": "updated"}


def test_foreign_objects_are_refused_naming_both_owners(cluster: Cluster) -> None:
    cluster.run([NAMESPACE])
    labels = {"cam.mesh/set": "other"}
    cluster.api.put(f"{SPACE}/configmaps/c", {"metadata": {"labels": labels}, "data": {"a": "0"}})
    cluster.api.put(f"{SPACE}/secrets/s", {"metadata": {}})
    result = cluster.run([NAMESPACE, CONFIG, SECRET])
    assert result["failed"]
    assert "belongs to the set 'other', not to the set 'demo'" in result["msg"]
    assert "Secret cam-dev/s already exists" in result["msg"]
    assert cluster.api.writes() == []
    adopted = cluster.run([NAMESPACE, CONFIG, SECRET], adopt=True)
    assert changed(adopted)["ConfigMap/c"] == "updated"
    assert cluster.api.objects[f"{SPACE}/configmaps/c"]["data"] == {"a": "1", "b": "2"}


def test_a_namespace_of_others_is_used_and_left(cluster: Cluster) -> None:
    cluster.api.put(SPACE, {"kind": "Namespace", "metadata": {"name": "cam-dev"}})
    cluster.run([NAMESPACE, CONFIG])
    assert not cluster.run([NAMESPACE, CONFIG])["changed"]
    assert "cam.mesh/set" not in cluster.api.objects[SPACE]["metadata"].get("labels", {})
    entries = json.loads(cluster.api.objects[TRACKING]["data"]["objects"])
    assert {"apiVersion": "v1", "kind": "Namespace", "name": "cam-dev", "adopted": True} in entries
    result = cluster.run([], state="absent", delete_data=True)
    assert "Namespace/cam-dev" not in actions(result)
    assert list(cluster.api.objects) == [SPACE]


def test_missing_namespace_stops_before_any_write(cluster: Cluster) -> None:
    result = cluster.run([CONFIG])
    assert "there is no namespace cam-dev" in result["msg"]
    assert cluster.api.writes() == []
    assert cluster.run([CONFIG], check=True)["changed"]


def test_an_empty_set_leaves_nothing(cluster: Cluster) -> None:
    assert not cluster.run([])["changed"]
    assert cluster.api.writes() == []


def test_a_job_is_made_anew(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, JOB])
    path = "/apis/batch/v1/namespaces/cam-dev/jobs/j"
    first = cluster.api.objects[path]["metadata"]["uid"]
    job = deepcopy(JOB)
    job["spec"]["template"]["image"] = "x:2"

    def immutable(query: Any, body: Any) -> Any:
        if path in cluster.api.objects:
            return 422, status(422, "Invalid", "spec.template: field is immutable")
        return None

    cluster.api.answers["PATCH", path] = immutable
    assert changed(cluster.run([NAMESPACE, job], check=True)) == {"Job/j": "updated"}
    assert changed(cluster.run([NAMESPACE, job])) == {"Job/j": "updated"}
    assert cluster.api.objects[path]["metadata"]["uid"] != first


def test_other_immutable_fields_are_quoted(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, STATEFUL_SET])
    message = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas'"
    answer = (422, status(422, "Invalid", message))
    cluster.api.answers["PATCH", f"{APPS}/statefulsets/db"] = answer
    result = cluster.run([NAMESPACE, STATEFUL_SET])
    assert message in result["msg"]
    assert "keep the old value, or delete the object first" in result["msg"]


def test_errors_about_secrets_hide_their_values(cluster: Cluster) -> None:
    cluster.run([NAMESPACE])
    answer = (500, status(500, "InternalError", "got correct-horse-battery in .data"))
    cluster.api.answers["PATCH", f"{SPACE}/secrets/s"] = answer
    result = cluster.run([NAMESPACE, SECRET])
    assert "got <secret> in .data" in result["msg"]


def test_unknown_kind_names_the_api(cluster: Cluster) -> None:
    item = {"apiVersion": "x.io/v1", "kind": "Foo", "metadata": {"name": "f"}}
    assert "has no Foo in x.io/v1" in cluster.run([item])["msg"]


def test_a_kind_that_left_the_cluster_is_forgotten(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    memory = cluster.api.objects[TRACKING]["data"]
    rows = json.loads(memory["objects"])
    rows.append({"apiVersion": "x.io/v1", "kind": "Foo", "namespace": "cam-dev", "name": "f"})
    memory["objects"] = json.dumps(rows)
    assert changed(cluster.run([NAMESPACE, CONFIG])) == {"ConfigMap/cam-set-demo": "updated"}


def test_an_unreachable_answer_is_not_taken_for_gone(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    cluster.api.answers["GET", f"{SPACE}/configmaps/c"] = (403, status(403, "Forbidden", "no"))
    assert "Forbidden" in cluster.run([NAMESPACE])["msg"]


def test_wait(cluster: Cluster) -> None:
    result = cluster.run([NAMESPACE, DEPLOYMENT], wait=True)
    assert "Deployment cam-dev/d is not ready after 1 s" in result["msg"]
    state = {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    cluster.api.objects[f"{APPS}/deployments/d"]["status"] = state
    assert not cluster.run([NAMESPACE, DEPLOYMENT], wait=True)["changed"]


def test_absent_keeps_data_by_default(cluster: Cluster) -> None:
    cluster.run(ALL)
    seen = cluster.run([], state="absent", check=True)
    assert cluster.api.writes() == []
    result = cluster.run([], state="absent", diff=True)
    assert changed(result) == changed(seen)
    assert [row["kind"] for row in result["kept"]] == ["Namespace", "Secret"]
    assert set(cluster.api.objects) == {SPACE, f"{SPACE}/secrets/s", TRACKING}
    order = [path.rsplit("/", 2)[1] for method, path in cluster.api.writes() if method == "DELETE"]
    assert order[-1] == "clusterroles"
    assert order[-2] == "configmaps"
    assert not cluster.run([], state="absent")["changed"]
    assert not cluster.run(ALL, state="absent")["changed"]


def test_absent_with_data_takes_all(cluster: Cluster) -> None:
    cluster.run(ALL)
    cluster.api.put(
        f"{SPACE}/persistentvolumeclaims/data-db-0", {"metadata": {"name": "data-db-0"}}
    )
    result = cluster.run([], state="absent", delete_data=True)
    assert changed(result)["PersistentVolumeClaim/data-db-0"] == "deleted"
    assert changed(result)["Namespace/cam-dev"] == "deleted"
    assert result["kept"] == []
    assert cluster.api.objects == {}
    assert not cluster.run(ALL, state="absent", delete_data=True)["changed"]


def test_absent_leaves_a_namespace_that_others_use(cluster: Cluster) -> None:
    cluster.run(ALL)
    for name in ("theirs", "kube-root-ca.crt"):
        cluster.api.put(f"{SPACE}/configmaps/{name}", {"metadata": {"name": name}})
    cluster.api.put(f"{SPACE}/persistentvolumeclaims/x", {"metadata": {"name": "data-other-0"}})
    result = cluster.run([], state="absent", delete_data=True)
    assert result["kept"] == [
        {
            "kind": "Namespace",
            "namespace": None,
            "name": "cam-dev",
            "action": "kept",
            "reason": "it still holds ConfigMap cam-dev/theirs, "
            "PersistentVolumeClaim cam-dev/data-other-0",
        }
    ]
    assert f"{SPACE}/configmaps/theirs" in cluster.api.objects
    assert not cluster.run([], state="absent", delete_data=True)["changed"]


def test_claims_of_a_stateful_set_that_is_gone_already(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, STATEFUL_SET])
    cluster.run([], state="absent")
    cluster.api.put(
        f"{SPACE}/persistentvolumeclaims/data-db-0", {"metadata": {"name": "data-db-0"}}
    )
    result = cluster.run([NAMESPACE, STATEFUL_SET], state="absent", delete_data=True)
    assert changed(result)["PersistentVolumeClaim/data-db-0"] == "deleted"


def test_absent_without_memory_uses_the_manifests(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    del cluster.api.objects[TRACKING]
    assert changed(cluster.run([CONFIG], state="absent")) == {"ConfigMap/c": "deleted"}


def test_absent_leaves_what_is_not_ours(cluster: Cluster) -> None:
    cluster.run([NAMESPACE])
    cluster.api.put(f"{SPACE}/configmaps/c", {"metadata": {"name": "c"}})
    result = cluster.run([CONFIG], state="absent")
    assert "ConfigMap/c" not in actions(result)
    assert f"{SPACE}/configmaps/c" in cluster.api.objects


def test_absent_of_a_whole_set_without_namespace(cluster: Cluster) -> None:
    cluster.api.put(SPACE, {"metadata": {"name": "cam-dev"}})
    cluster.run([CONFIG])
    assert changed(cluster.run([], state="absent")) == {
        "ConfigMap/c": "deleted",
        "ConfigMap/cam-set-demo": "deleted",
    }
    assert list(cluster.api.objects) == [SPACE]


def test_a_delete_that_is_refused_is_told(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])
    answer = (403, status(403, "Forbidden", "you may not"))
    cluster.api.answers["DELETE", f"{SPACE}/configmaps/c"] = answer
    assert "you may not" in cluster.run([NAMESPACE])["msg"]


def test_a_delete_that_was_faster_is_fine(cluster: Cluster) -> None:
    cluster.run([NAMESPACE, CONFIG])

    def gone(query: Any, body: Any) -> Any:
        cluster.api.objects.pop(f"{SPACE}/configmaps/c", None)
        return 404, status(404, "NotFound", "gone")

    cluster.api.answers["DELETE", f"{SPACE}/configmaps/c"] = gone
    assert changed(cluster.run([NAMESPACE]))["ConfigMap/c"] == "deleted"


def test_edited_memory_is_refused(cluster: Cluster) -> None:
    cluster.run([NAMESPACE])
    cluster.api.objects[TRACKING]["data"]["objects"] = "oops"
    assert "is not what this collection wrote" in cluster.run([NAMESPACE])["msg"]
