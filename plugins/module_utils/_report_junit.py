# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML: a cluster is a test suite, a check is a test case."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ansible_collections.cam.mesh.plugins.module_utils._report import Cluster, Report


def render(report: Report) -> str:
    root = ElementTree.Element("testsuites", name="cam.mesh health")
    for cluster in report["clusters"]:
        root.append(_suite(cluster, report["generated_at"]))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _suite(cluster: Cluster, generated_at: str) -> ElementTree.Element:
    cases = [_case(cluster, check) for check in cluster["checks"]]
    suite = ElementTree.Element(
        "testsuite",
        name=cluster["cluster"],
        # The schema of JUnit knows no zone.
        timestamp=(cluster["started_at"] or generated_at)[:19],
        time=_seconds(cluster["duration_ms"]),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    suite.extend(cases)
    return suite


def _case(cluster: Cluster, check: dict[str, Any]) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        name=check["name"],
        classname=f"{cluster['cluster']}.{check['group']}",
        time=_seconds(check["duration_ms"]),
    )
    state = check["state"]
    if state == "not_configured":
        ElementTree.SubElement(case, "skipped", message=check["observed"])
    elif state != "ok" and check["critical"]:
        kind = "error" if state == "unknown" else "failure"
        message = check["cause"] or check["observed"]
        found = ElementTree.SubElement(case, kind, type=state, message=message)
        found.text = _details(check)
    elif state != "ok":
        # Advice is told and turns nothing red.
        ElementTree.SubElement(case, "system-out").text = f"advice: {state}\n{_details(check)}"
    return case


def _details(check: dict[str, Any]) -> str:
    fields = ("target", "observed", "expected", "cause", "next")
    return "\n".join(f"{field}: {check[field]}" for field in fields if check[field])


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"
