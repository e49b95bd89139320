"""The life of a part of a mesh in a cloud, whichever cloud: planned, made, made again, removed.

A cloud joins by a class with the methods of `Site`. Nothing here knows its resources' names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml


@dataclass(frozen=True)
class Ran:
    """A play that ended. `journal`: what the cloud was asked meanwhile, each with `mutating`."""

    code: int
    output: str
    journal: list[dict[str, Any]] = field(default_factory=list)

    @property
    def recap(self) -> dict[str, int]:
        """ok, changed, failed ... of the one host."""
        line = self.output.rpartition("PLAY RECAP")[2].partition(":")[2].partition("\n")[0]
        pairs = (word.split("=") for word in line.split() if "=" in word)
        return {name: int(number) for name, number in pairs}

    @property
    def writes(self) -> list[str]:
        return [f"{one['service']}:{one['action']}" for one in self.journal if one["mutating"]]

    @property
    def refusal(self) -> str:
        """The message of the last task that failed, as lines."""
        tail = self.output.rpartition("FAILED!")[2]
        found: str = yaml.safe_load(tail.partition("=>")[2].partition("\n\n")[0])["msg"]
        return found

    @property
    def text(self) -> str:
        """In one line, as a reader would search it."""
        return " ".join(self.output.split())


class Site(Protocol):
    """An account of a cloud, or its double, and the plays that are run against it."""

    def run(self, verb: str, *words: str, **variables: Any) -> Ran:
        """`verb`: main or absent of the part. `words`: such as --check."""

    def rest(self) -> list[str]:
        """What carries our tags, by the cloud's own lists."""

    def expected(self) -> list[str]:
        """Lines, or parts of them, that the plan of an empty account must have."""


def succeeded(ran: Ran) -> None:
    assert ran.code == 0, ran.output[-6000:]
    assert ran.recap["failed"] == ran.recap["unreachable"] == 0
    assert "Traceback" not in ran.output


def wrote_nothing(ran: Ran) -> None:
    succeeded(ran)
    assert ran.writes == []


def changed_nothing(ran: Ran) -> None:
    wrote_nothing(ran)
    assert ran.recap["changed"] == 0, re.findall(r"^changed: .*", ran.output, re.MULTILINE)


def planned(site: Site) -> Ran:
    """Of an empty account: the plan has all that would be made, and nothing is."""
    ran = site.run("main", "--check")
    wrote_nothing(ran)
    assert ran.recap["changed"] > 0
    for part in site.expected():
        assert part in ran.text, part
    return ran


def removal_planned(site: Site) -> Ran:
    ran = site.run("absent", "--check")
    wrote_nothing(ran)
    assert "would delete" in ran.text
    assert site.rest()
    return ran
