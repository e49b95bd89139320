"""What moto lacks and we made up: a second stand-in, made by others, says the same of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from doubles.probes.base import Account
from doubles.refusals import refusals
from doubles.second import Elsewhere, ministack, outline
from doubles.tours import addons, caches, databases, entries, identities, nodes

TOURS = (addons, entries, identities, databases, caches, nodes)
# What ministack 1.5.33 does not answer either, so that there is one opinion of it.
UNANSWERED = {"DescribeAddonVersions", "DescribeAddonConfiguration", "ListAccessPolicies"}
# What we answer in another way, and why.
OURS = {
    "AddonPodIdentityAssociationsList holds ARNs by botocore's model": {
        ".addon.podIdentityAssociations[].roleArn",
        ".addon.podIdentityAssociations[].serviceAccount",
    },
    "the cluster was made by a user, there by a role": {".accessEntries[]"},
    "nodes are answered when ShowCacheNodeInfo asks for them": {
        f".CacheCluster.CacheNodes[].{name}"
        for name in ("CacheNodeCreateTime", "CacheNodeId", "CacheNodeStatus", "Endpoint.Address",
                     "CustomerAvailabilityZone", "Endpoint.Port", "ParameterGroupStatus")
    },
}  # fmt: skip
EXCEPTED = set[str]().union(*OURS.values())


@pytest.fixture(scope="module")
def other() -> Iterator[Account]:
    with ministack() as started:
        yield Elsewhere(started, plain=True)


def toured(account: Account) -> dict[str, Any]:
    answers = [answer for tour in TOURS for answer in tour(account)]
    return {operation: answer for _, operation, answer in answers}


@pytest.fixture(scope="module")
def opinions(account: Account, other: Account) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ours and theirs, by operation."""
    return toured(account), toured(other)


def outlines(answer: dict[str, Any]) -> dict[str, str]:
    found = outline({name: its for name, its in answer.items() if name != "ResponseMetadata"})
    return {path: kind for path, kind in found.items() if path not in EXCEPTED}


def test_the_other_one_knows_all_but_three(
    opinions: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    ours, theirs = opinions
    assert set(ours) == set(theirs)
    assert {name for name, answer in theirs.items() if answer is None} == UNANSWERED


def test_what_both_answer_is_of_the_same_kind(
    opinions: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    ours, theirs = opinions
    for operation in set(ours) - UNANSWERED:
        here, there = outlines(ours[operation]), outlines(theirs[operation])
        shared = set(here) & set(there)
        assert {path: here[path] for path in shared} == {path: there[path] for path in shared}


def test_the_other_one_answers_nothing_that_we_lack(
    opinions: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    ours, theirs = opinions
    for operation in set(ours) - UNANSWERED:
        lacking = set(outlines(theirs[operation])) - set(outlines(ours[operation]))
        assert not lacking, operation


def test_both_refuse_the_same(account: Account, other: Account) -> None:
    ours, theirs = dict(refusals(account)), dict(refusals(other))
    assert ours == theirs
    assert "ok" not in ours.values()


def test_an_outline_tells_kinds_apart() -> None:
    given = {"a": [{"arn": "arn:aws:eks:r:1:addon/c/n"}, {"b": ""}], "n": 1, "e": []}
    assert outline(given) == {".a[].arn": "ARN of eks addon", ".n": "int"}
