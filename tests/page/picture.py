"""Takes the picture of docs/reports.md: PYTHONPATH=collections:tests .venv/bin/python FILE."""

from __future__ import annotations

import tempfile
from pathlib import Path

import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _report_html
from browser import browser
from paths import ROOT

SIZE = (1000, 1100)


def main() -> None:
    report = verdicts.report()
    with tempfile.TemporaryDirectory(prefix="cam-picture-") as folder, browser() as page:
        file = Path(folder) / "health.html"
        file.write_text(_report_html.render(report, verdicts.past(report)), "utf-8")
        page.show(file, width=SIZE[0])
        (ROOT / "docs" / "images" / "health-report.png").write_bytes(page.picture(*SIZE))


if __name__ == "__main__":
    main()
