"""A mesh by Compose: three replicas, judged like a cluster; it is broken, repaired and removed."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from mesh import Result
from paths import BIN, ROOT
from podman import Podman

PROJECT = "cam-compose-test"
PORT = 18081
REPLICAS = ("cam-app-1", "cam-app-2", "cam-app-3")
URLS = [f"http://127.0.0.1:{PORT + number}" for number in range(3)]


@dataclass
class Project:
    """The project of the tests, and the playbooks that are run on it."""

    podman: Podman
    folder: Path
    first: Result = field(init=False)

    def play(self, name: str, *words: str, **changes: Any) -> Result:
        variables = {
            "cam_compose_project": PROJECT,
            "cam_compose_directory": str(self.folder),
            "cam_compose_port": PORT,
            "cam_compose_engine": "podman",
            **changes,
        }
        done = subprocess.run(
            [
                BIN / "ansible-playbook", f"playbooks/{name}.yml", "-i", "inventories/local",
                "-e", json.dumps(variables), *words,
            ],
            cwd=ROOT, env=self.podman.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Result(done.returncode, " ".join((done.stdout + done.stderr).split()))

    @property
    def key(self) -> str:
        return (self.folder / "secrets" / "api-key").read_text("utf-8")

    def inspect(self, service: str) -> dict[str, Any]:
        (found,) = json.loads(self.podman.must("inspect", f"{PROJECT}-{service}"))
        return dict(found)

    def ids(self) -> set[str]:
        return set(self.podman.must("ps", "--quiet", "--no-trunc").split())

    def inside(self, service: str, script: str) -> subprocess.CompletedProcess[str]:
        return self.podman.run("exec", f"{PROJECT}-{service}", "sh", "-c", script)


@pytest.fixture(scope="module")
def project(podman: Podman, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(podman, tmp_path_factory.mktemp("compose") / "project")
    project.first = project.play("compose")
    assert project.first.code == 0, project.first.text[-4000:]
    yield project
    removed = project.play("compose", cam_compose_state="absent", cam_compose_delete_data=True)
    assert removed.code == 0, removed.text[-4000:]
    for kind in ("container", "volume", "network"):
        left = podman.must(kind, "ls", "--quiet", "--filter", f"label=cam.mesh/project={PROJECT}")
        assert left == "", kind
    assert not project.folder.exists()


def ask(url: str, key: str, prompt: str = "hello") -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return fetch(f"{url}/process", method="POST", body={"prompt": prompt}, headers=headers).status


def test_three_replicas_answer(project: Project) -> None:
    verdict = "healthy: 10 of 10 checks ok, 2 not configured"
    begin, healthy, _ = project.first.text.partition(verdict)
    assert healthy
    assert "environment: cam_environment is local" in begin
    assert [ask(url, project.key) for url in URLS] == [200, 200, 200]
    assert ask(URLS[0], "wrong") == 401


def test_no_secret_is_shown(project: Project) -> None:
    secrets = {
        name: (project.folder / "secrets" / name).read_text("utf-8")
        for name in ("api-key", "postgres-password", "redis-password")
    }
    told = "".join(json.dumps(project.inspect(name)) for name in (*REPLICAS, "postgres", "redis"))
    file = (project.folder / "compose.yml").read_text("utf-8")
    for name, secret in secrets.items():
        assert len(secret) >= 40
        assert secret not in project.first.text + told + file, name
    assert (project.folder / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_second_run_changes_nothing(project: Project) -> None:
    before = project.ids()
    again = project.play("compose")
    assert (again.code, again.changed) == (0, 0), again.text[-4000:]
    assert project.ids() == before


@pytest.mark.parametrize(
    ("service", "cpus", "gib"), [*((name, 2, 4) for name in REPLICAS), ("postgres", 2, 2)]
)
def test_a_container_has_limits_and_no_privileges(
    project: Project, service: str, cpus: int, gib: int
) -> None:
    found = project.inspect(service)
    host = found["HostConfig"]
    assert (host["NanoCpus"], host["Memory"]) == (cpus * 10**9, gib * 2**30)
    assert host["ReadonlyRootfs"] is True
    assert host["Privileged"] is False
    assert found["EffectiveCaps"] in ([], None)
    assert "no-new-privileges" in " ".join(host["SecurityOpt"])
    assert not project.inside(service, "id -u").stdout.startswith("0")
    refused = project.inside(service, "echo x > /etc/x")
    assert "Read-only file system" in refused.stderr
    assert project.inside(service, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes").stdout in (
        f"{gib * 2**30}\n",
        "",  # the second version of cgroups keeps it elsewhere
    )


def test_only_the_replicas_are_published_and_on_loopback_alone(project: Project) -> None:
    published = {
        (service, where["HostIp"], int(where["HostPort"]))
        for service in (*REPLICAS, "postgres", "redis")
        for places in (project.inspect(service)["HostConfig"]["PortBindings"] or {}).values()
        for where in places or []
    }
    assert published == {(name, "127.0.0.1", PORT + number) for number, name in enumerate(REPLICAS)}


@pytest.mark.parametrize("service", [*REPLICAS, "postgres", "redis"])
def test_the_engine_itself_finds_each_container_healthy(project: Project, service: str) -> None:
    assert project.podman.must("healthcheck", "run", f"{PROJECT}-{service}").strip() == ""


def test_plaintext_and_strangers_are_refused(project: Project) -> None:
    password = 'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")'
    postgres = "psql -tA -c 'SELECT 1' 'host=postgres user=cam dbname=cam_production sslmode={}'"
    encrypted = project.inside("postgres", f"{password} {postgres.format('require')}")
    assert encrypted.stdout == "1\n", encrypted.stderr
    plain = project.inside("postgres", f"{password} {postgres.format('disable')}")
    assert "no encryption" in plain.stderr
    stranger = project.inside("postgres", f"PGPASSWORD=wrong {postgres.format('require')}")
    assert "password authentication failed" in stranger.stderr
    redis = "redis-cli -h redis {} ping"
    assert "PONG" not in project.inside("redis", redis.format("")).stdout
    encrypted = project.inside("redis", redis.format("--tls --cacert /run/secrets/ca.crt"))
    assert "NOAUTH" in encrypted.stdout


def test_the_verdict_names_a_stopped_replica_and_a_lost_cache_and_a_run_repairs_both(
    project: Project,
) -> None:
    project.podman.must("stop", "--time", "5", f"{PROJECT}-cam-app-2")
    red = project.play("compose_health")
    assert red.code != 0
    assert "local is failed: rollout: cam-compose-test-cam-app-2 is exited" in red.text
    assert "next: podman logs cam-compose-test-cam-app-2" in red.text
    project.podman.must("stop", "--time", "5", f"{PROJECT}-redis")
    red = project.play("compose_health")
    assert red.code != 0
    assert "local is failed: cache: cam-compose-test-redis is exited" in red.text
    assert "Traceback" not in red.text
    green = project.play("compose")
    assert (green.code, green.changed) == (0, 1), green.text[-4000:]


def test_a_change_is_rolled_through_the_replicas_and_some_always_answer(project: Project) -> None:
    before, key = project.ids(), project.key
    silent: list[float] = []
    done = threading.Event()

    def answers(url: str) -> bool:
        try:
            return fetch(f"{url}/ready", timeout=5).status == 200
        except OSError:
            return False

    def watch() -> None:
        while not done.wait(0.05):
            if not any(answers(url) for url in URLS):
                silent.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    changed = project.play("compose", cam_compose_environment={"LOG_LEVEL": "warn"})
    done.set()
    watcher.join()
    assert (changed.code, changed.changed) == (0, 1), changed.text[-4000:]
    assert silent == []
    assert len(project.ids() - before) == 3
    assert [ask(url, key) for url in URLS] == [200, 200, 200]


def test_what_is_removed_keeps_its_data(project: Project) -> None:
    key = project.key
    query = (
        'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") '
        "psql -tA -U cam cam_production -c 'SELECT count(*) FROM requests'"
    )
    rows = project.inside("postgres", query).stdout
    removed = project.play("compose", cam_compose_state="absent")
    assert removed.code == 0, removed.text[-4000:]
    assert "kept: volumes cam-compose-test-postgres, " in removed.text
    assert project.ids() == set()
    back = project.play("compose", cam_compose_process_enabled=False)
    assert back.code == 0, back.text[-4000:]
    assert project.key == key
    assert project.inside("postgres", query).stdout == rows != "0\n"


def test_a_port_that_is_taken_is_refused_before_anything_is_changed(project: Project) -> None:
    before = project.ids()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", PORT + 3))
        taken.listen()
        refused = project.play("compose", cam_compose_replicas=4)
    assert refused.code != 0
    assert f"cam-app-4 cannot have port {PORT + 3} on 127.0.0.1" in refused.text
    assert project.ids() == before
