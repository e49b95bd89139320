# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the metrics of every pod, or of a URL, and holds them against the metric contract."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _metrics
from ansible_collections.cam.mesh.plugins.module_utils._check_endpoints import METRICS, metrics
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, report
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._names import APP_SELECTOR, METRICS_PATHS
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    "kubeconfig": {"type": "path"},
    "context": {"type": "str"},
    "namespace": {"type": "str"},
    "selector": {"type": "str", "default": APP_SELECTOR},
    "port": {"type": "int", "default": 8080},
    "url": {"type": "str"},
    "paths": {"type": "list", "elements": "str", "default": list(METRICS_PATHS)},
    "timeout_seconds": {"type": "int", "default": 15},
}


def pod_text(kube: Kube, namespace: str, pod: str, port: int, path: str, timeout: float) -> str:
    """One path of one pod through the API server. Raises CamError unless it answers 200."""
    where = f"/api/v1/namespaces/{namespace}/pods/{pod}:{port}/proxy{path}"
    answer = kube.request("GET", where, accept="*/*", timeout=timeout, to_app=True)
    return _text(answer, f"Pod/{pod}{path}")


def _text(answer: Answer, target: str) -> str:
    if answer.status != 200:
        raise CamError(f"{target} answers with status {answer.status}")
    return answer.body.decode(errors="replace")


def _sources(params: Params) -> dict[str, Any]:
    """What to read by target: a function of the path."""
    timeout = params["timeout_seconds"]
    if params["url"]:
        url = params["url"].rstrip("/")
        return {url: lambda path: _text(fetch(f"{url}{path}", timeout=timeout), f"{url}{path}")}
    if not (params["kubeconfig"] and params["namespace"]):
        raise CamError("name either `url`, or `kubeconfig` and `namespace`")
    kube = Kube.connect(params["kubeconfig"], params["context"])
    namespace, port = params["namespace"], params["port"]
    found = kube.get(f"/api/v1/namespaces/{namespace}/pods", labelSelector=params["selector"])
    return {
        f"Pod/{name}": lambda path, pod=name: pod_text(kube, namespace, pod, port, path, timeout)
        for name in (pod["metadata"]["name"] for pod in found["items"])
    }


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """One check a target and the metric families that it serves; changes nothing."""
    checks: list[Check] = []
    families: dict[str, list[str]] = {}
    for target, read in _sources(params).items():
        try:
            text = "\n".join(read(path) for path in params["paths"])
        except (CamError, OSError) as error:
            checks.append(METRICS.unknown(target, "no answer", "status 200", str(error)))
            continue
        checks.append(metrics({target: text}))
        families[target] = sorted(_metrics.parse(text).types)
    if not checks:
        checks = [metrics({})]
    return {**report(checks), "families": families}
