"""A machine that cannot carry the cluster is refused in one sentence, and nothing is touched."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT / "lab"))

from camlab import host, settings
from camlab.paths import Paths
from camlab.shell import LabError


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian machine of root on which no Kubernetes was ever made."""
    monkeypatch.setattr(host.os, "geteuid", lambda: 0)
    monkeypatch.setattr(host.platform, "freedesktop_os_release", lambda: debian("13"))
    monkeypatch.setattr(host, "KUBERNETES", tmp_path / "kubernetes")
    monkeypatch.setattr(host, "KUBELET", tmp_path / "kubelet")
    monkeypatch.setattr(host, "MARKER", tmp_path / "kubernetes" / ".cam-lab")
    monkeypatch.setattr(settings, "MIN_DISK_GIB", 0)
    return tmp_path


def debian(version: str) -> dict[str, str]:
    return {"ID": "debian", "VERSION_ID": version, "PRETTY_NAME": f"Debian {version}"}


def check(folder: Path, *ports: int, running: bool = False) -> None:
    host.check(Paths(folder), ports, running=running)


def test_a_clean_machine_passes(clean: Path) -> None:
    check(clean)


def test_the_testing_release_of_debian_has_no_number(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing = {"ID": "debian", "PRETTY_NAME": "Debian forky"}
    monkeypatch.setattr(host.platform, "freedesktop_os_release", lambda: testing)
    check(clean)


@pytest.mark.parametrize(
    "release",
    [debian("11"), {"ID": "ubuntu", "VERSION_ID": "24.04", "PRETTY_NAME": "Ubuntu 24.04 LTS"}],
    ids=lambda release: str(release["PRETTY_NAME"]),
)
def test_another_system_is_named(
    clean: Path, monkeypatch: pytest.MonkeyPatch, release: dict[str, str]
) -> None:
    monkeypatch.setattr(host.platform, "freedesktop_os_release", lambda: release)
    with pytest.raises(LabError, match=rf"this is {release['PRETTY_NAME']}; .* needs Debian 12"):
        check(clean)


def test_another_user_than_root(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        check(clean)


def test_a_port_that_is_taken_is_named_with_the_command_that_finds_its_owner(clean: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            LabError, match=rf"port {port} on 127\.0\.0\.1 is taken .*sport = :{port}"
        ):
            check(clean, port)
        check(clean, port, running=True)


def test_no_space(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MIN_DISK_GIB", 10**6)
    with pytest.raises(LabError, match=r"GiB free below .*, 1000000 GiB needed; free some or set"):
        check(clean)


def test_a_kubernetes_of_somebody_else_is_left_alone(clean: Path) -> None:
    (clean / "kubernetes").mkdir()
    (clean / "kubernetes" / "admin.conf").touch()
    with pytest.raises(LabError, match="a Kubernetes that this project did not make"):
        check(clean)
    (clean / "kubernetes" / ".cam-lab").touch()
    check(clean)


def test_a_kubelet_of_somebody_else_is_left_alone(clean: Path) -> None:
    (clean / "kubelet").mkdir()
    (clean / "kubelet" / "config.yaml").touch()
    with pytest.raises(LabError, match="a kubelet that this project did not start"):
        check(clean)
