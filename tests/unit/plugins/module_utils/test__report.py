"""The document: complete, ordered, harmless; what was not judged is unknown."""

from __future__ import annotations

from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report


def statuses(*found: str) -> dict[str, dict[str, Any]]:
    return {f"c{n}": verdicts.verdict(status) for n, status in enumerate(found)}


@pytest.mark.parametrize(
    ("found", "worst"),
    [
        (("healthy", "healthy"), "healthy"),
        (("healthy", "degraded"), "degraded"),
        (("unknown", "degraded"), "unknown"),
        (("unknown", "failed", "healthy"), "failed"),
        ((), "unknown"),
        (("splendid",), "unknown"),
    ],
)
def test_the_status_of_a_report_is_its_worst(found: tuple[str, ...], worst: str) -> None:
    assert verdicts.report(statuses(*found))["status"] == worst


@pytest.mark.parametrize("empty", [{}, {"checks": []}, {"status": "healthy", "checks": None}])
def test_a_cluster_without_checks_is_unknown_and_has_a_check_that_says_so(
    empty: dict[str, Any],
) -> None:
    (cluster,) = verdicts.report({"eu": empty})["clusters"]
    assert cluster["status"] == "unknown"
    assert [check["state"] for check in cluster["checks"]] == ["unknown"]
    assert cluster["cause"] == "verdict: the run stopped before this cluster was judged"


def test_the_cause_of_a_failed_run_is_kept() -> None:
    (cluster,) = verdicts.report({"eu": {"status": "unknown", "cause": "no kubeconfig"}})[
        "clusters"
    ]
    assert cluster["cause"] == "verdict: no kubeconfig"


def test_checks_stand_in_the_order_of_their_groups() -> None:
    (cluster, *_) = verdicts.report()["clusters"]
    groups = [check["group"] for check in cluster["checks"]]
    assert groups == sorted(groups, key=_report.GROUPS.index)


def test_advice_is_counted_and_changes_nothing() -> None:
    cluster = verdicts.report()["clusters"][1]
    assert _report.count(cluster) == "12 of 12 checks ok, 1 not configured, 1 advice"
    assert _report.troubles(cluster) == []
    assert [check["name"] for check in _report.advices(cluster)] == ["hpa"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\n\tb  c\u2028d", "a b c d"),
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("\ud800\u202e\x00\uffff", "\ufffd" * 4),
        ("{{ 1 + 1 }}", "{{ 1 + 1 }}"),
        (None, "None"),
        ("x" * 3000, "x" * 2000 + " ..."),
    ],
)
def test_text_is_harmless(raw: Any, text: str) -> None:
    assert _report.clean(raw) == text
    _report.clean(raw).encode()


def test_every_text_of_a_hostile_answer_is_cleaned() -> None:
    check = verdicts.check(verdicts.HOSTILE, "mesh", "failed", cause=verdicts.HOSTILE)
    found = verdicts.verdict("failed", check, cause=verdicts.HOSTILE, namespace=verdicts.HOSTILE)
    text = str(verdicts.report({verdicts.HOSTILE: found}))
    assert not set("\x1b\x00\x07\ud800\u202e\r\n") & set(text)
