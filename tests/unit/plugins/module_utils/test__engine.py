"""An engine is found or its absence is explained; what it says is read alike for all."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._engine import Done, Engine, execute
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from fake_engine import GOOD, FakeEngine


def test_the_first_that_answers_is_taken() -> None:
    fake = FakeEngine()
    found = Engine.find("auto", fake)
    assert (found.name, found.compose) == ("podman", ("podman-compose",))
    fake.answers[("docker",)] = GOOD
    found = Engine.find("auto", fake)
    assert (found.name, found.compose) == ("docker", ("docker", "compose"))


def test_a_client_without_a_server_is_no_engine() -> None:
    fake = FakeEngine()
    fake.answers[("docker", "info")] = Done(1, "", "Cannot connect to the Docker daemon")
    assert Engine.find("auto", fake).name == "podman"
    with pytest.raises(CamError, match="docker: Cannot connect to the Docker daemon"):
        Engine.find("docker", fake)


def test_nothing_is_explained() -> None:
    fake = FakeEngine()
    fake.answers[("podman", "info")] = Done(127, "", "podman: No such file or directory")
    with pytest.raises(CamError, match=r"docker: No such file.*podman: No such file.*Install"):
        Engine.find("auto", fake)


def test_an_engine_without_a_client_is_explained() -> None:
    fake = FakeEngine()
    fake.answers[("podman-compose",)] = Done(127, "", "podman-compose: No such file or directory")
    fake.answers[("podman", "compose")] = Done(125, "", "unrecognized command")
    with pytest.raises(CamError, match="podman answers, but not podman-compose nor podman compose"):
        Engine.find("podman", fake)


def test_a_failure_is_the_line_that_names_it() -> None:
    fake = FakeEngine()
    fake.answers[("podman", "ps")] = Done(125, "", "Error: database is locked\nexit code: 125")
    with pytest.raises(CamError, match=r"^podman ps failed: Error: database is locked$"):
        fake.engine.containers("p")


def test_a_program_that_is_not_there_or_does_not_end_is_a_code() -> None:
    assert execute(["cam-no-such-program"], "", 5).code == 127
    slow = execute(["sleep", "60"], "", 0.1)
    assert (slow.code, slow.reason) == (124, "sleep 60: no end after 0 s")
    assert execute(["cat"], "words", 5).out == "words"
