"""What cannot hold is refused with its numbers; what may not hold one day is a warning."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _preflight_room as room_of
from ansible_collections.cam.mesh.plugins.module_utils._preflight import Finding
from hypothesis import given
from hypothesis import strategies as st
from test__preflight import VALUES, node, with_

SERVED = ["metrics.k8s.io/v1beta1", "keda.sh/v1alpha1"]
TAINT = {"key": "for", "value": "others", "effect": "NoSchedule"}


def pod(cpu: str, namespace: str = "other", **spec: Any) -> dict[str, Any]:
    containers = [{"resources": {"requests": {"cpu": cpu}}}, {}]
    full = {"nodeName": "n", "containers": containers, **spec}
    return {"metadata": {"namespace": namespace}, "spec": full}


def quota(hard: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "team", **more.pop("metadata", {})},
        "spec": {"hard": hard, **more},
    }


def capacity(
    nodes: list[dict[str, Any]], pods: list[dict[str, Any]], values: dict[str, Any] = VALUES
) -> Finding:
    return room_of.capacity(room_of.free(nodes, pods, values, "cam-dev"), values)


def scaler(*nodes: dict[str, Any], apis: Any = SERVED, **changes: Any) -> Finding:
    values = with_(**changes)
    return room_of.scaler(room_of.free(nodes, [], values, "cam-dev"), apis, values)


# VALUES are three pods of 500m, one more for updates, and a database that asks 1: 3 CPU.


def test_room_is_counted_beside_what_others_ask() -> None:
    assert capacity([node("4")], [pod("1")]).passed
    refused = capacity([node("4")], [pod("1500m")])
    assert "4 pods (1 for updates)" in refused.text
    assert "ask 3.00 CPU and 5.00 GiB; free are 2.50 CPU" in refused.text
    assert "Add nodes, or lower cam_release_resources" in refused.text


@pytest.mark.parametrize(
    "harmless", [pod("2", "cam-dev"), pod("2", nodeName=""), pod("2", nodeName="gone"), pod("0")]
)
def test_pods_that_take_nothing_from_the_mesh(harmless: dict[str, Any]) -> None:
    assert capacity([node("3")], [harmless]).passed


def test_no_pod_is_cut_in_two() -> None:
    """Four CPU in ten pieces hold no pod of half a CPU."""
    crumbs = [node("400m", name=f"n{number}") for number in range(10)]
    refused = capacity(crumbs, [])
    assert "one pod asks 0.50 CPU and 1.00 GiB of one node" in refused.text
    assert "room for 0 of 4; the most that one has free is 0.40 CPU" in refused.text


def test_a_node_that_is_full_of_pods_takes_none() -> None:
    refused = capacity([node("8", pods="3")], [])
    assert "have room for 3 of 4" in refused.text
    assert capacity([node("8", pods="4")], []).passed


def test_nodes_that_the_autoscaler_of_aws_may_add_count() -> None:
    ours = {
        **VALUES, "cam_cluster_provider": "aws", "cam_cluster_aws_autoscaler_enabled": True,
        "cam_cluster_aws_max_nodes": 4,
    }  # fmt: skip
    there = [node("900m", name="a"), node("1", name="b")]
    assert not capacity(there, []).passed
    found = capacity(there, [], ours)
    assert found.passed
    assert "free are 3.90 CPU" in found.text
    assert "on 4 node(s), of which the autoscaler adds up to 2" in found.text
    assert not capacity(there, [], {**ours, "cam_cluster_aws_autoscaler_enabled": False}).passed
    assert not capacity(there, [], {**ours, "cam_cluster_aws_max_nodes": 2}).passed
    assert not capacity([], [], ours).passed


@pytest.mark.parametrize(
    ("spec", "tolerations", "counts"),
    [
        ({}, [], True),
        ({"unschedulable": True}, [], False),
        ({"taints": [TAINT]}, [], False),
        ({"taints": [{**TAINT, "effect": "PreferNoSchedule"}]}, [], True),
        ({"taints": [TAINT]}, [{"key": "for", "operator": "Exists"}], True),
        ({"taints": [TAINT]}, [{"operator": "Exists"}], True),
        ({"taints": [TAINT]}, [{"key": "for", "effect": "NoExecute"}], False),
        ({"taints": [TAINT]}, [{"key": "against", "operator": "Exists"}], False),
    ],
)
def test_only_nodes_that_take_pods_count(
    spec: dict[str, Any], tolerations: list[dict[str, Any]], counts: bool
) -> None:
    values = with_(release_values={"tolerations": tolerations})
    found = capacity([{**node("4"), "spec": spec}], [], values)
    assert found.passed is counts
    assert counts or "on 0 node(s)" in found.text


@given(
    st.lists(st.integers(1, 8000), max_size=4),
    st.lists(st.integers(0, 4000), max_size=4),
    st.integers(1, 8000),
)
def test_more_room_never_turns_a_pass_into_a_refusal(
    nodes: list[int], pods: list[int], more: int
) -> None:
    there = [node(f"{cpu}m", name=f"n{number}") for number, cpu in enumerate(nodes)]
    taken = [pod(f"{cpu}m", nodeName="n0") for cpu in pods]
    before = capacity(there, taken)
    after = capacity([*there, node(f"{more}m", name="more")], taken)
    assert after.passed or not before.passed


@given(st.integers(1, 40), st.sampled_from(["50m", "100m", "300m", "0.7", "1"]))
def test_what_fits_exactly_fits(replicas: int, cpu: str) -> None:
    """Decimal fractions are not exact in binary: 20 x 50m is 1 and not more."""
    values = with_(
        release_replicas=replicas,
        release_values={"strategy": {"maxSurge": 0}},
        release_resources={"requests": {"cpu": cpu}},
        database_resources={},
    )
    milli = round(float(cpu.removesuffix("m")) * (1 if cpu.endswith("m") else 1000))
    assert capacity([node(f"{milli * replicas}m", pods="999")], [], values).passed
    assert not capacity([node(f"{milli * replicas - 1}m", pods="999")], [], values).passed


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({}, ""),
        ({"cpu": "4", "memory": "16Gi"}, ""),
        ({"cpu": "4001m"}, "limits.cpu of cam_release_resources is 4.001, and the largest node"),
        ({"memory": "20Gi"}, "is 20.00 GiB, and the largest node has 16.00 GiB"),
    ],
)
def test_a_limit_above_every_node_is_a_warning(limits: dict[str, str], text: str) -> None:
    values = with_(release_resources={"requests": {"cpu": "1"}, "limits": limits})
    found = room_of.limits([node("1", name="small"), node("4")], values)
    assert (found.passed, found.warning) == (True, bool(text))
    assert text in found.text


@pytest.mark.parametrize("scale", [{"release_autoscaling_enabled": True},
                                   {"release_values": {"keda": {"enabled": True}}}])  # fmt: skip
def test_a_maximum_beyond_the_nodes_is_a_warning(scale: dict[str, Any]) -> None:
    # Nine pods and one for updates ask 5 CPU, the database 1.
    assert scaler(node("6"), **scale) == Finding(
        "scaler", True, "all of 10 possible pods fit on today's nodes"
    )
    found = scaler(node("4"), **scale)
    assert (found.passed, found.warning) == (True, True)
    assert "10 pods are possible, 6 fit on today's 1 node(s)" in found.text
    assert "lower cam_release_autoscaling_max_replicas" in found.text
    pieces = [node("700m", name=f"n{number}") for number in range(9)]
    assert "10 pods are possible, 9 fit on today's 9 node(s)" in scaler(*pieces, **scale).text


def test_a_fixed_number_needs_no_scaler() -> None:
    assert scaler(node("1"), apis=[]).text == "none, the number of pods is fixed"


def test_a_scaler_needs_its_api() -> None:
    hpa = scaler(node("8"), apis=["apps/v1"], release_autoscaling_enabled=True)
    assert not hpa.passed
    assert "does not serve metrics.k8s.io" in hpa.text
    assert "Install metrics-server, or turn autoscaling off" in hpa.text
    by_keda = {"release_values": {"keda": {"enabled": True}}}
    keda = scaler(node("8"), apis=SERVED[:1], **by_keda)
    assert not keda.passed
    assert "does not serve keda.sh: install KEDA first" in keda.text


def test_the_local_cluster_brings_metrics_with_it_and_no_keda() -> None:
    local = {"cluster_provider": "local"}
    assert scaler(node("8"), apis=[], release_autoscaling_enabled=True, **local).passed
    by_keda = {"release_values": {"keda": {"enabled": True}}}
    assert not scaler(node("8"), apis=[], **by_keda, **local).passed


@pytest.mark.parametrize(
    ("hard", "text"),
    [
        ({"requests.cpu": "2"}, "allows requests.cpu 2, and 4 pods with their services need 3."),
        ({"cpu": "2999m"}, "allows cpu 2999m, and 4 pods with their services need 3."),
        ({"memory": "4Gi"}, "allows memory 4Gi, and 4 pods with their services need 5.00 GiB."),
        (
            {"limits.memory": "7Gi"},
            "allows limits.memory 7Gi, and 4 pods with their services need 8",
        ),
        ({"pods": "4"}, "allows pods 4, and 4 pods with their services need 5."),
    ],
)
def test_a_quota_too_small_for_what_always_runs_is_refused(hard: dict[str, str], text: str) -> None:
    resources = {**VALUES["cam_release_resources"], "limits": {"memory": "2Gi"}}
    values = with_(release_resources=resources)
    found = room_of.quota([quota({"pods": "99"}), quota(hard)], values)
    assert not found.passed
    assert f"ResourceQuota team {text}" in found.text
    assert "Raise it, or lower" in found.text


def test_a_quota_below_the_scalers_maximum_is_a_warning() -> None:
    values = with_(release_autoscaling_enabled=True)
    found = room_of.quota([quota({"requests.cpu": "5"}), quota({"pods": "50"})], values)
    assert (found.passed, found.warning) == (True, True)
    assert "allows requests.cpu 5, and 10 pods would need 6: the scaler ends" in found.text
    assert not room_of.quota([quota({"requests.cpu": "6"})], values).warning


@pytest.mark.parametrize(
    "harmless",
    [
        quota({"requests.cpu": "3", "memory": "5Gi", "pods": "5"}),
        quota({"services": "0", "count/secrets": "1"}),
        quota({"pods": "0"}, scopes=["BestEffort"]),
        quota({"pods": "0"}, scopeSelector={"matchExpressions": []}),
        quota(
            {"pods": "0"},
            metadata={"labels": {"app.kubernetes.io/part-of": "complete-arbitration-mesh"}},
        ),
        {"metadata": {"name": "empty"}, "spec": {}},
    ],
)
def test_quotas_that_are_not_in_the_way(harmless: dict[str, Any]) -> None:
    found = room_of.quota([harmless], VALUES)
    assert (found.passed, found.warning) == (True, False), found.text
