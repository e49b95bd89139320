"""What playbooks/render.yml says of what it wrote, and of what it could not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from manifests import documents
from paths import CHART, ROOT
from render import render

ROLE = ROOT / "roles" / "cam_release"
OPERATOR = ["monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PrometheusRule"]


def kinds(folder: Path) -> set[str]:
    return {one["kind"] for one in documents((folder / "4-release.yml").read_text("utf-8"))}


def said_of(folder: Path) -> str:
    return folder.with_suffix(".txt").read_text("utf-8")


def test_what_a_cluster_must_know_is_left_out_with_a_word(
    renderings: Callable[[str], Path],
) -> None:
    folder = renderings("prod")
    said = said_of(folder)
    assert not {"ServiceMonitor", "PrometheusRule"} & kinds(folder)
    assert "left out: PrometheusRule, ServiceMonitor" in said
    assert "cam_release_api_versions" in said
    # cert-manager makes the certificate.
    assert "cam-tls" not in said
    assert "alertmanager-config (alertmanager.yml)" in said
    assert "cam-api-key (api-key)" in said


@pytest.fixture(scope="module")
def told(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where dev was rendered with more than its inventory says, and what was said of it."""
    folder = tmp_path_factory.mktemp("told")
    said = render(
        folder, tools / "helm", "dev",
        cam_database_host="db.example.com", cam_release_api_versions=OPERATOR[:1],
    )  # fmt: skip
    return folder / "dev", said


def test_what_aws_has_not_made_yet_is_named_in_its_place(told: tuple[Path, str]) -> None:
    """Rendering asks no account: who knows where the services are says so."""
    folder, said = told
    text = (folder / "4-release.yml").read_text("utf-8")
    assert "db.example.com" in text
    assert "cam-db-dev.invalid" not in text + said
    assert "cam-cache-dev.invalid" in text
    assert "cam-cache-dev.invalid stands for a host" in said
    assert "cam_cache_host" in said
    for name in ("postgres-secret (username, password)", "postgres-tls (ca.crt)", "redis-tls"):
        assert name in said


def test_what_runs_in_the_cluster_needs_its_certificates(
    renderings: Callable[[str], Path],
) -> None:
    said = said_of(renderings("existing"))
    assert ".invalid" not in said
    for name in (
        "postgres-secret (username, password)",
        "redis-secret (password, users.acl)",
        "redis-tls (tls.crt, tls.key, ca.crt)",
    ):
        assert name in said


def test_a_cluster_that_is_said_to_know_them_gets_them(told: tuple[Path, str]) -> None:
    folder, said = told
    assert "ServiceMonitor" in kinds(folder)
    assert "left out: " not in said
    assert "cam-tls (tls.crt, tls.key)" in said


def test_every_kind_that_needs_its_api_is_asked_for() -> None:
    known = yaml.safe_load((ROLE / "vars" / "main.yml").read_text("utf-8"))[
        "__cam_release_optional_apis"
    ]
    texts = [one.read_text("utf-8") for one in (CHART / "templates").rglob("*.yaml")]
    asked = {
        api for text in texts for api in re.findall(r'Capabilities\.APIVersions\.Has "(.+?)"', text)
    }
    assert set(known) == asked
