# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The helm binary: argument lists, values only through a private file, a deadline that holds."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# Seconds that helm gets to end by itself after its own --timeout, and after a TERM.
GRACE = 30.0
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?")


@dataclass(frozen=True)
class Helm:
    """One release of one namespace, seen through one kubeconfig."""

    binary: str
    kubeconfig: str
    context: str
    namespace: str
    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise CamError(
                f"release name '{self.name}': lower-case letters, digits and hyphens, at most 53"
            )

    def template(
        self, chart: str, values: Mapping[str, Any], version: str, apis: Sequence[str]
    ) -> str:
        """The documents that this chart and these values give on this cluster."""
        with values_file(values) as file:
            return self._run(
                [
                    "template",
                    self.name,
                    chart,
                    "--values",
                    file,
                    "--no-hooks",
                    "--kube-version",
                    version,
                    "--api-versions",
                    ",".join(apis),
                ],
                60.0,
            )

    def upgrade(
        self,
        chart: str,
        values: Mapping[str, Any],
        *,
        timeout: float,
        history: int,
        wait: bool,
        watch: Callable[[], str],
    ) -> None:
        """Install or upgrade; `watch` returns a cause that makes waiting on pointless."""
        with values_file(values) as file:
            self._run(
                [
                    "upgrade",
                    self.name,
                    chart,
                    "--install",
                    "--values",
                    file,
                    "--history-max",
                    str(history),
                    "--server-side=true",
                    "--force-conflicts",
                    "--timeout",
                    f"{int(timeout)}s",
                    *(["--wait"] if wait else []),
                ],
                timeout + GRACE,
                watch,
            )

    def rollback(
        self, revision: int, *, timeout: float, wait: bool, watch: Callable[[], str]
    ) -> None:
        self._run(
            [
                "rollback",
                self.name,
                str(revision),
                "--no-hooks",
                "--force-conflicts",
                "--server-side=true",
                "--timeout",
                f"{int(timeout)}s",
                *(["--wait"] if wait else []),
            ],
            timeout + GRACE,
            watch,
        )

    def uninstall(self, *, timeout: float) -> None:
        self._run(
            ["uninstall", self.name, "--wait", "--timeout", f"{int(timeout)}s"], timeout + GRACE
        )

    def _run(
        self, words: Sequence[str], deadline: float, watch: Callable[[], str] = lambda: ""
    ) -> str:
        argv = [self.binary, *words, "--namespace", self.namespace, "--kubeconfig", self.kubeconfig]
        if self.context:
            argv += ["--kube-context", self.context]
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            try:
                # A session of its own: a Ctrl-C of the operator must not leave a release half made.
                # AnsibleModule.run_command can neither watch nor give up while it runs.
                process = subprocess.Popen(  # pylint: disable=ansible-bad-function
                    argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
                )
            except OSError as error:
                raise CamError(
                    f"helm '{self.binary}' cannot be run ({error.strerror}): install Helm 4 or set "
                    "cam_release_helm to its path"
                ) from None
            cause = _wait(process, deadline, watch)
            out.seek(0)
            err.seek(0)
            output, complaint = out.read(), err.read()
        if cause or process.returncode:
            raise CamError(cause or f"helm {words[0]} failed: {_last(complaint)}")
        return output


@contextlib.contextmanager
def values_file(values: Mapping[str, Any]) -> Iterator[str]:
    """A file that only this user reads, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cam-values-") as folder:
        file = Path(folder, "values.json")
        file.touch(mode=0o600)
        file.write_text(json.dumps(values), "utf-8")
        yield str(file)


def _wait(process: subprocess.Popen[bytes], deadline: float, watch: Callable[[], str]) -> str:
    """Wait for the end; return why it had to be ended, or nothing."""
    waited = 0.0
    while True:
        try:
            process.wait(timeout=2.0)
            return ""
        except subprocess.TimeoutExpired:
            waited += 2.0
        cause = watch()
        if not cause and waited > deadline:
            cause = f"helm did not end within {deadline:.0f} s"
        if cause:
            _end(process)
            return cause


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE)
            return


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if not line.startswith("level=")]
    return " ".join(lines[-4:]) or text.strip()[-400:] or "no output"
