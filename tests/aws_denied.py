"""A user who begins without a permission, and is told of each by the refusal that it causes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from lifecycle import Ran

# No policy is without a statement.
ANYBODY: Final = {"Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"}
NAMED: Final = re.compile(r"Allow the action (\S+?:\w+)")


def with_only(policy: dict[str, Any], actions: set[str]) -> dict[str, Any]:
    """The policy as it is, conditions and resources with it, but of some actions alone."""
    parts = [
        {**part, "Action": [action for action in part["Action"] if action in actions]}
        for part in policy["Statement"]
    ]
    return {**policy, "Statement": [part for part in parts if part["Action"]] or [ANYBODY]}


def learn(
    run: Callable[[], Ran],
    allow: Callable[[set[str]], None],
    known: set[str],
    most: int,
) -> list[str]:
    """Run until it ends well; each refusal in three lines names one action, which is allowed then.

    Returns the actions in the order in which they were named.
    """
    learned: list[str] = []
    for _run in range(most + 1):
        allow(known | {*learned})
        ran = run()
        if ran.code == 0:
            return learned
        told = ran.refusal
        named = NAMED.findall(told)
        assert len(named) == 1, ran.output[-3000:]
        assert named[0] not in known | {*learned}, f"{named[0]} is allowed: {told}"
        assert len(told.splitlines()) <= 3, told
        assert "Traceback" not in ran.output
        learned += named
    raise AssertionError(f"{most} actions allowed, and it still asks for more: {learned[-3:]}")
