"""Runs commands; progress goes to stderr, a failure says what was run and where its log is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TAIL_LINES = 20


class LabError(Exception):
    """A sentence for the operator: what was found, what is needed, what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> str:
    """Return the output of a short command."""
    done = subprocess.run(
        [str(part) for part in argv],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LabError(f"{argv[0]} failed with code {done.returncode}: {tail(done.stderr)}")
    return done.stdout


def run_logged(
    title: str,
    argv: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a long command at low priority, its output to a log, a line of progress now and then."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    say(f"  {title} ... (log: {log})")
    with log.open("ab") as out:
        process = subprocess.Popen(
            ["nice", *[str(part) for part in argv]],
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        while True:
            try:
                code = process.wait(timeout=30)
                break
            except subprocess.TimeoutExpired:
                say(f"  {title}: {time.monotonic() - started:.0f} s so far")
    if code:
        raise LabError(
            f"{title} failed with code {code}; the end of {log}:\n{tail(log.read_text('utf-8'))}"
        )
    say(f"  {title}: done in {time.monotonic() - started:.0f} s")


def tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-TAIL_LINES:])


def wait_for(what: str, ready: Callable[[], bool], seconds: float, hint: str) -> None:
    """Poll until ready; report every 15 s; give up with a hint."""
    started = last = time.monotonic()
    while not ready():
        now = time.monotonic()
        if now - started > seconds:
            raise LabError(f"waited {seconds:.0f} s for {what}; {hint}")
        if now - last > 15:
            say(f"  waiting for {what}: {now - started:.0f} s so far")
            last = now
        time.sleep(0.5)
