# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container engine of a machine, Docker or Podman, by its own command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# Each engine with the clients that read a Compose file for it, the first that works is taken.
CLIENTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "docker": (("docker", "compose"),),
    "podman": (("podman-compose",), ("podman", "compose")),
}
AUTO = "auto"
LABEL_PROJECT = "cam.mesh/project"
LABEL_SERVICE = "cam.mesh/service"
LABEL_CONFIG = "cam.mesh/config"
LABELS = (LABEL_PROJECT, LABEL_SERVICE, LABEL_CONFIG, _names.LABEL_MANAGED_BY)


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """The line that names the error, else the last one that it said."""
        said = (self.err.strip() or self.out.strip()).splitlines()
        errors = [line for line in said if "error" in line.lower()]
        return (errors or said or [f"exit code {self.code}"])[-1].strip()


Execute = Callable[[Sequence[str], str, float], Done]


def execute(argv: Sequence[str], stdin: str, timeout: float) -> Done:
    """Runs a command; what cannot run or does not end is a code, not an exception."""
    try:
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            list(argv), input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
    except OSError as error:
        return Done(127, "", f"{argv[0]}: {error.strerror}")
    except subprocess.TimeoutExpired:
        return Done(124, "", f"{' '.join(argv[:3])}: no end after {timeout:.0f} s")
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Container:
    """One container of a project."""

    id: str
    name: str
    service: str
    config: str
    state: str
    exit_code: int
    restarts: int
    image: str
    image_id: str
    # Whether it takes requests from outside.
    published: bool = False

    @property
    def running(self) -> bool:
        return self.state == "running"


@dataclass(frozen=True)
class Engine:
    """An engine that answered, and the client that reads Compose files for it."""

    name: str
    compose: tuple[str, ...]
    execute: Execute = execute

    @classmethod
    def find(cls, wanted: str, execute: Execute = execute) -> Engine:
        """The wanted engine, or the first one that answers and has a client."""
        said = []
        for name in CLIENTS if wanted == AUTO else (wanted,):
            answer = execute([name, "info"], "", 30)
            if answer.code:
                said.append(f"{name}: {answer.reason}")
                continue
            for client in CLIENTS[name]:
                if execute([*client, "version"], "", 30).code == 0:
                    return cls(name, client, execute)
            names = " nor ".join(" ".join(client) for client in CLIENTS[name])
            said.append(f"{name} answers, but not {names}")
        raise CamError(
            f"no container engine can be used ({'; '.join(said)}). Install Docker with its Compose "
            "plugin, or Podman with podman-compose; cam_compose_engine chooses between them."
        )

    def run(self, *words: str, stdin: str = "", timeout: float = 60) -> Done:
        return self.execute([self.name, *words], stdin, timeout)

    def must(self, *words: str, timeout: float = 60) -> str:
        """The output of a command that has to succeed."""
        done = self.run(*words, timeout=timeout)
        if done.code:
            raise CamError(f"{self.name} {words[0]} failed: {done.reason}")
        return done.out

    def containers(self, project: str) -> list[Container]:
        """All containers of a project, stopped ones too, in the order of their names."""
        listed = self.must(
            "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL_PROJECT}={project}"
        )
        if not listed.split():
            return []
        told = json.loads(self.must("inspect", "--type", "container", *listed.split()))
        return sorted(map(_container, told), key=lambda one: one.name)

    def image_id(self, image: str) -> str:
        """The id of an image that is here, or an empty text."""
        done = self.run("image", "inspect", "--format", "{{.Id}}", image)
        return "" if done.code else _bare(done.out.strip())

    def exec(
        self, container: str, argv: Sequence[str], stdin: str = "", timeout: float = 15
    ) -> Done:
        return self.run("exec", "--interactive", container, *argv, stdin=stdin, timeout=timeout)

    def last_words(self, container: str) -> str:
        """The last line of a container's log."""
        done = self.run("logs", "--tail", "1", container)
        return (done.out + done.err).strip()[-300:]


def _container(told: Mapping[str, Any]) -> Container:
    labels, state = told["Config"].get("Labels") or {}, told["State"]
    return Container(
        id=told["Id"],
        name=told["Name"].lstrip("/"),
        service=labels.get(LABEL_SERVICE, ""),
        config=labels.get(LABEL_CONFIG, ""),
        state=state["Status"],
        exit_code=int(state.get("ExitCode", 0)),
        restarts=int(told.get("RestartCount", 0)),
        image=told["Config"]["Image"],
        image_id=_bare(told["Image"]),
        published=any((told["HostConfig"].get("PortBindings") or {}).values()),
    )


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
