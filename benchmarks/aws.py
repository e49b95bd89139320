"""Measures the roles at AWS beside a playbook of stock modules: API calls and seconds.

Ends with 1 if a goal is missed.

Usage: make bench-aws, or python -m benchmarks.aws --rounds 5. Both make the estate of environment
dev in accounts of their own on the stand-in of AWS's API (tests/doubles/aws), in turn, so that a
busy machine slows both; medians. Nothing here reaches AWS.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.aws_page import STEPS, Medians, bars, lines
from benchmarks.aws_rig import ROOT, Run, accounts

ROUNDS = 3
PAGE = ROOT / "docs" / "benchmarks-aws.md"
WORDS = {"first run": (), "second run": (), "check": ("--check",)}
WAYS = ("roles", "stock modules")


def measure(rounds: int) -> dict[tuple[str, str], list[Run]]:
    """By step and way; the roles are refused where a second run or a dry one changes anything."""
    found: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for number in range(rounds):
        with (
            tempfile.TemporaryDirectory(prefix="cam-bench-aws-") as folder,
            accounts(Path(folder)) as pair,
        ):
            for step in STEPS:
                for way, account in zip(WAYS, pair, strict=True):
                    run = account.run(*WORDS[step])
                    found[step, way].append(run)
                    print(f"round {number + 1}, {step}, {way}: {run}", flush=True)
                ours = found[step, WAYS[0]][-1]
                if step != STEPS[0] and (ours.writes or ours.changed):
                    sys.exit(f"{step} of the roles: {ours}, and it has nothing to change")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.aws", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    before = os.getloadavg()[1]
    runs = measure(rounds)
    after = os.getloadavg()[1]
    found = {
        step: (Medians.of(runs[step, WAYS[0]]), Medians.of(runs[step, WAYS[1]])) for step in STEPS
    }
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    page = [
        "# Benchmarks of AWS",
        "",
        f"`make bench-aws` on {datetime.date.today()}, commit {commit}, {os.cpu_count()} cores; "
        f"the machine had a load of {before:.1f} before the run and of {after:.1f} at its end.",
        "",
        "The estate of environment dev from an empty account, on the "
        "[stand-in of AWS's API](../tests/doubles/aws/README.md), which answers at once: at AWS "
        "the first run waits for what AWS makes, and each call takes longer. Roles: `cam_cluster`, "
        "`cam_database` and `cam_cache` (`benchmarks/aws_roles.yml`), their objects in the "
        "cluster's API included. Stock modules: `benchmarks/aws_plain.yml`, a task a resource, "
        "whose head names what it cannot make and leaves out. Steps in turn, in accounts of their "
        f"own, medians of {rounds} round{'' if rounds == 1 else 's'}; seconds include the start of "
        "`ansible-playbook`, CPU is that of the playbook alone.",
        "",
        *lines(found),
    ]
    PAGE.write_text("\n".join(page), "utf-8")
    print("\n".join(page))
    return 0 if all(one.met for one in bars(*found["second run"])) else 1


if __name__ == "__main__":
    sys.exit(main())
