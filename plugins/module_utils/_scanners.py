# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scanners: which programs each needs, how it is asked, and what its answer says."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._engine import AUTO
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

# Instead of a severity: list the components, search for nothing.
NONE = "none"


@dataclass(frozen=True)
class Finding:
    """One known vulnerability of one component."""

    id: str
    severity: str
    component: str
    version: str
    fixed: str

    @property
    def line(self) -> str:
        cure = f"fixed in {self.fixed}" if self.fixed else "no version with a fix"
        return f"{self.severity:<9} {self.id:<18} {self.component} {self.version}; {cure}"


class Trivy:
    name = "trivy"
    programs = ("trivy",)

    def _words(self, params: Params) -> list[str]:
        return [*self._cache(params), "--quiet", "--skip-version-check", "--disable-telemetry"]

    def _cache(self, params: Params) -> list[str]:
        return ["--cache-dir", params["database"]] if params["database"] else []

    def sbom(self, params: Params, file: str) -> list[str]:
        source = ["--input", params["archive"]] if params["archive"] else [params["image"]]
        words = ["--format", "cyclonedx", "--output", file, *source]
        return ["trivy", "image", *self._words(params), *words]

    def search(self, params: Params, sbom: str, file: str) -> list[str]:
        offline = ["--skip-db-update", "--offline-scan"] if params["offline"] else []
        words = ["--format", "json", "--output", file, sbom]
        return ["trivy", "sbom", *self._words(params), *offline, *words]

    def age(self, params: Params) -> list[str]:
        return ["trivy", "version", "--format", "json", *self._cache(params)]

    def built(self, answer: Any) -> str:
        return str((answer.get("VulnerabilityDB") or {}).get("UpdatedAt", ""))

    def findings(self, answer: Any) -> list[Finding]:
        return [
            Finding(
                one["VulnerabilityID"],
                one["Severity"].lower(),
                one["PkgName"],
                one["InstalledVersion"],
                one.get("FixedVersion", ""),
            )
            for result in answer.get("Results") or []
            for one in result.get("Vulnerabilities") or []
        ]


class Grype:
    """With syft, which reads the image."""

    name = "grype"
    programs = ("syft", "grype")

    def _grype(self, params: Params) -> list[str]:
        """It takes its settings from the environment alone."""
        place = [f"GRYPE_DB_CACHE_DIR={params['database']}"] if params["database"] else []
        return [
            "env",
            f"GRYPE_DB_AUTO_UPDATE={str(not params['offline']).lower()}",
            *place,
            "grype",
        ]

    def sbom(self, params: Params, file: str) -> list[str]:
        archive, image = params["archive"], params["image"]
        source = f"docker-archive:{archive}" if archive else image
        return ["syft", "scan", "--quiet", source, "--output", f"cyclonedx-json={file}"]

    def search(self, params: Params, sbom: str, file: str) -> list[str]:
        words = ["--quiet", f"sbom:{sbom}", "--output", "json", "--file", file]
        return [*self._grype(params), *words]

    def age(self, params: Params) -> list[str]:
        return [*self._grype(params), "db", "status", "--output", "json"]

    def built(self, answer: Any) -> str:
        return str(answer.get("built", ""))

    def findings(self, answer: Any) -> list[Finding]:
        return [
            Finding(
                one["vulnerability"]["id"],
                one["vulnerability"]["severity"].lower(),
                one["artifact"]["name"],
                one["artifact"]["version"],
                ", ".join((one["vulnerability"].get("fix") or {}).get("versions") or []),
            )
            for one in answer.get("matches") or []
        ]


TOOLS: tuple[Trivy | Grype, ...] = (Trivy(), Grype())


def choose(wanted: str, threshold: str) -> Trivy | Grype:
    """The wanted tool, or the first whose programs are on PATH; a list of parts needs but one."""
    missing = []
    for tool in TOOLS:
        if wanted in (AUTO, tool.name):
            needed = tool.programs[:1] if threshold == NONE else tool.programs
            lacks = [name for name in needed if not shutil.which(name)]
            if not lacks:
                return tool
            missing.append(f"{tool.name} (not on PATH: {', '.join(lacks)})")
    raise CamError(
        f"no scanner can be used: {'; '.join(missing)}. Install trivy, or syft and grype, and put "
        "them on PATH; cam_scan_tool chooses between them."
    )
