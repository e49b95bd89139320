"""What belongs to a set, and who owns what."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _objects_set as objects_set
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Ref, Tracking


def config_map(name: str = "c", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def test_prepare_fills_in_namespace_and_labels(kube: Kube) -> None:
    given = [config_map(), config_map("d", namespace="other", labels={"a": "b"})]
    given.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    one, two, three = objects_set.prepare(kube, given, "cam-dev", "cache")
    labels = {"app.kubernetes.io/managed-by": "cam.mesh", "cam.mesh/set": "cache"}
    assert one["metadata"] == {"name": "c", "namespace": "cam-dev", "labels": labels}
    assert two["metadata"]["namespace"] == "other"
    assert two["metadata"]["labels"] == {"a": "b", **labels}
    assert "namespace" not in three["metadata"]
    assert "labels" not in given[0]["metadata"]


def test_prepare_encodes_secrets(kube: Kube) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "stringData": {"a": "b"},
        "status": {},
    }
    (found,) = objects_set.prepare(kube, [secret], "cam-dev", "cache")
    assert found["data"] == {"a": base64.b64encode(b"b").decode()}
    assert "stringData" not in found
    assert "status" not in found


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        (["text"], "Entry 1 of `objects` is not a manifest"),
        ([{"apiVersion": "v1", "kind": "Secret"}], "metadata.name=None"),
        ([{"apiVersion": 1, "kind": "Secret", "metadata": {"name": "x"}}], "apiVersion=1"),
        ([config_map(), config_map()], "names ConfigMap cam-dev/c twice"),
        (
            [
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": "s"},
                    "stringData": {"pin": 8431},
                }
            ],
            "the value of 'pin' is a int, not a text",
        ),
    ],
)
def test_prepare_refuses(kube: Kube, objects: list[Any], text: str) -> None:
    with pytest.raises(CamError) as caught:
        objects_set.prepare(kube, objects, "cam-dev", "cache")
    assert text in str(caught.value)
    assert "8431" not in str(caught.value)


def test_owner_in_words() -> None:
    def owner(**metadata: Any) -> str:
        return objects_set.owner({"metadata": metadata})

    assert owner(labels={"cam.mesh/set": "cache"}) == "the set 'cache'"
    assert "Helm release 'r'" in owner(annotations={"meta.helm.sh/release-name": "r"})
    assert owner(labels={"app.kubernetes.io/managed-by": "flux"}) == "'flux'"
    assert "somebody else" in owner()


def test_order() -> None:
    kinds = [
        "Foo",
        "Deployment",
        "Service",
        "Secret",
        "Role",
        "CustomResourceDefinition",
        "Namespace",
    ]
    ranks = [Ref("v1", kind, None, "x").rank for kind in kinds]
    assert ranks == sorted(ranks, reverse=True)


def test_tracking_survives_a_round_trip() -> None:
    entries = {
        Ref("apps/v1", "Deployment", "cam-dev", "d"): False,
        Ref("v1", "Namespace", None, "cam-dev"): True,
    }
    empty = Tracking("cache", "cam-dev", None)
    assert (empty.exists, empty.entries, empty.text) == (False, {}, "")
    assert empty.ref.title == "ConfigMap cam-dev/cam-set-cache"
    text = empty.render(entries)
    again = Tracking("cache", "cam-dev", empty.manifest(text))
    assert again.entries == entries
    assert again.render(dict(reversed(entries.items()))) == again.text
    assert again.knows(Ref("apps/v1beta1", "Deployment", "cam-dev", "d"))
    assert not again.knows(Ref("apps/v1", "Deployment", "cam-dev", "e"))
    assert again.render({}) == "[]\n"


@pytest.mark.parametrize("text", ["no json", "{}x", '["a"]', '[{"kind": "x"}]', "3"])
def test_tracking_that_was_edited(text: str) -> None:
    with pytest.raises(CamError, match="is not what this collection wrote"):
        Tracking("cache", "cam-dev", {"data": {"objects": text}})


def test_union_takes_the_newer_version() -> None:
    old, new = Ref("x/v1", "Foo", "n", "f"), Ref("x/v2", "Foo", "n", "f")
    other = Ref("x/v1", "Foo", "n", "g")
    assert objects_set.union({old: False, other: True}, {new: False}) == {other: True, new: False}


def test_parallel_keeps_the_order() -> None:
    assert objects_set.parallel(lambda x: x * 2, range(20)) == [x * 2 for x in range(20)]
    assert objects_set.parallel(lambda x: x, []) == []


def test_parallel_tells_all_refusals() -> None:
    def refuse(item: int) -> None:
        raise CamError(f"no {item}")

    with pytest.raises(CamError, match="no 1\nno 2"):
        objects_set.parallel(refuse, [1, 2])


def test_parallel_keeps_a_single_error_as_it_is() -> None:
    def refuse(item: int) -> None:
        if item == 2:
            raise KubeError("gone", status=404, reason="NotFound", path="/x")

    with pytest.raises(KubeError, match="gone"):
        objects_set.parallel(refuse, [1, 2, 3])


def test_parallel_does_not_hide_a_bug() -> None:
    with pytest.raises(ZeroDivisionError):
        objects_set.parallel(lambda x: 1 // x, [0, 1])
