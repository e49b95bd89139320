"""Slow creation, slow deletion and failure, through moto's own state manager.

What a call that changes something answers is always the state on the way (CREATING, deleting); only
a call that reads moves it on, by the transition that is set for the model with moto's
`/moto-api/state-manager/set-transition`: immediate (the default: the next read shows the end),
manual (`times` reads) or time (`seconds`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

GONE = "gone"
# From which state a resource goes to which. The first is the one it is created in.
TRANSITIONS: dict[str, list[tuple[str | None, str]]] = {
    "eks::cluster": [("CREATING", "ACTIVE"), ("DELETING", GONE)],
    "eks::nodegroup": [("CREATING", "ACTIVE"), ("DELETING", GONE)],
    "eks::addon": [("CREATING", "ACTIVE"), ("DELETING", GONE)],
    "eks::update": [("InProgress", "Successful")],
    "rds::instance": [
        ("creating", "backing-up"),
        ("backing-up", "available"),
        ("modifying", "available"),
        ("rebooting", "available"),
        ("deleting", GONE),
    ],
    "elasticache::cluster": [
        ("creating", "available"),
        ("modifying", "available"),
        ("deleting", GONE),
    ],
    "elasticache::replication-group": [
        ("creating", "available"),
        ("modifying", "available"),
        ("deleting", GONE),
    ],
    "ec2::nat-gateway": [("pending", "available"), ("deleting", "deleted")],
}


@dataclass
class Outcome:
    """How the next `times` resources of `model` end whose name matches `name` (a pattern).

    `after`: on the way from which state, by default that in which the model is created; DELETING or
    deleting makes a deletion fail. `issues`: health issues ({code, message, resourceIds}), or of an
    update its errors ({errorCode, errorMessage, resourceIds}).
    """

    model: str
    status: str
    name: str = ".*"
    times: int = 1
    after: str = ""
    issues: list[dict[str, Any]] = field(default_factory=list)


class Outcomes:
    """The ends that were asked for and did not come yet."""

    def __init__(self) -> None:
        self.planned: list[Outcome] = []

    def plan(self, entries: list[dict[str, Any]]) -> None:
        outcomes = [Outcome(**entry) for entry in entries]
        for outcome in outcomes:
            if outcome.model not in TRANSITIONS:
                raise ValueError(f"There is no model {outcome.model}, but {sorted(TRANSITIONS)}")
            outcome.after = outcome.after or str(TRANSITIONS[outcome.model][0][0])
        self.planned = outcomes

    def take(self, model: str, name: str, after: str) -> Outcome | None:
        for outcome in self.planned:
            fits = (outcome.model, outcome.after) == (model, after)
            if fits and outcome.times > 0 and re.fullmatch(outcome.name, name):
                outcome.times -= 1
                return outcome
        return None


OUTCOMES = Outcomes()


class State:
    """The state of one resource. `when`: what is to be done as soon as a state is reached."""

    def __init__(
        self, model: str, name: str, when: dict[str, Callable[[], None]] | None = None
    ) -> None:
        self._model, self._name = model, name
        self._managed = ManagedState(model, TRANSITIONS[model])
        self._when = when or {}
        self.enter(str(TRANSITIONS[model][0][0]))

    def look(self) -> str:
        """A call reads the resource: one tick."""
        self._managed.advance()
        return self.settle()

    def settle(self) -> str:
        """The state by now, for a call that depends on it and does not read it."""
        now = str(self._managed.status)
        if now != self.shown:
            self.shown = now
            self._when.get(now, lambda: None)()
        return now

    def enter(self, status: str) -> None:
        """Be on the way from `status`, to the usual end or to one that was asked for."""
        self.outcome = OUTCOMES.take(self._model, self._name, status)
        ends = [(status, self.outcome.status)] if self.outcome else []
        self._managed._transitions = [*ends, *TRANSITIONS[self._model]]
        self._managed.status = status
        self._managed._tick = 0
        self._managed._time_progressed = datetime.now()
        self.shown = status

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Why it failed; empty unless it did."""
        failed = self.outcome and self.shown == self.outcome.status
        return list(self.outcome.issues) if self.outcome and failed else []


def register() -> None:
    """Make the models known to moto's state manager."""
    for model in TRANSITIONS:
        state_manager.register_default_transition(model, {"progression": "immediate"})


def at_once() -> None:
    """No model takes its time any more."""
    for model in TRANSITIONS:
        state_manager.unset_transition(model)
