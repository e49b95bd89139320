"""playbooks/smoke.yml writes nothing on prod that nobody confirmed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from paths import BIN, ENVIRONMENT, ROOT

REFUSED = "makes and deletes policies on eu of environment prod"


def smoke(folder: Path, environment: str, **variables: Any) -> str:
    """What the play says of a cluster that never answers."""
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text("not a kubeconfig", "utf-8")
    known = {
        "cam_environment": environment,
        "cam_cluster_provider": "existing",
        "cam_cluster_kubeconfig": str(kubeconfig),
        "cam_database_provider": "in_cluster",
        "cam_cache_provider": "in_cluster",
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    inventory = folder / "hosts.yml"
    hosts = {"cam_clusters": {"hosts": {"eu": {}}, "vars": known}}
    inventory.write_text(json.dumps(hosts), "utf-8")
    words = ["playbooks/smoke.yml", "-i", inventory, "-e", json.dumps(variables)]
    done = subprocess.run(
        [BIN / "ansible-playbook", *words],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0, done.stdout
    return " ".join(done.stdout.split())


def test_the_suite_that_writes_is_refused_on_prod_before_anything_is_asked(tmp_path: Path) -> None:
    said = smoke(tmp_path, "prod")
    assert REFUSED in said
    assert "Confirm with -e cam_load_confirm=prod" in said
    assert "-e cam_load_integration_enabled=false" in said
    assert "Use the mesh as a client would" not in said


@pytest.mark.parametrize(
    ("environment", "variables"),
    [
        ("prod", {"cam_load_confirm": "prod"}),
        ("prod", {"cam_load_integration_enabled": "false"}),
        ("staging", {}),
    ],
)
def test_what_is_confirmed_or_only_reads_or_elsewhere_is_free(
    tmp_path: Path, environment: str, variables: dict[str, Any]
) -> None:
    said = smoke(tmp_path, environment, **variables)
    assert REFUSED not in said
    assert "Use the mesh as a client would" in said


def test_another_word_is_no_confirmation(tmp_path: Path) -> None:
    assert REFUSED in smoke(tmp_path, "prod", cam_load_confirm="yes")
