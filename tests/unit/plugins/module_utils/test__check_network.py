"""Network policies hold only if an attempt against them fails, for a reason that they explain."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._check_network import network_policy


@pytest.mark.parametrize(
    ("code", "error", "state"),
    [
        (0, "", "degraded"),
        (124, "", "ok"),
        (143, "", "ok"),
        (1, "bash: connect: Connection refused", "ok"),
        (1, "bash: connect: No route to host", "ok"),
        (1, "bash: /dev/tcp/10.0.0.1/8080: No such file or directory", "unknown"),
        (127, "timeout: failed to run command 'bash': No such file or directory", "unknown"),
        (137, "", "unknown"),
    ],
)
def test_only_an_attempt_that_was_cut_off_shows_policies_at_work(
    code: int, error: str, state: str
) -> None:
    found = network_policy("Pod/cam-1", code, error, accepted=False)
    assert found.state == state
    assert found.observed.startswith("enforced") == (state == "ok")


def test_a_network_that_enforces_nothing_is_told_whatever_the_inventory_says() -> None:
    accepted = network_policy("Pod/cam-1", 0, "", accepted=True)
    assert accepted.state == "not_configured"
    assert accepted.observed.startswith("not enforced: the database reached Pod/cam-1")
