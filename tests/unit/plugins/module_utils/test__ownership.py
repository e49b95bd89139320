"""Ours and foreign."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import (
    KEYS,
    Owner,
    tags_to_set,
    texts,
)

OWNER = Owner("dev", "cam-cluster-dev")


def test_the_keys_fit_every_cloud() -> None:
    """GCP: https://cloud.google.com/resource-manager/docs/labels-overview, the strictest."""
    for key in KEYS:
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key)


def test_ours_has_all_three_tags() -> None:
    assert OWNER.owns({**OWNER.tags, "team": "a"})
    assert OWNER.whose(OWNER.tags) == "ours"
    for key in KEYS:
        assert not OWNER.owns({**OWNER.tags, key: "other"})
        assert not OWNER.owns({name: value for name, value in OWNER.tags.items() if name != key})
    assert not OWNER.owns(None)


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (None, "not made by this collection"),
        ({"app": "cam"}, "not made by this collection"),
        ({"app": "other", "cam-cluster": "x"}, "not made by this collection"),
        (Owner("prod", "x").tags, "that of the mesh x (environment prod)"),
        ({"app": "cam", "cam-cluster": "x"}, "that of the mesh x (environment unknown)"),
    ],
)
def test_foreign(tags: dict[str, str] | None, said: str) -> None:
    assert OWNER.whose(tags) == said
    with pytest.raises(CamError) as refused:
        OWNER.refuse_foreign("EKS cluster", "c", tags, adopt=False)
    assert said in str(refused.value)
    assert "cam-cluster=cam-cluster-dev" in str(refused.value)
    OWNER.refuse_foreign("EKS cluster", "c", tags, adopt=True)


def test_tags_of_the_inventory_come_along_and_may_not_lie() -> None:
    assert OWNER.with_tags({"cost": 7}) == {"cost": "7", **OWNER.tags}
    assert OWNER.with_tags(None) == OWNER.tags
    assert OWNER.with_tags({"app": "cam"}) == OWNER.tags
    with pytest.raises(CamError, match="sets cam-environment to 'prod'"):
        OWNER.with_tags({"cam-environment": "prod"})


@pytest.mark.parametrize("value", ["", "-a", "a b", "a/b", "x" * 101])
def test_a_name_that_is_no_tag_is_refused(value: str) -> None:
    with pytest.raises(CamError, match="letter or digit at both ends"):
        Owner("dev", value)


@pytest.mark.parametrize("value", [True, None, ["a"]])
def test_only_texts_and_numbers_are_texts(value: Any) -> None:
    with pytest.raises(CamError, match="`labels`: a is"):
        texts("labels", {"a": value})
    assert texts("labels", None) is None
    assert texts("labels", {"a": 1.5}) == {"a": "1.5"}


def test_tags_of_others_are_not_judged() -> None:
    assert tags_to_set({"a": "1", "b": "2"}, {"a": "1", "b": "1", "c": "3"}) == {"b": "2"}
    assert tags_to_set({"a": "1"}, None) == {"a": "1"}
