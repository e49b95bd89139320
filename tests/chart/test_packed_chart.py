"""What a package of the chart holds, and so what each release of it stores in the cluster."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from paths import CHART


def packed(chart: Path, tools: Path, folder: Path) -> set[str]:
    words = [tools / "helm", "package", chart, "-d", folder]
    subprocess.run(words, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        return {name.partition("/")[2] for name in tar.getnames()}


def test_a_package_holds_the_chart_and_none_of_what_its_readme_makes(
    tmp_path: Path, tools: Path
) -> None:
    """The README's commands read secrets from files of the folder in which they run."""
    chart = tmp_path / "cam-chart"
    shutil.copytree(CHART, chart)
    before = {str(file.relative_to(chart)) for file in chart.rglob("*") if file.is_file()}
    words = re.findall(r"--from-file=(\S+)", (CHART / "README.md").read_text("utf-8"))
    made = {word.rpartition("=")[2] for word in words} - {"/dev/stdin"}
    assert {"username", "password", "postgres-ca.crt"} <= made
    for name in [*made, "tls.key", "ca.pem", ".env", "values.yaml.swp", "values.yaml~"]:
        (chart / name).write_text("x", "utf-8")
    assert packed(chart, tools, tmp_path) == before
