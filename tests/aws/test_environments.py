"""An environment at AWS as it stands, with what only a user can say: planned in full."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from aws_mesh import SAID
from doubles.aws.guard import require_double
from doubles.aws.server import running
from paths import BIN, ENVIRONMENT, ROOT


def test_a_dry_run_on_an_empty_account_lists_all_of_it(tmp_path: Path) -> None:
    authorities = tmp_path / "authorities.pem"
    authorities.touch()
    given = {
        **SAID,
        "cam_cluster_aws_kubeconfig": str(tmp_path / "kubeconfig"),
        "cam_database_aws_ca_file": str(authorities),
        "cam_cache_aws_ca_file": str(authorities),
    }
    with running() as double:
        told = {**ENVIRONMENT, **double.environment()}
        require_double(told)
        done = subprocess.run(
            [
                BIN / "ansible-playbook", "deploy.yml", "-i", "inventories/prod",
                "-e", json.dumps(given), "--check", "--diff",
            ],
            cwd=ROOT, env=told, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:]
        assert double.calls(mutating=True) == []
    for part in ("cluster", "nodes", "db", "cache"):
        assert f"cam-{part}-prod" in done.stdout, part
    assert done.stdout.count("would create") > 40
    assert "would install release cam-arbitration-mesh" in done.stdout
    assert not (tmp_path / "kubeconfig").exists()
