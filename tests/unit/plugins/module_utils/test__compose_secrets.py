"""Secrets are made once, certificates are renewed in time, and files are for whom they are for."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _compose_secrets
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from cryptography import x509

PARAMS: dict[str, Any] = {
    "authority": "cam-dev",
    "usernames": {"postgres-username": "cam"},
    "passwords": ["redis-password"],
    "acls": {"redis-users.acl": "redis-password"},
    "certificates": {"redis": ["redis", "localhost"]},
}
FILES = {
    "ca.crt", "ca.key", "postgres-username", "redis-password", "redis-users.acl", "redis.crt",
    "redis.key",
}  # fmt: skip
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ensure(folder: Path, now: datetime = NOW, *, check_mode: bool = False, **changes: Any) -> Any:
    return _compose_secrets.ensure(folder, {**PARAMS, **changes}, check_mode=check_mode, now=now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "project" / "secrets"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_they_are_made_once(folder: Path) -> None:
    first = ensure(folder)
    assert first == {"changed": True, "files": sorted(FILES), "made": sorted(FILES)}
    before = contents(folder)
    assert len(before["redis-password"]) >= 43
    assert ensure(folder)["changed"] is False
    assert contents(folder) == before


def test_a_dry_run_makes_nothing(folder: Path) -> None:
    assert ensure(folder, check_mode=True)["changed"] is True
    assert not folder.parent.exists()


def test_nobody_else_gets_to_them_and_nobody_reads_the_key_of_the_authority(folder: Path) -> None:
    ensure(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes.pop("ca.key") == 0o400
    assert set(modes.values()) == {0o444}


def test_the_list_of_users_knows_the_password_by_its_digest(folder: Path) -> None:
    ensure(folder)
    digest = hashlib.sha256((folder / "redis-password").read_bytes()).hexdigest()
    assert f"#{digest} " in (folder / "redis-users.acl").read_text("utf-8")


def test_a_password_that_was_brought_is_kept_and_a_weak_one_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "redis-password").write_text("correct horse battery staple", "utf-8")
    ensure(folder)
    assert (folder / "redis-password").read_text("utf-8") == "correct horse battery staple"
    (folder / "redis-password").chmod(0o600)
    (folder / "redis-password").write_text("changeme", "utf-8")
    with pytest.raises(CamError, match=r"file redis-password is too weak") as refused:
        ensure(folder)
    assert "changeme" not in str(refused.value)


def test_a_certificate_is_renewed_before_it_ends_and_its_authority_stays(folder: Path) -> None:
    ensure(folder)
    authority = (folder / "ca.crt").read_bytes()
    assert ensure(folder, NOW + timedelta(days=330))["changed"] is False
    later = ensure(folder, NOW + timedelta(days=340))
    assert later["made"] == ["redis.crt", "redis.key"]
    assert (folder / "ca.crt").read_bytes() == authority
    found = x509.load_pem_x509_certificate((folder / "redis.crt").read_bytes())
    found.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    assert ensure(folder, NOW + timedelta(days=3649))["made"] == [
        "ca.crt", "ca.key", "redis.crt", "redis.key",
    ]  # fmt: skip


def test_other_hosts_make_another_certificate(folder: Path) -> None:
    ensure(folder)
    changed = ensure(folder, certificates={"redis": ["cache"]})
    assert changed["made"] == ["redis.crt", "redis.key"]


def test_removal(folder: Path) -> None:
    ensure(folder)
    params = {**PARAMS, "directory": str(folder), "state": "absent"}
    assert _compose_secrets.run(params, check_mode=True, diff=False)["changed"] is True
    assert folder.exists()
    assert _compose_secrets.run(params, check_mode=False, diff=False)["changed"] is True
    assert not folder.exists()
    assert _compose_secrets.run(params, check_mode=False, diff=False)["changed"] is False


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text("x", "utf-8")
    params = {**PARAMS, "directory": str(file), "state": "present"}
    with pytest.raises(CamError, match="cannot be read: Not a directory"):
        _compose_secrets.run(params, check_mode=False, diff=False)
