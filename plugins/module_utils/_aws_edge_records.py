# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of a mesh in a hosted zone (Route 53).

A record has no tags. Beside each of ours stands a TXT record that says whose it is; both are made
and removed in one request, so that neither is ever there without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import Edge, plain_name
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step

KIND: Final = "DNS record"
MARK: Final = "_cam-owner."
MARK_TTL: Final = 300
# What a browser would be led elsewhere by.
LEADING: Final = frozenset({"A", "AAAA", "CNAME"})
# What a mark of ours stands for; an AAAA beside it is somebody else's.
OURS: Final = frozenset({"A", "CNAME"})
RecordSet = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """A name and where it leads: a CNAME, or an alias into another zone of AWS.

    `shared`: whoever else has made the very same one has done our work, and it stays his.
    """

    name: str
    target: str
    alias_zone_id: str = ""
    ttl: int = 300
    shared: bool = False

    @property
    def kind(self) -> str:
        return "A" if self.alias_zone_id else "CNAME"

    @property
    def shown(self) -> str:
        return f"{'alias' if self.alias_zone_id else 'CNAME'} {self.target}"

    def wanted(self) -> RecordSet:
        if not self.alias_zone_id:
            values = [{"Value": self.target}]
            one = {"Name": f"{self.name}.", "Type": "CNAME", "TTL": self.ttl}
            return {**one, "ResourceRecords": values}
        alias = {
            "HostedZoneId": self.alias_zone_id,
            "DNSName": self.target,
            "EvaluateTargetHealth": False,
        }
        return {"Name": f"{self.name}.", "Type": "A", "AliasTarget": alias}


@dataclass(frozen=True)
class Zone:
    """A hosted zone that exists and is somebody's; only what is marked as ours is changed."""

    service: Service
    ident: str
    name: str
    private: bool

    @classmethod
    def of(cls, aws: Aws, ident: str) -> Zone:
        service = aws.service("route53")
        try:
            found = service.ask("get_hosted_zone", f"hosted zone {ident}", Id=ident)["HostedZone"]
        except AwsError as error:
            if error.code != "NoSuchHostedZone":
                raise
            raise CamError(
                f"`zone_id` is {ident!r}, and this account has no such hosted zone in Route 53. "
                "`aws route53 list-hosted-zones` names those that it has."
            ) from None
        private = bool((found.get("Config") or {}).get("PrivateZone"))
        return cls(service, ident, plain_name(found["Name"]), private)

    def holds(self, name: str) -> bool:
        return name == self.name or name.endswith(f".{self.name}")

    def at(self, name: str) -> list[RecordSet]:
        """All records of one name."""
        about = f"records of {name}"
        answer = self.service.ask(
            "list_resource_record_sets", about, HostedZoneId=self.ident, StartRecordName=name
        )
        return [one for one in answer["ResourceRecordSets"] if plain_name(one["Name"]) == name]

    def all(self) -> list[RecordSet]:
        about = f"records of {self.name}"
        return self.service.ask_all(
            "list_resource_record_sets", about, "ResourceRecordSets", HostedZoneId=self.ident
        )

    def change(self, name: str, changes: Sequence[tuple[str, RecordSet]]) -> None:
        batch = [{"Action": action, "ResourceRecordSet": one} for action, one in changes]
        self.service.ask(
            "change_resource_record_sets",
            f"{KIND} {name}",
            HostedZoneId=self.ident,
            ChangeBatch={"Comment": "cam.mesh", "Changes": batch},
        )


def mark(owner: Owner, name: str) -> RecordSet:
    return {
        "Name": f"{MARK}{name}.",
        "Type": "TXT",
        "TTL": MARK_TTL,
        "ResourceRecords": [{"Value": f'"{_text(owner)}"'}],
    }


def steps(zone: Zone, wanted: Edge, record: Record) -> list[Step]:
    """What lacks of a record; nothing that others made is written over."""
    owner, name = wanted.owner, record.name
    _refuse_place(zone, record)
    marks = [one for one in zone.at(f"{MARK}{name}") if one["Type"] == "TXT"]
    live = zone.at(name)
    # A CNAME bears nothing beside it; an alias only takes the place of what leads elsewhere.
    rivals = [one for one in live if record.kind == "CNAME" or one["Type"] in LEADING]
    ours = any(_marks(owner, one) for one in marks)
    if ours and record.kind == "A":
        rivals = [one for one in rivals if one["Type"] in OURS]
    same = [one for one in rivals if _leads(one) == _leads(record.wanted())]
    if not ours and not wanted.adopt:
        if record.shared and same:
            return []
        _refuse_foreign(record, rivals, marks)
    if strangers := [one for one in rivals if one["Type"] not in OURS]:
        _refuse_foreign(record, strangers, marks)
    if ours and same and len(rivals) == 1:
        return []
    if any(one.get("SetIdentifier") for one in rivals):
        raise CamError(
            f"{KIND} {name} is answered by weight, region or health, which this collection does "
            "not keep. Leave `record_name` empty, or choose another name."
        )
    # In one request: what is in the way goes as the new one comes.
    gone = [("DELETE", one) for one in rivals if one["Type"] != record.kind]
    have = any(one["Type"] == record.kind for one in rivals)
    verb = "UPSERT" if have else "CREATE"
    changes = [*gone, (verb, record.wanted())]
    if not ours:
        changes.append(("UPSERT" if marks else "CREATE", mark(owner, name)))
    call = partial(_write, zone, wanted, record, changes)
    if not rivals:
        return [Step(Change(KIND, name, "create", {"target": (None, record.shown)}), call)]
    fields: dict[str, tuple[Any, Any]] = {}
    if not ours:
        fields["owner"] = (ABSENT, _text(owner))
    if len(rivals) > 1 or _shown(rivals[0]) != record.shown:
        fields["target"] = (", ".join(map(_shown, rivals)), record.shown)
    elif not same:
        fields["ttl"] = (rivals[0].get("TTL"), record.ttl)
    return [Step(Change(KIND, name, "update", fields), call)]


def removal(zone: Zone, owner: Owner) -> list[Step]:
    """All that is marked as ours in this zone, whatever the inventory names today."""
    every, found = zone.all(), []
    for one in every:
        if not _marks(owner, one):
            continue
        name = plain_name(one["Name"]).removeprefix(MARK)
        records = [
            other for other in every if plain_name(other["Name"]) == name and other["Type"] in OURS
        ]
        changes = [("DELETE", other) for other in [*records, one]]
        call = partial(zone.change, name, changes)
        found.append(Step(Change(KIND, name, "delete"), call))
    return found


def _write(
    zone: Zone, wanted: Edge, record: Record, changes: Sequence[tuple[str, RecordSet]]
) -> None:
    try:
        zone.change(record.name, changes)
    except AwsError as error:
        # Done already, if an earlier attempt went through and only its answer was lost.
        if error.code != "InvalidChangeBatch" or steps(zone, wanted, record):
            raise


def _refuse_place(zone: Zone, record: Record) -> None:
    if not zone.holds(record.name):
        raise CamError(
            f"{KIND} {record.name} does not belong into the hosted zone {zone.name} "
            f"({zone.ident}). Correct `record_name` or `zone_id`."
        )
    if record.name == zone.name and record.kind == "CNAME":
        raise CamError(
            f"{KIND} {record.name} is the zone itself, which DNS lets have no CNAME. Give "
            "`record_target_zone_id`, the hosted zone of the load balancer, for an alias."
        )


def _refuse_foreign(record: Record, rivals: list[RecordSet], marks: list[RecordSet]) -> None:
    if rivals:
        raise CamError(
            f"{KIND} {record.name} exists ({', '.join(map(_shown, rivals))}) and was not made by "
            f"this mesh: no TXT record {MARK}{record.name} names it as the owner. It is not "
            "written over. Remove it, give it to this mesh with `adopt: true`, or choose another "
            "name."
        )
    if marks:
        raise CamError(
            f"{KIND} {record.name} is claimed by another mesh: {_shown(marks[0])}. Choose another "
            "name, or remove that TXT record if the mesh is gone."
        )


def _text(owner: Owner) -> str:
    return " ".join(f"{key}={value}" for key, value in owner.tags.items())


def _marks(owner: Owner, one: RecordSet) -> bool:
    values = [value["Value"] for value in one.get("ResourceRecords") or []]
    named = plain_name(one["Name"]).startswith(MARK)
    return named and one["Type"] == "TXT" and f'"{_text(owner)}"' in values


def _leads(one: RecordSet) -> tuple[Any, ...]:
    """What two records are compared by."""
    alias = one.get("AliasTarget") or {}
    values = tuple(plain_name(value["Value"]) for value in one.get("ResourceRecords") or [])
    zone = alias.get("HostedZoneId") or ""
    return one["Type"], one.get("TTL"), values, zone, plain_name(alias.get("DNSName") or "")


def _shown(one: RecordSet) -> str:
    alias = one.get("AliasTarget")
    values = [value["Value"] for value in one.get("ResourceRecords") or []]
    kind = "alias" if alias else one["Type"]
    return f"{kind} {', '.join([plain_name(alias['DNSName'])] if alias else values)}"
