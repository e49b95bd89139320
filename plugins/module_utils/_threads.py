# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions side by side; one that hangs holds up nobody, not even the end of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue


# pylint assumes Python 3.9 of every module; tests/config.yml demands 3.12.
# pylint: disable-next=using-generic-type-syntax-in-unsupported-version
def side_by_side[Result](
    jobs: Sequence[Callable[[], Result]], *, workers: int, seconds: float
) -> list[Result | Exception | None]:
    """What each job returned or raised, in order; None for those that did not end in time."""
    waiting: SimpleQueue[tuple[int, Callable[[], Result]]] = SimpleQueue()
    ended: SimpleQueue[tuple[int, Result | Exception]] = SimpleQueue()
    for item in enumerate(jobs):
        waiting.put(item)

    def work() -> None:
        while True:
            try:
                number, job = waiting.get_nowait()
            except Empty:
                return
            try:
                ended.put((number, job()))
            except Exception as error:
                ended.put((number, error))

    # Daemons: the threads of concurrent.futures are waited for when Python ends.
    for _worker in range(min(workers, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    results: list[Result | Exception | None] = [None] * len(jobs)
    deadline = time.monotonic() + seconds
    for _job in jobs:
        try:
            number, result = ended.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        results[number] = result
    return results
