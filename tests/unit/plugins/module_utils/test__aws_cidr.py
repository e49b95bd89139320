from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_cidr import (
    MOST_ZONES,
    NARROWEST,
    WIDEST,
    given_shares,
    overlapping,
    shares,
    vpc_network,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(WIDEST, NARROWEST), st.integers(2, MOST_ZONES))
def test_shares_lie_inside_and_apart_and_are_no_smaller_than_aws_takes(
    width: int, zones: int
) -> None:
    whole = IPv4Network(f"10.64.0.0/{width}")
    found = [
        IPv4Network(text)
        for share in shares(str(whole), zones)
        for text in (share.private, share.public)
    ]
    assert len(found) == 2 * zones
    assert all(one.subnet_of(whole) and one.prefixlen <= 28 for one in found)
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))


def test_a_zone_more_moves_no_subnet() -> None:
    assert shares("10.20.0.0/16", 3)[:2] == shares("10.20.0.0/16", 2)


def test_nodes_and_pods_get_most_of_the_addresses() -> None:
    first, *_rest = shares("10.20.0.0/16", 2)
    assert (first.private, first.public) == ("10.20.0.0/19", "10.20.224.0/22")


@pytest.mark.parametrize(
    ("cidr", "why"),
    [
        ("10.20.0.0/15", "/16 to /22"),
        ("10.20.0.0/23", "no room for 6 zones"),
        ("10.20.0.1/16", "host bits"),
        ("vpc", "no range of IPv4"),
        ("8.8.0.0/16", "belongs to the internet"),
    ],
)
def test_a_range_that_cannot_be_divided_is_refused(cidr: str, why: str) -> None:
    with pytest.raises(CamError, match=why):
        vpc_network(cidr)


def test_the_range_of_rfc_6598_is_private_as_well() -> None:
    assert vpc_network("100.64.0.0/16").prefixlen == 16


@pytest.mark.parametrize(
    ("private", "public", "why"),
    [
        (["10.20.0.0/24"], [], "one of both"),
        (["10.20.0.0/24"], ["10.21.0.0/24"], "outside"),
        (["10.20.0.0/24"], ["10.20.1.0/29"], "too narrow"),
        (["10.20.0.0/24"], ["10.20.0.128/25"], "overlap"),
        (["10.20.0.0/33"], ["10.20.1.0/24"], "private_cidrs"),
    ],
)
def test_ranges_that_contradict_each_other_are_refused(
    private: list[str], public: list[str], why: str
) -> None:
    with pytest.raises(CamError, match=why):
        given_shares("10.20.0.0/16", private, public)


def test_ranges_of_the_inventory_are_taken() -> None:
    (share,) = given_shares("10.20.0.0/16", ["10.20.1.0/24"], ["10.20.2.0/24"])
    assert (share.private, share.public) == ("10.20.1.0/24", "10.20.2.0/24")


def test_what_overlaps_is_named() -> None:
    assert overlapping("10.20.0.0/19", ["10.20.16.0/20", "10.20.32.0/20"]) == ["10.20.16.0/20"]
