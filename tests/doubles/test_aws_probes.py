"""Each fix of the double is still needed, and mends what it says."""

from __future__ import annotations

import importlib
from collections import Counter

import pytest
from doubles.aws import registry
from doubles.probes.base import PROBES, Account, Probe

for name in ("ec2", "eks", "eks_nodegroup", "rds", "rds_groups", "cache", "others"):
    importlib.import_module(f"doubles.probes.{name}")


def test_every_fix_has_a_probe() -> None:
    registry.load()
    assert Counter({probe.fix for probe in PROBES}) == Counter(list(registry.FIXES))


def test_a_probe_sees_a_difference() -> None:
    assert [probe.fix for probe in PROBES if probe.plain == probe.fixed] == []


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.fix)
def test_plain_moto_still_has_the_gap(probe: Probe, plain_account: Account) -> None:
    seen = probe.look(plain_account)
    assert seen != probe.fixed, f"moto answers as AWS does: drop the fix {probe.fix}"
    assert seen == probe.plain


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.fix)
def test_the_double_has_it_mended(probe: Probe, account: Account) -> None:
    assert probe.look(account) == probe.fixed
