"""Certificates are judged by the one that ends first."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

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


def test_what_is_no_certificate_is_an_error_of_its_form() -> None:
    with pytest.raises(ValueError, match="PEM"):
        judge.expiry(b"-----BEGIN NOTHING-----")
    with pytest.raises(ValueError, match="parsing"):
        judge.expiry(b"nothing")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules[judge.__name__], "x509")
    with pytest.raises(CamError, match="pip install cryptography"):
        judge.expiry(b"-----BEGIN CERTIFICATE-----")
