# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the images of a mesh are, and its certificate: what others are told. Reads only."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_edge_certificate,
    _aws_edge_registry,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge import told
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import EDGE_SPEC, Edge
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import tags_of
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    name: rule for name, rule in EDGE_SPEC.items() if name != "zone_id"
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads only, whatever the mode."""
    wanted, aws = Edge.of({**params, "zone_id": ""}), Aws.of(params)
    registry = _aws_edge_registry.look(aws, wanted.registry) if wanted.registry else None
    # One of others is no place for our images; who provides it is told so.
    if registry is not None and not (wanted.adopt or wanted.owner.owns(tags_of(registry))):
        registry = None
    live = _aws_edge_certificate.look(aws, wanted) if wanted.domains else None
    _none, hand = _aws_edge_certificate.records(live or {}, None)
    pending = live is not None and live["Status"] == _aws_edge_certificate.PENDING
    return {"changed": False, **told(wanted, registry, live, hand if pending else [])}
