# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether network policies hold: tried at a door that they keep shut, not read from objects."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._look import PORT, Look, is_ready, name_of

NETWORK_POLICY = declare(
    "network_policy",
    "workload",
    looks_at="whether the database, whose policy lets it go nowhere, reaches a pod of the app",
    red_when="it does: the network plugin does not enforce network policies, or they are gone",
    next="kubectl get networkpolicies; no plugin? cam_health_network_policy: not_enforced",
)
# What `timeout` ends with when nothing answered (GNU's, BusyBox's), and what a refusal reads like.
SILENCE = (124, 143)
REFUSALS = ("refused", "No route to host", "unreachable", "not permitted", "Permission denied")


def network_policy(target: str, code: int, error: str, accepted: bool) -> Check:
    """The database knocked at `target`, which no policy allows: was it let through?"""
    if code in SILENCE or (code == 1 and any(word in error for word in REFUSALS)):
        return NETWORK_POLICY.ok(target, f"enforced: the database cannot reach {target}")
    if code != 0:
        text, cause = f"the attempt to reach it ended with code {code}", error.strip()[-200:]
        return NETWORK_POLICY.unknown(target, text, "no way through", cause)
    observed = f"not enforced: the database reached {target}, which no policy allows"
    if accepted:
        return NETWORK_POLICY.left_out(target, f"{observed}; the inventory accepts that")
    cause = "the network plugin does not enforce network policies, or they are gone"
    return NETWORK_POLICY.degraded(target, observed, "no way through", cause)


@look(NETWORK_POLICY)
def _network_policy(mesh: Look) -> Iterator[Check]:
    """Not a byte is sent."""
    if mesh.params["database"].get("provider") != "in_cluster":
        text = "not judged: no database in the cluster, from which nothing is allowed"
        yield NETWORK_POLICY.left_out("external", text)
        return
    ready = [pod for pod in mesh.app_pods if is_ready(pod)]
    if not ready:
        raise CamError("no pod is ready to be knocked at")
    knock = ["timeout", "3", "bash", "-c", "exec 3<>/dev/tcp/$0/$1"]
    code, _output, error = mesh.kube.exec(
        mesh.namespace,
        f"{_names.POSTGRES}-0",
        "postgres",
        [*knock, ready[0]["status"]["podIP"], str(PORT)],
        timeout=mesh.timeout,
    )
    accepted = mesh.params["network_policy"] == "not_enforced"
    yield network_policy(f"Pod/{name_of(ready[0])}", code, error, accepted)
