# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of whatever else must answer: the URLs that the inventory lists, in one sweep."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.cam.mesh.plugins.module_utils._health import Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._look import Look

ENDPOINTS_SWEEP = declare(
    "endpoints_sweep",
    "endpoints",
    looks_at="the URLs of `cam_health_endpoints`, all of them at once",
    red_when="one does not answer as it was said to, each with its cause (failed), or could not "
    "be asked in time (unknown)",
    next="curl -v URL",
)
# Failing endpoints that get a line of their own.
REPORTED = 10


@look(ENDPOINTS_SWEEP)
def _sweep(mesh: Look) -> Iterator[Check]:
    if not mesh.params["endpoints"]:
        why = "no cam_health_endpoints in the inventory"
        yield ENDPOINTS_SWEEP.left_out("0 endpoints", why)
        return
    # Here and not above: who sweeps nothing does not wait for the library of the sweep.
    from ansible_collections.cam.mesh.plugins.module_utils import _endpoints_info

    # The verdict ends with or without the sweep: it has to end first to say what it saw.
    seconds = max(1.0, mesh.params["deadline_seconds"] - 2.0)
    seen = _endpoints_info.look_at(
        mesh.params["endpoints"],
        timeout_seconds=min(mesh.timeout, seconds),
        deadline_seconds=seconds,
        ca_certificate=mesh.authority(),
    )
    yield from _endpoints_info.judge(seen, REPORTED)
