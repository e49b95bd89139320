"""What psql, df and redis-cli print is read right, and red for each cause."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_dependencies as judge

REDIS = """PONG
used_memory:{used}
maxmemory:{most}
maxmemory_policy:{policy}
evicted_keys:7
aof_last_write_status:{written}
"""


def redis(used: int = 1, most: int = 100, policy: str = "allkeys-lru", written: str = "ok") -> str:
    return REDIS.format(used=used, most=most, policy=policy, written=written)


@pytest.mark.parametrize(
    ("code", "output", "error", "cause"),
    [
        (
            2,
            "",
            "psql: error: x\nFATAL:  password authentication failed",
            "password authentication",
        ),
        (2, "", "psql: error: certificate verify failed", "certificate verify failed"),
        (0, "", "", "psql ended with code 0"),
        (0, "used=1\nmost=9\nwrites=false", "", "the database is read-only"),
    ],
)
def test_a_login_that_does_not_work_says_why(
    code: int, output: str, error: str, cause: str
) -> None:
    found = judge.login(code, output, error)
    assert (found.state, cause in found.cause) == ("failed", True)


def test_a_login_over_tls_is_ok() -> None:
    assert judge.login(0, "used=1\nmost=9\nwrites=true", "").state == "ok"


@pytest.mark.parametrize(("used", "state"), [(1, "ok"), (9, "degraded"), (10, "failed")])
def test_connections_run_out(used: int, state: str) -> None:
    assert judge.connections(f"used={used}\nmost=10", 85).state == state


@pytest.mark.parametrize(("share", "state"), [(39, "ok"), (90, "degraded"), (99, "failed")])
def test_a_volume_fills_up(share: int, state: str) -> None:
    line = f"/dev/sda1 100 {share} {100 - share} {share}% /var/lib/postgresql/data"
    assert judge.disk(line, 85).state == state


def test_a_df_that_says_nothing_is_unknown() -> None:
    assert judge.disk("", 85).state == "unknown"


@pytest.mark.parametrize(
    ("output", "app", "state"),
    [
        ("revision=3", "", "ok"),
        ("revision=3", "3", "ok"),
        ("revision=4", "3", "ok"),
        ("revision=9", "10", "failed"),
        ("revision=abc", "abd", "failed"),
        ("", "", "failed"),
    ],
)
def test_the_schema_must_be_there_and_as_new_as_the_app(output: str, app: str, state: str) -> None:
    assert judge.schema(output, "", app).state == state


def test_the_error_and_not_the_mark_below_it_is_quoted() -> None:
    error = 'ERROR:  relation "x" does not exist\nLINE 1: SELECT\n        ^'
    assert 'relation "x" does not exist' in judge.schema("", error, "").cause


@pytest.mark.parametrize(
    ("code", "output", "error", "cause"),
    [
        (0, "NOAUTH Authentication required.", "AUTH failed: WRONGPASS", "AUTH failed: WRONGPASS"),
        (1, "", "Could not connect", "Could not connect"),
        (1, "", "", "redis-cli ended with code 1"),
        (0, redis(written="err"), "", "cannot be written"),
    ],
)
def test_a_cache_that_does_not_answer_says_why(
    code: int, output: str, error: str, cause: str
) -> None:
    found = judge.cache_login(code, output, error)
    assert (found.state, cause in found.cause) == ("failed", True)


def test_a_pong_is_ok() -> None:
    assert judge.cache_login(0, redis(), "").state == "ok"


@pytest.mark.parametrize(
    ("output", "state", "critical"),
    [
        (redis(), "ok", True),
        (redis(most=0), "ok", True),
        (redis(used=95), "degraded", False),
        (redis(policy="noeviction"), "degraded", True),
        (redis(used=100, policy="noeviction"), "failed", True),
    ],
)
def test_a_cache_must_make_room(output: str, state: str, critical: bool) -> None:
    found = judge.cache_memory(output, 90)
    assert (found.state, found.critical) == (state, critical)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"services": {"redis": {"status": "healthy"}}}', "ok"),
        (b'{"services": {"redis": {"status": "unhealthy"}}}', "failed"),
        (b'{"services": {}}', "unknown"),
        (b"<html>", "unknown"),
    ],
)
def test_an_external_dependency_is_judged_through_the_app(body: bytes, state: str) -> None:
    assert judge.through_app(judge.CACHE, "redis", body).state == state
