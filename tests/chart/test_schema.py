"""The schema of the values knows every key, except where the keys are the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from charts import helm, only, render
from paths import CHART

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text("utf-8"))
BY_THE_USER = "names and values are the user's own words"
KUBERNETES = "a large type of Kubernetes, checked by the API server"
OPEN = {
    "properties/global": "shared with a parent chart, which the chart knows nothing of",
    "properties/affinity": KUBERNETES,
    "properties/extraVolumes/items": KUBERNETES,
    "properties/extraObjects/items": "any object",
    "properties/config": BY_THE_USER,
    "properties/faults": BY_THE_USER,
    "properties/secret/properties/data": BY_THE_USER,
    "properties/nodeSelector": BY_THE_USER,
    "properties/resources/properties/requests": "the names are a list of the schema",
    "properties/resources/properties/limits": "the names are a list of the schema",
    "properties/ingress/properties/annotations": BY_THE_USER,
    "properties/serviceAccount/properties/annotations": BY_THE_USER,
    "properties/podAnnotations": BY_THE_USER,
    "properties/podLabels": BY_THE_USER,
    "properties/monitoring/properties/serviceMonitor/properties/labels": BY_THE_USER,
    "properties/monitoring/properties/alerting/properties/labels": BY_THE_USER,
    "properties/monitoring/properties/dashboards/properties/labels": BY_THE_USER,
    "definitions/selector/properties/matchLabels": BY_THE_USER,
}
# Whoever opens one of these must say here that it may hold anything.
ANYTHING = {
    "properties/global",
    "properties/affinity",
    "properties/extraVolumes/items",
    "properties/extraObjects/items",
}


def types(schema: dict[str, Any]) -> list[str]:
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else named


def schemas(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema below one, by its path."""
    yield path, schema
    for key in ("properties", "definitions"):
        for name, below in schema.get(key, {}).items():
            yield from schemas(below, f"{path}/{key}/{name}".lstrip("/"))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from schemas(schema[key], f"{path}/{key}")
    for key in ("oneOf", "anyOf", "allOf"):
        for number, below in enumerate(schema.get(key, [])):
            yield from schemas(below, f"{path}/{key}/{number}")


def path_of(path: dict[str, str]) -> dict[str, Any]:
    """Values with one path of one host."""
    return {"ingress": {"hosts": [{"host": "a", "paths": [path]}]}}


def test_an_object_is_closed_or_has_a_reason() -> None:
    opened = {
        path: one
        for path, one in schemas(SCHEMA)
        if "object" in types(one) and one.get("additionalProperties") is not False
    }
    assert set(opened) == set(OPEN)
    assert {path for path, one in opened.items() if "additionalProperties" not in one} == ANYTHING


def test_a_list_says_what_it_holds() -> None:
    lists = [(path, one) for path, one in schemas(SCHEMA) if "array" in types(one)]
    assert len(lists) > 15
    assert [path for path, one in lists if not one.get("items")] == []


def test_every_value_says_what_it_may_be() -> None:
    words = {"type", "enum", "const", "oneOf", "anyOf", "allOf", "$ref"}
    assert [path for path, one in schemas(SCHEMA) if not words & set(one)] == []


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"ingress": {"tls": [{"secretname": "x"}]}}, "secretname"),
        ({"ingress": {"tls": [{"hosts": ["a"]}]}}, "secretName"),
        (path_of({"pth": "/"}), "paths"),
        (path_of({"path": "/", "pathType": "Regex"}), "paths"),
        ({"image": {"pullSecrets": ["registry"]}}, "pullSecrets"),
        ({"image": {"pullSecrets": [{"nam": "registry"}]}}, "nam"),
        ({"monitoring": {"serviceMonitor": {"tlsConfig": {"insecure": True}}}}, "insecure"),
        ({"tolerations": [{"ky": "mesh"}]}, "ky"),
        ({"tolerations": [{"key": "mesh", "effect": "NoRun"}]}, "effect"),
        ({"topologySpread": [{"maxskew": 2}]}, "maxskew"),
        ({"extraEnv": [{"name": "A", "valeu": "b"}]}, "valeu"),
        ({"extraEnv": [{"name": "A", "value": 1}]}, "value"),
        ({"extraVolumeMounts": [{"name": "a", "mountpath": "/a"}]}, "mountpath"),
        ({"networkPolicy": {"dnsTo": [{"podSelektor": {}}]}}, "podSelektor"),
        ({"rbac": {"create": True, "rules": [{"verb": ["get"]}]}}, "verb"),
        ({"httpRoute": {"enabled": True, "parentRefs": [{"name": "a", "nam": "b"}]}}, "nam"),
        ({"podLabels": {"team": 1}}, "team"),
        ({"secret": {"create": True, "data": {"api-key": 1}}}, "api-key"),
        ({"faults": {"CAM_FAULT_X": {"a": 1}}}, "CAM_FAULT_X"),
    ],
)
def test_a_misspelt_key_is_named(values: dict[str, Any], key: str) -> None:
    done = helm("template", "cam", str(CHART), "--set-json", json.dumps(values))
    assert done.returncode != 0
    assert "schema" in done.stderr
    assert key in done.stderr


@pytest.mark.usefixtures("tools")
def test_a_path_keeps_its_type() -> None:
    hosts = '[{"host":"a","paths":["/",{"path":"/b"},{"path":"/c","pathType":"Exact"}]}]'
    (rule,) = only(render("--set-json", f"ingress.hosts={hosts}"), "Ingress")["spec"]["rules"]
    found = [(path["path"], path["pathType"]) for path in rule["http"]["paths"]]
    assert found == [("/", "Prefix"), ("/b", "Prefix"), ("/c", "Exact")]
