"""The documentation of the modules for AWS and what their cores accept are the same."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import yaml
from paths import ROOT

PACKAGE = "ansible_collections.cam.mesh.plugins"
# Module to its core.
NAMES = {
    "cam_adopt_info": "_adopt",
    "cam_aws_cluster_info": "_aws_cluster_info",
    "cam_aws_database_info": "_aws_database",
    "cam_aws_edge": "_aws_edge",
    "cam_aws_edge_info": "_aws_edge_info",
    "cam_aws_identity_info": "_aws_identity_info",
    "cam_aws_leftovers_info": "_aws_leftovers_info",
    "cam_aws_network_info": "_aws_network_info",
    "cam_aws_template_info": "_aws_template_info",
    "cam_aws_vpc_endpoint": "_aws_vpc_endpoint",
    "cam_eks_access": "_eks_access",
    "cam_eks_addon": "_eks_addon",
    "cam_eks_cluster": "_eks_cluster",
    "cam_eks_cluster_info": "_eks_cluster_info",
    "cam_eks_kubeconfig": "_eks_kubeconfig",
    "cam_eks_nodegroup": "_eks_nodegroup",
    "cam_eks_pod_identity": "_eks_pod_identity",
    "cam_elasticache_replication_group": "_elasticache",
    "cam_iam_oidc_provider": "_iam_oidc_provider",
}


def core(name: str) -> Any:
    return import_module(f"{PACKAGE}.module_utils.{NAMES[name]}")


def documented(name: str) -> dict[str, Any]:
    documentation = yaml.safe_load(import_module(f"{PACKAGE}.modules.{name}").DOCUMENTATION)
    options: dict[str, Any] = {}
    for fragment in documentation["extends_documentation_fragment"]:
        _, _, file, *part = fragment.split(".")
        found = import_module(f"{PACKAGE}.doc_fragments.{file}").ModuleDocFragment
        text = getattr(found, part[0].upper() if part else "DOCUMENTATION")
        options |= yaml.safe_load(text).get("options") or {}
    return {**options, **documentation["options"]}


def same(options: dict[str, Any], spec: dict[str, Any]) -> None:
    assert set(options) == set(spec)
    for name, rule in spec.items():
        for field in ("type", "required", "default", "choices", "elements"):
            assert options[name].get(field) == rule.get(field), (name, field)
        if "options" in rule:
            same(options[name]["suboptions"], rule["options"])


@pytest.mark.parametrize("name", NAMES)
def test_options(name: str) -> None:
    same(documented(name), core(name).ARGUMENT_SPEC)


@pytest.mark.parametrize("name", NAMES)
def test_the_action_runs_the_same_core(name: str) -> None:
    found = import_module(f"{PACKAGE}.action.{name}").ActionModule.core
    run = found.run
    assert getattr(run, "func", run) is core(name).run
    assert found.ARGUMENT_SPEC is core(name).ARGUMENT_SPEC


def test_the_modules_that_talk_to_aws_are_a_group() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))["action_groups"]
    asks = {name for name in NAMES if "endpoint_url" in core(name).ARGUMENT_SPEC}
    assert set(groups["aws"]) == {
        name for name in asks if "environment" in core(name).ARGUMENT_SPEC
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_is_returned_is_documented(name: str) -> None:
    returned = yaml.safe_load(import_module(f"{PACKAGE}.modules.{name}").RETURN)
    # Who looks tells a plan where it has something to do, and only there.
    writes = not name.endswith("_info")
    assert ("plan" in returned) is (writes or "todo" in returned)
