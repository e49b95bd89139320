"""What an inventory gets wrong is refused with the value, the rule and the place."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _preflight, _preflight_live
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._quantity import number

VALUES: dict[str, Any] = {
    "cam_environment": "dev",
    "cam_cluster_provider": "existing",
    "cam_release_replicas": 3,
    "cam_release_autoscaling_enabled": False,
    "cam_release_autoscaling_min_replicas": 3,
    "cam_release_autoscaling_max_replicas": 9,
    "cam_release_autoscaling_cpu_percent": 70,
    "cam_release_autoscaling_memory_percent": 80,
    "cam_release_values": {},
    "cam_release_pool_max": 10,
    "cam_release_timeout_seconds": 600,
    "cam_release_image_repository": "cam",
    "cam_release_image_tag": "2.0.0",
    "cam_release_image_digest": "",
    "cam_release_resources": {"requests": {"cpu": "500m", "memory": "1Gi"}},
    "cam_database_max_connections": 100,
    "cam_database_provider": "in_cluster",
    "cam_database_storage_class": "",
    "cam_database_resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
    "cam_database_secret": "postgres-secret",
    "cam_release_api_key_secret": "cam-api-key",
    "cam_cache_provider": "external",
    "cam_cache_secret": "redis-secret",
    "cam_cache_storage_class": "",
    "cam_cache_resources": {},
    "cam_monitoring_provider": "none",
    "cam_monitoring_resources": {},
}


def with_(**changes: Any) -> dict[str, Any]:
    return {**VALUES, **{f"cam_{name}": value for name, value in changes.items()}}


def test_a_typo_is_refused_with_what_was_meant() -> None:
    found = _preflight.names(["cam_release_replica"], ["cam_release_replicas"])
    assert [one.passed for one in found] == [False]
    assert "did you mean cam_release_replicas?" in found[0].text
    assert _preflight.names(["cam_release_replicas"], ["cam_release_replicas"])[0].passed
    assert "READMEs" in _preflight.names(["cam_xyz"], ["cam_release_replicas"])[0].text


def test_an_unknown_environment_is_refused() -> None:
    assert _preflight.environment("prod").passed
    assert "must be one of" in _preflight.environment("production").text


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"release_replicas": 0}, False),
        (
            {"release_autoscaling_enabled": True, "release_autoscaling_min_replicas": 10},
            False,
        ),
        ({"release_autoscaling_enabled": True, "release_autoscaling_min_replicas": 0}, False),
        ({"release_replicas": 0, "release_values": {"keda": {"enabled": True}}}, True),
        (
            {
                "release_autoscaling_max_replicas": 2,
                "release_values": {"keda": {"enabled": True}},
            },
            False,
        ),
    ],
)
def test_replicas_must_be_possible(changes: dict[str, Any], good: bool) -> None:
    assert all(one.passed for one in _preflight.scaling(with_(**changes))) is good


def test_a_target_needs_the_request_that_it_is_a_share_of() -> None:
    bare = {"release_resources": {"requests": {"cpu": "1"}}}
    assert all(one.passed for one in _preflight.scaling(with_(**bare)))
    (found,) = _preflight.scaling(with_(**bare, release_autoscaling_enabled=True))
    assert not found.passed
    assert "no request of memory" in found.text
    assert "cam_release_autoscaling_memory_percent" in found.text


def test_a_line_says_how_a_check_ended() -> None:
    found = [
        _preflight.passed("a", "x"),
        _preflight.warning("b", "y"),
        _preflight.refused("c", "z"),
    ]
    assert [one.line for one in found] == ["passed   a: x", "warning  b: y", "REFUSED  c: z"]
    assert [one.passed for one in found] == [True, True, False]


def test_pools_must_fit_the_database() -> None:
    assert _preflight.connections(VALUES).passed
    refused = _preflight.connections(with_(release_pool_max=30))
    assert "4 pods x cam_release_pool_max 30 = 120, above" in refused.text
    assert "raise the limit to 120 or more" in refused.text
    assert "3 pods of this pool fit" in refused.text
    assert not _preflight.connections(
        with_(release_autoscaling_enabled=True, release_pool_max=20)
    ).passed
    many = {"keda": {"enabled": True}, "database": {"poolMax": 11}}
    assert (
        "10 pods x cam_release_pool_max 11 = 110"
        in _preflight.connections(with_(release_values=many)).text
    )


def strategy(**parts: Any) -> dict[str, Any]:
    return {"strategy": parts}


@pytest.mark.parametrize(
    ("changes", "word", "text"),
    [
        ({}, "passed", "3 pods at most, 1 at a time: 30 s or more, within"),
        ({"release_replicas": 60}, "passed", "600 s or more"),
        ({"release_replicas": 61}, "warning", "61 pods, 1 at a time, take 610 s or more"),
        ({"release_replicas": 120}, "warning", "1200 s or more"),
        # Even if each pod were ready at once.
        ({"release_replicas": 121}, "REFUSED", "121 pods, 1 at a time, take 605 s or more"),
        # What always runs decides about a refusal; what a scaler may come to, about a warning.
        (
            {"release_autoscaling_enabled": True, "release_autoscaling_max_replicas": 200},
            "warning",
            "200 pods, 1 at a time, take 2000 s or more, above cam_release_timeout_seconds 600",
        ),
        (
            {
                "release_autoscaling_enabled": True,
                "release_autoscaling_max_replicas": 200,
                "release_values": strategy(maxSurge="25%"),
            },
            "passed",
            "200 pods at most, 50 at a time: 40 s",
        ),
        ({"release_replicas": 121, "release_values": strategy(maxUnavailable=1)}, "warning", ""),
        (
            {"release_replicas": 121, "release_values": strategy(maxSurge=0, maxUnavailable="10%")},
            "passed",
            "12 at a time",
        ),
        ({"release_replicas": 61, "release_values": {"minReadySeconds": 0}}, "passed", ""),
        ({"release_replicas": 3, "release_timeout_seconds": 14}, "REFUSED", "take 15 s"),
    ],
)
def test_an_update_must_end_within_its_time(changes: dict[str, Any], word: str, text: str) -> None:
    line = _preflight.rollout(with_(**changes)).line
    assert line.startswith(word)
    assert text in line


def test_an_update_that_is_too_slow_says_what_each_remedy_costs() -> None:
    found = _preflight.rollout(with_(release_replicas=200))
    assert "raise cam_release_timeout_seconds to 2000 or more" in found.text
    assert "strategy.maxSurge to 25% in cam_release_values" in found.text
    # 250 pods of 10 connections.
    assert "cam_database_max_connections of 2500 or more" in found.text


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"release_image_tag": "latest"}, False),
        ({"release_image_tag": "not a tag"}, False),
        ({"release_image_digest": "sha256:" + "a" * 64}, True),
        ({"release_image_digest": "abc"}, False),
    ],
)
def test_the_image_names_one_build(changes: dict[str, Any], good: bool) -> None:
    assert _preflight.image(with_(**changes)).passed is good


def test_two_hosts_must_not_share_a_namespace() -> None:
    assert _preflight.twins({"a": ("k", "", "n1"), "b": ("k", "", "n2")}).passed
    assert (
        "a and b are namespace" in _preflight.twins({"a": ("k", "", "n"), "b": ("k", "", "n")}).text
    )


@pytest.mark.parametrize(
    ("minor", "good"), [("36", True), ("36+", True), ("30", True), ("28", False)]
)
def test_the_version_must_be_alive(minor: str, good: bool) -> None:
    assert _preflight_live.version({"major": "1", "minor": minor}).passed is good


def test_a_foreign_namespace_is_refused() -> None:
    mine = {"data": {"environment": "dev", "cluster": "dev"}}
    assert _preflight_live.owner(None, "dev", "dev", "n").passed
    assert _preflight_live.owner(mine, "dev", "dev", "n").passed
    refused = _preflight_live.owner(mine, "prod", "prod", "n")
    assert "belongs to environment 'dev', cluster 'dev'" in refused.text


def storage_class(default: str) -> dict[str, Any]:
    key = "storageclass.kubernetes.io/is-default-class"
    return {"metadata": {"name": "disk", "annotations": {key: default}}}


def test_volumes_need_a_storage_class() -> None:
    assert _preflight_live.storage([storage_class("true")], VALUES).passed
    assert not _preflight_live.storage([storage_class("false")], VALUES).passed
    assert _preflight_live.storage(
        [storage_class("false")], with_(database_storage_class="disk")
    ).passed
    assert not _preflight_live.storage([], with_(database_storage_class="fast")).passed


def node(cpu: str, *images: str, name: str = "n", pods: str = "110") -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "status": {
            "allocatable": {"cpu": cpu, "memory": "16Gi", "pods": pods},
            "images": [{"names": list(images)}, {"names": None}],
        },
    }


def test_a_local_image_must_be_on_the_node() -> None:
    local = with_(release_image_repository="localhost/cam")
    assert _preflight_live.images([node("1")], VALUES).passed
    assert _preflight_live.images([node("1", "localhost/cam:2.0.0")], local).passed
    assert not _preflight_live.images([node("1", "localhost/cam:1.0.0")], local).passed


@pytest.mark.parametrize(
    ("text", "value"),
    [("500m", 0.5), ("2", 2), ("1.5Gi", 1.5 * 2**30), ("128Mi", 2**27), ("1k", 1e3)],
)
def test_quantities(text: str, value: float) -> None:
    assert number(text) == value


def test_no_quantity() -> None:
    with pytest.raises(CamError, match="no Kubernetes quantity"):
        number("lots")
