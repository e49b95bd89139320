"""A bounded set of the judges in every test run; make judges has all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from judges import KUBERNETES, conform, rendered, run
from paths import ROOT


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("mode", ["everything", "prod"])
def test_the_chart_conforms(judges: Path, tmp_path: Path, mode: str, version: str) -> None:
    answer = conform(judges, version, rendered(mode, version, tmp_path))
    summary = answer["summary"]
    assert (summary["invalid"], summary["errors"], summary["skipped"]) == (0, 0, 0), answer
    assert summary["valid"] >= 10


def test_kubeconform_finds_a_misspelt_field(judges: Path, tmp_path: Path) -> None:
    file = rendered("prod", "1.35", tmp_path)
    file.write_text(file.read_text("utf-8").replace("minReplicas:", "minReplica:"), "utf-8")
    assert conform(judges, "1.35", file)["summary"]["invalid"] == 1


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.dev"])
def test_the_recipes_of_the_images(judges: Path, name: str) -> None:
    done = run(judges / "venv" / "bin" / "hadolint", ROOT / "images" / "cam" / name)
    assert (done.returncode, done.stdout) == (0, "")
