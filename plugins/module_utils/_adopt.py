# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what Terraform or CloudFormation says of an estate at AWS, as the variables of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import (
    _adopt_cloudformation,
    _adopt_terraform,
)
from ansible_collections.cam.mesh.plugins.module_utils._adopt_estate import Estate
from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {"path": {"type": "path", "required": True}}
HOW: Final = (
    "Write one with `terraform state pull`, `terraform show -json`, `aws cloudformation "
    "describe-stack-resources --stack-name NAME` or `aws cloudformation describe-stacks "
    "--stack-name NAME`."
)


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The entry point of the module and of the action. Reads one file, whatever the mode."""
    path = params["path"]
    return {"changed": False, **adopted(parsed(path), path)}


def parsed(path: str) -> Any:
    """The JSON of a file. What it holds is in no message: a state holds passwords in clear."""
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except FileNotFoundError:
        raise CamError(f"{path} does not exist. {HOW}") from None
    except OSError as error:
        raise CamError(f"{path} cannot be read: {error.strerror}. {HOW}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise CamError(f"{path} is not JSON ({where}). {HOW}") from None
    except (UnicodeDecodeError, RecursionError):
        raise CamError(f"{path} is not JSON. {HOW}") from None


def adopted(document: Any, path: str) -> Result:
    """The variables, what is to be set by hand, and what is left; from the content alone."""
    source, resources = _recognised(document, path)
    clouds = sorted({one.kind.partition("_")[0] for one in resources})
    if "aws" not in clouds:
        found = f"only {', '.join(clouds)}" if clouds else "no resource at all"
        raise CamError(
            f"{path} holds {found}, and what is adopted here is at AWS (aws_...). Name the state "
            f"or the stack that holds the cluster. {HOW}"
        )
    return {"source": source, **Estate(tuple(resources), path).result()}


def _recognised(document: Any, path: str) -> tuple[str, list[Resource]]:
    """By content, since the name of a file says nothing."""
    if isinstance(document, Mapping):
        for read in (_adopt_terraform.read, _adopt_cloudformation.read):
            if (found := read(document, path)) is not None:
                return found
        keys = ", ".join(sorted(map(str, document))[:6]) or "nothing"
        told = f"an object with {keys}"
    else:
        told = f"a {type(document).__name__}"
    raise CamError(
        f"{path} holds {told}: neither a state of Terraform nor what CloudFormation says of a "
        f"stack. {HOW}"
    )
