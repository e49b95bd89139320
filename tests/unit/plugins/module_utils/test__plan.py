"""Plans: what they say, what they refuse, and that check mode carries out nothing."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import (
    ABSENT,
    HIDDEN,
    Change,
    Plan,
    Step,
    carry_out,
)

CREATED = Change("EKS cluster", "cam-cluster-dev", "create", {"version": (None, "1.34")})
GROWN = Change("node group", "cam-nodes-dev", "update", {"max_size": (10, 12)})
REPLACED = Change(
    "node group", "cam-nodes-dev", "replace", {"role_arn": ("a", "b")}, "its nodes are lost"
)
MOVED = Change("EKS cluster", "c", "update", {"subnet_ids": (["a"], ["b", "a"])}, "it moves")


@pytest.mark.parametrize(
    ("change", "future", "past"),
    [
        (
            CREATED,
            "would create EKS cluster cam-cluster-dev",
            "created EKS cluster cam-cluster-dev",
        ),
        (
            GROWN,
            "would change node group cam-nodes-dev: max_size 10 -> 12",
            "changed node group cam-nodes-dev: max_size 10 -> 12",
        ),
        (
            REPLACED,
            "would replace node group cam-nodes-dev: role_arn a -> b",
            "replaced node group cam-nodes-dev: role_arn a -> b",
        ),
        (Change("cache", "c", "delete", {"status": ("x", ABSENT)}), "would delete cache c",
         "deleted cache c"),
    ],
)  # fmt: skip
def test_lines(change: Change, future: str, past: str) -> None:
    assert Plan((change,)).lines() == [future]
    assert Plan((change,)).lines(done=True) == [past]


def test_values_are_readable() -> None:
    fields = {
        "a": (None, True),
        "b": ([], ["x", "y"]),
        "c": ({}, {"k": False}),
        "d": (0, "s"),
        "e": (HIDDEN, HIDDEN),
    }
    assert Change("cache", "c", "update", fields).line() == (
        "would change cache c: a (none) -> on, b (none) -> [x, y], c (none) -> {k=off}, d 0 -> s, "
        "e (hidden) -> (hidden)"
    )


def test_diffs_have_the_form_of_ansible() -> None:
    assert Plan((CREATED, GROWN)).diffs() == [
        {
            "before_header": "EKS cluster cam-cluster-dev",
            "after_header": "EKS cluster cam-cluster-dev",
            "before": {},
            "after": {"version": "1.34"},
        },
        {
            "before_header": "node group cam-nodes-dev",
            "after_header": "node group cam-nodes-dev",
            "before": {"max_size": 10},
            "after": {"max_size": 12},
        },
    ]
    gone = Change("cache", "c", "delete").diff()
    assert (gone["before"], gone["after"]) == ({"name": "c"}, {})


def test_dangerous_changes_are_told_at_once_and_how_to_allow_each() -> None:
    plan = Plan((GROWN, REPLACED, MOVED))
    with pytest.raises(CamError) as refused:
        plan.refuse_dangerous([])
    first, second = str(refused.value).splitlines()
    assert "its nodes are lost" in first
    assert "role_arn a -> b" in first
    assert first.endswith('allow: ["replace cam-nodes-dev"]')
    assert second.endswith('allow: ["update c subnet_ids"]')
    with pytest.raises(CamError, match="subnet_ids"):
        plan.refuse_dangerous(["replace cam-nodes-dev", "update c"])
    plan.refuse_dangerous(["replace cam-nodes-dev", "update c subnet_ids"])


def test_nothing_is_done_in_check_mode_nor_when_one_change_is_refused() -> None:
    done: list[str] = []
    steps = [Step(one, partial(done.append, one.name)) for one in (CREATED, MOVED)]
    with pytest.raises(CamError):
        carry_out(steps, allow=[], check_mode=False, diff=True)
    allow = ["update c subnet_ids"]
    checked = carry_out(steps, allow=allow, check_mode=True, diff=False)
    assert (checked["changed"], len(checked["plan"])) == (True, 2)
    assert "diff" not in checked
    assert done == []
    result = carry_out(steps, allow=allow, check_mode=False, diff=True)
    assert done == ["cam-cluster-dev", "c"]
    assert result["plan"][0] == "created EKS cluster cam-cluster-dev"
    assert len(result["diff"]) == 2


def test_an_empty_plan_changes_nothing() -> None:
    assert not Plan()
    assert carry_out([], allow=[], check_mode=False, diff=True) == {
        "changed": False,
        "plan": [],
        "diff": [],
    }
