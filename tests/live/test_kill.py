"""A deploy that was killed is finished by the next one, wherever it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kill import kill_deploy
from mesh import Mesh


@pytest.fixture
def empty(neighbour: None) -> Iterator[Mesh]:
    """A namespace in which nothing was deployed yet."""
    fresh = Mesh.local("cam-kill", cam_monitoring_provider="none")
    yield fresh
    removed = fresh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, removed.text[-4000:]


def test_the_next_run_finishes_the_job(empty: Mesh) -> None:
    """One deploy is killed again and again, each time further on."""
    for task, seconds in (
        ("cam_database : Provide the server", 1.0),
        ("cam_release : Provide the release", 4.0),
        ("cam_health : Judge every part", 0.5),
    ):
        kill_deploy(empty, at=task, after_seconds=seconds)
    finished = empty.play("deploy.yml")
    assert finished.code == 0, finished.text[-4000:]
    assert "healthy" in finished.text
    assert empty.play("deploy.yml").changed == 0
