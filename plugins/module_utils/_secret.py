# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Secret whose values are made once and never shown."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names, _objects_diff
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._objects_apply import Step, apply, delete
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import (
    Api,
    Manifest,
    Ref,
    refuse_foreign,
    set_label,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result

Generator = Callable[[int], str]

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "set": {"type": "str", "required": True},
    "generate": {"type": "dict", "default": {}, "no_log": False},
    "values": {"type": "dict", "default": {}, "no_log": True},
    "derive": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "no_log": False,
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "template": {"type": "str", "choices": ["redis_acl"], "required": True},
            "source": {"type": "str", "default": "password", "no_log": False},
        },
    },
    "adopt": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
DEFAULT_BYTES = 32
# 128 bits: fewer can be guessed.
LEAST_BYTES = 16
LEAST_LENGTH = 12
LEAST_DIFFERENT = 5
WEAK_WORDS = ("changeme", "password", "secret", "admin", "postgres", "redis", "qwerty", "letmein")
CREDENTIAL = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    api = Kube.connect(params["kubeconfig"], params["context"])
    if params["state"] == "absent":
        return remove(api, params, check_mode=check_mode, diff=diff)
    return ensure(api, params, check_mode=check_mode, diff=diff, generator=secrets.token_urlsafe)


def ensure(
    api: Api, params: Params, *, check_mode: bool, diff: bool, generator: Generator
) -> dict[str, Any]:
    """Makes the Secret have its keys; a generated value that is there is never replaced."""
    lengths = _lengths(params["generate"])
    given = _given(params["values"], params["name"])
    ref = Ref("v1", "Secret", params["namespace"], params["name"])
    live = find_own(api, ref, params["set"], adopt=params["adopt"])
    before = decoded(live)

    after = {**before, **given}
    made = [key for key in lengths if key not in given and not before.get(key)]
    after.update({key: generator(lengths[key]).encode() for key in made})
    for rule in params["derive"]:
        after[rule["key"]] = _derived(rule, after, ref)
    manifest = manifest_of(ref, params["set"], after)
    if live is not None:
        manifest["type"] = live.get("type", "Opaque")
    changed = live is None or before != after or lacks_labels(live, manifest)
    if changed and not check_mode:
        apply(api, ref, manifest, dry_run=False)
    result = _result(ref, "created" if live is None else "updated" if changed else "unchanged")
    result.update(key_names=sorted(after), generated=sorted(made))
    if diff and changed:
        whole = {**(live or {}), **manifest}
        result["diff"] = [_objects_diff.entry(ref.title, live, whole)]
    return result


def remove(api: Api, params: Params, *, check_mode: bool, diff: bool) -> dict[str, Any]:
    """Removes the Secret if it is ours."""
    ref = Ref("v1", "Secret", params["namespace"], params["name"])
    live = api.find(ref.path(api))
    if live is None or set_label(live) != params["set"]:
        return {**_result(ref, "unchanged"), "key_names": [], "generated": []}
    step = Step(ref, "deleted", live, live=live)
    if not check_mode:
        delete(api, step)
    result = {**_result(ref, "deleted"), "key_names": [], "generated": []}
    if diff:
        result["diff"] = [step.diff()]
    return result


def find_own(api: Api, ref: Ref, set_name: str, *, adopt: bool) -> Manifest | None:
    """The Secret as it is; refuses one that somebody else made."""
    live = api.find(ref.path(api))
    if live is not None and set_label(live) != set_name and not adopt:
        refuse_foreign(ref, live, set_name)
    return live


def decoded(live: Mapping[str, Any] | None) -> dict[str, bytes]:
    data = (live or {}).get("data") or {}
    return {key: base64.b64decode(value) for key, value in data.items()}


def manifest_of(
    ref: Ref, set_name: str, data: Mapping[str, bytes], kind: str = "Opaque"
) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": ref.name,
            "namespace": ref.namespace,
            "labels": {
                _names.LABEL_MANAGED_BY: _names.MANAGER,
                _names.LABEL_SET: set_name,
            },
        },
        "type": kind,
        "data": {key: base64.b64encode(value).decode() for key, value in data.items()},
    }


def lacks_labels(live: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    labels = (live.get("metadata") or {}).get("labels") or {}
    return not manifest["metadata"]["labels"].items() <= labels.items()


def refuse_weak(value: str, where: str) -> None:
    """Refuses a password that can be guessed, without repeating it."""
    rule = ""
    if len(value) < LEAST_LENGTH:
        rule = f"at least {LEAST_LENGTH} characters are needed"
    elif len(set(value)) < LEAST_DIFFERENT:
        rule = f"at least {LEAST_DIFFERENT} different characters are needed"
    elif value.isdigit() or _is_weak_word(value):
        rule = "it is made of digits only, or of words that are tried first"
    if rule:
        raise CamError(
            f"The value for {where} is too weak ({len(value)} characters): {rule}. Give a better "
            "one, or leave it out to have one generated."
        )


def _is_weak_word(value: str) -> bool:
    letters = re.sub(r"[^a-z]", "", value.lower())
    return bool(re.fullmatch(f"(?:{'|'.join(WEAK_WORDS)})*", letters)) and len(letters) * 2 >= len(
        value
    )


def _lengths(generate: Mapping[str, Any]) -> dict[str, int]:
    lengths = {}
    for key, given in generate.items():
        try:
            length = DEFAULT_BYTES if given is None else int(given)
        except (TypeError, ValueError):
            raise CamError(f"`generate`: the length for {key!r} is not a number.") from None
        if length < LEAST_BYTES:
            raise CamError(
                f"`generate`: {length} bytes for {key!r} are too few; {LEAST_BYTES} are the least."
            )
        lengths[key] = length
    return lengths


def _given(values: Mapping[str, Any], name: str) -> dict[str, bytes]:
    """The given values; None means that there is none, so that a role can pass an optional one."""
    given = {}
    for key, value in values.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise CamError(
                f"`values`: {key!r} of Secret {name} is a {type(value).__name__}, not a text. "
                "Quote it."
            )
        if CREDENTIAL.search(key):
            refuse_weak(value, f"{key!r} of Secret {name}")
        elif not value:
            raise CamError(f"`values`: {key!r} of Secret {name} is empty.")
        given[key] = value.encode()
    return given


def _derived(rule: Mapping[str, Any], data: Mapping[str, bytes], ref: Ref) -> bytes:
    source = data.get(rule["source"])
    if not source:
        raise CamError(
            f"`derive`: {ref.title} has no key {rule['source']!r} to derive {rule['key']!r} from. "
            "Name it in `generate` or `values`."
        )
    return redis_acl(source)


def redis_acl(password: bytes) -> bytes:
    """Redis' list of users: one who may do all, known by the digest of a password."""
    digest = hashlib.sha256(password).hexdigest()
    return f"user default on #{digest} ~* &* +@all\n".encode()


def _result(ref: Ref, action: str) -> dict[str, Any]:
    return {
        "changed": action != "unchanged",
        "name": ref.name,
        "namespace": ref.namespace,
        "action": action,
    }
