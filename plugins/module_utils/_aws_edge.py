# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what leads to a mesh from outside of its cluster on AWS: repository, certificate, name."""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_edge_certificate,
    _aws_edge_records,
    _aws_edge_registry,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_records import KIND, Record, Zone
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import EDGE_SPEC, Edge
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import OWNED_SPEC, WAIT_SPEC
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Progress, Wait
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **OWNED_SPEC,
    **EDGE_SPEC,
    **WAIT_SPEC,
    "keep_images": {"type": "int", "default": 30},
    "record_name": {"type": "str", "default": ""},
    "record_target": {"type": "str", "default": ""},
    "record_target_zone_id": {"type": "str", "default": ""},
    "record_ttl": {"type": "int", "default": 300},
}


def silent(line: str) -> None:
    """Where nobody reads the progress."""


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = silent,
    clock: Clock | None = None,
) -> Result:
    """The entry point of the module and of the action."""
    wanted, aws = Edge.of(params), Aws.of(params)
    zone = Zone.of(aws, wanted.zone_id) if wanted.zone_id and _zone_used(wanted, params) else None
    how: dict[str, Any] = {"allow": params["allow"], "check_mode": check_mode, "diff": diff}
    if params["state"] == "absent":
        return {**carry_out(_removal(aws, wanted, zone), **how), **told(wanted, None, None, [])}
    live = _aws_edge_certificate.look(aws, wanted) if wanted.domains else None
    usable = live is not None and live["Status"] in _aws_edge_certificate.USABLE
    made = [str(live["CertificateArn"])] if live is not None and usable else []
    found, hand = _steps(aws, wanted, zone, live if usable else None)
    if wanted.domains:
        found += _aws_edge_certificate.steps(aws, wanted, live, made)
        if check_mode and not usable:
            found.append(_later(wanted, zone))
    result = carry_out(found, **how)
    settled = not found and (live or {}).get("Status") == _aws_edge_certificate.ISSUED
    if wanted.domains and not check_mode and not settled:
        wait = Wait(params["wait_seconds"], clock or Clock(), progress)
        live = _aws_edge_certificate.named(aws, wanted, made[0], wait)
        proof, hand = _proof(wanted, zone, live)
        result = _joined(result, carry_out(proof, **how))
        # Nobody can tell how long a hand takes: it is asked for, and not waited for.
        if not hand:
            live = _aws_edge_certificate.issued(aws, wanted, made[0], wait)
    if result["changed"] and not check_mode:
        _refuse_rest(_steps(aws, wanted, zone, live)[0])
    registry = _aws_edge_registry.look(aws, wanted.registry) if wanted.registry else None
    return {**result, **told(wanted, registry, live, hand)}


def _refuse_rest(rest: list[Step]) -> None:
    """Done is what was read again, not what was sent."""
    if rest:
        lines = "; ".join(step.change.line() for step in rest)
        raise CamError(
            f"AWS took every change, and yet not all is as wanted: {lines}. Run again; if this "
            "stays, somebody or something changes it back."
        )


def _zone_used(wanted: Edge, params: Params) -> bool:
    return bool(params["state"] == "absent" or wanted.record or wanted.domains)


def _steps(
    aws: Aws, wanted: Edge, zone: Zone | None, live: Item | None
) -> tuple[list[Step], list[Record]]:
    """In the order in which they are made; all of it is looked at before the first change."""
    found: list[Step] = []
    hand: list[Record] = []
    if wanted.registry:
        found += _aws_edge_registry.steps(aws, wanted)
    if live is not None:
        proof, hand = _proof(wanted, zone, live)
        found += proof
    if wanted.record and zone is not None:
        target = Record(wanted.record, wanted.target, wanted.target_zone_id, wanted.ttl)
        found += _aws_edge_records.steps(zone, wanted, target)
    return found, hand


def _later(wanted: Edge, zone: Zone | None) -> Step:
    """Of a plan: the records that prove it have no names before ACM knows the certificate."""
    names = [one.removeprefix("*.") for one in wanted.domains]
    inside = zone is not None and not zone.private and all(zone.holds(one) for one in names)
    where = f"in the zone {zone.name}" if zone is not None and inside else "by hand"
    title = f"that proves {', '.join(wanted.domains)}, as ACM will name it, {where}"
    return Step(Change(KIND, title, "create"), lambda: None)


def _proof(wanted: Edge, zone: Zone | None, live: Item) -> tuple[list[Step], list[Record]]:
    # A private zone proves nothing to ACM.
    public = zone if zone is not None and not zone.private else None
    inside, hand = _aws_edge_certificate.records(live, public)
    steps: list[Step] = []
    if public is not None:
        for one in inside:
            steps += _aws_edge_records.steps(public, wanted, one)
    return steps, hand if live.get("Status") != _aws_edge_certificate.ISSUED else []


def _removal(aws: Aws, wanted: Edge, zone: Zone | None) -> list[Step]:
    """A name first, so that it never leads to what is gone."""
    records = _aws_edge_records.removal(zone, wanted.owner) if zone is not None else []
    return [
        *records,
        *_aws_edge_certificate.removal(aws, wanted),
        *_aws_edge_registry.removal(aws, wanted),
    ]


def told(
    wanted: Edge, registry: Item | None, certificate: Item | None, hand: list[Record]
) -> dict[str, Any]:
    """What the other roles are told, and what is left for a hand to do."""
    status = str((certificate or {}).get("Status") or "")
    usable = status == _aws_edge_certificate.ISSUED
    return {
        "registry_url": str((registry or {}).get("repositoryUri") or ""),
        "certificate_arn": str((certificate or {})["CertificateArn"]) if usable else "",
        "certificate_status": status,
        "by_hand": [f"CNAME {one.name} -> {one.target}" for one in hand],
    }


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    joined = {"changed": first["changed"] or second["changed"]}
    for key in ("plan", "diff"):
        if key in first:
            joined[key] = [*first[key], *second[key]]
    return joined
