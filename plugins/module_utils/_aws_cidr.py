# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the addresses of a VPC are shared out; the same share whatever the number of zones.

A zone that is added later takes addresses that were kept for it, so no subnet ever has to move.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

Network = ipaddress.IPv4Network

# AWS gives a VPC /16 to /28 (CreateVpc, `CidrBlock`) and a subnet no less than /28. A VPC of /22
# leaves the smallest public subnet that AWS takes.
WIDEST: Final = 16
NARROWEST: Final = 22
NARROWEST_SUBNET: Final = 28
MOST_ZONES: Final = 6
LEAST_ZONES: Final = 2
# RFC 1918, and RFC 6598, which AWS recommends where those are used up.
PRIVATE: Final = tuple(
    map(Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
)


@dataclass(frozen=True)
class Share:
    """What one zone gets: a wide range for nodes and pods, a narrow one for load balancers."""

    private: str
    public: str


def network(text: str, option: str) -> Network:
    """A range of addresses; refuses host bits, which AWS would silently drop."""
    try:
        return Network(text)
    except ValueError as error:
        raise CamError(
            f"`{option}` is {text!r}, which is no range of IPv4 addresses: {error}. Write it as "
            "10.20.0.0/16."
        ) from None


def vpc_network(text: str, option: str = "cidr") -> Network:
    """The range of a VPC that this module divides."""
    found = network(text, option)
    if not WIDEST <= found.prefixlen <= NARROWEST:
        raise CamError(
            f"`{option}` is {text}: a VPC is /{WIDEST} to /{NARROWEST} here. AWS gives no more "
            f"than /{WIDEST}, and less than /{NARROWEST} leaves no room for {MOST_ZONES} zones."
        )
    if not any(found.subnet_of(one) for one in PRIVATE):
        raise CamError(
            f"`{option}` is {text}, which belongs to the internet: what lives there would be out "
            "of reach of the pods. Take a private range, such as 10.20.0.0/16."
        )
    return found


def shares(cidr: str, zones: int) -> list[Share]:
    """The shares of the first zones: an eighth each, and an eighth of the last eighth."""
    blocks = list(vpc_network(cidr).subnets(prefixlen_diff=3))
    public = list(blocks[7].subnets(prefixlen_diff=3))
    return [Share(str(blocks[at]), str(public[at])) for at in range(zones)]


def given_shares(cidr: str, private: list[str], public: list[str]) -> list[Share]:
    """Shares that the inventory names one by one, as for an estate that was built otherwise."""
    whole = vpc_network(cidr)
    if len(private) != len(public):
        raise CamError(
            f"`private_cidrs` names {len(private)} ranges and `public_cidrs` {len(public)}: each "
            "zone needs one of both."
        )
    found = [network(one, "private_cidrs") for one in private]
    found += [network(one, "public_cidrs") for one in public]
    for one in found:
        if not one.subnet_of(whole):
            raise CamError(f"The subnet {one} is outside of `cidr` {cidr}: give it a part of that.")
        if one.prefixlen > NARROWEST_SUBNET:
            raise CamError(
                f"The subnet {one} is too narrow: AWS takes /{NARROWEST_SUBNET} or wider."
            )
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            if one.overlaps(other):
                raise CamError(f"The subnets {one} and {other} overlap: give each its own range.")
    return [Share(*pair) for pair in zip(private, public, strict=True)]


def overlapping(cidr: str, others: list[str]) -> list[str]:
    """Which of the others hold addresses of this range."""
    mine = Network(cidr)
    return [one for one in others if mine.overlaps(Network(one))]
