# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of database and cache: that they run, that a new login works, and how full they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._check_workload import workload
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import OK, Check, Kind, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import parse
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, is_ready, name_of

Object = Mapping[str, Any]

DATABASE = declare(
    "database",
    "dependencies",
    looks_at=(
        "StatefulSet `postgres`; of an external database, what the app says of it in `/health`"
    ),
    red_when="it is gone, scaled to 0, not rolled out or not ready, with the cause from its pods",
    next="kubectl describe statefulset postgres; kubectl logs postgres-0",
)
DATABASE_LOGIN = declare(
    "database_login",
    "dependencies",
    looks_at="a new login as the app's user over TLS (verify-full), made in the database's pod",
    red_when=(
        "the login is refused, the certificate is not trusted, or the database takes no writes"
    ),
    next="kubectl logs postgres-0; deploy again if the password was changed by hand",
)
DATABASE_CONNECTIONS = declare(
    "database_connections",
    "dependencies",
    looks_at="connections in use beside `max_connections`",
    red_when="more than `connections_percent` are in use (degraded), or none is left (failed)",
    next="lower cam_release_pool_max or raise cam_database_max_connections, then deploy",
)
DATABASE_DISK = declare(
    "database_disk",
    "dependencies",
    looks_at="the volume of the database",
    red_when="more than `disk_percent` is used (degraded), 98 % or more (failed)",
    next="kubectl exec postgres-0 -- df -h; enlarge the claim",
)
# Of the app, which migrates it: after its rollout.
SCHEMA = declare(
    "schema",
    "workload",
    looks_at=(
        "the schema's revision by `cam_health_schema_query`, and the app's own in `/health`, "
        "where told"
    ),
    red_when="the database has none, or an older one than the app",
    next="kubectl logs deployment/cam-arbitration-mesh",
)
CACHE = declare(
    "cache",
    "dependencies",
    looks_at="Deployment `redis`; of an external cache, what the app says of it in `/health`",
    red_when="it is gone, scaled to 0, not rolled out or not ready, with the cause from its pods",
    next="kubectl describe deployment redis; kubectl logs deployment/redis",
)
CACHE_LOGIN = declare(
    "cache_login",
    "dependencies",
    looks_at="a new login over TLS and a PING, made in the cache's pod",
    red_when="the password is refused, nothing answers, or its file cannot be written",
    next="kubectl logs deployment/redis; deploy again if the password was changed by hand",
)
CACHE_MEMORY = declare(
    "cache_memory",
    "dependencies",
    looks_at="memory beside `maxmemory`, the eviction policy and evicted keys",
    red_when=(
        "the policy is `noeviction`, under which a full cache refuses writes (degraded; "
        "failed once it is full)"
    ),
    next="raise cam_cache_max_memory_mib, then deploy",
)
OTHERS = (DATABASE_LOGIN, DATABASE_CONNECTIONS, DATABASE_DISK)
FULL_PERCENT = 98

# Nothing secret is in the commands: passwords are read where they lie. The server listens on
# 127.0.0.1 as well, so its own network policy does not matter; TLS still asks for its name.
ASK_DATABASE = """
df -Pk "$PGDATA" | tail -n 1
export PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") PGUSER=$POSTGRES_USER PGDATABASE=$POSTGRES_DB \
PGHOST=postgres PGHOSTADDR=127.0.0.1 PGSSLMODE=verify-full \
PGSSLROOTCERT=/etc/postgres-tls/ca.crt PGCONNECT_TIMEOUT=5
exec psql -X -tA
"""
QUESTIONS = """
SELECT 'used=' || count(*) FROM pg_stat_activity WHERE backend_type = 'client backend';
SELECT 'most=' || current_setting('max_connections')::int
  - current_setting('superuser_reserved_connections')::int;
SELECT 'writes=' || NOT (pg_is_in_recovery() OR current_setting('transaction_read_only')::bool);
"""
ASK_CACHE = """
export REDISCLI_AUTH=$(cat /etc/redis-secret/password)
exec redis-cli --tls --cacert /etc/redis-tls/ca.crt -h localhost
"""


def login(code: int, output: str, error: str) -> Check:
    """psql logged in, and the database takes writes."""
    target = "PostgreSQL"
    told = _pairs(output)
    if code != 0 or "used" not in told:
        cause = _complaint(error) or f"psql ended with code {code}"
        return DATABASE_LOGIN.failed(target, "no login", "a login over TLS", cause)
    if told.get("writes") != "true":
        cause = "the database is read-only: it recovers, or somebody made it so"
        return DATABASE_LOGIN.failed(target, "a login that may not write", "writes", cause)
    return DATABASE_LOGIN.ok(target, "logged in over verified TLS")


def connections(output: str, limit: int) -> Check:
    told = _pairs(output)
    used, most = int(told["used"]), int(told["most"])
    observed, expected = f"{used} of {most} in use", f"at most {limit} %"
    target = "PostgreSQL"
    if used >= most:
        cause = "every connection is taken: the app can open no more"
        return DATABASE_CONNECTIONS.failed(target, observed, expected, cause)
    if used * 100 > most * limit:
        cause = "connections run out"
        return DATABASE_CONNECTIONS.degraded(target, observed, expected, cause)
    return DATABASE_CONNECTIONS.ok(target, observed)


def disk(output: str, limit: int) -> Check:
    """The line of `df -Pk`: size, used, free, share."""
    target = "PersistentVolumeClaim/postgres-storage-postgres-0"
    match = re.search(r"\s(\d+)\s+(\d+)\s+(\d+)\s+(\d+)%\s", output)
    if match is None:
        cause = f"df said: {output[:100]}"
        return DATABASE_DISK.unknown(target, "no size", "a line of df", cause)
    share, free = int(match[4]), int(match[3]) / 2**20
    observed, expected = f"{share} % used, {free:.1f} GiB free", f"at most {limit} %"
    if share >= FULL_PERCENT:
        return DATABASE_DISK.failed(target, observed, expected, "the volume is full")
    if share > limit:
        return DATABASE_DISK.degraded(target, observed, expected, "the volume fills up")
    return DATABASE_DISK.ok(target, observed)


def schema(output: str, error: str, app: str) -> Check:
    """`app`: the revision that the app says it needs, empty if it does not say."""
    target = "the database's schema"
    found = _pairs(output).get("revision", "")
    if not found:
        cause = "migrations have not run, or failed"
        if error.strip():
            cause = f"{cause}: {_complaint(error)}"
        return SCHEMA.failed(target, "no revision", app or "a revision", cause)
    observed = f"revision {found}"
    if app and _is_older(found, app):
        cause = f"the database has schema revision {found}, the app needs {app}"
        return SCHEMA.failed(target, observed, f"revision {app}", cause)
    return SCHEMA.ok(target, f"{observed}, which the app knows" if app else observed)


def cache_login(code: int, output: str, error: str) -> Check:
    """redis-cli got its PONG, and what is written reaches the disk."""
    target = "Redis"
    if code != 0 or "PONG" not in output.split():
        said = [line for line in f"{error}\n{output}".splitlines() if line.strip()]
        cause = said[0].strip() if said else f"redis-cli ended with code {code}"
        return CACHE_LOGIN.failed(target, "no PONG", "PONG over TLS", cause)
    if _pairs(output, ":").get("aof_last_write_status", "ok") != "ok":
        cause = "its append-only file cannot be written: is the volume full?"
        return CACHE_LOGIN.failed(target, "PONG, but no writes", "writes", cause)
    return CACHE_LOGIN.ok(target, "PONG over TLS")


def cache_memory(output: str, limit: int) -> Check:
    told = _pairs(output, ":")
    used, most = int(told["used_memory"]), int(told["maxmemory"])
    policy, evicted = told["maxmemory_policy"], int(told.get("evicted_keys", 0))
    target = "Redis"
    of = f"{most / 2**20:.0f} MiB" if most else "no limit"
    observed = f"{used / 2**20:.0f} MiB of {of}, {policy}, {evicted} keys evicted"
    if policy == "noeviction":
        expected, cause = "an eviction policy", "a full cache refuses writes under noeviction"
        if most and used >= most:
            return CACHE_MEMORY.failed(target, observed, expected, f"the cache is full: {cause}")
        return CACHE_MEMORY.degraded(target, observed, expected, cause)
    if most and used * 100 > most * limit:
        cause = "the cache is nearly full: answers are evicted before their time"
        return CACHE_MEMORY.advice(target, observed, f"at most {limit} %", cause)
    return CACHE_MEMORY.ok(target, observed)


def through_app(kind: Kind, name: str, body: bytes) -> Check:
    """An external dependency, by what the app says of it."""
    target = f"external {name}"
    try:
        said = str(parse(body)["services"][name]["status"])
    except (ValueError, LookupError, TypeError):
        cause = f"the app's /health says nothing of {name}"
        return kind.unknown(target, "no word of it", "healthy", cause)
    if said == "healthy":
        return kind.ok(target, "the app reaches it")
    cause = f"the app does not reach its {name}"
    return kind.failed(target, f"the app says {said}", "healthy", cause)


def _pairs(output: str, mark: str = "=") -> dict[str, str]:
    parts = (line.partition(mark) for line in output.splitlines())
    return {name.strip(): value.strip() for name, found, value in parts if found}


def _complaint(text: str) -> str:
    """The line that says what is wrong; psql marks the place below it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if re.search(r"FATAL|ERROR|error", line)]
    return (wrong or lines or [""])[-1][-300:]


def _is_older(found: str, wanted: str) -> bool:
    if found.isdecimal() and wanted.isdecimal():
        return int(found) < int(wanted)
    return found != wanted


def _server(pods: Sequence[Object]) -> str:
    """The pod to ask: a ready one, if there is one."""
    return name_of(next((pod for pod in pods if is_ready(pod)), pods[0]))


def _app_revision(mesh: Look) -> str:
    """Where the app tells none, or does not answer at all, there is nothing to compare."""
    try:
        return str(mesh.service("/health").json().get("schemaRevision") or "")
    except (CamError, OSError, ValueError, AttributeError):
        return ""


@look(DATABASE, *OTHERS, SCHEMA)
def _database(mesh: Look) -> Iterator[Check]:
    told, limits = mesh.params["database"], mesh.params["thresholds"]
    if told.get("provider") != "in_cluster":
        yield through_app(DATABASE, "database", mesh.service("/health").body)
        for kind in (*OTHERS, SCHEMA):
            yield kind.left_out(
                "external database", "the inventory's database is not in the cluster"
            )
        return
    pods = mesh.pods(name=_names.POSTGRES)
    item = mesh.find("apps/v1", "statefulsets", _names.POSTGRES)
    check = workload(DATABASE, "StatefulSet/postgres", item, pods, mesh)
    yield check
    if check.state != OK:
        return
    query = told.get("schema_query") or ""
    asked = f"SELECT 'revision=' || ({query.strip().rstrip(';')});\n" if query else ""
    code, output, error = mesh.exec(
        _server(pods), "postgres", ASK_DATABASE, stdin=f"{QUESTIONS}{asked}"
    )
    yield disk(output, limits["disk_percent"])
    logged_in = login(code, output, error)
    yield logged_in
    if logged_in.state != OK:
        return
    yield connections(output, limits["connections_percent"])
    if query:
        yield schema(output, error, _app_revision(mesh))
    else:
        yield SCHEMA.left_out(
            "the database's schema", "no cam_health_schema_query in the inventory"
        )


@look(CACHE, CACHE_LOGIN, CACHE_MEMORY)
def _cache(mesh: Look) -> Iterator[Check]:
    if mesh.params["cache"].get("provider") != "in_cluster":
        yield through_app(CACHE, "redis", mesh.service("/health").body)
        for kind in (CACHE_LOGIN, CACHE_MEMORY):
            yield kind.left_out("external cache", "the inventory's cache is not in the cluster")
        return
    pods = mesh.pods(name=_names.REDIS)
    item = mesh.find("apps/v1", "deployments", _names.REDIS)
    check = workload(CACHE, "Deployment/redis", item, pods, mesh)
    yield check
    if check.state != OK:
        return
    code, output, error = mesh.exec(_server(pods), "redis", ASK_CACHE, stdin="PING\nINFO\n")
    logged_in = cache_login(code, output, error)
    yield logged_in
    if logged_in.state == OK:
        yield cache_memory(output, mesh.params["thresholds"]["cache_memory_percent"])
