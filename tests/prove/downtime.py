"""No request is lost during upgrade, configuration, rollback, eviction, deletion, scaling."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from load.tools import k6
from mesh import APP, Mesh
from paths import ENVIRONMENT, ROOT
from prove.record import Record

NAMESPACE = "cam-prove"
HOST = f"{NAMESPACE}.localhost:8443"
LOAD = ROOT / "tests" / "load"
RATE = 200
REQUESTS_PER_CASE = 17_000


def released(mesh: Mesh, **changes: object) -> None:
    done = mesh.play("playbooks/deploy.yml", **changes)
    assert done.code == 0, done.text[-300:]


def upgrade(mesh: Mesh) -> None:
    released(mesh, cam_release_values={"podAnnotations": {"cam.test/upgrade": str(time.time())}})


def configuration(mesh: Mesh) -> None:
    released(mesh, cam_release_values={"config": {"CAM_TEST": str(time.time())}})


def rollback(mesh: Mesh) -> None:
    done = mesh.play("playbooks/rollback.yml")
    assert done.code == 0, done.text[-300:]


def eviction(mesh: Mesh) -> None:
    mesh.evict_each()


def deletion(mesh: Mesh) -> None:
    for pod in mesh.pods():
        mesh.kubectl("delete", "pod", pod, "--wait=true")
        mesh.settle()


def scaling(mesh: Mesh) -> None:
    for replicas in (4, 2, 3, 2):
        mesh.kubectl("scale", APP, f"--replicas={replicas}")
        mesh.settle()
        time.sleep(15)


CASES: tuple[Callable[[Mesh], None], ...] = (
    upgrade,
    configuration,
    rollback,
    eviction,
    deletion,
    scaling,
)


class Load:
    """Two k6 processes beside a case: one keeps its connections, one opens a new one each time."""

    def __init__(self, mesh: Mesh, folder: Path) -> None:
        for secret, key in (("cam-tls", "ca.crt"), ("cam-api-key", "api-key")):
            file = folder / key
            file.touch(mode=0o600)
            file.write_text(mesh.secret(secret, key), "utf-8")
        self.folder = folder
        self.running = [self._start(new) for new in ("false", "true")]

    def _start(self, new_connections: str) -> subprocess.Popen[bytes]:
        environment = {
            **ENVIRONMENT,
            "SSL_CERT_FILE": str(self.folder / "ca.crt"),
            "CAM_URL": f"https://{HOST}",
            "CAM_ADDRESS": "127.0.0.1:8443",
            "CAM_API_KEY_FILE": str(self.folder / "api-key"),
            "CAM_RATE": str(RATE // 2),
            "CAM_SECONDS": str(REQUESTS_PER_CASE // RATE),
            "CAM_NEW_CONNECTIONS": new_connections,
        }
        summary = self.folder / f"summary-{new_connections}.json"
        log = (self.folder / f"k6-{new_connections}.log").open("wb")
        words = [k6(), "run", "--quiet", "--no-usage-report", "--summary-export", summary]
        return subprocess.Popen(
            [*words, LOAD / "process.js"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )

    def result(self) -> tuple[int, int, str]:
        """Requests sent, those for which a busy k6 found no time, and each failure."""
        sent = late = 0
        problems = []
        for process, name in zip(self.running, ("false", "true"), strict=True):
            process.wait()
            metrics = json.loads((self.folder / f"summary-{name}.json").read_text())["metrics"]
            sent += int(metrics["http_reqs"]["count"])
            late += int(metrics.get("dropped_iterations", {}).get("count", 0))
            log = (self.folder / f"k6-{name}.log").read_text("utf-8", "replace")
            problems += re.findall(r'msg="((?:GET|POST) status[^"]*)"', log)
            if int(metrics["checks"]["fails"]) and not problems:
                problems.append(log[-300:])
        return sent, late, "; ".join(problems)


def without_loss(mesh: Mesh, case: Callable[[Mesh], None]) -> str:
    mesh.settle()
    with tempfile.TemporaryDirectory(prefix="cam-load-") as folder:
        load = Load(mesh, Path(folder))
        time.sleep(5)
        started = time.monotonic()
        case(mesh)
        seconds = time.monotonic() - started
        sent, late, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    assert sent >= REQUESTS_PER_CASE * 0.99, f"only {sent} requests sent"
    return f"0 of {sent} requests failed, {late} were never sent; the change took {seconds:.0f} s"


def main() -> bool:
    mesh = Mesh.local(NAMESPACE, cam_release_replicas=2)
    record = Record("downtime", f"Changes under {RATE} requests a second")
    released(mesh)
    for case in CASES:
        record.run(case.__name__, lambda case=case: without_loss(mesh, case))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
