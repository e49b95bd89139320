# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of a Compose project as files: made once, kept, and never shown."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _certificate
from ansible_collections.cam.mesh.plugins.module_utils._certificate import Pair, Wanted
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._secret import redis_acl, refuse_weak

ARGUMENT_SPEC: dict[str, Any] = {
    "directory": {"type": "path", "required": True},
    "authority": {"type": "str", "required": True},
    "usernames": {"type": "dict", "default": {}},
    "passwords": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "acls": {"type": "dict", "default": {}},
    "certificates": {"type": "dict", "default": {}},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
PASSWORD_BYTES = 32
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365
RENEW_BEFORE = timedelta(days=30)
# The folder keeps other users out. Whoever runs in a container has a number that this machine does
# not know, so each file may be read by all who get to it; only the authority's key is for nobody.
FOLDER_MODE = 0o700
FILE_MODE = 0o444
KEY_MODE = 0o400


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    _certificate.require_library()
    folder = Path(params["directory"])
    if params["state"] == "absent":
        return remove(folder, check_mode=check_mode)
    return ensure(folder, params, check_mode=check_mode, now=datetime.now(UTC))


def ensure(folder: Path, params: Params, *, check_mode: bool, now: datetime) -> Result:
    """Makes what is missing and renews what ends soon; what is there and good is kept."""
    before = _read(folder)
    after = {**before, **_words(params, before), **_certificates(params, before, now)}
    for name, password in params["acls"].items():
        after[name] = redis_acl(after[password])
    changed = sorted(name for name, content in after.items() if before.get(name) != content)
    if changed and not check_mode:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)
        for name in changed:
            _write(folder / name, after[name])
    return {"changed": bool(changed), "files": sorted(after), "made": changed}


def remove(folder: Path, *, check_mode: bool) -> Result:
    there = folder.exists()
    if there and not check_mode:
        shutil.rmtree(folder)
    return {"changed": there, "files": [], "made": []}


def _read(folder: Path) -> dict[str, bytes]:
    try:
        return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CamError(f"{folder} cannot be read: {error.strerror}") from None


def _words(params: Params, before: Mapping[str, bytes]) -> dict[str, bytes]:
    """User names as the inventory says; passwords that are there are kept unless they are weak."""
    words = {name: str(value).encode() for name, value in params["usernames"].items()}
    for name in params["passwords"]:
        if before.get(name):
            refuse_weak(before[name].decode(errors="replace").strip(), f"the file {name}")
        else:
            words[name] = secrets.token_urlsafe(PASSWORD_BYTES).encode()
    return words


def _certificates(params: Params, before: Mapping[str, bytes], now: datetime) -> dict[str, bytes]:
    limit = now + RENEW_BEFORE
    authority = _pair(before, "ca")
    if authority is None or authority.certificate.not_valid_after_utc < limit:
        authority = _certificate.new_authority(params["authority"], now, AUTHORITY_DAYS)
    made = _files("ca", authority)
    for name, hosts in params["certificates"].items():
        wanted = Wanted(name, tuple(hosts), ())
        pair = _pair(before, name)
        if pair is None or _certificate.why_renew(pair, wanted, authority, limit):
            pair = _certificate.new_leaf(wanted, authority, now, CERTIFICATE_DAYS)
        made.update(_files(name, pair))
    return made


def _pair(files: Mapping[str, bytes], name: str) -> Pair | None:
    return _certificate.read_pair(
        {"tls.crt": files.get(f"{name}.crt", b""), "tls.key": files.get(f"{name}.key", b"")}
    )


def _files(name: str, pair: Pair) -> dict[str, bytes]:
    return {f"{name}.crt": pair.pem, f"{name}.key": pair.key_pem}


def _write(file: Path, content: bytes) -> None:
    """Never readable by more than it has to be, not even for a moment; never half written."""
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    mode = KEY_MODE if file.name == "ca.key" else FILE_MODE
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(stream.fileno(), mode)
        stream.write(content)
    partial.rename(file)
