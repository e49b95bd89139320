"""The release, with a stand-in helm that keeps its revisions in the API as Helm does."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _release
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import KubeError
from ansible_collections.cam.mesh.plugins.module_utils._release import Release
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi, status
from hypothesis import given
from hypothesis import strategies as st

SPACE = "/api/v1/namespaces/cam-dev"
APPS = "/apis/apps/v1/namespaces/cam-dev"
RECORD = f"{SPACE}/configmaps/cam-release-cam"
CONFIG, DEPLOYMENT, SECRET = (
    f"{SPACE}/configmaps/c",
    f"{APPS}/deployments/cam",
    f"{SPACE}/secrets/s",
)
PATHS = {
    "ConfigMap": f"{SPACE}/configmaps/",
    "Deployment": f"{APPS}/deployments/",
    "Secret": f"{SPACE}/secrets/",
}
# What Helm writes on all it owns.
MARKS = {"meta.helm.sh/release-name": "cam", "meta.helm.sh/release-namespace": "cam-dev"}
# A chart as charts are: no namespace, no managed-by label, an empty list of annotations.
CHART = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {}}
data: {size: "$size"}
---
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cam, namespace: cam-dev, annotations: {team: mesh}}
spec: {replicas: $size, selector: {matchLabels: {app: cam}}}
"""
WITH_SECRET = """\
---
apiVersion: v1
kind: Secret
metadata: {name: s, labels: null, annotations: {}}
stringData: {password: $password}
"""
PROGRAM = """\
#!{python} -IS
import json, pathlib, sys, time, urllib.request
words = sys.argv[1:]
values = words[words.index("--values") + 1] if "--values" in words else ""
content = json.loads(pathlib.Path(values).read_text()) if values else {{}}
body = json.dumps({{"words": words, "values": content}}).encode()
answer = json.load(urllib.request.urlopen(urllib.request.Request("{url}/helm", body)))
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.stdout.flush()
time.sleep(answer["sleep"])
sys.exit(answer["code"])
"""


class HelmMesh:
    """A cluster with one release, and the server's half of the stand-in helm."""

    def __init__(self, api: FakeApi, folder: Path) -> None:
        self.api = api
        self.kubeconfig = api.kubeconfig(folder)
        self.program = folder / "helm"
        self.program.write_text(PROGRAM.format(python=sys.executable, url=api.url))
        self.program.chmod(0o755)
        self.chart = folder / "chart.yaml"
        self.chart.write_text(CHART)
        self.calls: list[list[str]] = []
        # What a verb does instead of its work.
        self.instead: dict[str, dict[str, Any]] = {}
        # What is there after an upgrade that was reported as failed.
        self.left: str = "failed"
        api.put(SPACE, {"kind": "Namespace"})
        api.answers["GET", "/version"] = (200, {"gitVersion": "v1.36.3"})
        api.answers["GET", f"{SPACE}/secrets"] = self._selected
        api.answers["POST", "/helm"] = self._helm

    def run(self, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        return call(_release.run, self.params(**options), check_mode=check, diff=diff)

    def open(self, **options: Any) -> Release:
        return Release.open(self.params(**options))

    def params(self, **options: Any) -> dict[str, Any]:
        spec = _release.ARGUMENT_SPEC
        return {
            **{key: value.get("default") for key, value in spec.items()},
            "kubeconfig": self.kubeconfig,
            "namespace": "cam-dev",
            "name": "cam",
            "helm": str(self.program),
            "chart": str(self.chart),
            "values": {"size": 1},
            "timeout_seconds": 5,
            "diagnose_seconds": 0,
            **options,
        }

    def verified(self, size: int = 1) -> None:
        """A release of this size that was installed and found healthy."""
        assert self.run(values={"size": size})["action"] in ("installed", "upgraded")
        assert self.run(state="verified")["changed"]

    def seen(self) -> list[tuple[int, str]]:
        """Helm's memory: number and status of each revision."""
        found = self.open().revisions
        return [(one.number, one.status) for one in found]

    def verbs(self) -> list[str]:
        return [words[0] for words in self.calls]

    def writes(self) -> list[tuple[str, str]]:
        """What this collection wrote itself, without what helm did."""
        return [write for write in self.api.writes() if write[1] != "/helm"]

    def forget(self) -> None:
        self.api.requests.clear()
        self.calls.clear()

    def store(self, number: int, state: str, manifest: str = "") -> None:
        release = {
            "version": number,
            "info": {"status": state},
            "chart": {"metadata": {"name": "cam-chart", "version": "2.0.0"}},
            "manifest": manifest,
        }
        packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
        name = f"sh.helm.release.v1.cam.v{number}"
        labels = {"owner": "helm", "name": "cam"}
        self.api.put(
            f"{SPACE}/secrets/{name}",
            {
                "metadata": {"name": name, "labels": labels},
                "data": {"release": base64.b64encode(packed).decode()},
            },
        )

    def _selected(self, query: dict[str, list[str]], body: Any) -> Any:
        wanted = dict(pair.split("=") for pair in query["labelSelector"][0].split(","))
        items = [
            item
            for path, item in list(self.api.objects.items())
            if path.startswith(f"{SPACE}/secrets/")
            and wanted.items() <= (item["metadata"].get("labels") or {}).items()
        ]
        return 200, {"items": items}

    def _helm(self, query: Any, body: dict[str, Any]) -> Any:
        words = body["words"]
        self.calls.append(words)
        answer = {"out": "", "err": "", "code": 0, "sleep": 0}
        special = self.instead.get(words[0])
        if special is not None:
            if words[0] == "upgrade" and self.left:
                self.store(len(self._revisions()) + 1, self.left, "kind: Broken\n")
            return 200, {**answer, "code": 1, **special}
        work: dict[str, Callable[[], str]] = {
            "template": lambda: self._text(words[2], body["values"]),
            "upgrade": lambda: self._deploy(self._text(words[2], body["values"])),
            "rollback": lambda: self._deploy(self._revisions()[int(words[2])]),
            "uninstall": self._uninstall,
        }
        return 200, {**answer, "out": work[words[0]]()}

    def _text(self, chart: str, values: dict[str, Any]) -> str:
        return Template(Path(chart).read_text()).substitute(values)

    def _revisions(self) -> dict[int, str]:
        return {one.number: one.manifest for one in self.open().revisions}

    def _deploy(self, manifest: str) -> str:
        kept = self._revisions()
        for number, text in kept.items():
            self.store(number, "superseded", text)
        self.store(max(kept, default=0) + 1, "deployed", manifest)
        for document in yaml.safe_load_all(manifest):
            if document:
                metadata = document["metadata"]
                metadata["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
                metadata["annotations"].update(MARKS)
                if document["kind"] in PATHS:
                    metadata["namespace"] = "cam-dev"
                    path = PATHS[document["kind"]] + metadata["name"]
                    self.api.answer("PATCH", path, {}, document, "")
        return ""

    def _uninstall(self) -> str:
        for path in [*self.api.objects]:
            if path.startswith(f"{SPACE}/secrets/sh.helm") or path in (CONFIG, DEPLOYMENT, SECRET):
                del self.api.objects[path]
        return ""


@pytest.fixture
def mesh(api: FakeApi, tmp_path: Path) -> HelmMesh:
    return HelmMesh(api, tmp_path)


# Present


def test_a_first_run_installs_and_a_second_one_changes_nothing(mesh: HelmMesh) -> None:
    first = mesh.run()
    assert (first["changed"], first["action"], first["revision"]) == (True, "installed", 1)
    assert first["status"] == "deployed"
    assert [(one["kind"], one["name"], one["action"]) for one in first["objects"]] == [
        ("ConfigMap", "c", "created"),
        ("Deployment", "cam", "created"),
    ]
    mesh.forget()
    second = mesh.run(diff=True)
    assert (second["changed"], second["action"], second["revision"]) == (False, "unchanged", 1)
    assert (second["objects"], second["diff"]) == ([], [])
    assert mesh.verbs() == ["template"]
    assert mesh.writes() == []


def test_other_values_make_another_revision(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    found = mesh.run(values={"size": 3})
    assert (found["action"], found["revision"]) == ("upgraded", 2)
    assert mesh.seen() == [(1, "superseded"), (2, "deployed")]
    assert api.objects[DEPLOYMENT]["spec"]["replicas"] == 3


def test_a_dry_run_tells_what_would_change_and_changes_nothing(mesh: HelmMesh) -> None:
    mesh.run()
    mesh.forget()
    found = mesh.run(check=True, diff=True, values={"size": 3})
    assert (found["changed"], found["action"], found["revision"]) == (True, "would change", 1)
    before = {one["before_header"]: (one["before"], one["after"]) for one in found["diff"]}
    assert before["Deployment cam-dev/cam"] == ("spec:\n  replicas: 1\n", "spec:\n  replicas: 3\n")
    assert mesh.verbs() == ["template"]
    assert mesh.writes() == []
    assert mesh.seen() == [(1, "deployed")]


def test_a_dry_run_before_the_namespace_is_there_says_created(mesh: HelmMesh, api: FakeApi) -> None:
    del api.objects[SPACE]
    found = mesh.run(check=True, diff=True)
    assert [one["action"] for one in found["objects"]] == ["created", "created"]
    assert (found["revision"], found["status"]) == (0, "absent")
    assert all(one["before"] == "" for one in found["diff"])
    assert api.objects == {}


def test_what_was_edited_by_hand_is_put_right_without_a_revision(
    mesh: HelmMesh, api: FakeApi
) -> None:
    mesh.run()
    api.objects[DEPLOYMENT]["spec"]["replicas"] = 7
    del api.objects[CONFIG]
    mesh.forget()
    found = mesh.run()
    assert (found["changed"], found["action"], found["revision"]) == (True, "repaired", 1)
    assert {one["name"]: one["action"] for one in found["objects"]} == {
        "c": "created",
        "cam": "updated",
    }
    assert api.objects[DEPLOYMENT]["spec"]["replicas"] == 1
    assert api.objects[CONFIG]["data"] == {"size": "1"}
    assert mesh.verbs() == ["template"]
    assert not mesh.run()["changed"]


def test_pods_that_may_have_read_an_edited_configuration_are_named(
    mesh: HelmMesh, api: FakeApi
) -> None:
    reads = "template: {spec: {containers: [{envFrom: [{configMapRef: {name: c}}]}]}}"
    mesh.chart.write_text(CHART.replace("replicas: $size,", f"replicas: $size, {reads},"))
    mesh.run()
    api.objects[CONFIG]["data"]["size"] = "9"
    (told,) = mesh.run()["warnings"]
    assert told.endswith("kubectl --namespace cam-dev rollout restart deployment/cam")


def added_by_hand(api: FakeApi) -> list[bool]:
    """Add a key to the ConfigMap, as a person would; whether each write of Helm's finds it."""
    config = api.objects[CONFIG]
    config["data"]["extra"] = "by hand"
    owned: dict[str, Any] = {"f:data": {"f:extra": {}}}
    config["metadata"]["managedFields"] = [
        {"manager": "helm", "fieldsV1": {"f:data": {"f:size": {}}}},
        {"manager": "kubectl-edit", "fieldsV1": owned},
    ]
    seen: list[bool] = []

    def look(query: dict[str, str], body: Any) -> None:
        # Helm's own apply is the only write without a query.
        if not query:
            seen.append("extra" in api.objects[CONFIG]["data"])

    api.answers["PATCH", CONFIG] = look
    return seen


def test_what_was_added_by_hand_is_taken_out_again(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    added_by_hand(api)
    assert mesh.run()["action"] == "repaired"
    assert api.objects[CONFIG]["data"] == {"size": "1"}


def test_what_was_added_by_hand_is_taken_out_before_an_upgrade_waits_for_pods(
    mesh: HelmMesh, api: FakeApi
) -> None:
    mesh.run()
    seen = added_by_hand(api)
    assert mesh.run(values={"size": 2})["action"] == "upgraded"
    assert seen == [False]
    assert api.objects[CONFIG]["data"] == {"size": "2"}


def test_what_was_added_by_hand_is_taken_out_before_a_rollback_waits_for_pods(
    mesh: HelmMesh, api: FakeApi
) -> None:
    mesh.run()
    mesh.run(state="verified")
    mesh.run(values={"size": 2})
    seen = added_by_hand(api)
    assert mesh.run(state="rolled_back")["action"] == "rolled_back"
    assert seen == [False]
    assert api.objects[CONFIG]["data"] == {"size": "1"}


def test_an_object_that_left_the_chart_is_listed_as_deleted(mesh: HelmMesh, api: FakeApi) -> None:
    role = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
    mesh.chart.write_text(f"{CHART}{role}metadata: {{name: wide, annotations: {{}}}}\n")
    mesh.run()
    mesh.chart.write_text(CHART.partition("---")[0])
    found = mesh.run(check=True)
    # What has no namespace is helm's alone to delete.
    assert [(one["name"], one["action"]) for one in found["objects"]] == [("cam", "deleted")]
    assert DEPLOYMENT in api.objects
    del api.objects[DEPLOYMENT]
    assert mesh.run(check=True)["objects"] == []


def test_what_an_upgrade_left_different_is_put_right_after_it(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    # Helm's own apply of this object, the only write without a query, is lost.
    api.answers["PATCH", CONFIG] = lambda query, body: (
        (200, {}) if not query and body["data"]["size"] == "2" else None
    )
    found = mesh.run(values={"size": 2})
    assert (found["action"], found["revision"]) == ("upgraded", 2)
    assert api.objects[CONFIG]["data"] == {"size": "2"}
    assert ("PATCH", CONFIG) in mesh.writes()


def test_a_secret_shows_in_no_result_no_diff_and_no_command(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.chart.write_text(CHART + WITH_SECRET)
    values = {"size": 1, "password": "correct-horse-battery"}
    found = [mesh.run(diff=True, check=check, values=values) for check in (True, False)]
    found.append(mesh.run(diff=True, values={**values, "password": "another-horse-battery"}))
    assert [one["action"] for one in found] == ["would change", "installed", "upgraded"]
    assert "<secret: 21 bytes" in json.dumps(found)
    assert "horse" not in json.dumps([found, mesh.calls])
    assert api.objects[SECRET]["stringData"] == {"password": "another-horse-battery"}


def test_a_refusal_of_the_api_does_not_repeat_the_secret(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.chart.write_text(CHART + WITH_SECRET)
    text = "admission webhook denied: correct-horse-battery is too weak"
    api.answers["PATCH", SECRET] = (403, status(403, "Forbidden", text))
    found = mesh.run(values={"size": 1, "password": "correct-horse-battery"})
    assert found["failed"]
    assert "admission webhook denied: <secret> is too weak" in found["msg"]
    assert "horse" not in json.dumps(found)
    assert mesh.seen() == []


def test_present_needs_a_chart(mesh: HelmMesh) -> None:
    found = mesh.run(chart=None)
    assert found["msg"] == "state present needs `chart`, the path of the chart"
    assert mesh.calls == []


def test_a_chart_that_does_not_render_is_told_in_helms_words(mesh: HelmMesh) -> None:
    mesh.instead["template"] = {"err": "Error: values don't meet the schema\n"}
    assert mesh.run()["msg"] == "helm template failed: Error: values don't meet the schema"
    assert mesh.writes() == []


# Failures


def test_a_failed_first_install_says_that_there_is_no_way_back(mesh: HelmMesh) -> None:
    mesh.instead["upgrade"] = {"err": "Error: quota exceeded\n"}
    found = mesh.run()
    assert found["failed"]
    assert found["msg"] == (
        "release cam failed: helm upgrade failed: Error: quota exceeded. There is no verified "
        "revision to return to. Look: kubectl -n cam-dev get pods,events"
    )
    assert mesh.verbs() == ["template", "upgrade"]


def test_a_failed_release_is_tried_again(mesh: HelmMesh) -> None:
    mesh.store(1, "failed", CHART)
    found = mesh.run()
    assert (found["action"], found["revision"]) == ("upgraded", 2)


def test_a_failed_upgrade_returns_to_what_was_verified(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.verified(2)
    mesh.run(values={"size": 3})
    mesh.instead["upgrade"] = {"err": "Error: timed out\n"}
    found = mesh.run(values={"size": 4})
    assert found["failed"]
    assert (
        "helm upgrade failed: Error: timed out. Rolled back to verified revision 1. Look:"
        in (found["msg"])
    )
    assert api.objects[DEPLOYMENT]["spec"]["replicas"] == 2
    assert mesh.seen()[-1] == (4, "deployed")


def test_a_rollback_that_fails_too_is_told_with_both_reasons(mesh: HelmMesh) -> None:
    mesh.verified()
    mesh.instead["upgrade"] = {"err": "Error: timed out\n"}
    mesh.instead["rollback"] = {"err": "Error: no disk\n"}
    message = mesh.run(values={"size": 4})["msg"]
    assert "helm upgrade failed: Error: timed out. The rollback to verified revision 1" in message
    assert "failed: helm rollback failed: Error: no disk. Look:" in message


@pytest.mark.parametrize("state", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_a_revision_that_a_killed_helm_left_does_not_block(mesh: HelmMesh, state: str) -> None:
    mesh.run()
    mesh.store(2, state, "kind: Broken\n")
    mesh.forget()
    assert mesh.run(check=True)["action"] == "would change"
    assert mesh.writes() == []
    found = mesh.run()
    assert (found["action"], found["status"]) == ("upgraded", "deployed")
    assert mesh.writes() == [("DELETE", f"{SPACE}/secrets/sh.helm.release.v1.cam.v2")]
    assert mesh.seen() == [(1, "superseded"), (2, "deployed")]


def test_a_pending_revision_of_a_failed_upgrade_goes_before_the_rollback(mesh: HelmMesh) -> None:
    mesh.verified()
    mesh.instead["upgrade"] = {"err": "Error: killed\n"}
    mesh.left = "pending-upgrade"
    assert "Rolled back to verified revision 1" in mesh.run(values={"size": 4})["msg"]
    assert mesh.seen() == [(1, "superseded"), (2, "deployed")]


# Absent


def test_absent_takes_release_and_record_away_once(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.verified()
    assert mesh.run(state="absent", check=True) == {"changed": True, "action": "uninstalled"}
    assert {RECORD, DEPLOYMENT} <= set(api.objects)
    assert mesh.run(state="absent") == {"changed": True, "action": "uninstalled"}
    assert set(api.objects) == {SPACE}
    mesh.forget()
    assert mesh.run(state="absent") == {"changed": False, "action": "unchanged"}
    assert (mesh.calls, mesh.writes()) == ([], [])


def test_absent_takes_a_record_away_that_outlived_its_release(mesh: HelmMesh, api: FakeApi) -> None:
    api.put(RECORD, {"data": {}})
    assert mesh.run(state="absent")["changed"]
    assert RECORD not in api.objects
    assert mesh.calls == []


def test_absent_takes_the_job_of_a_helm_test_away(mesh: HelmMesh, api: FakeApi) -> None:
    path = "/apis/batch/v1/namespaces/cam-dev/jobs"
    job = {"metadata": {"name": "cam-test"}}
    api.answers["GET", path] = (200, {"items": [job]})
    api.put(f"{path}/cam-test", job)
    assert mesh.run(state="absent", check=True)["changed"]
    assert f"{path}/cam-test" in api.objects
    assert mesh.run(state="absent")["changed"]
    assert f"{path}/cam-test" not in api.objects


# Verified


def test_a_revision_is_recorded_once(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    mesh.forget()
    dry = mesh.run(state="verified", check=True)
    assert (dry["changed"], mesh.writes()) == (True, [])
    found = mesh.run(state="verified")
    assert (found["changed"], found["verified_revisions"]) == (True, [1])
    again = mesh.run(state="verified")
    assert (again["changed"], again["verified_revisions"]) == (False, [1])
    assert mesh.writes() == [("PATCH", RECORD)]
    (entry,) = json.loads(api.objects[RECORD]["data"]["verified"])
    assert (entry["revision"], entry["chart"]) == (1, "cam-chart-2.0.0")
    assert entry["time"].endswith("+00:00")


def test_without_a_deployed_revision_nothing_can_be_verified(mesh: HelmMesh) -> None:
    mesh.store(1, "failed")
    assert mesh.run(state="verified")["msg"] == "release cam has no deployed revision to record"
    assert mesh.run(state="verified", check=True)["changed"] is True


# Rolled back


def test_a_rollback_goes_to_the_newest_verified_revision(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.verified(1)
    mesh.verified(2)
    mesh.run(values={"size": 3})
    mesh.forget()
    dry = mesh.run(state="rolled_back", check=True)
    assert (dry["changed"], dry["target"], mesh.calls) == (True, 2, [])
    found = mesh.run(state="rolled_back")
    assert (found["action"], found["target"], found["revision"]) == ("rolled_back", 2, 4)
    assert api.objects[DEPLOYMENT]["spec"]["replicas"] == 2


def test_a_rollback_to_a_named_revision(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.verified(1)
    mesh.verified(2)
    mesh.run(values={"size": 3})
    assert mesh.run(state="rolled_back", revision=1)["target"] == 1
    assert api.objects[DEPLOYMENT]["spec"]["replicas"] == 1
    again = mesh.run(state="rolled_back", revision=1)
    assert (again["changed"], again["action"]) == (False, "unchanged")


def test_a_revision_that_was_only_deployed_is_no_target(mesh: HelmMesh) -> None:
    mesh.run()
    refused = mesh.run(state="rolled_back", revision=1)
    assert refused["msg"] == "revision 1 was never verified; the verified ones: none"
    mesh.run(state="verified")
    mesh.run(values={"size": 2})
    refused = mesh.run(state="rolled_back", revision=2)
    assert refused["msg"] == "revision 2 was never verified; the verified ones: 1"
    assert "revision 9 was never verified" in mesh.run(state="rolled_back", revision=9)["msg"]
    assert mesh.seen()[-1] == (2, "deployed")


def test_a_number_that_now_means_another_revision_is_no_target(
    mesh: HelmMesh, api: FakeApi
) -> None:
    mesh.verified()
    # Somebody uninstalled by hand and installed something else: Helm counts from 1 again.
    mesh.store(1, "superseded", "kind: Unverified\n")
    mesh.store(2, "deployed", "kind: Other\n")
    found = mesh.run(state="rolled_back", revision=1)
    assert "revision 1 was never verified" in found["msg"]
    assert "rollback" not in mesh.verbs()


def test_a_rollback_without_a_way_back_says_so(mesh: HelmMesh) -> None:
    assert mesh.run(state="rolled_back")["msg"] == "there is no release cam in cam-dev"
    mesh.verified()
    found = mesh.run(state="rolled_back")
    assert found["msg"] == ("there is no earlier verified revision to return to; verified: [1]")


def test_a_broken_release_returns_to_the_last_verified_revision(mesh: HelmMesh) -> None:
    mesh.verified()
    mesh.store(2, "failed", "kind: Broken\n")
    found = mesh.run(state="rolled_back")
    assert (found["target"], found["status"]) == (1, "deployed")


# The watch beside a waiting helm


def crashing(api: FakeApi, **waiting: Any) -> None:
    """A pod of the release whose container waits for this reason."""
    container = {
        "name": "app",
        "image": "cam:9",
        "restartCount": 3,
        "ready": False,
        "state": {"waiting": waiting},
        "lastState": {"terminated": {"exitCode": 1}},
    }
    metadata = {"name": "cam-1", "namespace": "cam-dev", "creationTimestamp": "2026-01-01"}
    pod = {"metadata": metadata, "status": {"containerStatuses": [container]}}
    api.put(f"{SPACE}/pods/cam-1", pod)


def test_a_cause_counts_only_after_it_persisted(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    release = mesh.open(diagnose_seconds=20)
    now = 100.0
    release.monotonic = lambda: now
    look = release.watch()
    assert look() == ""
    crashing(api, reason="ImagePullBackOff", message="404")
    assert look() == ""
    now = 119.9
    assert look() == ""
    del api.objects[f"{SPACE}/pods/cam-1"]
    assert look() == ""
    crashing(api, reason="ImagePullBackOff", message="404")
    now = 121.0
    # It was away in between: its time starts again.
    assert look() == ""
    now = 141.0
    assert look() == (
        "pod cam-1, container app: the image cam:9 cannot be pulled: ImagePullBackOff: 404"
    )


def test_a_crash_ends_with_the_last_line_of_its_log(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.run()
    crashing(api, reason="CrashLoopBackOff")
    api.answers["GET", f"{SPACE}/pods/cam-1/log"] = (200, b"up\nFATAL: no database\n", "text/plain")
    assert mesh.open().watch()().endswith("(Error); its last log line: FATAL: no database")


def test_a_watch_that_sees_nothing_does_not_stop_helm(mesh: HelmMesh, api: FakeApi) -> None:
    look = mesh.open().watch()
    assert look() == ""
    api.answers["GET", DEPLOYMENT] = (503, status(503, "ServiceUnavailable", "away"))
    assert look() == ""


def test_a_missing_image_ends_the_wait_early(mesh: HelmMesh, api: FakeApi) -> None:
    mesh.verified()
    crashing(api, reason="ImagePullBackOff", message="404")
    mesh.instead["upgrade"] = {"sleep": 60}
    found = mesh.run(values={"size": 2})
    assert "cannot be pulled: ImagePullBackOff: 404. Rolled back to verified" in found["msg"]


# The cluster


def test_a_release_that_may_not_be_read_is_not_written(mesh: HelmMesh, api: FakeApi) -> None:
    api.answers["GET", f"{SPACE}/secrets"] = (403, status(403, "Forbidden", "no right"))
    found = mesh.run()
    assert "no right" in found["msg"]
    assert (mesh.calls, mesh.writes()) == ([], [])


def test_a_dry_run_that_is_refused_stops_before_helm(mesh: HelmMesh, api: FakeApi) -> None:
    api.answers["PATCH", DEPLOYMENT] = (422, status(422, "Invalid", "field is immutable"))
    with pytest.raises(KubeError, match="field is immutable"):
        _release.run(mesh.params(), check_mode=False, diff=False)
    assert mesh.verbs() == ["template"]


def test_helm_is_told_what_the_cluster_serves(mesh: HelmMesh) -> None:
    mesh.run(check=True)
    (words,) = mesh.calls
    assert words[words.index("--kube-version") + 1] == "v1.36.3"
    assert {"v1", "v1/Secret", "apps/v1/Deployment"} <= set(
        words[words.index("--api-versions") + 1].split(",")
    )


def test_a_name_that_is_none_reaches_no_cluster(mesh: HelmMesh, api: FakeApi) -> None:
    with pytest.raises(CamError, match="release name"):
        mesh.open(name="--post-renderer=x")
    assert api.requests == []


names = st.text("abcdefgh-", min_size=1, max_size=8)
documents = st.lists(st.tuples(st.sampled_from(["A", "B"]), names), unique=True, max_size=6)


@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_the_documents_is_no_difference(
    found: list[tuple[str, str]], chance: Any
) -> None:
    items = [{"kind": kind, "metadata": {"name": name}} for kind, name in found]
    mixed = chance.sample(items, len(items))
    assert _release._documents(yaml.safe_dump_all(mixed)) == _release._documents(
        yaml.safe_dump_all(items)
    )
