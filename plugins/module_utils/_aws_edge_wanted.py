# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What leads to a mesh from outside of its cluster on AWS, from the options alone: an image
repository (ECR), a certificate (ACM), a name (Route 53). All of it is off unless asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

EDGE_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "adopt": {"type": "bool", "default": False},
    "registry": {"type": "str", "default": ""},
    "certificate_domains": {"type": "list", "elements": "str", "default": []},
    "zone_id": {"type": "str", "default": ""},
}
LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN: Final = re.compile(rf"{LABEL}(\.{LABEL})+")
# CreateRepository, `repositoryName`.
REPOSITORY: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*")
ZONE: Final = re.compile(r"[A-Z0-9]{1,32}")
# RequestCertificate: a quota of every account until it is raised, and what a rule of ECR can keep.
MOST_DOMAINS: Final = 10
MOST_IMAGES: Final = 10_000
LONGEST_TTL: Final = 2_147_483_647


@dataclass(frozen=True)
class Edge:
    """All of it as wished; checked when it is made."""

    owner: Owner
    tags: dict[str, str]
    adopt: bool
    registry: str
    keep_images: int
    domains: tuple[str, ...]
    zone_id: str
    record: str
    target: str
    target_zone_id: str
    ttl: int

    @classmethod
    def of(cls, params: Params) -> Edge:
        owner = Owner(params["environment"], params["cluster"])
        found = cls(
            owner,
            owner.with_tags(params.get("tags")),
            bool(params["adopt"]),
            params["registry"],
            int(params.get("keep_images", 1)),
            tuple(dict.fromkeys(map(plain_name, params["certificate_domains"]))),
            params["zone_id"].removeprefix("/hostedzone/"),
            plain_name(params.get("record_name") or ""),
            plain_name(params.get("record_target") or ""),
            params.get("record_target_zone_id") or "",
            int(params.get("record_ttl", 300)),
        )
        found.refuse()
        return found

    def refuse(self) -> None:
        """What AWS would refuse in the middle of a run, and what contradicts itself."""
        if self.registry and not (
            REPOSITORY.fullmatch(self.registry) and 2 <= len(self.registry) <= 256
        ):
            raise CamError(
                f"`registry` is {self.registry!r}. ECR takes 2 to 256 small letters and digits, "
                "with single `-`, `_`, `.` or `/` between them."
            )
        if not 1 <= self.keep_images <= MOST_IMAGES:
            raise CamError(f"`keep_images` is {self.keep_images}; it must be 1 to {MOST_IMAGES}.")
        for domain in self.domains:
            _refuse_domain("certificate_domains", domain, domain.removeprefix("*."))
        if len(self.domains) > MOST_DOMAINS:
            raise CamError(
                f"`certificate_domains` names {len(self.domains)} domains; ACM puts "
                f"{MOST_DOMAINS} into one certificate."
            )
        for option, ident in (
            ("zone_id", self.zone_id),
            ("record_target_zone_id", self.target_zone_id),
        ):
            if ident and not ZONE.fullmatch(ident):
                raise CamError(
                    f"`{option}` is {ident!r}, which is no id of a hosted zone. It looks like "
                    "Z0123456789ABCDEFGHIJ."
                )
        self._refuse_record()

    def _refuse_record(self) -> None:
        if bool(self.record) != bool(self.target):
            raise CamError(
                f"`record_name` is {self.record!r} and `record_target` is {self.target!r}: a "
                "record needs both. Leave both empty for none."
            )
        if not self.record:
            return
        _refuse_domain("record_name", self.record, self.record)
        _refuse_domain("record_target", self.target, self.target)
        if not self.zone_id:
            raise CamError(
                f"`zone_id` is empty, and the record {self.record} needs a hosted zone of Route "
                "53 to stand in."
            )
        if self.record == self.target:
            raise CamError(f"`record_target` is {self.target!r}, the record itself.")
        if not 1 <= self.ttl <= LONGEST_TTL:
            raise CamError(f"`record_ttl` is {self.ttl}; it must be 1 second or more.")

    @property
    def wanted(self) -> bool:
        return bool(self.registry or self.domains or self.record)


def plain_name(name: str) -> str:
    """As names are compared: DNS knows no capital letters, and ends each with a dot."""
    return str(name).strip().rstrip(".").lower()


def _refuse_domain(option: str, shown: str, domain: str) -> None:
    if not DOMAIN.fullmatch(domain) or len(domain) > 253:
        raise CamError(
            f"`{option}` holds {shown!r}, which is no full name of DNS such as mesh.example.com, "
            "without a scheme, a port or a path."
        )
