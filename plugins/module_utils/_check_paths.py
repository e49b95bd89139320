# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the public paths beside /health: through the Service, and as the edge gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.cam.mesh.plugins.module_utils import _metrics
from ansible_collections.cam.mesh.plugins.module_utils._check_endpoints import edge
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import OK, Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._look import Look
from ansible_collections.cam.mesh.plugins.module_utils._names import METRICS_PATHS

SERVICE_METRICS = declare(
    "service_metrics",
    "endpoints",
    looks_at="`/metrics` and `/collaboration/metrics` through the Service",
    red_when="one answers without 200, or with something else than a page of metrics",
    next="kubectl describe service cam-service; kubectl logs deployment/cam-arbitration-mesh",
)
EDGE_PATHS = declare(
    "edge_paths",
    "endpoints",
    looks_at="`/ready`, `/metrics` and `/collaboration/metrics` at `cam_release_url`",
    red_when=(
        "one is neither served nor closed: another status than 200, 401, 403 and 404, or "
        "somebody else's page (degraded), or no answer (failed)"
    ),
    next="kubectl describe ingress; curl -v URL",
)
PATHS = ("/ready", *METRICS_PATHS)
# An edge may keep these paths to the cluster.
CLOSED = (401, 403, 404)


def service_metrics(answers: Mapping[str, Answer]) -> Check:
    """Every page of metrics is served to others in the cluster. `answers`: by path."""
    target = "Service"
    problems = [text for path, answer in answers.items() if (text := _problem(path, answer))]
    if problems:
        observed = f"{len(problems)} of {len(answers)} pages are not served"
        return SERVICE_METRICS.failed(target, observed, "pages of metrics", "; ".join(problems))
    return SERVICE_METRICS.ok(target, f"{' and '.join(answers)}: status 200")


def edge_paths(answers: Mapping[str, Answer], url: str) -> Check:
    """Every path is either served or closed there; which of both is for the inventory's owner."""
    shown, problems = [], []
    for path, answer in answers.items():
        if answer.status in CLOSED:
            shown.append(f"{path}: closed ({answer.status})")
        elif problem := _problem(path, answer):
            shown.append(f"{path}: status {answer.status}")
            problems.append(problem)
        else:
            shown.append(f"{path}: served")
    observed = ", ".join(shown)
    if problems:
        return EDGE_PATHS.degraded(url, observed, "served or closed", "; ".join(problems))
    return EDGE_PATHS.ok(url, observed)


def _problem(path: str, answer: Answer) -> str:
    """Why this is not what the app has at this path; empty if it is."""
    if answer.status != 200:
        return f"{path} answers with status {answer.status}"
    if path in METRICS_PATHS:
        text = answer.body.decode(errors="replace")
        return "" if _metrics.parse(text).types else f"{path} is no page of metrics"
    # The contract says nothing of its body; a login page of somebody else is HTML.
    return f"{path} is not the mesh's" if answer.body.lstrip().startswith(b"<") else ""


@look(SERVICE_METRICS)
def _service_metrics(mesh: Look) -> Iterator[Check]:
    yield service_metrics({path: mesh.service(path) for path in METRICS_PATHS})


@look(EDGE_PATHS)
def _edge_paths(mesh: Look) -> Iterator[Check]:
    url = mesh.params["url"]
    if not url:
        yield EDGE_PATHS.left_out("edge", "no cam_release_url in the inventory")
        return
    try:
        first = mesh.edge_health()
    except (CamError, OSError):
        return
    # Where another answers, a 404 is no closed path.
    if edge(first.status, first.body, url).state != OK:
        return
    yield edge_paths({path: mesh.edge("GET", path) for path in PATHS}, url)
