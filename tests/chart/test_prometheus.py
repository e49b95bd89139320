"""The configuration that Prometheus is given, judged by its own tool."""

from __future__ import annotations

import subprocess
from pathlib import Path

from manifests import documents
from paths import TOOLS


def test_promtool_accepts_the_configuration(rendered: Path, tmp_path: Path) -> None:
    objects = documents((rendered / "5-monitoring.yml").read_text("utf-8"))
    (files,) = [
        one["data"]
        for one in objects
        if (one["kind"], one["metadata"]["name"]) == ("ConfigMap", "prometheus-config")
    ]
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    checked = subprocess.run(
        [TOOLS / "promtool", "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "rules found" in checked.stdout
