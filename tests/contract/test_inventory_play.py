"""A verb that finds nothing to work on, or a wish that nothing reads, is no success."""

from __future__ import annotations

import subprocess

import pytest
from paths import BIN, ENVIRONMENT, ROOT

VERBS = ("health", "rollback", "destroy")


def refusal(verb: str, *words: str) -> str:
    done = subprocess.run(
        [BIN / "ansible-playbook", f"playbooks/{verb}.yml", *words],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0, done.stdout
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("verb", VERBS)
def test_an_inventory_without_clusters_is_refused(verb: str) -> None:
    assert "no host in the group cam_clusters" in refusal(verb, "-i", "one,")


@pytest.mark.parametrize("verb", VERBS)
def test_a_variable_that_nothing_reads_is_refused(verb: str) -> None:
    text = refusal(verb, "-i", "inventories/prod", "-e", "cam_release_revison=3")
    assert "unknown variable cam_release_revison; did you mean cam_release_revision?" in text
    assert "Read where everything is" not in text
