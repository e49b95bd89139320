"""A container engine in memory: it answers the commands that the collection gives one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.cam.mesh.plugins.module_utils._engine import Done, Engine

GOOD = Done(0, "", "")


class FakeEngine:
    """What `podman` and `podman-compose` would do; a test breaks it by its fields."""

    def __init__(self) -> None:
        self.containers: dict[str, dict[str, Any]] = {}
        self.images: dict[str, str] = {}
        self.networks: set[str] = set()
        self.volumes: set[str] = set()
        self.calls: list[list[str]] = []
        # Answers to commands that begin with these words, before anything else is looked at.
        self.answers: dict[tuple[str, ...], Done] = {}
        self.start: Callable[[str], str] = lambda service: "running"

    @property
    def engine(self) -> Engine:
        return Engine("podman", ("podman-compose",), self)

    def did(self, word: str) -> list[list[str]]:
        return [call for call in self.calls if word in call]

    def __call__(self, argv: Sequence[str], stdin: str, timeout: float) -> Done:
        words = list(argv)
        self.calls.append(words)
        for begin, done in self.answers.items():
            if tuple(words[: len(begin)]) == begin:
                return done
        if words[0] == "podman-compose":
            return GOOD if words[1] == "version" else self._up(words)
        if words[0] != "podman":
            return Done(127, "", f"{words[0]}: No such file or directory")
        return self._podman(words[1:])

    def _podman(self, words: list[str]) -> Done:
        if words[0] == "ps":
            return Done(0, "\n".join(self.containers), "")
        if words[0] == "inspect":
            return Done(0, json.dumps([self.containers[one] for one in words[3:]]), "")
        if words[:2] == ["image", "inspect"]:
            found = self.images.get(words[-1])
            return Done(0, f"sha256:{found}\n", "") if found else Done(125, "", "no such image")
        if words[:2] == ["network", "ls"]:
            return Done(0, "\n".join(self.networks), "")
        if words[:2] == ["volume", "ls"]:
            return Done(0, "\n".join(self.volumes), "")
        if words[1:2] == ["rm"]:
            getattr(self, f"{words[0]}s").difference_update(words[2:])
        if words[0] == "stop":
            for one in words[3:]:
                self.containers[one]["State"]["Status"] = "exited"
        if words[0] == "rm":
            for one in words[2:]:
                del self.containers[one]
        if words[0] == "logs":
            return Done(0, "", "the last words\n")
        return GOOD

    def _up(self, words: list[str]) -> Done:
        document = yaml.safe_load(Path(words[words.index("-f") + 1]).read_text("utf-8"))
        service = words[-1]
        state = self.start(service)
        if not state:
            return Done(0, "", "Error: the engine does not want to\nexit code: 0")
        self.add(service, document["services"][service], state)
        self.networks |= set(document.get("networks", {}))
        self.volumes |= set(document.get("volumes", {}))
        return GOOD

    def add(self, service: str, words: dict[str, Any], state: str = "running") -> None:
        one = f"id-{service}-{len(self.calls)}"
        self.containers[one] = {
            "Id": one,
            "Name": f"/p-{service}",
            "Config": {"Labels": words["labels"], "Image": words["image"]},
            "HostConfig": {
                "PortBindings": {
                    "5432/tcp": None,
                    **{port: [{}] for port in words.get("ports", [])},
                }
            },
            "State": {"Status": state, "ExitCode": 0},
            "Image": f"sha256:{self.images.get(words['image'], '')}",
            "RestartCount": 9 if state == "restarting" else 0,
        }
