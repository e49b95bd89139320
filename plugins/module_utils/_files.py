# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that several runs share: one writer at a time, and never half a file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError


@contextlib.contextmanager
def locked(path: Path, seconds: float = 30) -> Iterator[None]:
    """Hold the lock of this file; the kernel frees it when its holder dies."""
    with reported(path), path.open("a") as file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CamError(
                        f"another run holds {path} for more than {seconds:.0f} s; "
                        f"`fuser {path}` names it"
                    ) from None
                time.sleep(0.05)
        yield


@contextlib.contextmanager
def reported(path: Path) -> Iterator[None]:
    """A full disk or a missing permission is a sentence, not a traceback."""
    try:
        yield
    except OSError as error:
        raise CamError(f"{error.filename or path}: {error.strerror}") from error


def make_folder(path: Path) -> Path:
    with reported(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def replace(path: Path, text: str, mode: int) -> None:
    """Readers see the old file or the new one, also when the machine stops in between."""
    with reported(path):
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
                os.fchmod(handle, mode)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
