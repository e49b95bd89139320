"""Nodes, names, clock and versions: green once, and red for each cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_cluster as judge
from fake_mesh import node, slice_of

NOW = datetime(2026, 11, 25, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("items", "state", "cause"),
    [
        ([node("a")], "ok", ""),
        ([node("a"), node("b", Ready="False")], "degraded", "b is not ready"),
        ([node("a", DiskPressure="True")], "degraded", "a has DiskPressure"),
        ([node("a", Ready="Unknown")], "failed", "a is not ready"),
        ([], "failed", "there is no node"),
    ],
)
def test_nodes_must_be_ready_and_have_room(items: Any, state: str, cause: str) -> None:
    found = judge.nodes(items)
    assert (found.state, cause in found.cause) == (state, True)


def test_a_cordoned_node_is_an_advice() -> None:
    closed = {**node("a"), "spec": {"unschedulable": True}}
    found = judge.nodes([closed])
    assert (found.is_advice, found.cause) == (True, "cordoned: a")


def test_somebody_must_resolve_names() -> None:
    assert judge.dns([slice_of("kube-dns", "10.0.0.10")]).state == "ok"
    assert judge.dns([slice_of("kube-dns", "10.0.0.10", ready=False)]).state == "failed"
    assert judge.dns([slice_of("other", "10.0.0.10")]).is_advice


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (20, "ok"), (-20, "ok"), (40, "degraded"), (-40, "degraded")]
)
def test_the_clocks_must_agree(seconds: int, state: str) -> None:
    mine = NOW + timedelta(seconds=seconds)
    header = NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert judge.clock(header, mine, mine + timedelta(milliseconds=5), 30).state == state


def test_an_answer_without_a_date_tells_no_time() -> None:
    assert judge.clock("", NOW, NOW, 30).state == "unknown"


@pytest.mark.parametrize(
    ("server", "state"),
    [("v1.36.3", "ok"), ("v1.39.0", "ok"), ("v1.40.0-eks-1", "degraded"), ("v1.35.0", "degraded")],
)
def test_kubelets_may_be_older_up_to_a_limit(server: str, state: str) -> None:
    found = judge.versions(server, [node("a")])
    assert (found.state, found.critical) == (state, False)


def test_an_api_without_a_server_is_an_advice() -> None:
    def api(name: str, status: str) -> dict[str, Any]:
        conditions = [{"type": "Available", "status": status, "message": "service is gone"}]
        return {
            "metadata": {"name": name},
            "spec": {"service": {"name": name}},
            "status": {"conditions": conditions},
        }

    built_in = {"metadata": {"name": "v1.apps"}, "spec": {}}
    metrics = api("v1beta1.metrics.k8s.io", "True")
    assert judge.apis([built_in, metrics]).observed == "1 of 1 served"
    found = judge.apis([built_in, metrics, api("v1beta1.scaler", "False")])
    assert (found.state, found.critical) == ("degraded", False)
    assert found.cause == "v1beta1.scaler: service is gone"
    assert found.next == "kubectl describe apiservice v1beta1.scaler"
