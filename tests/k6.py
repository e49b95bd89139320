"""k6 at the edge of a mesh: built once, run beside a case, and what became of its requests."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

from load.tools import k6
from mesh import Mesh
from paths import ENVIRONMENT, ROOT

LOAD = ROOT / "tests" / "load"
# k6 that keeps its connections, and k6 that opens a new one for each request.
WAYS = ("false", "true")


class Load:
    """Requests at a fixed rate for a fixed time, half of them on new connections."""

    def __init__(self, mesh: Mesh, per_second: int, seconds: int, prompts: int = 50) -> None:
        self.mesh, self.per_second, self.seconds, self.prompts = mesh, per_second, seconds, prompts

    def __enter__(self) -> Load:
        self._place = tempfile.TemporaryDirectory(prefix="cam-load-")
        self.folder = Path(self._place.name)
        for secret, key in (("cam-tls", "ca.crt"), ("cam-api-key", "api-key")):
            file = self.folder / key
            file.touch(mode=0o600)
            file.write_text(self.mesh.secret(secret, key), "utf-8")
        self._running = [self._start(way) for way in WAYS]
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.terminate()
            process.wait()
        self._place.cleanup()

    def _start(self, new_connections: str) -> subprocess.Popen[bytes]:
        environment = {
            **ENVIRONMENT,
            "SSL_CERT_FILE": str(self.folder / "ca.crt"),
            "CAM_URL": f"https://{self.mesh.namespace}.localhost:8443",
            "CAM_ADDRESS": "127.0.0.1:8443",
            "CAM_API_KEY_FILE": str(self.folder / "api-key"),
            "CAM_RATE": str(self.per_second // len(WAYS)),
            "CAM_SECONDS": str(self.seconds),
            "CAM_PROMPTS": str(self.prompts),
            "CAM_NEW_CONNECTIONS": new_connections,
        }
        summary = self.folder / f"summary-{new_connections}.json"
        log = (self.folder / f"k6-{new_connections}.log").open("wb")
        words = [k6(), "run", "--quiet", "--no-usage-report", "--summary-export", summary]
        return subprocess.Popen(
            [*words, LOAD / "process.js"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )

    def result(self) -> tuple[int, int, str]:
        """Wait for the end: requests sent, those k6 found no time for, and each failure."""
        sent = late = 0
        problems = []
        for process, way in zip(self._running, WAYS, strict=True):
            process.wait()
            metrics = json.loads((self.folder / f"summary-{way}.json").read_text())["metrics"]
            sent += int(metrics["http_reqs"]["count"])
            late += int(metrics.get("dropped_iterations", {}).get("count", 0))
            log = (self.folder / f"k6-{way}.log").read_text("utf-8", "replace")
            problems += re.findall(r'msg="((?:GET|POST) status[^"]*)"', log)
            if int(metrics["checks"]["fails"]) and not problems:
                problems.append(log[-300:])
        return sent, late, "; ".join(problems)
