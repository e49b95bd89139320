# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig for an EKS cluster that holds no secret: each client asks for a token itself."""

from __future__ import annotations

import contextlib
import stat
import sys
from pathlib import Path
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _eks_token, _files
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

with contextlib.suppress(ImportError):  # PyYAML comes with Ansible.
    import yaml

ARGUMENT_SPEC: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "cluster": {"type": "str", "required": True},
    "endpoint": {"type": "str", "default": ""},
    "certificate_authority": {"type": "str", "default": ""},
    "region": {"type": "str"},
    "endpoint_url": {"type": "str"},
    "profile": {"type": "str"},
    "command": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
HEADING: Final = "# Written by cam.mesh: "
MODE: Final = 0o600


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    path = Path(params["path"]).expanduser()
    before = _read(path)
    after = "" if params["state"] == "absent" else _wanted(params, check_mode)
    changed = before != after or (bool(before) and stat.S_IMODE(path.stat().st_mode) != MODE)
    if changed and not check_mode:
        _write(path, after)
    result: Result = {
        "changed": changed,
        "path": str(path),
        "plan": [_line(path, before, after, done=not check_mode)] if changed else [],
    }
    if diff and changed:
        shown = {"before": before, "after": after}
        result["diff"] = {**shown, "before_header": str(path), "after_header": str(path)}
    return result


def text(cluster: str, endpoint: str, certificate_authority: str, command: list[str]) -> str:
    """One cluster, one user, one context, all with the cluster's name."""
    execute = {
        "apiVersion": _eks_token.API_VERSION,
        "command": command[0],
        "args": command[1:],
        # Required by v1: the command never asks anything.
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    server = {"server": endpoint, "certificate-authority-data": certificate_authority}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": server}],
        "users": [{"name": cluster, "user": {"exec": execute}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "current-context": cluster,
    }
    heading = f"{HEADING}it leads to EKS cluster {cluster}; changes are lost.\n"
    return heading + yaml.safe_dump(document, sort_keys=False, width=1000)


def command_of(params: Params) -> list[str]:
    """This Python with the token's file by its path, from a clone and when installed alike."""
    script = Path(_eks_token.__file__)
    if params["command"]:
        start = params["command"]
    elif script.is_file():
        # -P: what lies beside the script hides no module of Python.
        start = [sys.executable, "-P", str(script)]
    else:
        raise CamError(
            f"{script} is packed and cannot be run by its path. Run this on the controller "
            "(connection local), or give `command`."
        )
    options = {
        "--cluster": params["cluster"],
        "--region": params["region"],
        "--endpoint-url": params["endpoint_url"],
        "--profile": params["profile"],
    }
    return [*start, *(word for pair in options.items() if pair[1] for word in pair)]


def _wanted(params: Params, check_mode: bool) -> str:
    needed = ("endpoint", "certificate_authority", "region")
    missing = [one for one in needed if not params[one]]
    # A cluster that would be created has no endpoint yet.
    if missing and not (check_mode and params["region"]):
        raise CamError(
            f"{', '.join(f'`{one}`' for one in missing)} must be given for a kubeconfig: what "
            "cam_eks_cluster returns."
        )
    name, endpoint = params["cluster"], params["endpoint"]
    return text(name, endpoint, params["certificate_authority"], command_of(params))


def _read(path: Path) -> str:
    with _files.reported(path):
        if not path.exists():
            return ""
        found = path.read_text("utf-8", errors="replace")
    if found and not found.startswith(HEADING):
        raise CamError(
            f"{path} was not written by this collection, and may hold access to other clusters. "
            "Choose another `path`, or move that file away."
        )
    return found


def _write(path: Path, after: str) -> None:
    if after:
        _files.make_folder(path.parent)
        _files.replace(path, after, MODE)
    else:
        with _files.reported(path):
            path.unlink(missing_ok=True)


def _line(path: Path, before: str, after: str, *, done: bool) -> str:
    if not after:
        return f"{'deleted' if done else 'would delete'} kubeconfig {path}"
    if not before:
        return f"{'created' if done else 'would create'} kubeconfig {path}"
    return f"{'changed' if done else 'would change'} kubeconfig {path}"
