# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole set of manifests, written in one task: compare, then write only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names, _objects_stale, _rollout
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._objects_apply import (
    Step,
    apply,
    delete,
    same,
    stages,
    uids,
)
from ansible_collections.cam.mesh.plugins.module_utils._objects_remove import (
    plan_removals,
    volume_claims,
    what_else_is_in,
)
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import (
    Api,
    Manifest,
    Ref,
    Tracking,
    parallel,
    prepare,
    ref_of,
    refuse_foreign,
    set_label,
    union,
)
from ansible_collections.cam.mesh.plugins.module_utils._objects_wait import (
    until_gone,
    until_ready,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "objects": {"type": "list", "elements": "dict", "default": []},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "prune": {"type": "bool", "default": True},
    "adopt": {"type": "bool", "default": False},
    "delete_data": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": False},
    "timeout_seconds": {"type": "int", "default": 300},
}


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    api = Kube.connect(params["kubeconfig"], params["context"])
    change = present if params["state"] == "present" else absent
    return change(api, params, check_mode=check_mode, diff=diff, clock=Clock())


def present(
    api: Api, params: Params, *, check_mode: bool, diff: bool, clock: Clock
) -> dict[str, Any]:
    """Makes the set look like its manifests."""
    name, namespace = params["name"], params["namespace"]
    manifests = prepare(api, params["objects"], namespace, name)
    tracking = _read_tracking(api, name, namespace)
    steps = parallel(lambda m: plan(api, m, tracking, adopt=params["adopt"]), manifests)
    _refuse_missing_namespaces(steps, check_mode)

    wanted = {step.ref: step.adopted for step in steps}
    removals, kept = plan_removals(api, tracking, wanted, delete_data=False)
    if not params["prune"]:
        removals, kept = [], [*kept, *removals]
    goal = union({step.ref: step.adopted for step in kept}, wanted)
    notes = _tracking_step(tracking, goal)

    if not check_mode:
        growing = union(tracking.entries, wanted)
        _write(api, steps, tracking, growing)
        for group in stages(removals, backwards=True):
            parallel(lambda step: delete(api, step), group)
        until_gone(api, uids(removals), params["timeout_seconds"], clock)
        _write_tracking(api, tracking, goal)
        if params["wait"]:
            workloads = [
                (step.ref, step.after or {})
                for step in steps
                if step.ref.kind in _rollout.WORKLOADS
            ]
            until_ready(api, workloads, params["timeout_seconds"], clock)
    result = _result(name, [*steps, *removals, *notes], kept, diff)
    mended = [step.ref for step in steps if step.action == "updated"]
    staying = [step.manifest for step in steps if step.action == "unchanged"]
    return {**result, "warnings": _objects_stale.warnings(mended, staying)}


def absent(
    api: Api, params: Params, *, check_mode: bool, diff: bool, clock: Clock
) -> dict[str, Any]:
    """Removes what the set owns: the remembered objects and the given ones that are its own."""
    name, namespace = params["name"], params["namespace"]
    tracking = _read_tracking(api, name, namespace)
    manifests = prepare(api, params["objects"], namespace, name)
    given = {ref_of(item): False for item in manifests}
    tracking.entries = union(given, tracking.entries)
    removals, kept = plan_removals(api, tracking, {}, delete_data=params["delete_data"])
    claims = volume_claims(api, removals, manifests) if params["delete_data"] else []
    removals += claims
    namespaces = [step for step in removals if step.ref.kind == "Namespace"]
    for step in namespaces:
        step.why_kept = what_else_is_in(api, step.ref.name, removals, tracking.ref)
    kept += [step for step in namespaces if step.why_kept]
    removals = [step for step in removals if not step.why_kept]

    goal = {step.ref: False for step in kept}
    notes: list[Step] = []
    going = {step.ref.name for step in removals if step.ref.kind == "Namespace"}
    if tracking.exists and namespace not in going:
        live = tracking.manifest(tracking.text)
        notes = (
            _tracking_step(tracking, goal)
            if goal
            else [Step(tracking.ref, "deleted", live, live=live)]
        )
    if not check_mode:
        # These are known only through their StatefulSet, so they are marked before it goes: a run
        # that is killed in between leaves nothing behind that the next one could not see.
        parallel(lambda step: delete(api, step), claims)
        for group in stages(removals, backwards=True):
            parallel(lambda step: delete(api, step), group)
            until_gone(api, uids(group), params["timeout_seconds"], clock)
        if notes and notes[0].action == "deleted":
            delete(api, notes[0])
        elif notes:
            _write_tracking(api, tracking, goal)
    return _result(name, [*removals, *notes], kept, diff)


def plan(api: Api, manifest: Manifest, tracking: Tracking, *, adopt: bool) -> Step:
    """Compares one manifest with the cluster by a dry run; writes nothing."""
    ref = ref_of(manifest)
    live = api.find(ref.path(api))
    adopted = False
    if live is not None and set_label(live) != tracking.set_name:
        if ref.kind == "Namespace":
            adopted = True
            # It is not ours: our labels on it would say that it may be deleted with the set.
            for label in (_names.LABEL_MANAGED_BY, _names.LABEL_SET):
                manifest["metadata"]["labels"].pop(label, None)
        elif not adopt and not (set_label(live) is None and tracking.knows(ref)):
            refuse_foreign(ref, live, tracking.set_name)
    step = Step(ref, "created" if live is None else "updated", manifest, live, adopted=adopted)
    try:
        step.after = apply(api, ref, manifest, dry_run=True)
    except KubeError as error:
        if error.status == 404 and live is None:
            # The namespace is not there yet, so nothing can be asked about what goes into it.
            step.after = manifest
            return step
        if error.status == 422 and ref.kind == "Job" and "immutable" in str(error):
            step.after, step.recreate = manifest, True
            return step
        raise
    if live is not None and same(live, step.after):
        step.action = "unchanged"
    return step


def _read_tracking(api: Api, name: str, namespace: str) -> Tracking:
    empty = Tracking(name, namespace, None)
    return Tracking(name, namespace, api.find(empty.ref.path(api)))


def _tracking_step(tracking: Tracking, goal: Mapping[Ref, bool]) -> list[Step]:
    text = tracking.render(goal)
    if tracking.text == text or not (goal or tracking.exists):
        return []
    before = tracking.manifest(tracking.text) if tracking.exists else None
    action = "updated" if tracking.exists else "created"
    after = tracking.manifest(text)
    return [Step(tracking.ref, action, after, live=before, after=after)]


def _write_tracking(api: Api, tracking: Tracking, entries: Mapping[Ref, bool]) -> None:
    text = tracking.render(entries)
    if tracking.text != text and (entries or tracking.exists):
        apply(api, tracking.ref, tracking.manifest(text), dry_run=False)
        tracking.text = text


def _refuse_missing_namespaces(steps: Sequence[Step], check_mode: bool) -> None:
    """A check of an empty cluster may go on; a real run would stop half way."""
    made = {step.ref.name for step in steps if step.ref.kind == "Namespace"}
    for step in steps:
        place = step.ref.namespace
        asked = step.after is not step.manifest or step.recreate
        if place and place not in made and not asked and not check_mode:
            raise CamError(
                f"{step.ref.title} cannot be made: there is no namespace {place}. Put a Namespace "
                "into `objects`, or make it before."
            )


def _write(
    api: Api, steps: Sequence[Step], tracking: Tracking, entries: Mapping[Ref, bool]
) -> None:
    """Namespaces, then the memory of what is about to be made, then the rest in order."""
    todo = [step for step in steps if step.action != "unchanged"]
    for group in stages([step for step in todo if step.ref.kind == "Namespace"]):
        parallel(lambda step: _write_one(api, step), group)
    if entries.keys() - tracking.entries.keys() or not tracking.exists:
        _write_tracking(api, tracking, entries)
    for group in stages([step for step in todo if step.ref.kind != "Namespace"]):
        parallel(lambda step: _write_one(api, step), group)


def _write_one(api: Api, step: Step) -> None:
    if step.recreate:
        delete(api, step)
        until_gone(api, uids([step]), 60, Clock())
    step.after = apply(api, step.ref, step.manifest, dry_run=False)


def _result(name: str, steps: Sequence[Step], kept: Sequence[Step], diff: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "changed": any(step.action != "unchanged" for step in steps),
        "name": name,
        "objects": [step.ref.row(step.action) for step in steps],
        "kept": [{**step.ref.row("kept"), "reason": step.why_kept} for step in kept],
    }
    if diff:
        result["diff"] = [step.diff() for step in steps if step.action != "unchanged"]
    return result
