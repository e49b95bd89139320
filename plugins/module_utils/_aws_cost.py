# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory asks AWS for, roughly in USD a month; a price without a source is unknown.

Left out: traffic, requests, snapshots, logs, load balancers, and what autoscaling adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

HOURS_A_MONTH: Final = 730
MONTHS: Final[Mapping[str, float]] = {"hour": HOURS_A_MONTH, "month": 1, "gib_month": 1}
FIELDS: Final = ("thing", "region", "usd", "per", "source", "date")
# RDS bills instance and storage of a standby as those of the instance:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_OnDemandDBInstances.html
STANDBY: Final = 2


@dataclass(frozen=True)
class Price:
    """One row of the price file: USD for one of a thing, per hour, month or GiB and month."""

    thing: str
    region: str
    usd: float
    per: str
    source: str
    date: str

    @property
    def monthly(self) -> float:
        return self.usd * MONTHS[self.per]


@dataclass(frozen=True)
class Item:
    """So many of a thing, for a part of the mesh."""

    part: str
    thing: str
    count: float = 1


def prices(rows: Iterable[Mapping[str, Any]]) -> list[Price]:
    """The rows of the price file. Raises CamError for one that nobody could look up."""
    found = []
    for number, row in enumerate(rows, start=1):
        lacking = [field for field in FIELDS if not row.get(field)]
        if lacking or row["per"] not in MONTHS or not str(row["source"]).startswith("http"):
            raise CamError(
                f"Row {number} of the price file ({row.get('thing')}) lacks "
                f"{', '.join(lacking) or 'an address as its source, or a known unit'}: a price "
                "that nobody can look up is left out."
            )
        texts = {field: str(row[field]) for field in FIELDS if field != "usd"}
        found.append(Price(usd=float(row["usd"]), **texts))
    return found


def items(values: Mapping[str, Any]) -> list[Item]:
    """What the variables of an inventory ask AWS to run all month."""
    return [*_cluster(values), *_database(values), *_cache(values)]


def line(wanted: Sequence[Item], known: Sequence[Price], region: str) -> str:
    """The month in one line: what is known by part, of when, and what is not known."""
    here = {price.thing: price for price in known if price.region == region}
    parts: dict[str, float] = {}
    used = []
    for item in wanted:
        if (price := here.get(item.thing)) is not None:
            parts[item.part] = parts.get(item.part, 0) + item.count * price.monthly
            used.append(price)
    unknown = sorted({item.thing for item in wanted if item.thing not in here})
    said = f"; unknown in {region or 'this region'}: {', '.join(unknown)}" if unknown else ""
    if not used:
        return f"unknown{said}"
    shares = ", ".join(f"{part} {usd:.0f}" for part, usd in parts.items())
    dates = sorted(price.date for price in used)
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    return (
        f"{'at least' if unknown else 'about'} {sum(parts.values()):.0f} USD a month ({shares}), "
        f"list prices of {region}, {when}, without traffic{said}"
    )


def _cluster(values: Mapping[str, Any]) -> list[Item]:
    if values.get("cam_cluster_provider") != "aws":
        return []
    found = [Item("cluster", "eks cluster")]
    if kind := _first(values.get("cam_cluster_aws_instance_types")):
        count = _number(values.get("cam_cluster_aws_nodes"))
        found.append(Item("nodes", f"ec2 {kind}", count))
    gateways = {"one": 1.0, "per_zone": _number(values.get("cam_cluster_aws_zone_count"))}
    if count := gateways.get(str(values.get("cam_cluster_aws_nat")), 0.0):
        found.append(Item("network", "nat gateway", count))
    return found


def _database(values: Mapping[str, Any]) -> list[Item]:
    if values.get("cam_database_provider") != "aws":
        return []
    times = STANDBY if values["cam_database_aws_multi_az"] else 1
    kind = values["cam_database_aws_storage_type"]
    return [
        Item("database", f"rds postgres {values['cam_database_aws_instance_class']}", times),
        Item("database", f"rds storage {kind}", times * values["cam_database_storage_gib"]),
        Item("database", "secret"),
    ]


def _cache(values: Mapping[str, Any]) -> list[Item]:
    if values.get("cam_cache_provider") != "aws":
        return []
    return [
        Item(
            "cache",
            f"elasticache {values['cam_cache_aws_node_type']}",
            values["cam_cache_aws_nodes"],
        ),
        Item("cache", "secret"),
    ]


def _first(given: Any) -> str:
    listed = given if isinstance(given, list) else [given]
    return str(listed[0] or "") if listed else ""


def _number(given: Any) -> float:
    return float(given) if isinstance(given, int | float) else 1.0
