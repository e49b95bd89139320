"""Keeps the results of a piece: resumable while it runs, a dated page when it ends."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from paths import BIN, ENVIRONMENT, ROOT


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def pytest_says(*words: str) -> str:
    """The counts of a run of pytest in a process of its own, which must be green.

    What it said is kept beside the record of the piece.
    """
    done = subprocess.run(
        [BIN / "pytest", "-q", *words],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    kept = ROOT / ".cache" / "prove" / f"{Path(words[-1]).stem}.log"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(done.stdout, "utf-8")
    last = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0, f"{last}; see {kept.relative_to(ROOT)}"
    return re.sub(r", \d+ deselected| in .*", "", last)


def _line(name: str, row: dict[str, object]) -> str:
    holds = "yes" if row["holds"] else "**no**"
    return f"| {name} | {holds} | {row['seconds']} | {row['seen']} |"


@dataclass
class Record:
    """The rows of one piece at one commit: name, whether it holds, seconds, what was seen."""

    piece: str
    title: str

    # As it was at the start: what is committed meanwhile is not what the cases ran on.
    commit: str = field(default_factory=lambda: _git("rev-parse", "--short=12", "HEAD"))
    changed: bool = field(default_factory=lambda: bool(_git("status", "--porcelain", "-uno")))

    @property
    def file(self) -> Path:
        return ROOT / ".cache" / "prove" / f"{self.piece}-{self.commit}.jsonl"

    def rows(self) -> list[dict[str, object]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]

    def run(self, name: str, case: Callable[[], str]) -> None:
        """Run a case unless it held already at this commit; `case` returns what was seen."""
        if any(row["name"] == name and row["holds"] for row in self.rows()):
            print(f"{self.piece}: {name}: held before", flush=True)
            return
        started = time.monotonic()
        try:
            seen, holds = case(), True
        except AssertionError as error:
            seen, holds = " ".join(str(error).split())[-400:], False
        row = {
            "name": name,
            "holds": holds,
            "seconds": round(time.monotonic() - started, 1),
            "seen": seen,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{self.piece}: {name}: {'holds' if holds else 'FAILS'} ({seen})", flush=True)

    def publish(self) -> bool:
        """Write docs/proof/<piece>.md from the newest row of each case; whether all hold."""
        newest = dict(sorted({str(row["name"]): row for row in self.rows()}.items()))
        held = sum(bool(row["holds"]) for row in newest.values())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        lines = [
            f"# {self.title}",
            "",
            f"`make prove PIECE={self.piece}` on {datetime.date.today()}, commit {self.commit}"
            f"{' with uncommitted changes' if self.changed else ''}, "
            f"{os.cpu_count()} cores, {memory:.0f} GiB: **{held} of {len(newest)} hold**.",
            "",
            "| Case | Holds | Seconds | Seen |",
            "|---|---|---|---|",
            *(_line(name, row) for name, row in newest.items()),
            "",
        ]
        page = ROOT / "docs" / "proof" / f"{self.piece}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("\n".join(lines), "utf-8")
        print(f"{page.relative_to(ROOT)}: {held} of {len(newest)} hold", flush=True)
        return held == len(newest)
