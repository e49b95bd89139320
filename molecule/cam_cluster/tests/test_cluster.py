"""A cluster that answers, and a namespace that refuses what is not restricted."""


def test_the_node_is_ready_and_of_the_promised_version(kubectl) -> None:
    (node,) = kubectl.get("nodes")["items"]
    ready = [one["status"] for one in node["status"]["conditions"] if one["type"] == "Ready"]
    assert ready == ["True"]
    assert node["status"]["nodeInfo"]["kubeletVersion"].startswith("v1.36.")


def test_the_namespace_belongs_to_the_environment(kubectl) -> None:
    labels = kubectl.get("namespace cam-molecule")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["app.kubernetes.io/managed-by"] == "cam.mesh"


def test_a_pod_with_privileges_is_refused(kubectl) -> None:
    done = kubectl.run("run rogue --image=localhost/base:1 --privileged --dry-run=server")
    assert done.rc != 0
    assert "violates PodSecurity" in done.stderr


def test_a_claim_finds_a_default_storage_class(kubectl) -> None:
    classes = kubectl.get("storageclasses")["items"]
    mark = "storageclass.kubernetes.io/is-default-class"
    assert [one["metadata"]["annotations"].get(mark) for one in classes].count("true") == 1


def test_pods_are_measured(kubectl, until) -> None:
    until(lambda: kubectl.run("top pods -n kube-system").rc == 0)
