# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Helm release: compare with what runs, then write only what differs.

Helm is asked only when the release itself changes (chart, values, templates). An object that was
edited by hand is put right by the same server-side apply that Helm would send, under Helm's name,
without a new revision.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _names,
    _objects_stale,
    _replicas,
    _revisions,
    _rollout,
    _yaml,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._helm import Helm
from ansible_collections.cam.mesh.plugins.module_utils._kube import APPLY, Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._objects_diff import (
    entry,
    essence,
    without_values,
)
from ansible_collections.cam.mesh.plugins.module_utils._objects_foreign import (
    GUARDED,
    without_foreign,
)
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Ref, parallel, ref_of
from ansible_collections.cam.mesh.plugins.module_utils._revisions import Revision
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "helm": {"type": "str", "default": "helm"},
    "chart": {"type": "path"},
    "values": {"type": "dict", "default": {}},
    "state": {
        "type": "str",
        "choices": ["present", "absent", "rolled_back", "verified"],
        "default": "present",
    },
    "revision": {"type": "int"},
    "timeout_seconds": {"type": "int", "default": 600},
    "diagnose_seconds": {"type": "int", "default": 20},
    "history_max": {"type": "int", "default": 10},
    "wait": {"type": "bool", "default": True},
}
# The field manager of Helm 4's server-side apply.
HELM = "helm"


@dataclass
class Change:
    """One object of the release that is not as it should be."""

    ref: Ref
    manifest: dict[str, Any] | None
    live: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def action(self) -> str:
        if self.manifest is None:
            return "deleted"
        return "updated" if self.live else "created"


@dataclass
class Release:
    """A release as it is now, with all that is needed to change it."""

    kube: Kube
    helm: Helm
    params: Params
    revisions: list[Revision] = field(default_factory=list)
    verified: list[dict[str, Any]] = field(default_factory=list)
    monotonic: Callable[[], float] = time.monotonic

    @classmethod
    def open(cls, params: Params) -> Release:
        kube = Kube.connect(params["kubeconfig"], params["context"])
        helm = Helm(
            params["helm"],
            params["kubeconfig"],
            params["context"] or "",
            params["namespace"],
            params["name"],
        )
        release = cls(kube, helm, params)
        release.read()
        return release

    def read(self) -> None:
        secrets = self.kube.get(
            f"/api/v1/namespaces/{self.helm.namespace}/secrets",
            labelSelector=f"owner=helm,name={self.helm.name}",
        )
        self.revisions = _revisions.history(secrets["items"])
        self.verified = _revisions.verified(self.kube.find(self.record_path))

    @property
    def record_path(self) -> str:
        return f"/api/v1/namespaces/{self.helm.namespace}/configmaps/cam-release-{self.helm.name}"

    @property
    def last(self) -> Revision | None:
        return self.revisions[-1] if self.revisions else None

    def watch(self) -> Callable[[], str]:
        """Reads the pods beside a waiting helm; returns a cause once it persists."""
        since: dict[str, float] = {}

        def look() -> str:
            try:
                found = _diagnosis(self.kube, self.helm)
            except KubeError:
                return ""
            if found is None:
                since.clear()
                return ""
            first = since.setdefault(found.key, self.monotonic())
            if self.monotonic() - first < self.params["diagnose_seconds"]:
                return ""
            said = _rollout.last_log_line(self.kube, found)
            return found.text + (f"; its last log line: {said}" if said else "")

        return look


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """Bring the release to its state; see the module's documentation for the result."""
    verbs = {
        "present": present,
        "absent": absent,
        "rolled_back": rolled_back,
        "verified": mark_verified,
    }
    release = Release.open(params)
    return verbs[params["state"]](release, check_mode, diff)


def present(release: Release, check_mode: bool, diff: bool) -> Result:
    params = release.params
    if not params["chart"]:
        raise CamError("state present needs `chart`, the path of the chart")
    manifests = _rendered(release)
    last = release.last
    current = last if last and last.status == "deployed" else None
    changes = _compare(release, manifests, current)
    same_release = current is not None and _same(release, current, manifests)
    changed = bool(changes) or not same_release
    if not changed:
        return _result(release, False, "unchanged", changes, diff)
    if check_mode:
        return _result(release, True, "would change", changes, diff)
    if current and not same_release:
        # While Helm still owns the number of pods, which this revision may name.
        _take_back(release, _stored(release, current))
    _replicas.hand_over(release.kube, manifests, HELM)
    if same_release:
        for change in changes:
            _repair(release.kube, change)
        result = _result(release, True, "repaired", changes, diff)
        return {**result, "warnings": _stale(manifests, changes)}
    _recover(release)
    try:
        release.helm.upgrade(
            params["chart"],
            params["values"],
            timeout=params["timeout_seconds"],
            history=params["history_max"],
            wait=params["wait"],
            watch=release.watch(),
        )
    except CamError as error:
        raise CamError(_after_failure(release, str(error))) from None
    release.read()
    for change in _compare(release, manifests, release.last):
        _repair(release.kube, change)
    return _result(release, True, "installed" if last is None else "upgraded", changes, diff)


def _stale(manifests: list[dict[str, Any]], changes: list[Change]) -> list[str]:
    mended = {change.ref for change in changes}
    staying = [manifest for manifest in manifests if ref_of(manifest) not in mended]
    return _objects_stale.warnings(list(mended), staying)


def absent(release: Release, check_mode: bool, diff: bool) -> Result:
    record = release.kube.find(release.record_path)
    # Helm leaves its tests behind, for their log; the namespace would be kept for their sake.
    jobs = f"/apis/batch/v1/namespaces/{release.helm.namespace}/jobs"
    mine = f"app.kubernetes.io/instance={release.helm.name},app.kubernetes.io/component=test"
    tests = release.kube.get(jobs, labelSelector=mine)["items"]
    changed = bool(release.revisions or tests) or record is not None
    if changed and not check_mode:
        if release.revisions:
            release.helm.uninstall(timeout=release.params["timeout_seconds"])
        if record is not None:
            release.kube.request("DELETE", release.record_path)
        for job in tests:
            path = f"{jobs}/{job['metadata']['name']}"
            release.kube.request("DELETE", path, query={"propagationPolicy": "Background"})
    return {"changed": changed, "action": "uninstalled" if changed else "unchanged"}


def rolled_back(release: Release, check_mode: bool, diff: bool) -> Result:
    """Return to a revision that was verified; never to one that merely was deployed."""
    last = release.last
    if last is None:
        raise CamError(f"there is no release {release.helm.name} in {release.helm.namespace}")
    running = last if last.status == "deployed" else None
    wanted = release.params["revision"]
    if wanted is None:
        target = _revisions.safe_target(release.revisions, release.verified, running)
    else:
        # A release that was made anew counts from 1 again: the number alone proves nothing.
        known = {(int(one["revision"]), one["digest"]) for one in release.verified}
        target = next((one for one in release.revisions if one.number == wanted), None)
        if target is None or (target.number, target.digest) not in known:
            listed = ", ".join(str(number) for number, _digest in sorted(known)) or "none"
            raise CamError(f"revision {wanted} was never verified; the verified ones: {listed}")
    if target is None:
        raise CamError(
            "there is no earlier verified revision to return to; "
            f"verified: {[one['revision'] for one in release.verified]}"
        )
    if running and running.digest == target.digest:
        return _result(release, False, "unchanged", [], diff)
    if not check_mode:
        _return_to(release, target)
        release.read()
    return {**_result(release, True, "rolled_back", [], diff), "target": target.number}


def mark_verified(release: Release, check_mode: bool, diff: bool) -> Result:
    """Record that the deployed revision was found healthy."""
    current = _revisions.deployed(release.revisions)
    if current is None:
        if check_mode:  # The dry run of a first deploy: the release would be there by now.
            return _result(release, True, "verified", [], diff)
        raise CamError(f"release {release.helm.name} has no deployed revision to record")
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    entries = _revisions.with_verified(release.verified, current, now)
    if entries is not None and not check_mode:
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"cam-release-{release.helm.name}",
                "labels": {"app.kubernetes.io/managed-by": _names.MANAGER},
            },
            "data": {"verified": json.dumps(entries)},
        }
        release.kube.request(
            "PATCH",
            release.record_path,
            body=body,
            content_type=APPLY,
            query={"fieldManager": _names.MANAGER, "force": "true"},
        )
        release.verified = entries
    return _result(release, entries is not None, "verified", [], diff)


def _return_to(release: Release, target: Revision) -> None:
    documents = _stored(release, target)
    # First the number of pods, which this revision may leave to an autoscaler.
    _replicas.hand_over(release.kube, documents, HELM)
    _take_back(release, documents)
    release.helm.rollback(
        target.number,
        timeout=release.params["timeout_seconds"],
        wait=release.params["wait"],
        watch=release.watch(),
    )


def _rendered(release: Release) -> list[dict[str, Any]]:
    """The chart's objects with the marks that Helm gives to what it owns."""
    kube, helm = release.kube, release.helm
    version = str(kube.get("/version")["gitVersion"])
    text = helm.template(
        release.params["chart"], release.params["values"], version, kube.api_versions()
    )
    return [_marked(release, document) for document in _yaml.documents(text)]


def _marked(release: Release, document: dict[str, Any]) -> dict[str, Any]:
    kube, helm = release.kube, release.helm
    metadata = dict(document["metadata"])
    if kube.namespaced(document["apiVersion"], document["kind"]):
        metadata.setdefault("namespace", helm.namespace)
    labels = metadata.get("labels") or {}
    metadata["labels"] = {**labels, "app.kubernetes.io/managed-by": "Helm"}
    metadata["annotations"] = {
        **(metadata.get("annotations") or {}),
        "meta.helm.sh/release-name": helm.name,
        "meta.helm.sh/release-namespace": helm.namespace,
    }
    return {**document, "metadata": metadata}


def _stored(release: Release, revision: Revision) -> list[dict[str, Any]]:
    """Helm stores the objects without its marks; a chart may set them itself or not."""
    return [_marked(release, document) for document in _documents(revision.manifest)]


def _same(release: Release, current: Revision, manifests: list[dict[str, Any]]) -> bool:
    return _stored(release, current) == sorted(manifests, key=_order)


def _take_back(release: Release, documents: list[dict[str, Any]]) -> None:
    """Restore objects to which others added something, before Helm writes.

    Helm leaves what others added, and would wait for pods that have it and may never be ready.
    """
    kube = release.kube
    for document in documents:
        if document["kind"] not in GUARDED:
            continue
        path = ref_of(document).path(kube)
        live = kube.find(path)
        if live is not None and without_foreign(live, HELM) is not None:
            _apply(kube, path, document, dry_run=False)


def _compare(
    release: Release, manifests: list[dict[str, Any]], current: Revision | None
) -> list[Change]:
    """What a write would change, found by server-side dry runs."""
    kube = release.kube

    def look(manifest: dict[str, Any]) -> Change | None:
        ref = ref_of(manifest)
        path = ref.path(kube)
        live = kube.find(path)
        try:
            after = _apply(kube, path, _replicas.kept(manifest, live), dry_run=True)
        except KubeError as error:
            if error.status != 404:
                raise
            after = manifest
        if live is not None and essence(live) == essence(after):
            return None
        return Change(ref, manifest, live, after)

    found = [change for change in parallel(look, manifests) if change]
    wanted = {ref_of(manifest).key for manifest in manifests}
    for document in _documents(current.manifest if current else ""):
        document["metadata"].setdefault("namespace", release.helm.namespace)
        ref = ref_of(document)
        if not kube.namespaced(document["apiVersion"], document["kind"]):
            continue
        if ref.key not in wanted:
            live = kube.find(ref.path(kube))
            if live is not None:
                found.append(Change(ref, None, live, None))
    return found


def _apply(kube: Kube, path: str, manifest: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    query = {"fieldManager": HELM, **({"dryRun": "All"} if dry_run else {})}
    try:
        after: dict[str, Any] = kube.request(
            "PATCH", path, query={**query, "force": "true"}, body=manifest, content_type=APPLY
        ).json()
        stripped = without_foreign(after, HELM)
        if stripped is not None:
            after = kube.request("PUT", path, query=query, body=stripped).json()
    except KubeError as error:
        text = without_values(str(error), manifest)
        raise KubeError(text, status=error.status, reason=error.reason, path=error.path) from None
    return after


def _repair(kube: Kube, change: Change) -> None:
    if change.manifest is not None:
        _apply(kube, change.ref.path(kube), change.manifest, dry_run=False)


def _recover(release: Release) -> None:
    """A killed helm leaves a pending revision that blocks every later one: take it away.

    The objects stay as they are; the upgrade that follows applies all of them again.
    """
    last = release.last
    if last is None or not last.pending:
        return
    name = f"sh.helm.release.v1.{release.helm.name}.v{last.number}"
    release.kube.request("DELETE", f"/api/v1/namespaces/{release.helm.namespace}/secrets/{name}")
    release.read()


def _after_failure(release: Release, cause: str) -> str:
    """Roll an upgrade back to what was verified; say what was done."""
    release.read()
    last = release.last
    failed = f"release {release.helm.name} failed: {cause}"
    hint = f"Look: kubectl -n {release.helm.namespace} get pods,events"
    target = _revisions.safe_target(release.revisions, release.verified, last)
    if target is None:
        return f"{failed}. There is no verified revision to return to. {hint}"
    _recover(release)
    try:
        _return_to(release, target)
    except CamError as error:
        return (
            f"{failed}. The rollback to verified revision {target.number} failed: {error}. {hint}"
        )
    return f"{failed}. Rolled back to verified revision {target.number}. {hint}"


def _diagnosis(kube: Kube, helm: Helm) -> _rollout.Cause | None:
    path = f"/apis/apps/v1/namespaces/{helm.namespace}/deployments/{helm.name}"
    workload = kube.find(path)
    return _rollout.terminal_cause(_rollout.pods_of(kube, workload)) if workload else None


def _documents(manifest: str) -> list[dict[str, Any]]:
    return sorted(_yaml.documents(manifest), key=_order)


def _order(document: Mapping[str, Any]) -> tuple[str, str]:
    return str(document["kind"]), str(document["metadata"]["name"])


def _result(
    release: Release, changed: bool, action: str, changes: list[Change], diff: bool
) -> Result:
    last = release.last
    result: Result = {
        "changed": changed,
        "action": action,
        "revision": last.number if last else 0,
        "status": last.status if last else "absent",
        "verified_revisions": [one["revision"] for one in release.verified],
        "objects": [change.ref.row(change.action) for change in changes],
    }
    if diff:
        result["diff"] = [entry(one.ref.title, one.live, one.after) for one in changes]
    return result
