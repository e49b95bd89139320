"""Only what differs is made anew, one service after another; what is refused changes nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _compose
from ansible_collections.cam.mesh.plugins.module_utils._engine import Done
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_engine import FakeEngine


def document() -> dict[str, Any]:
    return {
        "x-common": {"read_only": True},
        "services": {
            "redis": {
                "image": "redis:7",
                "secrets": ["password"],
                "healthcheck": {"test": "ask $$X"},
            },
            "app": {"image": "app:1", "environment": {"A": "1"}},
        },
        "networks": {"mesh": None},
        "volumes": {"data": {"name": "p-data"}},
        "secrets": {"password": {"file": "./secrets/password"}},
    }  # fmt: skip


class Project:
    """A project of two services in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.fake = FakeEngine()
        self.fake.images = {"redis:7": "r1", "app:1": "a1"}
        self.folder = folder
        (folder / "secrets").mkdir()
        (folder / "secrets" / "password").write_text("first", "utf-8")
        self.document = document()

    def run(self, *, check_mode: bool = False, diff: bool = False, **changes: Any) -> Any:
        params = {
            "project": "p",
            "directory": str(self.folder),
            "document": self.document,
            "delete_data": False,
            "timeout_seconds": 3,
            **changes,
        }
        if changes.get("state") == "absent":
            return _compose.remove(self.fake.engine, params, check_mode=check_mode)
        return _compose.ensure(
            self.fake.engine, params, check_mode=check_mode, diff=diff, sleep=lambda seconds: None
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def done(result: Any) -> list[tuple[str, str]]:
    return [(one["name"], one["action"]) for one in result["services"]]


def test_a_first_run_makes_all_in_order_and_a_second_nothing(project: Project) -> None:
    first = project.run(diff=True)
    assert first["changed"] is True
    assert done(first) == [("redis", "created"), ("app", "created")]
    assert "x-common" not in first["diff"]["after"]
    started = len(project.fake.did("up"))
    again = project.run(diff=True)
    assert (again["changed"], again["services"]) == (False, [])
    assert "diff" not in again
    assert len(project.fake.did("up")) == started == 2


def test_a_dry_run_only_says_what_it_would_do(project: Project) -> None:
    dry = project.run(check_mode=True)
    assert (dry["changed"], len(dry["services"])) == (True, 2)
    assert project.fake.containers == {}
    assert not (project.folder / "compose.yml").exists()


def test_the_file_says_whose_everything_is(project: Project) -> None:
    project.run()
    written = yaml.safe_load((project.folder / "compose.yml").read_text("utf-8"))
    for one in (
        written["services"]["app"],
        written["networks"]["mesh"],
        written["volumes"]["data"],
    ):
        assert one["labels"]["cam.mesh/project"] == "p"
    assert written["volumes"]["data"]["name"] == "p-data"
    assert (project.folder / "compose.yml").stat().st_mode & 0o777 == 0o600


def words_changed(project: Project) -> None:
    project.document["services"]["app"]["environment"] = {"A": "2"}


def image_built(project: Project) -> None:
    project.fake.images["app:1"] = "a2"


def stopped(project: Project) -> None:
    for one in project.fake.containers.values():
        if one["Name"] == "/p-app":
            one["State"] = {"Status": "exited", "ExitCode": 137}


def gone(project: Project) -> None:
    project.fake.containers = {
        one: told for one, told in project.fake.containers.items() if told["Name"] != "/p-app"
    }


@pytest.mark.parametrize(
    ("change", "action", "reason"),
    [
        (words_changed, "replaced", "its configuration changed"),
        (image_built, "replaced", "its image was built anew"),
        (stopped, "replaced", "it is exited, exit code 137"),
        (gone, "created", "0 containers instead of 1"),
    ],
)
def test_only_what_differs_is_made_anew(
    project: Project, change: Callable[[Project], None], action: str, reason: str
) -> None:
    project.run()
    change(project)
    result = project.run()
    assert result["services"] == [{"name": "app", "action": action, "reason": reason}]
    assert project.run()["changed"] is False


def test_a_changed_secret_replaces_who_has_it(project: Project) -> None:
    project.run()
    (project.folder / "secrets" / "password").write_text("second", "utf-8")
    assert done(project.run()) == [("redis", "replaced")]


def test_what_is_in_the_file_no_more_is_removed(project: Project) -> None:
    project.run()
    del project.document["services"]["app"]
    assert done(project.run()) == [("app", "removed")]
    assert len(project.fake.containers) == 1


def test_a_service_waits_for_the_one_before_to_be_healthy(project: Project) -> None:
    project.fake.answers["podman", "exec"] = Done(1, "", "not yet")
    with pytest.raises(CamError, match=r"redis does not become healthy: .*last words"):
        project.run()
    tried = [call for call in project.fake.calls if call[1] == "exec"]
    assert tried[0][-3:] == ["sh", "-c", "ask $X"]
    assert len(tried) == 3
    assert len(project.fake.containers) == 1


def test_one_that_keeps_ending_is_not_waited_for(project: Project) -> None:
    project.fake.start = lambda service: "restarting"
    with pytest.raises(CamError, match="restarting and was restarted 9 times"):
        project.run()
    assert [call for call in project.fake.calls if call[1] == "exec"] == []


def test_a_start_that_fails_in_silence_is_seen(project: Project) -> None:
    project.fake.start = lambda service: ""
    with pytest.raises(CamError, match="redis could not be started: Error: the engine does not"):
        project.run()


def test_a_taken_port_is_refused_before_anything_happens(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        project.document["services"]["app"]["ports"] = [f"127.0.0.1:{port}:8080"]
        with pytest.raises(CamError, match=f"app cannot have port {port} on 127.0.0.1"):
            project.run()
    assert project.fake.containers == {}
    project.run()


def test_removal_keeps_the_data_unless_asked(project: Project) -> None:
    project.run()
    dry = project.run(state="absent", check_mode=True)
    assert (dry["changed"], len(project.fake.containers)) == (True, 2)
    kept = project.run(state="absent")
    assert (kept["changed"], kept["kept_volumes"]) == (True, ["data"])
    assert (project.fake.containers, project.fake.networks) == ({}, set())
    assert project.run(state="absent")["changed"] is False
    asked = project.run(state="absent", delete_data=True)
    assert (asked["changed"], asked["kept_volumes"]) == (True, [])
    assert project.fake.volumes == set()


def test_what_takes_requests_is_stopped_before_what_it_asks(project: Project) -> None:
    project.document["services"]["app"]["ports"] = ["127.0.0.1:0:8080"]
    project.run()
    project.run(state="absent")
    stopped = [call[4].split("-")[1] for call in project.fake.calls if call[1] == "stop"]
    assert stopped == ["app", "redis"]


def test_without_an_engine_the_module_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    params = {"engine": "auto", "state": "present"}
    result = call(_compose.run, params, check_mode=False, diff=False)
    assert "no container engine can be used" in result["msg"]
    monkeypatch.setattr(_compose, "MISSING_LIBRARY", "No module named 'yaml'")
    result = call(_compose.run, params, check_mode=False, diff=False)
    assert "pip install PyYAML" in result["msg"]
