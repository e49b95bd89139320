"""Faults that are injected into a mesh, and the cause that the verdict must name."""

from __future__ import annotations

from dataclasses import dataclass

from mesh import APP, Mesh


@dataclass(frozen=True)
class Fault:
    """`words`: what kubectl is told; `cause`: what the verdict must say of it."""

    name: str
    words: tuple[str, ...]
    cause: str
    # Wait until the pods run it; otherwise the old ones would be judged.
    rolls_out: bool = False

    def inject(self, mesh: Mesh) -> None:
        mesh.kubectl(*self.words)
        if self.rolls_out:
            mesh.settle()


def _app(fault: str) -> tuple[str, ...]:
    return ("set", "env", APP, "CAM_FAULTS_ENABLED=true", fault)


FAULTS = (
    Fault("database", ("scale", "statefulset/postgres", "--replicas=0"), "database: scaled to 0"),
    Fault("cache", ("scale", "deployment/redis", "--replicas=0"), "cache: scaled to 0"),
    Fault("app", ("scale", APP, "--replicas=0"), "rollout: scaled to 0"),
    Fault(
        "prometheus",
        ("scale", "deployment/prometheus", "--replicas=0"),
        "prometheus: Prometheus is down",
    ),
    Fault("image", ("set", "image", APP, "cam-app=localhost/none:1"), "localhost/none:1"),
    Fault("readiness", _app("CAM_FAULT_READINESS=true"), "fails its readiness"),
    Fault(
        "renamed-metric",
        _app("CAM_FAULT_RENAME_METRIC=cam_cost_total=cam_costs_total"),
        "cam_cost_total is missing, perhaps renamed to cam_costs_total",
        rolls_out=True,
    ),
    Fault("version", _app("CAM_FAULT_VERSION=1.9.9"), "wrong version runs", rolls_out=True),
    Fault("crash", _app("CAM_FAULT_CRASH_ON_START=true"), "rollout:"),
    Fault(
        "service",
        ("patch", "service", "cam-service", "-p", '{"spec":{"selector":{"app":"nobody"}}}'),
        "matches no pod",
    ),
)
