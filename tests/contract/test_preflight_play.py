"""Bad input stops the play with one clear message, before anything is changed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from charts import ENVIRONMENTS
from fatal import refused
from paths import BIN, ENVIRONMENT, ROOT

# Nobody's credentials, wherever boto3 looks.
NOBODY = {
    **{name: value for name, value in ENVIRONMENT.items() if not name.startswith("AWS_")},
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
MISSING = {
    "cam_cluster_aws_region": "eu-central-1",
    "cam_cluster_aws_public_access_cidrs": ["8.8.8.8/32"],
    "cam_database_aws_ca_file": __file__,
    "cam_cache_aws_ca_file": __file__,
}


def preflight(*words: str, inventory: str = "prod") -> tuple[int, str]:
    done = subprocess.run(
        [
            BIN / "ansible-playbook", "playbooks/preflight.yml", "-i", f"inventories/{inventory}",
            "-e", "cam_preflight_live=false", *words,
        ],
        cwd=ROOT, env=NOBODY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("inventory", [*ENVIRONMENTS, "existing"])
def test_the_inventories_pass(inventory: str, renderings: Callable[[str], Path]) -> None:
    """Rendering begins with the static phase, as every playbook does."""
    text = " ".join(renderings(inventory).with_suffix(".txt").read_text("utf-8").split())
    assert "passed environment: cam_environment is " in text
    assert "REFUSED" not in text


def test_the_local_inventory_passes() -> None:
    code, text = preflight(inventory="local")
    assert code == 0, text
    assert "REFUSED" not in text


# What stops a run at the same task is said of all clusters at once.
BAD: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "environment": {"a": ({"cam_environment": "production"}, "must be one of")},
    "name": {"a": ({"cam_release_replica": 3}, "did you mean cam_release_replicas?")},
    "type": {
        "a": (
            {"cam_cluster_provider": "openstack"},
            "must be one of: aws, existing, local, got: openstack",
        ),
        "b": ({"cam_release_replicas": "many"}, "cannot be converted to an int"),
    },
    "value": {
        "a": (
            {"cam_release_autoscaling_enabled": False, "cam_release_replicas": 0},
            "must be 1 or more",
        ),
        "b": ({"cam_release_autoscaling_min_replicas": 201}, "not above the second"),
        "c": ({"cam_release_image_tag": "latest"}, "must name one version"),
        "d": ({"cam_release_pool_max": 50}, "above cam_database_max_connections"),
    },
}


@pytest.mark.parametrize("clusters", BAD.values(), ids=BAD)
def test_bad_input_is_refused(
    tmp_path: Path, clusters: dict[str, tuple[dict[str, Any], str]]
) -> None:
    hosts = {name: given for name, (given, _) in clusters.items()}
    file = tmp_path / "hosts.yml"
    file.write_text(json.dumps({"cam_clusters": {"hosts": hosts}}), "utf-8")
    code, text = preflight("-i", str(file), "--limit", "localhost,a,b,c,d")
    assert code != 0
    assert "Traceback" not in text
    for name, (_, message) in clusters.items():
        assert message in refused(text, name), name


def test_an_inventory_that_does_not_exist_is_no_success() -> None:
    code, _ = preflight(inventory="prdo")
    assert code != 0


def test_a_missing_kubeconfig_is_the_only_refusal_of_the_live_phase() -> None:
    code, text = preflight("-e", "cam_preflight_live=true", inventory="existing")
    assert code != 0
    assert "REFUSED" not in text
    assert "set it in the inventory or with -e cam_cluster_kubeconfig=FILE" in text


def asked_for(**given: Any) -> list[str]:
    """What the live phase of prod refuses, once all static checks passed."""
    known = {**given, "cam_preflight_live": True}
    code, text = preflight("-e", json.dumps(known))
    assert code != 0
    judged, _, account = text.partition("Judge the account")
    assert "REFUSED" not in judged
    assert "passed environment: cam_environment is prod" in judged
    assert "FAILED!" in account
    refused = account.partition("FAILED!")[2].partition("PLAY RECAP")[0]
    return [name for name in (*MISSING, "Give credentials") if name in refused]


def test_what_only_the_user_can_say_of_aws_is_asked_for_at_once() -> None:
    # The authority of ElastiCache is where Debian keeps it.
    wrong = {"cam_cache_aws_ca_file": "/nowhere.pem"}
    assert asked_for(**wrong) == [*MISSING, "Give credentials"]


def test_credentials_are_asked_for_alone_where_the_inventory_says_the_rest() -> None:
    assert asked_for(**MISSING) == ["Give credentials"]
