"""What each template of the chart renders, and that it renders nothing where it is not wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from charts import RELEASE, helm, only, render
from manifests import documents
from paths import CHART

pytestmark = pytest.mark.usefixtures("tools")
CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("templates.yml").read_text("utf-8"))
ISTIO = ("-f", str(CHART / "ci" / "istio-values.yaml"))


def show(template: str, values: dict[str, Any], apis: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The objects of one template."""
    words = ["--show-only", f"templates/{template}", "--set-json", json.dumps(values)]
    words += [word for api in apis for word in ("--api-versions", api)]
    done = helm("template", RELEASE, str(CHART), "-n", "cam-test", *words)
    if "could not find template" in done.stderr:
        return []
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def missing(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where `found` does not hold what is wanted."""
    if isinstance(wanted, dict) and set(wanted) == {"file"}:
        text = (CHART / "files" / wanted["file"]).read_text("utf-8")
        same = (
            found.rstrip() == text.rstrip()
            if isinstance(found, str)
            else found == yaml.safe_load(text)
        )
        if not same:
            yield f"{path}: not the text of {wanted['file']}"
    elif isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            yield from missing(value, found.get(key), f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from missing(one, other, f"{path}/{number}")
    elif wanted != found:
        yield f"{path}: {found!r}, not {wanted!r}"


@pytest.mark.parametrize("template", CASES)
def test_a_template_renders_what_its_values_ask_for(template: str) -> None:
    case = CASES[template]
    found = show(template, case.get("values", {}), tuple(case.get("apis", ())))
    assert list(missing(case["wanted"], found)) == []


@pytest.mark.parametrize("template", [name for name, case in CASES.items() if "unless" in case])
def test_a_template_renders_nothing_where_it_is_not_wanted(template: str) -> None:
    assert show(template, CASES[template]["unless"]) == []


def test_every_template_has_a_case() -> None:
    folder = CHART / "templates"
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    # Parts, refusals and notes are no objects: each has tests of its own.
    others = {name for name in files if name.startswith(("_", "validate", "NOTES"))}
    assert files - others == set(CASES)


def test_the_notes_say_where_it_runs_and_what_was_left_out() -> None:
    words = ["install", RELEASE, str(CHART), "-n", "cam-test", "--dry-run=client"]
    wishes = "monitoring.alerting.enabled=true,vpa.enabled=true"
    digest = f"image.digest=sha256:{'a' * 64}"
    done = helm(*words, "--set", wishes, "--set", digest)
    assert done.returncode == 0, done.stderr
    for text in (
        "Left out: the ServiceMonitor",
        "Left out: the alerts",
        "Left out: the VerticalPodAutoscaler",
        "The digest decides; the tag 2.0.0 is only a label.",
        "Edge: https://api.complete-cam.com",
        "http://cam-service.cam-test.svc:80",
        f"helm test {RELEASE} -n cam-test",
    ):
        assert text in done.stdout


def notes(*words: str) -> str:
    done = helm("install", RELEASE, str(CHART), "-n", "cam-test", "--dry-run=client", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("\nNOTES:\n")[2]


def test_the_notes_say_which_api_was_asked_for_and_is_not_there() -> None:
    scaled = ("--set", "autoscaling.enabled=false,keda.enabled=true")
    routed = ("--set-json", 'httpRoute={"enabled":true,"parentRefs":[{"name":"gateway"}]}')
    said = notes(*scaled, *routed)
    assert "Missing: keda.sh/v1alpha1, which keda.enabled asks for" in said
    assert "Missing: gateway.networking.k8s.io/v1, which httpRoute.enabled asks for" in said
    assert "Missing" not in notes()


def test_who_turns_autoscaling_on_later_is_told_to_hand_the_number_over() -> None:
    """Helm would take its field away, and the API server would set it to 1."""
    lines = notes("--set", "autoscaling.enabled=false")
    readme = (CHART / "README.md").read_text("utf-8")
    for text in (
        f"kubectl -n cam-test get deployment {RELEASE} -o jsonpath={{.spec.replicas}}",
        "kubectl -n cam-test apply --server-side --field-manager=replicas-keeper -f -",
    ):
        assert text in lines
        assert text.replace("cam-test", "cam-prod") in readme
    assert "replicas-keeper" not in notes()


def test_a_pod_in_istio_is_injected_and_probed_through_its_sidecar() -> None:
    objects = render(*ISTIO)
    spec = only(objects, "Deployment")["spec"]
    metadata = spec["template"]["metadata"]
    assert metadata["labels"]["sidecar.istio.io/inject"] == "true"
    assert metadata["annotations"]["sidecar.istio.io/rewriteAppHTTPProbers"] == "true"
    # A selector cannot change: whether a pod is injected must not be part of it.
    assert "sidecar.istio.io/inject" not in spec["selector"]["matchLabels"]
    assert {port["appProtocol"] for port in only(objects, "Service")["spec"]["ports"]} == {"http"}
    (policy,) = [one for one in objects if one["metadata"]["name"] == f"{RELEASE}-to-istio"]
    assert policy["spec"]["podSelector"]["matchLabels"] == spec["selector"]["matchLabels"]


def test_guaranteed_pods_are_possible() -> None:
    objects = render("-f", str(CHART / "ci" / "guaranteed-values.yaml"))
    pod = only(objects, "Deployment")["spec"]["template"]["spec"]
    (resources,) = [container["resources"] for container in pod["containers"]]
    assert resources["requests"] == resources["limits"]
    assert {"cpu", "memory"} <= set(resources["limits"])
