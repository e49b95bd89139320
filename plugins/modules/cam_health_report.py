#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes verdicts: files, history, metrics."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_health_report
short_description: Publish the verdicts of a run
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Makes one report of the verdicts of all clusters and writes it in the formats that were asked for.
  - Keeps a history of one line a run, from which the page draws availability and latency.
  - A file is replaced as a whole and only if its content changes. All files are readable by everyone and hold no secret.
options:
  verdicts:
    description: The result of M(cam.mesh.cam_health_info) by cluster; an empty one counts as unknown.
    type: dict
    required: true
  formats:
    description:
      - V(table) is printed; V(json), V(junit), V(prometheus), V(markdown) and V(html) are the files C(health.json),
        C(health.junit.xml), C(cam_health.prom), C(health.md) and C(health.html).
    type: list
    elements: str
    choices: [table, json, junit, prometheus, markdown, html]
    default: []
  directory:
    description: Folder of the files; made if it is not there. Needed for every format but V(table).
    type: path
  history_directory:
    description: Folder of the history; none is kept without it.
    type: path
  history_days:
    description: How long a line of the history is kept.
    type: int
    default: 90
  history_mib:
    description: How large the history may become; the oldest lines are dropped.
    type: int
    default: 16
  interval_seconds:
    description: How often runs are planned. It becomes a metric, by which an alert notices that they ended.
    type: int
    default: 0
  pushgateway_url:
    description: Pushgateway that takes the metrics of each cluster. A failure is a warning.
    type: str
    default: ""
  timeout_seconds:
    description: Deadline of one push.
    type: int
    default: 15
extends_documentation_fragment:
  - cam.mesh.cam.local
"""

EXAMPLES = r"""
- name: Write the page and the metrics
  cam.mesh.cam_health_report:
    verdicts: {eu: "{{ verdict }}"}
    formats: [html, prometheus]
    directory: /var/lib/cam-mesh/report
    history_directory: /var/lib/cam-mesh/history
"""

RETURN = r"""
report:
  description: The verdicts as one document, in the form of C(docs/schema/health-report-v1.json).
  returned: success
  type: dict
  sample: {schema: cam.mesh/health-report/v1, status: healthy, clusters: []}
files:
  description: The files of the report.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/cam-mesh/report/health.html]
table:
  description: Lines of the table, if it was asked for.
  returned: success
  type: list
  elements: str
  sample: ["HEALTHY   eu               31 of 31 checks ok                  812 ms"]
"""

from ansible_collections.cam.mesh.plugins.module_utils import _publish
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_publish.run, _publish.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
