"""One double, and one plain moto, for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from doubles.aws.server import Double, running
from doubles.probes.base import Account


@pytest.fixture(scope="session")
def double() -> Iterator[Double]:
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def plain() -> Iterator[Double]:
    """moto as it is published."""
    with running("--plain") as started:
        yield started


@pytest.fixture(scope="session")
def account(double: Double) -> Account:
    """What is made in the double; never reset, for what is made once is kept."""
    return Account(double)


@pytest.fixture(scope="session")
def plain_account(plain: Double) -> Account:
    return Account(plain, plain=True)


@pytest.fixture
def quiet(double: Double) -> Iterator[Double]:
    """The double, with nothing planned to go wrong and an empty journal."""
    yield double
    double.tell("policy", None)
    double.quiet()
