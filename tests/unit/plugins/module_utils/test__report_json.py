"""The JSON keeps to its published schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_json
from paths import ROOT

SCHEMA = json.loads((ROOT / "docs" / "schema" / "health-report-v1.json").read_text("utf-8"))


def faults(document: dict[str, Any]) -> list[str]:
    checker = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in checker.iter_errors(document)]


def written(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_report_json.render(verdicts.report(found)))
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "found",
    [
        verdicts.verdicts(),
        {},
        {"eu": {}},
        {"eu": {"status": "failed", "cause": "x", "checks": [{"name": "api", "state": "failed"}]}},
        {verdicts.HOSTILE: verdicts.verdict("failed", cause=verdicts.HOSTILE)},
    ],
)
def test_reports_keep_to_the_schema(found: dict[str, dict[str, Any]]) -> None:
    assert faults(written(found)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "fine"},
        {"cause": "a healthy mesh with a cause"},
        {"status": "failed"},
        {"checks": []},
        {"checks": [{**verdicts.check("a", "b")}]},
    ],
)
def test_what_is_no_report_is_refused(changes: dict[str, Any]) -> None:
    document = written({"eu": verdicts.verdict()})
    document["clusters"][0].update(changes)
    assert faults(document) != []
