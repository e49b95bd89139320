"""Majors of PostgreSQL by the day: which are refused, which need a word."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_versions import (
    newest,
    notice,
    refuse_bad,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize("version", ["14", "15", "17", "18", "19"])
def test_a_living_or_a_newer_major_is_taken(version: str) -> None:
    refuse_bad(version, TODAY)


def test_the_version_of_the_specification_is_refused_with_its_successors() -> None:
    with pytest.raises(CamError) as refusal:
        refuse_bad("15.4", TODAY)
    assert "Set the major: '15', '18', '17', '16', '14'." in str(refusal.value)
    with pytest.raises(CamError, match=r"Set the major: '18', '17', '16'\."):
        refuse_bad("15.4", date(2028, 3, 1))


def test_a_major_is_refused_on_the_day_after_its_last() -> None:
    refuse_bad("15", date(2028, 2, 29))
    with pytest.raises(CamError, match="since 2028-02-29"):
        refuse_bad("15", date(2028, 3, 1))


def test_the_end_is_told_half_a_year_before() -> None:
    assert notice("17", TODAY) == ""
    assert "ends on 2027-02-28; plan 18" in notice("14", TODAY)
    assert "not known here" in notice("19", TODAY)
    assert newest(TODAY) == "18"
