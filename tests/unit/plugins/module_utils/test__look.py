"""What the checks share is read once, and errors are shared as well."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _look
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import LARGEST_ANSWER_BYTES, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, condition, when
from fake_api import FakeApi
from fake_mesh import APP, SPACE, Mesh


@pytest.fixture
def mesh(api: FakeApi, kubeconfig: str) -> Mesh:
    return Mesh(api, kubeconfig)


@pytest.fixture
def look(mesh: Mesh, kube: Any) -> Look:
    return Look(kube, mesh.options())


def test_each_thing_is_read_once_however_many_ask(mesh: Mesh, look: Look) -> None:
    threads = [threading.Thread(target=look.objects, args=("v1", "pods")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(look.app_pods) == 2
    assert [path for _, path, *_ in mesh.api.requests] == [f"{SPACE}/pods"]


def test_an_error_is_everybodys(look: Look) -> None:
    calls = []

    def fail() -> None:
        calls.append(1)
        raise CamError("no")

    for _ in range(3):
        with pytest.raises(CamError, match="no"):
            look.once("key", fail)
    assert calls == [1]


def test_who_waits_for_the_answer_to_another_waits_no_longer_than_for_its_own(look: Look) -> None:
    released = threading.Event()
    first = threading.Thread(target=look.once, args=("key", lambda: released.wait(20)))
    look.timeout = 0.2
    first.start()
    with pytest.raises(TimeoutError, match="no answer within"):
        look.once("key", lambda: None)
    released.set()
    first.join()


def test_a_reader_that_is_too_late_says_so_itself(look: Look) -> None:
    def late() -> None:
        raise TimeoutError("the read operation timed out")

    with pytest.raises(TimeoutError, match="the read operation timed out"):
        look.once("key", late)


def test_many_pods_are_asked_side_by_side(look: Look) -> None:
    assert look.each(lambda number: number + 1, [1, 2, 3]) == [2, 3, 4]
    with pytest.raises(ZeroDivisionError):
        look.each(lambda number: 1 // number, [1, 0])


def test_too_many_to_ask_in_time_are_no_failure_of_theirs(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    def some_fail(seconds: float) -> float:
        if seconds < 1:
            raise CamError("what one of them says counts more than who is late")
        return answer(seconds)

    monkeypatch.setattr(_look, "GRACE_SECONDS", 0.0)
    look.timeout = 0.4
    with pytest.raises(CamError, match=r"only 8 of 9 answered in 0\.4 s"):
        look.each(answer, [5.0, *[0.1] * 8])

    with pytest.raises(CamError, match="what one of them says"):
        look.each(some_fail, [5.0, 0.0])


def test_one_that_hangs_is_waited_for_until_it_says_so_itself(look: Look) -> None:
    look.timeout = 0.2

    def hang(_: int) -> None:
        time.sleep(0.3)
        raise TimeoutError("gave no answer within 0.2 s")

    with pytest.raises(TimeoutError, match="gave no answer within"):
        look.each(hang, [1])


def test_an_endless_answer_ends_as_a_cause(mesh: Mesh, look: Look) -> None:
    mesh.answer(f"{APP}/health", b"x" * (LARGEST_ANSWER_BYTES + 1))
    with pytest.raises(CamError, match="answers with more than 8 MiB"):
        look.service("/health")


def test_a_redirect_is_an_answer_and_not_followed(mesh: Mesh, look: Look) -> None:
    mesh.answer(f"{APP}/ready", b"", 302)
    assert look.service("/ready").status == 302


def test_what_is_too_busy_is_asked_once(mesh: Mesh, look: Look) -> None:
    mesh.answer(f"{APP}/ready", b"busy", 429)
    assert look.service("/ready").status == 429
    assert len([path for _, path, *_ in mesh.api.requests if path.endswith("/ready")]) == 1


def test_a_slow_answer_is_called_slow(mesh: Mesh, look: Look) -> None:
    released = threading.Event()
    mesh.api.answers["GET", f"{APP}/ready"] = lambda query, body: released.wait(20)
    look.timeout = 0.3
    with pytest.raises(KubeError, match="gave no answer within") as caught:
        look.service("/ready")
    released.set()
    assert caught.value.reason == "Timeout"


def test_the_newest_lines_of_a_log(mesh: Mesh, look: Look) -> None:
    mesh.answer(f"{SPACE}/pods/cam-1/log", b"one\n\n  two \n")
    assert look.log("cam-1", "cam-app", previous=True) == ["one", "two"]
    assert look.log("cam-2", "cam-app", previous=False) == []


def test_a_condition_that_is_not_there_is_empty() -> None:
    assert condition({}, "Ready") == {}


def test_times_are_those_of_kubernetes() -> None:
    assert when("2026-11-25T03:00:00Z").isoformat() == "2026-11-25T03:00:00+00:00"
