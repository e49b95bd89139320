"""What the price file says, and what is said where it says nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils._aws_cost import (
    MONTHS,
    Item,
    items,
    line,
    prices,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

FILE = Path(__file__).parents[4] / "roles" / "cam_preflight" / "files" / "aws_prices.yml"
ROWS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["prices"]
ROW = {
    "thing": "secret", "region": "us-east-1", "usd": 0.4, "per": "month",
    "source": "https://example.com/prices", "date": "2026-05-01",
}  # fmt: skip
VALUES = {
    "cam_cluster_provider": "aws", "cam_cluster_aws_instance_types": ["t3.large"],
    "cam_cluster_aws_nodes": 3, "cam_cluster_aws_nat": "per_zone",
    "cam_cluster_aws_zone_count": 2, "cam_database_provider": "aws",
    "cam_database_aws_multi_az": True, "cam_database_aws_instance_class": "db.t4g.medium",
    "cam_database_aws_storage_type": "gp3", "cam_database_storage_gib": 100,
    "cam_cache_provider": "aws", "cam_cache_aws_node_type": "cache.t3.micro",
    "cam_cache_aws_nodes": 2,
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['thing']} {row['region']}" for row in ROWS])
def test_every_price_can_be_looked_up(row: dict[str, Any]) -> None:
    [price] = prices([row])
    assert price.source.startswith("https://")
    assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", price.date)
    assert 0 < price.usd < 10
    assert price.per in MONTHS


def test_no_thing_has_two_prices_in_a_region() -> None:
    named = [(row["thing"], row["region"]) for row in ROWS]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("field", ["source", "date", "usd", "per"])
def test_a_row_without_a_source_or_a_date_is_refused(field: str) -> None:
    with pytest.raises(CamError, match=f"lacks {field}"):
        prices([{**ROW, field: ""}])


def test_a_row_with_an_unknown_unit_or_no_address_is_refused() -> None:
    for wrong in ({"per": "day"}, {"source": "a colleague"}):
        with pytest.raises(CamError, match="an address as its source, or a known unit"):
            prices([{**ROW, **wrong}])


def test_what_an_inventory_asks_for_is_counted_by_part() -> None:
    assert items(VALUES) == [
        Item("cluster", "eks cluster"),
        Item("nodes", "ec2 t3.large", 3),
        Item("network", "nat gateway", 2),
        Item("database", "rds postgres db.t4g.medium", 2),
        Item("database", "rds storage gp3", 200),
        Item("database", "secret"),
        Item("cache", "elasticache cache.t3.micro", 2),
        Item("cache", "secret"),
    ]
    assert items({"cam_cluster_provider": "existing", "cam_database_provider": "in_cluster"}) == []


def test_the_sum_is_told_with_its_parts_its_region_and_its_dates() -> None:
    told = line(items(VALUES), prices(ROWS), "us-east-1")
    # 0.10 h; 3 x 0.0832 h; 2 x 0.045 h; 2 x 0.065 h + 200 x 0.115 + 0.40; 2 x 0.017 h + 0.40
    assert told == (
        "about 464 USD a month (cluster 73, nodes 182, network 66, database 118, cache 25), "
        "list prices of us-east-1, 2026 to 2026-11-27, without traffic"
    )


def test_what_is_not_known_is_called_unknown_and_makes_the_sum_a_lower_bound() -> None:
    some = line([Item("a", "secret"), Item("b", "moon")], prices([ROW]), "us-east-1")
    assert some.startswith("at least 0 USD a month (a 0)")
    assert some.endswith("2026-05-01, without traffic; unknown in us-east-1: moon")
    assert (
        line([Item("a", "secret")], prices([ROW]), "") == "unknown; unknown in this region: secret"
    )
    nowhere = line(items(VALUES), prices(ROWS), "eu-central-1")
    assert nowhere.startswith("unknown; unknown in eu-central-1: ec2 t3.large, eks cluster")
