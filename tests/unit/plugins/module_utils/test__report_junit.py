"""JUnit, as a reader of CI sees it."""

from __future__ import annotations

from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_junit

junitparser = pytest.importorskip(
    "junitparser", reason="junitparser, which reads JUnit as a CI does, is not in .venv"
)


def read(found: dict[str, dict[str, Any]]) -> Any:
    return junitparser.JUnitXml.fromstring(_report_junit.render(verdicts.report(found)).encode())


def results(suite: Any) -> dict[str, str]:
    kinds = {case.name: [type(one).__name__ for one in case.result] for case in suite}
    return {name: (found or ["passed"])[0] for name, found in kinds.items()}


def test_a_cluster_is_a_suite_and_a_check_is_a_case() -> None:
    suites = list(read(verdicts.verdicts()))
    assert [suite.name for suite in suites] == list(verdicts.verdicts())
    first = results(suites[0])
    assert first["database"] == "Failure"
    assert first["grafana"] == "Skipped"
    assert first["api"] == "passed"
    assert (suites[0].tests, suites[0].failures, suites[0].errors, suites[0].skipped) == (
        14,
        1,
        0,
        1,
    )
    (failure,) = next(case for case in suites[0] if case.name == "database").result
    assert verdicts.DATABASE["cause"] in failure.message
    assert verdicts.DATABASE["next"] in failure.text


def test_advice_turns_nothing_red_and_is_told() -> None:
    suite = list(read(verdicts.verdicts()))[1]
    assert results(suite)["hpa"] == "passed"
    assert "at its maximum" in next(case for case in suite if case.name == "hpa").system_out


def test_what_is_unknown_is_an_error() -> None:
    (suite,) = read({"eu": {}})
    assert results(suite) == {"verdict": "Error"}
    assert suite.errors == 1


def test_a_hostile_answer_stays_text() -> None:
    check = verdicts.check("evil", "mesh", "failed", cause=verdicts.HOSTILE)
    (suite,) = read({"eu": verdicts.verdict("failed", check, cause=verdicts.HOSTILE)})
    (failure,) = next(case for case in suite if case.name == "evil").result
    assert "<script>alert(1)</script>" in failure.message
