"""Every scenario of k6 and Artillery at length on a real mesh, and what must turn them red."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from load.tools import artillery, k6
from mesh import APP, Mesh, Result
from prove.record import Record

SECONDS = 120
SOAK_SECONDS = 300
RATE = 10
PEAK_RATE = 60
# What other work on a small machine does to a percentile; that the gate closes is a case below.
NEIGHBOURS = 400


def tools() -> dict[str, Any]:
    return {"cam_load_k6": str(k6()), "cam_load_artillery": str(artillery())}


def measured(mesh: Mesh, verb: str, **changes: Any) -> tuple[Result, dict[str, Any]]:
    """A play and the result that it kept."""
    with tempfile.TemporaryDirectory(prefix="cam-load-") as folder:
        settings = {
            "cam_load_seconds": SECONDS,
            "cam_load_soak_seconds": SOAK_SECONDS,
            "cam_load_rate": RATE,
            "cam_load_peak_rate": PEAK_RATE,
            "cam_load_results_directory": folder,
            **tools(),
            **changes,
        }
        done = mesh.play(f"playbooks/{verb}.yml", **settings)
        assert mesh.secret("cam-api-key", "api-key") not in done.text, "the key is in the output"
        files = list(Path(folder).iterdir())
        assert files, done.text[-300:]
        return done, json.loads(files[0].read_text("utf-8"))


def holds(scenario: str) -> Callable[[Mesh], str]:
    def case(mesh: Mesh) -> str:
        verb = "stress" if scenario == "stress" else "load"
        changes = {} if scenario == "stress" else {"cam_load_scenario": scenario}
        done, result = measured(mesh, verb, **changes, cam_load_accept=True)
        assert done.code == 0, result["cause"]
        again, _ = measured(mesh, verb, **changes, cam_load_regression_percent=NEIGHBOURS)
        assert again.code == 0, again.text[-300:]
        numbers = result["numbers"]
        text = (
            f"{result['shape']}: {numbers['requests']} requests, {numbers['failed']} failed, "
            f"p50 {numbers['p50_ms']:.0f} ms, p95 {numbers['p95_ms']:.0f} ms"
        )
        if scenario == "stress":
            text += f", limits held up to {result['accepted']['held_rate']} a second"
        return f"{text}; accepted, and held by a second run"

    case.__name__ = scenario
    return case


def red(mesh: Mesh, cause: str, verb: str = "load", **changes: Any) -> str:
    done, result = measured(mesh, verb, **changes)
    assert done.code != 0, "called healthy"
    assert cause in result["cause"], result["cause"]
    return f"'{result['cause']}'"


def errors(mesh: Mesh) -> str:
    mesh.kubectl("set", "env", APP, "CAM_FAULTS_ENABLED=true", "CAM_FAULT_ERROR_SHARE=0.2")
    mesh.settle()
    try:
        return red(mesh, "mostly status 500: above 1 %", cam_load_seconds=30)
    finally:
        mesh.kubectl("rollout", "undo", APP)
        mesh.settle()


def regression(mesh: Mesh) -> str:
    """A release that answers a second later than the accepted one."""
    short = {"cam_load_seconds": 30, "cam_load_rate": 5}
    done, _ = measured(mesh, "load", **short, cam_load_accept=True)
    assert done.code == 0, done.text[-300:]
    mesh.kubectl("set", "env", APP, "CAM_FAULTS_ENABLED=true", "CAM_FAULT_LATENCY_MS=1000")
    mesh.settle()
    try:
        return red(mesh, "regression_p95: ", **short)
    finally:
        mesh.kubectl("rollout", "undo", APP)
        mesh.settle()


def restart(mesh: Mesh) -> str:
    """A container that dies under the load: no percentile would tell."""
    grows = ("CAM_FAULTS_ENABLED=true", "CAM_FAULT_MEMORY_GROWTH_MIB=16")
    mesh.kubectl("set", "env", APP, *grows)
    mesh.settle()
    try:
        return red(
            mesh, "restarted under the load", cam_load_seconds=60, cam_load_error_percent=100,
            cam_load_p95_ms=60_000, cam_load_regression_percent=1_000_000,
        )  # fmt: skip
    finally:
        mesh.kubectl("rollout", "undo", APP)
        mesh.settle()


def overload(mesh: Mesh) -> str:
    """More than the mesh can carry ends as a number, and the mesh comes back."""
    done, result = measured(mesh, "stress", cam_load_peak_rate=400, cam_load_p95_ms=300)
    assert done.code == 0, result["cause"]
    steps = ", ".join(
        f"{step['rate']}/s p95 {step['p95_ms']:.0f} ms" for step in result["numbers"]["steps"]
    )
    return f"{result['checks'][1]['observed']} ({steps})"


CASES: tuple[Callable[[Mesh], str], ...] = (
    *(holds(scenario) for scenario in ("load", "spike", "soak", "stress")),
    errors,
    regression,
    restart,
    overload,
)


def main() -> bool:
    mesh = Mesh.local("cam-prove", cam_release_replicas=2)
    record = Record("load", "Load, spike, soak and stress on a real mesh")
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-2000:]
    for case in CASES:
        record.run(case.__name__, lambda case=case: case(mesh))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
