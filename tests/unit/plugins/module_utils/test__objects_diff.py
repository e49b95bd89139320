"""What a diff shows, and what it must not show."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _objects_diff as objects_diff
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from hypothesis import given
from hypothesis import strategies as st


def secret(**data: str) -> dict[str, Any]:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    annotations = {objects_diff.LAST_APPLIED: str(data), "kept": "yes"}
    return {
        "kind": "Secret",
        "metadata": {"name": "s", "annotations": annotations},
        "data": encoded,
    }


def deployment(image: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "app", "image": image, "ports": [1]}]
    return {
        "kind": "Deployment",
        "metadata": {"name": "d", "resourceVersion": image, "uid": "u", "managedFields": []},
        "spec": {"containers": containers, **spec},
        "status": {"replicas": image},
    }


def test_essence_drops_the_bookkeeping() -> None:
    one, two = deployment("a"), deployment("a")
    two["metadata"].update(resourceVersion="9", generation=3)
    two["status"] = {}
    assert objects_diff.essence(one) == objects_diff.essence(two)
    assert objects_diff.essence(None) == {}


def test_entry_shows_changed_fields_only() -> None:
    found = objects_diff.entry(
        "Deployment d", deployment("a", x=1, old=2), deployment("b", x=1, new=3)
    )
    assert found["before"] == ("spec:\n  containers:\n  - image: a\n    name: app\n  old: 2\n")
    assert found["after"] == "spec:\n  containers:\n  - image: b\n    name: app\n  new: 3\n"
    assert found["before_header"] == "Deployment d"


def test_entry_of_lists_of_different_length() -> None:
    found = objects_diff.entry(
        "x", {"kind": "Role", "rules": [1, 2]}, {"kind": "Role", "rules": [1]}
    )
    assert found["before"] == "rules:\n- 1\n- 2\n"


def test_entry_of_something_new_and_something_gone() -> None:
    assert objects_diff.entry("x", None, {"kind": "A"})["before"] == ""
    assert objects_diff.entry("x", {"kind": "A"}, None)["after"] == ""


def test_files_are_shown_line_by_line() -> None:
    item = {"kind": "ConfigMap", "data": {"f": "a: 1\nb: 2\n"}}
    assert "f: |\n    a: 1\n    b: 2\n" in objects_diff.entry("x", None, item)["after"]


def test_secret_values_are_never_shown() -> None:
    found = objects_diff.entry(
        "s", secret(a="hunter2hunter2", b="same"), secret(a="Hunter3hunter3", b="same", c="new")
    )
    assert found["before"] == "data:\n  a: '<secret: 14 bytes>'\n"
    assert found["after"] == "data:\n  a: '<secret: 14 bytes, differs>'\n  c: '<secret: 3 bytes>'\n"
    for text in (objects_diff.entry("s", None, secret(a="hunter2hunter2"))["after"], str(found)):
        assert "hunter" not in text.lower()
        assert base64.b64encode(b"hunter2hunter2").decode() not in text


def test_odd_secrets() -> None:
    odd = {"kind": "Secret", "data": {"a": "no base64!"}, "stringData": {"b": "hunter2"}}
    found = objects_diff.entry("s", None, odd)["after"]
    assert "<secret: 10 bytes>" in found
    assert "<secret: 7 bytes>" in found


def test_errors_lose_the_values() -> None:
    item = secret(a="hunter2hunter2", b="x")
    text = f"expected string, got hunter2hunter2 or {item['data']['a']}"
    assert objects_diff.without_values(text, item) == "expected string, got <secret> or <secret>"
    assert objects_diff.without_values(text, {"kind": "ConfigMap"}) == text


def test_missing_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_diff, "HAS_YAML", False)
    with pytest.raises(CamError, match="PyYAML"):
        objects_diff.entry("x", None, {"kind": "A"})


WORDS = st.text("abcdefgh", min_size=5, max_size=12)
VALUES = st.dictionaries(st.sampled_from(["one", "two", "three"]), WORDS)


@given(VALUES, VALUES, VALUES)
def test_no_value_of_any_secret_is_shown(
    before: dict[str, str], after: dict[str, str], texts: dict[str, str]
) -> None:
    old, new = secret(**before), {**secret(**after), "stringData": texts}
    error = " ".join([*new["data"].values(), *after.values(), *texts.values()])
    shown = str(objects_diff.entry("s", old, new)) + objects_diff.without_values(error, new)
    for value in [*before.values(), *after.values(), *texts.values()]:
        # Words that the frame of a diff has itself are no values.
        assert value not in shown.replace("<secret", "").replace("before_header", "")
