"""Builds what the judges need, once: their binaries, a venv of their own and JSON schemas."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml
from paths import BIN, CACHE

HERE = Path(__file__).parent
GO_TOOLS = (
    "github.com/yannh/kubeconform/cmd/kubeconform",
    "github.com/zegl/kube-score/cmd/kube-score",
)
# Modules whose archives carry the definitions of kinds that Kubernetes itself does not know.
DEFINITIONS = {
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
    "github.com/kedacore/keda/v2@v2.18.0": ("config/crd/bases/keda.sh_scaledobjects.yaml",),
    "sigs.k8s.io/gateway-api@v1.4.0": (
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    "k8s.io/autoscaler/vertical-pod-autoscaler@v1.5.1": ("deploy/vpa-v1-crd-gen.yaml",),
}


def folder() -> Path:
    """The folder of everything, named by what decides its content."""
    digest = hashlib.sha256(repr(DEFINITIONS).encode())
    for name in ("go.mod", "go.sum", "requirements.lock", "places.py"):
        digest.update((HERE / name).read_bytes())
    place = CACHE / "judges" / digest.hexdigest()[:16]
    if not (place / ".complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        _binaries(place)
        _venv(place)
        _core_schemas(place / "schemas")
        for definition in definitions():
            _write_versions(definition["spec"], place / "schemas")
        (place / ".complete").touch()
    return place


def _binaries(place: Path) -> None:
    (place / "bin").mkdir(exist_ok=True)
    subprocess.run(["go", "build", "-o", f"{place / 'bin'}/", *GO_TOOLS], cwd=HERE, check=True)


def _venv(place: Path) -> None:
    """checkov pins many libraries, so it lives apart from the project's own."""
    uv = BIN / "uv"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", BIN / "python", place / "venv"], check=True)
    subprocess.run(
        [uv, "pip", "sync", "-q", "-p", place / "venv", HERE / "requirements.lock"], check=True
    )


def _core_schemas(place: Path) -> None:
    """The strict schemas of kubernetes-validate, with references that kubeconform follows."""
    source = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
    for release in source.glob("*-local-strict"):
        target = place / release.name.replace("-local-strict", "-standalone-strict")
        target.mkdir(parents=True, exist_ok=True)
        for file in release.glob("*.json"):
            schema = json.loads(file.read_text("utf-8"))
            schema.pop("$id", None)
            schema.pop("$schema", None)
            text = json.dumps(schema).replace('"/api/_definitions.json', '"_definitions.json')
            (target / file.name).write_text(text, "utf-8")


def definitions() -> Iterator[dict[str, Any]]:
    """The definitions of the kinds that Kubernetes itself does not know."""
    for module, files in DEFINITIONS.items():
        told = subprocess.run(
            ["go", "mod", "download", "-json", module], capture_output=True, text=True, check=True
        )
        source = Path(json.loads(told.stdout)["Dir"])
        for file in files:
            for definition in yaml.safe_load_all((source / file).read_text("utf-8")):
                if definition and definition["kind"] == "CustomResourceDefinition":
                    yield definition


def _write_versions(spec: dict[str, Any], place: Path) -> None:
    kind, group = spec["names"]["kind"].lower(), spec["group"].split(".")[0]
    for version in spec["versions"]:
        schema = _closed(version["schema"]["openAPIV3Schema"])
        file = place / f"{kind}-{group}-{version['name']}.json"
        file.write_text(json.dumps(schema), "utf-8")


def _closed(schema: Any) -> Any:
    """The same schema, which refuses fields that it does not know, as the API server would."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    open_ends = ("additionalProperties", "x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and not any(key in schema for key in open_ends):
        closed["additionalProperties"] = False
    return closed
