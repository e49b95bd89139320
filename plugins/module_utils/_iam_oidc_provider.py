# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM OIDC provider of an EKS cluster, by which service accounts get roles (IRSA)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import AWS_SPEC, Aws, Service, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

KIND: Final = "IAM OIDC provider"
STS: Final = "sts.amazonaws.com"
ARGUMENT_SPEC: dict[str, Any] = {
    **AWS_SPEC,
    "cluster": {"type": "str", "required": True},
    "url": {"type": "str", "default": ""},
    "thumbprints": {"type": "list", "elements": "str"},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
Found = dict[str, Any]


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    url = params["url"].removeprefix("https://").rstrip("/")
    if params["state"] == "present" and not url and not check_mode:
        raise CamError(
            "`url` is empty. Give the issuer of the cluster: `oidc_issuer` of cam_eks_cluster."
        )
    iam = Aws.of(params).service("iam")
    if params["state"] == "absent":
        return _remove(iam, _of_cluster(iam, owner, url), owner, params, check_mode, diff)
    arn = next((one for one in _arns(iam) if url and one.endswith(f":oidc-provider/{url}")), None)
    live = _describe(iam, arn) if arn else None
    steps = _steps(iam, live, url, params, owner)
    result = carry_out(steps, allow=[], check_mode=check_mode, diff=diff)
    if live is None and not check_mode:
        arn = _made(iam, url)
    return {**result, "arn": arn or "", "url": url}


def _arns(iam: Service) -> list[str]:
    answer = iam.ask("list_open_id_connect_providers", "all IAM OIDC providers")
    return [str(one["Arn"]) for one in answer["OpenIDConnectProviderList"]]


def _made(iam: Service, url: str) -> str:
    return next((arn for arn in _arns(iam) if arn.endswith(f":oidc-provider/{url}")), "")


def _describe(iam: Service, arn: str) -> Found | None:
    try:
        found = iam.ask(
            "get_open_id_connect_provider", f"{KIND} {arn}", OpenIDConnectProviderArn=arn
        )
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None
    tags = {one["Key"]: one["Value"] for one in found.get("Tags") or []}
    return {**found, "Arn": arn, "Tags": tags}


def _of_cluster(iam: Service, owner: Owner, url: str) -> list[Found]:
    """That of the URL; of a cluster that is gone, and its URL with it, all with our tags."""
    arns = [arn for arn in _arns(iam) if not url or arn.endswith(f":oidc-provider/{url}")]
    found = [one for one in at_once(partial(_describe, iam), arns) if one is not None]
    return [one for one in found if url or owner.owns(one["Tags"])]


def _steps(iam: Service, live: Found | None, url: str, params: Params, owner: Owner) -> list[Step]:
    tags = owner.with_tags(params["tags"])
    name = url or f"of {params['cluster']}"
    if live is None:
        create = partial(_create, iam, url, params, tags, owner)
        return [Step(Change(KIND, name, "create", {"audience": (None, STS)}), create)]
    owner.refuse_foreign(KIND, name, live["Tags"], params["adopt"])
    if STS not in (live.get("ClientIDList") or []):
        raise CamError(
            f"{KIND} {name} does not take tokens for {STS}, so that no service account would get "
            "a role. Add that audience in IAM, or remove the provider to have it made anew."
        )
    ask = partial(_ask, iam, name, live["Arn"])
    steps = []
    if missing := tags_to_set(tags, live["Tags"]):
        before = {key: live["Tags"].get(key, ABSENT) for key in missing}
        fields = {f"tag {key}": (before[key], missing[key]) for key in sorted(missing)}
        call = partial(ask, "tag_open_id_connect_provider", {"Tags": _pairs(missing)})
        steps.append(Step(Change(KIND, name, "update", fields), call))
    wanted = params["thumbprints"]
    found = sorted(live.get("ThumbprintList") or [])
    if wanted is not None and sorted(one.lower() for one in wanted) != found:
        call = partial(
            ask, "update_open_id_connect_provider_thumbprint", {"ThumbprintList": wanted}
        )
        prints = {"thumbprints": (found, sorted(wanted))}
        steps.append(Step(Change(KIND, name, "update", prints), call))
    return steps


def _create(iam: Service, url: str, params: Params, tags: Mapping[str, str], owner: Owner) -> None:
    """Without thumbprints IAM takes that of the issuer's certificate, which AWS no longer reads."""
    given: dict[str, Any] = {"Url": f"https://{url}", "ClientIDList": [STS]}
    if params["thumbprints"]:
        given["ThumbprintList"] = params["thumbprints"]
    try:
        iam.ask("create_open_id_connect_provider", f"{KIND} {url}", **given, Tags=_pairs(tags))
    except AwsError as error:
        # Ourselves, if an earlier attempt went through and only its answer was lost.
        live = _describe(iam, _made(iam, url)) if error.cause == "taken" else None
        if live is None or not owner.owns(live["Tags"]):
            raise


def _ask(iam: Service, name: str, arn: str, operation: str, given: Mapping[str, Any]) -> None:
    iam.ask(operation, f"{KIND} {name}", OpenIDConnectProviderArn=arn, **given)


def _remove(
    iam: Service, found: list[Found], owner: Owner, params: Params, check_mode: bool, diff: bool
) -> Result:
    steps, alone = [], []
    for live in found:
        if owner.owns(live["Tags"]) or params["adopt"]:
            operation = "delete_open_id_connect_provider"
            call = partial(_ask, iam, live["Url"], live["Arn"], operation, {})
            steps.append(Step(Change(KIND, live["Url"], "delete"), call))
        else:
            whose = owner.whose(live["Tags"])
            alone.append(f"{KIND} {live['Url']} is left alone: it is {whose}.")
    result = carry_out(steps, allow=[], check_mode=check_mode, diff=diff)
    return {**result, "arn": "", "url": "", **({"warnings": alone} if alone else {})}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
