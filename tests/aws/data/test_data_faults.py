"""What goes wrong at AWS while a database is made by the plays: a sample of data_faults.py."""

from __future__ import annotations

import pytest
from estate import Estate
from rows import SAMPLE, Row, play


@pytest.mark.timeout(600)
@pytest.mark.parametrize("row", SAMPLE, ids=str)
def test_a_fault_ends_done_resumed_or_refused_by_its_cause(estate: Estate, row: Row) -> None:
    play(estate, row)
