"""A scanner's answer is a verdict only with a database that is there and young."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _scan
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

SBOM = {"components": [{"name": "fastify", "version": "5.0.0"}, {"name": "libc6"}]}
# Each program writes the file that it was told to, or prints, and notes how it was called.
PROGRAM = """#!/bin/sh
echo "$0 $* $GRYPE_DB_AUTO_UPDATE" >> {folder}/calls
while [ $# -gt 0 ]; do
  case "$1" in
    version|db) exec cat {folder}/age ;;
    image|scan) from={folder}/sbom ;;
    sbom) from={folder}/found; test -e $from || {{ echo "FATAL no database" >&2; exit 1; }} ;;
    sbom:*) from={folder}/found ;;
    --output|--file) case "$2" in json) ;; *) to="${{2#cyclonedx-json=}}" ;; esac ;;
  esac
  shift
done
cp "$from" "$to"
"""


class Scanner:
    """Programs on PATH that answer as trivy, or as syft and grype, would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.say("sbom", SBOM)
        self.age(timedelta(days=1))

    def install(self, *names: str) -> None:
        for name in names:
            file = self.folder / "bin" / name
            file.write_text(PROGRAM.format(folder=self.folder), "utf-8")
            file.chmod(0o755)

    def say(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value), "utf-8")

    def age(self, age: timedelta) -> None:
        built = (datetime.now(UTC) - age).isoformat()
        self.say("age", {"VulnerabilityDB": {"UpdatedAt": built}, "built": built})

    def knows(self, *severities: str) -> None:
        self.say(
            "found",
            {
                "Results": [
                    {},
                    {
                        "Vulnerabilities": [
                            {
                                "VulnerabilityID": f"CVE-{number}",
                                "Severity": severity,
                                "PkgName": "fastify",
                                "InstalledVersion": "5.0.0",
                                "FixedVersion": "5.0.1",
                            }
                            for number, severity in enumerate(severities)
                        ]
                    },
                ],
                "matches": [
                    {
                        "vulnerability": {
                            "id": f"CVE-{number}",
                            "severity": severity.title(),
                            "fix": {"versions": ["5.0.1"]},
                        },
                        "artifact": {"name": "fastify", "version": "5.0.0"},
                    }
                    for number, severity in enumerate(severities)
                ],
            },
        )

    def calls(self) -> str:
        return (self.folder / "calls").read_text("utf-8")

    def run(self, *, check_mode: bool = False, **changes: Any) -> Any:
        params = {
            "image": "cam:2.0.0",
            "archive": None,
            "directory": str(self.folder / "out"),
            "tool": "auto",
            "threshold": "critical",
            "offline": False,
            "database": None,
            "database_days": 7,
            "timeout_seconds": 30,
            **changes,
        }
        return _scan.run(params, check_mode=check_mode, diff=False)


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scanner:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return Scanner(tmp_path)


@pytest.mark.parametrize("programs", [("trivy",), ("syft", "grype")])
def test_what_is_known_is_counted_and_the_threshold_decides(
    scanner: Scanner, programs: tuple[str, ...]
) -> None:
    scanner.install(*programs)
    scanner.knows("MEDIUM", "HIGH", "NEGLIGIBLE")
    found = scanner.run()
    assert (found["passed"], found["tool"], found["components"]) == (True, programs[-1], 2)
    assert found["counts"] == {"critical": 0, "high": 1, "medium": 1, "low": 0}
    found = scanner.run(threshold="high")
    assert found["passed"] is False
    assert found["lines"][2:] == ["high      CVE-1              fastify 5.0.0; fixed in 5.0.1"]
    assert scanner.run(threshold="low")["lines"][2].startswith("high")


def test_a_long_list_is_cut(scanner: Scanner) -> None:
    scanner.install("trivy")
    scanner.knows(*["CRITICAL"] * 25)
    assert scanner.run()["lines"][-1] == "and 5 more"


@pytest.mark.parametrize("programs", [("trivy",), ("syft", "grype")])
def test_files_are_written_only_if_they_say_something_new(
    scanner: Scanner, programs: tuple[str, ...]
) -> None:
    scanner.install(*programs)
    scanner.knows("LOW")
    assert scanner.run(check_mode=True)["changed"] is True
    assert not (scanner.folder / "out").exists()
    assert [scanner.run()["changed"], scanner.run()["changed"]] == [True, False]
    scanner.say("sbom", {**SBOM, "serialNumber": "another"})
    assert scanner.run()["changed"] is False
    scanner.knows("LOW", "LOW")
    assert scanner.run()["changed"] is True
    (scanner.folder / "out" / "sbom.cdx.json").write_text("broken", "utf-8")
    assert scanner.run()["changed"] is True


def test_a_bill_of_materials_alone_needs_no_database(scanner: Scanner) -> None:
    scanner.install("syft")
    found = scanner.run(threshold="none")
    assert (found["passed"], found["tool"]) == (True, "grype")
    assert "not asked for" in found["lines"][1]
    with pytest.raises(CamError, match=r"trivy \(not on PATH: trivy\); grype \(.*: grype\)"):
        scanner.run()


def test_no_database_an_old_one_and_one_of_unknown_age_are_no_verdict(scanner: Scanner) -> None:
    scanner.install("trivy")
    with pytest.raises(CamError, match=r"Without a database .* It says: FATAL no database"):
        scanner.run()
    scanner.knows()
    scanner.age(timedelta(days=9))
    with pytest.raises(CamError, match=r"9 days old, above cam_scan_database_days \(7\)"):
        scanner.run()
    assert scanner.run(database_days=10)["passed"] is True
    scanner.say("age", {})
    with pytest.raises(CamError, match="does not say when its database was built"):
        scanner.run()


def test_what_it_is_told_reaches_trivy(scanner: Scanner) -> None:
    scanner.install("trivy")
    scanner.knows()
    scanner.run(archive="/images/cam.tar", offline=True, database="/db")
    for words in ("--input /images/cam.tar", "--cache-dir /db", "--skip-db-update --offline-scan"):
        assert words in scanner.calls()


def test_what_it_is_told_reaches_grype(scanner: Scanner) -> None:
    scanner.install("syft", "grype")
    scanner.knows()
    scanner.run(archive="/images/cam.tar", offline=True, database="/db")
    for words in ("docker-archive:/images/cam.tar", "--file", "false"):
        assert words in scanner.calls()


def test_an_image_without_components_and_an_answer_that_is_none(scanner: Scanner) -> None:
    scanner.install("trivy")
    scanner.say("sbom", {"components": []})
    with pytest.raises(CamError, match="finds nothing in cam"):
        scanner.run()
    (scanner.folder / "sbom").write_text("<html>", "utf-8")
    with pytest.raises(CamError, match="the scanner's answer is no JSON: '<html>'"):
        scanner.run()
