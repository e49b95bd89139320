"""How many pods an inventory asks for, with all that wins over the role's variables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._pods import Pods
from hypothesis import given
from hypothesis import strategies as st
from test__preflight import with_

AUTOSCALED = {"release_autoscaling_enabled": True}
BY_KEDA = {"release_values": {"keda": {"enabled": True}}}


def pods(**changes: Any) -> Pods:
    return Pods.of(with_(**changes))


@pytest.mark.parametrize(
    ("changes", "least", "most", "scaler"),
    [
        ({}, 3, 3, ""),
        (AUTOSCALED, 3, 9, "metrics.k8s.io"),
        (BY_KEDA, 3, 9, "keda.sh"),
        ({**BY_KEDA, "release_replicas": 1}, 3, 9, "keda.sh"),
        ({"release_values": {"replicaCount": 7}}, 7, 7, ""),
        ({**AUTOSCALED, "release_values": {"autoscaling": {"maxReplicas": 4}}}, 3, 4,
         "metrics.k8s.io"),
        ({**AUTOSCALED, "release_values": {"autoscaling": {"enabled": False}}}, 3, 3, ""),
    ],
)  # fmt: skip
def test_the_scaler_decides_between_which_numbers(
    changes: dict[str, Any], least: int, most: int, scaler: str
) -> None:
    found = pods(**changes)
    assert (found.least, found.most, found.scaler) == (least, most, scaler)


@pytest.mark.parametrize(
    ("surge", "steady", "peak"),
    [(1, 4, 10), ("0", 3, 9), ("25%", 4, 12), ("100%", 6, 18), ("1%", 4, 10)],
)
def test_an_update_has_more_pods(surge: Any, steady: int, peak: int) -> None:
    found = pods(**AUTOSCALED, release_values={"strategy": {"maxSurge": surge}})
    assert (found.steady, found.peak) == (steady, peak)


@given(st.integers(1, 300), st.integers(0, 100))
def test_an_update_never_has_fewer_pods(replicas: int, percent: int) -> None:
    values = {"strategy": {"maxSurge": f"{percent}%"}}
    found = pods(release_replicas=replicas, release_values=values)
    assert replicas <= found.steady == found.peak <= 2 * replicas


def test_targets_are_those_of_the_hpa_alone() -> None:
    assert pods().targets == ()
    assert pods(**AUTOSCALED).targets == ("cpu", "memory")
    assert pods(**BY_KEDA).targets == ()
    without = {"autoscaling": {"targetMemoryUtilizationPercentage": None}}
    assert pods(**AUTOSCALED, release_values=without).targets == ("cpu",)


def test_a_request_that_is_not_given_is_the_limit() -> None:
    found = pods(release_resources={"requests": {"cpu": "1"}, "limits": {"memory": "2Gi"}})
    asked = [found.asks("requests", "cpu"), found.asks("requests", "memory")]
    assert [*asked, found.asks("limits", "cpu")] == ["1", "2Gi", None]


def test_a_null_takes_a_value_away() -> None:
    found = pods(release_values={"resources": {"requests": None}, "keda": None})
    assert found.asks("requests", "cpu") is None
    assert found.scaler == ""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"keda": True}, "keda is 'True'; it must be a mapping"),
        ({"resources": {"requests": 2}}, "resources.requests is '2'; it must be a mapping"),
        ({"replicaCount": "many"}, "replicaCount is 'many'; it must be a number"),
        ({"database": None}, "database.poolMax is 'None'; it must be a number"),
        ({"strategy": {"maxSurge": "a few"}}, "strategy.maxSurge is 'a few'"),
    ],
)
def test_values_that_are_no_values_are_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(CamError, match=f"cam_release_values: {message}"):
        _ = pods(release_values=values).peak
