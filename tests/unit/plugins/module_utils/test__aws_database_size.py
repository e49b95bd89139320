"""Memory and connections of RDS classes, beside what AWS and others publish of them."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_size import (
    carried,
    connections,
    is_smaller,
    memory_gib,
)


@pytest.mark.parametrize(
    ("name", "memory", "most"),
    [
        ("db.t3.micro", 1, 112),
        ("db.t4g.small", 2, 225),
        ("db.t3.medium", 4, 450),
        ("db.m6g.large", 8, 901),
        ("db.t3.2xlarge", 32, 3604),
        ("db.m5.4xlarge", 64, 5000),
        ("db.r6g.large", 16, 1802),
        ("db.r5.24xlarge", 768, 5000),
    ],
)
def test_a_class_has_the_memory_of_its_name(name: str, memory: float, most: int) -> None:
    assert memory_gib(name) == memory
    assert connections(name) == most


def test_what_is_not_known_is_not_guessed() -> None:
    assert memory_gib("db.x2g.large") is None
    assert memory_gib("db.m5.metal") is None
    assert connections("db.x2g.large") is None
    assert carried("db.x2g.large", 700) == 700
    assert not is_smaller("db.x2g.large", "db.m5.24xlarge")


def test_smaller_is_less_memory_in_whatever_family() -> None:
    assert is_smaller("db.t3.micro", "db.m6g.large")
    assert not is_smaller("db.m6g.large", "db.t3.large")
    assert carried("db.t3.micro", 1050) == 112
    assert carried("db.m6g.large", 50) == 50
