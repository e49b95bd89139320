#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks many HTTP endpoints at once; changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_endpoints_info
short_description: Ask thousands of HTTP endpoints in one sweep
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Asks every endpoint once, many at a time, in one process, and returns counts, latencies and the failing ones with a cause
    each, never the answers themselves.
  - Each endpoint gets a connection of its own, as a new client would. Redirects are not followed, nothing is unpacked, and an
    answer may be 8 MiB at most.
  - A failing endpoint is a result, not a failure of the module. One that was not asked when the deadline ended is V(unknown).
options:
  endpoints:
    description:
      - What to ask. An entry is a URL, or a mapping with C(url) and what its answer must be.
      - C(expect_status) is the status, by default 200; a redirect is asked for with its own, such as 301.
      - C(expect_type) is the beginning of the content type, such as C(application/json).
      - C(contains) is a text that the body must contain.
      - C(address) is host:port to connect to instead of looking the URL's host up; TLS and HTTP still ask for that host.
    type: list
    elements: raw
    required: true
  headers:
    description: Headers of every request. List only endpoints that may see them.
    type: dict
    default: {}
  ca_certificate:
    description: Authorities to trust beside those of the system, as PEM text.
    type: str
    default: ""
  timeout_seconds:
    description: Deadline of one endpoint, from connecting to the last byte.
    type: int
    default: 5
  deadline_seconds:
    description: Deadline of the whole sweep.
    type: int
    default: 60
  concurrency:
    description: How many are asked at the same time, at most; fewer where the process may not open as many files.
    type: int
    default: 200
  report_limit:
    description: How many failing endpoints get a check of their own.
    type: int
    default: 20
extends_documentation_fragment:
  - cam.mesh.cam.info
requirements:
  - python >= 3.12
  - aiohttp (Python library)
"""

EXAMPLES = r"""
- name: Ask every replica
  cam.mesh.cam_endpoints_info:
    endpoints:
      - https://api.complete-cam.com/health
      - url: https://api.complete-cam.com/ready
        expect_type: application/json
        contains: '"ready"'
  register: sweep

- name: Ask ten thousand, five hundred at a time
  cam.mesh.cam_endpoints_info:
    endpoints: "{{ lookup('ansible.builtin.file', 'urls.txt') | split }}"
    concurrency: 500
    deadline_seconds: 120
    ca_certificate: "{{ lookup('ansible.builtin.file', 'ca.crt') }}"
"""

RETURN = r"""
status:
  description: The verdict; one of healthy, failed, unknown.
  returned: success
  type: str
  sample: failed
cause:
  description: The most frequent cause with an example.
  returned: success
  type: str
  sample: "endpoints_sweep: 2 failed, 2 of them: connection refused, such as https://a.example/health"
checks:
  description: >-
    The check C(endpoints_sweep) and one named C(endpoint) for each failing endpoint up to O(report_limit), with the fields of
    M(cam.mesh.cam_health_info).
  returned: success
  type: list
  elements: dict
  sample: [{name: endpoints_sweep, target: 1000 endpoints, state: ok, observed: "1000 of 1000 endpoints ok, p95 31 ms"}]
lines:
  description: The same as lines to print.
  returned: success
  type: list
  elements: str
  sample: ["healthy: 1 of 1 checks ok, 0 not configured"]
counts:
  description: How many endpoints there are, and of these ok, failed and not asked.
  returned: success
  type: dict
  sample: {endpoints: 1000, ok: 998, failed: 2, not_asked: 0}
latency_ms:
  description: Percentiles and the slowest of the answers that came.
  returned: success
  type: dict
  sample: {p50: 12.1, p95: 31.0, p99: 44.5, max: 52.3}
duration_ms:
  description: How long the sweep took.
  returned: success
  type: int
  sample: 612
"""

from ansible_collections.cam.mesh.plugins.module_utils import _endpoints_info
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(_endpoints_info.run, _endpoints_info.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
