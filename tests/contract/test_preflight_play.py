"""Bad input stops the play with one clear message, before anything is changed."""

from __future__ import annotations

import subprocess

import pytest
from paths import BIN, ENVIRONMENT, ROOT


def preflight(*words: str, inventory: str = "prod") -> tuple[int, str]:
    done = subprocess.run(
        [
            BIN / "ansible-playbook", "playbooks/preflight.yml", "-i", f"inventories/{inventory}",
            "-e", "cam_preflight_live=false", *words,
        ],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("inventory", ["dev", "staging", "prod", "local"])
def test_the_inventories_pass(inventory: str) -> None:
    code, text = preflight(inventory=inventory)
    assert code == 0, text
    assert "REFUSED" not in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("cam_environment=production", "must be one of"),
        ("cam_cluster_provider=openstack", "must be one of: aws, existing, local, got: openstack"),
        ("cam_release_replica=3", "did you mean cam_release_replicas?"),
        (
            '{"cam_release_autoscaling_enabled": false, "cam_release_replicas": 0}',
            "must be 1 or more",
        ),
        ('{"cam_release_autoscaling_min_replicas": 201}', "not above the second"),
        ("cam_release_replicas=many", "cannot be converted to an int"),
        ("cam_release_image_tag=latest", "must name one version"),
        ('{"cam_release_pool_max": 50}', "above cam_database_max_connections"),
    ],
)
def test_bad_input_is_refused(given: str, message: str) -> None:
    code, text = preflight("-e", given)
    assert code != 0
    assert message in text
    assert "Traceback" not in text


def test_an_inventory_that_does_not_exist_is_no_success() -> None:
    code, _ = preflight(inventory="prdo")
    assert code != 0


def test_a_missing_kubeconfig_is_the_only_refusal_of_the_live_phase() -> None:
    code, text = preflight("-e", "cam_preflight_live=true")
    assert code != 0
    assert "REFUSED" not in text
    assert "set it in the inventory or with -e cam_cluster_kubeconfig=FILE" in text
