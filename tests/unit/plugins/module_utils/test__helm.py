"""The helm wrapper, against small programs that behave as helm can behave."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _helm
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._helm import Helm


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "helm"


def helm(program: Path, script: str, context: str = "") -> Helm:
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return Helm(str(program), "/k", context, "cam-test", "cam")


def test_values_reach_helm_only_through_a_private_file(program: Path) -> None:
    look = 'stat -c "%a" "$5"; cat "$5"; echo " $*"'
    output = helm(program, look, "ctx").template("chart", {"key": "s3cret"}, "v1.36.3", ["v1"])
    mode, rest = output.split("\n", 1)
    content, words = rest.split("}", 1)
    assert mode == "600"
    assert "s3cret" in content
    assert "s3cret" not in words
    assert "--namespace cam-test --kubeconfig /k --kube-context ctx" in words


def test_the_values_file_is_gone_afterwards() -> None:
    with _helm.values_file({"a": 1}) as name:
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    assert not Path(name).exists()


def test_a_failure_ends_with_helms_own_words(program: Path) -> None:
    broken = helm(program, "echo level=WARN x >&2; echo 'Error: no such chart' >&2; exit 1")
    with pytest.raises(CamError, match="helm uninstall failed: Error: no such chart"):
        broken.uninstall(timeout=1)


def test_a_missing_binary_is_said(program: Path) -> None:
    with pytest.raises(CamError, match="install Helm 4 or set cam_release_helm"):
        Helm(str(program), "/k", "", "n", "cam").uninstall(timeout=1)


@pytest.mark.parametrize("name", ["cam --post-renderer=/x", "Cam", "-cam", "", "a" * 54])
def test_a_name_that_could_be_a_flag_is_refused(program: Path, name: str) -> None:
    with pytest.raises(CamError, match="release name"):
        Helm(str(program), "/k", "", "n", name)


def test_a_cause_ends_helm_and_what_it_started(program: Path) -> None:
    waiting = helm(program, "sleep 61 & wait")
    started = time.monotonic()
    with pytest.raises(CamError, match="no such image"):
        waiting.rollback(3, timeout=60, wait=True, watch=lambda: "no such image")
    assert time.monotonic() - started < 30


def test_the_deadline_holds(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_helm, "GRACE", 1.0)
    with pytest.raises(CamError, match="did not end within"):
        helm(program, "trap '' TERM; sleep 61 & wait; sleep 61").upgrade(
            "chart", {}, timeout=0, history=1, wait=True, watch=lambda: ""
        )
