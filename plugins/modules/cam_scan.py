#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scans an image with a tool that the user has."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_scan
short_description: List what is in an image and what is known to be vulnerable
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Has trivy, or syft and grype, write the image's bill of materials (CycloneDX) and search it for known vulnerabilities.
  - Findings are a result, not a failure of the module; the caller decides what fails. A scanner without a database, or with an
    old one, is a failure, since no finding would mean nothing.
options:
  image:
    description: Image to scan, as the scanner finds it (an engine on this machine, or the registry).
    type: str
    required: true
  archive:
    description: File that C(docker save) or C(podman save) wrote; scanned in place of O(image).
    type: path
  directory:
    description: Folder for C(sbom.cdx.json) and C(vulnerabilities.json); a file is written only if it says something new.
    type: path
    required: true
  tool:
    description: The scanner; V(auto) takes trivy if it is on PATH, else syft and grype.
    type: str
    choices: [auto, trivy, grype]
    default: auto
  threshold:
    description: The least severity that does not pass; V(none) makes the bill of materials alone.
    type: str
    choices: [critical, high, medium, low, none]
    default: critical
  offline:
    description: Take the database that is here, without an update.
    type: bool
    default: false
  database:
    description: Folder of the scanner's database; its own default if not given.
    type: path
  database_days:
    description: How old the database may be.
    type: int
    default: 7
  timeout_seconds:
    description: Deadline of one call of the scanner.
    type: int
    default: 900
extends_documentation_fragment:
  - cam.mesh.cam.attributes
attributes:
  diff_mode:
    support: none
    description: The files are long and nobody edits them.
requirements:
  - python >= 3.12
  - trivy, or syft and grype
"""

EXAMPLES = r"""
- name: Scan the image of the release
  cam.mesh.cam_scan:
    image: cam-protocol/complete-arbitration-mesh:2.0.0
    directory: build/scan
    threshold: high
  register: scan
  failed_when: not scan.passed
"""

RETURN = r"""
tool:
  description: The scanner that was used.
  returned: success
  type: str
  sample: trivy
components:
  description: How many components the image has.
  returned: success
  type: int
  sample: 321
passed:
  description: Whether nothing at or above the threshold is known.
  returned: success
  type: bool
  sample: true
counts:
  description: Known vulnerabilities by severity.
  returned: unless O(threshold=none)
  type: dict
  sample: {critical: 0, high: 2, medium: 5, low: 9}
database_built:
  description: When the scanner's database was built.
  returned: unless O(threshold=none)
  type: str
  sample: "2026-11-25T00:00:00Z"
lines:
  description: The same as lines to print, the findings at or above the threshold among them.
  returned: success
  type: list
  elements: str
  sample: ["vulnerabilities: 0 critical, 2 high, 5 medium, 9 low; database of 2026-11-25"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _scan
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_scan.run, _scan.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
