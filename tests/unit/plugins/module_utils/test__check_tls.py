"""Certificates are judged by the one that ends first."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_tls as judge
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

NOW = datetime(2026, 11, 25, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "state", "critical"),
    [(90, "ok", True), (20, "degraded", False), (5, "degraded", True), (-1, "failed", True)],
)
def test_the_first_to_end_decides(days: int, state: str, critical: bool) -> None:
    ends = {"far": NOW + timedelta(days=400), "near": NOW + timedelta(days=days)}
    found = judge.certificates(ends, NOW, 14)
    assert (found.state, found.critical, found.target) == (state, critical, "near")
    assert judge.edge_certificate("mesh", ends["near"], NOW, 14).state == state


@pytest.mark.parametrize("named", [True, False])
def test_a_proxy_that_hides_the_certificate_of_the_api_is_told(
    monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.setattr(judge, "expiry", lambda content: NOW + timedelta(days=400))
    database = {"provider": "in_cluster", "tls_secret": "postgres-tls"} if named else {}
    thresholds = {"certificate_days": 14}
    params = {"database": database, "cache": {}, "url_ca_secret": None, "thresholds": thresholds}
    kube = SimpleNamespace(server="https://api.test:6443", is_direct=False)
    mesh = SimpleNamespace(
        kube=kube, params=params, now=lambda: NOW, secret=lambda name: {"tls.crt": "content"}
    )
    (found,) = judge._certificates(mesh)  # type: ignore[arg-type]
    assert found.is_advice
    assert found.cause == "that of the API server was not looked at, since a proxy is in between"


def test_what_could_not_be_looked_at_weighs_less_than_what_is_red() -> None:
    unseen = ["nobody saw it"]
    for days, state in ((400, "degraded"), (5, "degraded"), (-1, "failed")):
        ends = {"a": NOW + timedelta(days=days)}
        found = judge.certificates(ends, NOW, 14, unseen=unseen)
        assert (found.state, found.is_advice) == (state, days == 400)
    soon = judge.certificates({"a": NOW + timedelta(days=20)}, NOW, 14, unseen=unseen)
    assert soon.cause == "nobody saw it; the certificate of a expires in 20 days"
    gone = judge.certificates({}, NOW, 14, missing=["Secret a has no tls.crt"], unseen=unseen)
    assert (gone.state, gone.cause) == ("unknown", "Secret a has no tls.crt")


def test_what_is_no_certificate_is_an_error_of_its_form() -> None:
    with pytest.raises(ValueError, match="PEM"):
        judge.expiry(b"-----BEGIN NOTHING-----")
    with pytest.raises(ValueError, match="parsing"):
        judge.expiry(b"nothing")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules[judge.__name__], "x509")
    with pytest.raises(CamError, match="pip install cryptography"):
        judge.expiry(b"-----BEGIN CERTIFICATE-----")
