# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison tells the role that acts on it, in the words of the role's variables."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Plan


def report(
    changes: Mapping[str, Change],
    *,
    allow: Sequence[str],
    verify: bool,
    check_mode: bool,
    diff: bool,
) -> dict[str, Any]:
    """`changes` by the resource that they are of. With `verify` nothing may be left to change."""
    plan = Plan.of(changes.values())
    if verify:
        refuse_left(changes)
    plan.refuse_dangerous(allow)
    result: dict[str, Any] = {
        # Who writes says so itself; in check mode nobody does.
        "changed": check_mode and bool(plan),
        "plan": plan.lines(),
        "todo": {key: change.action for key, change in changes.items()},
    }
    if diff:
        result["diff"] = plan.diffs()
    return result


def refuse_left(changes: Mapping[str, Change]) -> None:
    """What was written must be what is read afterwards."""
    if changes:
        lines = Plan.of(changes.values()).lines()
        left = "; ".join(line.removeprefix("would ") for line in lines)
        raise CamError(
            f"AWS took the changes and what it describes still differs: {left}. Run again; if it "
            "stays so, somebody else changes it, or AWS does not keep such a value."
        )


@contextlib.contextmanager
def told(prefix: str) -> Iterator[None]:
    """Refusals name options of a module; who deploys knows them as variables of a role."""
    try:
        yield
    except AwsError:
        raise
    except CamError as error:
        text = str(error)
        for option in ("`adopt: true`", "`wait_seconds`", "`tags`"):
            text = text.replace(option, f"`{prefix}_{option[1:]}")
        raise CamError(text.replace("allow: [", f"{prefix}_allow: [")) from None
