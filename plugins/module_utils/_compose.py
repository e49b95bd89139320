# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose project: what runs is compared with the file, and only what differs is made anew.

The services are taken one after another, each only when the one before is healthy, so that of
several replicas the others go on answering.
"""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._engine import (
    AUTO,
    CLIENTS,
    LABEL_CONFIG,
    LABEL_PROJECT,
    LABEL_SERVICE,
    Container,
    Engine,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

try:
    import yaml
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
else:
    MISSING_LIBRARY = None

ARGUMENT_SPEC: dict[str, Any] = {
    "project": {"type": "str", "required": True},
    "directory": {"type": "path", "required": True},
    "document": {"type": "dict", "default": {}},
    "engine": {"type": "str", "choices": [AUTO, *CLIENTS], "default": AUTO},
    "delete_data": {"type": "bool", "default": False},
    "timeout_seconds": {"type": "int", "default": 180},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
FILE = "compose.yml"
FILE_MODE = 0o600
# What the services share in the template; they have it already when the document is read.
COMMON = "x-common"
# Longer than the app drains, shorter than the command may take.
GRACE_SECONDS = 60
STOP_SECONDS = 90
PULL_SECONDS = 900
POLL_SECONDS = 1.0
# One that keeps ending will not become healthy by waiting.
MOST_RESTARTS = 3

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """What has to happen to one service."""

    service: str
    action: str
    reason: str
    old: tuple[Container, ...] = ()


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    if MISSING_LIBRARY is not None:
        raise CamError(
            f"The Python library `yaml` is not usable here ({MISSING_LIBRARY}). It is needed to "
            "write the Compose file: pip install PyYAML"
        )
    engine = Engine.find(params["engine"])
    if params["state"] == "absent":
        return remove(engine, params, check_mode=check_mode)
    return ensure(engine, params, check_mode=check_mode, diff=diff)


def ensure(
    engine: Engine,
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Makes the project run as the document says."""
    folder = Path(params["directory"])
    document = labelled(params["document"], params["project"], folder)
    text = yaml.safe_dump(document, sort_keys=False, width=120)
    file = folder / FILE
    before = file.read_text("utf-8") if file.exists() else ""
    live = engine.containers(params["project"])
    steps = plan(document, live, engine.image_id)
    _refuse_taken_ports(document, steps)
    if not check_mode:
        if text != before:
            file.touch(FILE_MODE)
            file.write_text(text, "utf-8")
        for step in steps:
            _apply(engine, params, document, step, sleep)
    result = _result(engine, steps, changed=bool(steps) or text != before)
    if diff and text != before:
        result["diff"] = {
            "before": before,
            "after": text,
            "before_header": str(file),
            "after_header": str(file),
        }
    return result


def remove(engine: Engine, params: Params, *, check_mode: bool) -> Result:
    """Removes the containers and their network; the volumes only if the data is to go too."""
    project = params["project"]
    live = engine.containers(project)
    filters = ("--filter", f"label={LABEL_PROJECT}={project}")
    networks = engine.must("network", "ls", "--quiet", *filters).split()
    volumes = engine.must("volume", "ls", "--quiet", *filters).split()
    gone = volumes if params["delete_data"] else []
    steps = [Step(one.service, "removed", "absent is wanted", (one,)) for one in live]
    if not check_mode:
        _remove(engine, live)
        for kind, names in (("network", networks), ("volume", gone)):
            if names:
                engine.must(kind, "rm", *names)
    result = _result(engine, steps, changed=bool(live or networks or gone))
    return {**result, "kept_volumes": [] if params["delete_data"] else sorted(volumes)}


def labelled(document: Document, project: str, folder: Path) -> dict[str, Any]:
    """The document with labels by which its containers, networks and volumes are known again."""
    mine = {LABEL_PROJECT: project, _names.LABEL_MANAGED_BY: _names.MANAGER}
    sources = {name: folder / one["file"] for name, one in document.get("secrets", {}).items()}
    services = {}
    for name, service in document["services"].items():
        config = digest(service, [sources[secret] for secret in service.get("secrets", [])])
        labels = {**mine, LABEL_SERVICE: name, LABEL_CONFIG: config}
        services[name] = {**service, "labels": {**service.get("labels", {}), **labels}}
    parts = {
        kind: {name: {**(one or {}), "labels": mine} for name, one in document[kind].items()}
        for kind in ("networks", "volumes")
        if document.get(kind)
    }
    kept = {key: value for key, value in document.items() if key != COMMON}
    return {**kept, "services": services, **parts}


def digest(service: Mapping[str, Any], files: Sequence[Path]) -> str:
    """What decides how a service runs: its words and the secrets that are given to it."""
    found = hashlib.sha256(json.dumps(service, sort_keys=True).encode())
    for file in files:
        # Before the first run there is none; in a dry run there is not yet.
        found.update(hashlib.sha256(file.read_bytes() if file.exists() else b"").digest())
    return found.hexdigest()[:16]


def plan(
    document: Document, live: Sequence[Container], image_id: Callable[[str], str]
) -> list[Step]:
    """What differs, in the order in which it has to be done; first what is no longer wanted."""
    wanted = document["services"]
    surplus = [one for one in live if one.service not in wanted]
    steps = [Step(one.service, "removed", "it is in the file no more", (one,)) for one in surplus]
    for name, service in wanted.items():
        mine = tuple(one for one in live if one.service == name)
        reason = _difference(service, mine, image_id)
        if reason:
            steps.append(Step(name, "replaced" if mine else "created", reason, mine))
    return steps


def _difference(
    service: Mapping[str, Any], mine: Sequence[Container], image_id: Callable[[str], str]
) -> str:
    """Why a service's container has to be made anew, or an empty text."""
    if len(mine) != 1:
        return f"{len(mine)} containers instead of 1"
    (one,) = mine
    if one.config != service["labels"][LABEL_CONFIG]:
        return "its configuration changed"
    if image_id(service["image"]) not in ("", one.image_id):
        return "its image was built anew"
    if not one.running:
        return f"it is {one.state}, exit code {one.exit_code}"
    return ""


def _refuse_taken_ports(document: Document, steps: Sequence[Step]) -> None:
    """A port that somebody else listens on is found before anything is changed."""
    for step in steps:
        if step.action == "removed" or any(one.running for one in step.old):
            continue
        for port in document["services"][step.service].get("ports", []):
            host, published, _inside = port.rsplit(":", 2)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, int(published)))
                except OSError as error:
                    raise CamError(
                        f"{step.service} cannot have port {published} on {host}: "
                        f"{error.strerror}. Stop what listens there (ss -ltnp 'sport = "
                        f":{published}'), or set cam_compose_port."
                    ) from None


def _apply(
    engine: Engine,
    params: Params,
    document: Document,
    step: Step,
    sleep: Callable[[float], None],
) -> None:
    _remove(engine, step.old)
    if step.action == "removed":
        return
    file = str(Path(params["directory"]) / FILE)
    words = (*engine.compose, "-p", params["project"], "-f", file, "up", "-d", "--no-deps")
    done = engine.execute([*words, step.service], "", PULL_SECONDS)
    if done.code or _find(engine, params, step.service) is None:
        raise CamError(f"{step.service} could not be started: {done.reason}")
    test = document["services"][step.service].get("healthcheck", {}).get("test", "")
    if test:
        _wait(engine, params, step.service, test.replace("$$", "$"), sleep)


def _wait(
    engine: Engine, params: Params, service: str, test: str, sleep: Callable[[float], None]
) -> None:
    """Runs the service's own health check until it passes; an engine may run it rarely or never."""
    for _try in range(max(1, int(params["timeout_seconds"] / POLL_SECONDS))):
        one = _find(engine, params, service)
        if one is None or one.restarts > MOST_RESTARTS:
            break
        if one.running and engine.exec(one.name, ["sh", "-c", test]).code == 0:
            return
        sleep(POLL_SECONDS)
    name = one.name if one else service
    found = f"{one.state} and was restarted {one.restarts} times" if one else "gone"
    said = engine.last_words(name) if one else ""
    raise CamError(
        f"{service} does not become healthy: it is {found}; "
        f"it said last: {said or 'nothing'}. Next: {engine.name} logs {name}"
    )


def _find(engine: Engine, params: Params, service: str) -> Container | None:
    mine = [one for one in engine.containers(params["project"]) if one.service == service]
    return mine[0] if mine else None


def _remove(engine: Engine, containers: Sequence[Container]) -> None:
    """Stops first what takes requests, while what it asks for them still answers."""
    for published in (True, False):
        ids = [one.id for one in containers if one.published is published]
        if ids:
            engine.must("stop", "-t", str(GRACE_SECONDS), *ids, timeout=STOP_SECONDS)
            engine.must("rm", "--force", *ids)


def _result(engine: Engine, steps: Sequence[Step], *, changed: bool) -> Result:
    return {
        "changed": changed,
        "engine": engine.name,
        "services": [
            {"name": step.service, "action": step.action, "reason": step.reason} for step in steps
        ],
    }
