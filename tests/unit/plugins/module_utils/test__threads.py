"""Jobs side by side: results in order, errors kept, and one that hangs holds nobody up."""

from __future__ import annotations

import subprocess
import sys
import threading

from ansible_collections.cam.mesh.plugins.module_utils import _threads
from ansible_collections.cam.mesh.plugins.module_utils._threads import side_by_side


def test_results_come_in_the_order_of_the_jobs() -> None:
    jobs = [lambda number=number: number * 2 for number in range(20)]
    assert side_by_side(jobs, workers=4, seconds=5) == list(range(0, 40, 2))
    assert side_by_side([], workers=4, seconds=5) == []


def test_an_error_is_kept_in_its_place() -> None:
    first, second = side_by_side([lambda: 1 / 1, lambda: 1 / 0], workers=2, seconds=5)
    assert first == 1
    assert isinstance(second, ZeroDivisionError)


def test_what_hangs_is_none_and_the_others_are_there() -> None:
    released = threading.Event()
    found = side_by_side([released.wait, lambda: True], workers=2, seconds=0.2)
    released.set()
    assert found == [None, True]


def test_a_thread_that_hangs_does_not_hold_up_the_end_of_python() -> None:
    script = (
        "import threading, importlib.util as u;"
        f"s = u.spec_from_file_location('t', {_threads.__file__!r}); m = u.module_from_spec(s);"
        "s.loader.exec_module(m);"
        "print(m.side_by_side([threading.Event().wait], workers=1, seconds=0.1))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=20)
    assert done.stdout == b"[None]\n"
