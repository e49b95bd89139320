"""A fault turns the verdict red and names the cause; a deploy turns it green again."""

from __future__ import annotations

import pytest
from faults import FAULTS, Fault
from mesh import Mesh


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_verdict_is_red_and_names_the_cause(mesh: Mesh, fault: Fault) -> None:
    fault.inject(mesh)
    sick = mesh.play("playbooks/health.yml")
    assert sick.code != 0
    assert fault.cause in sick.text
    assert "Traceback" not in sick.text
    healed = mesh.play("deploy.yml")
    assert healed.code == 0, healed.text[-3000:]
