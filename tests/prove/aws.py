"""A mesh at AWS, on the stand-in of its API: faults, kills, changes, the years of its data."""

from __future__ import annotations

import re
import subprocess
from typing import Final

from aws_life import life
from paths import BIN, ENVIRONMENT, ROOT
from prove.record import Record

CASES: Final = {
    "cluster: faults on the way to it": "cluster/cluster_faults.py",
    "cluster: made by runs that are killed": "cluster/cluster_kills.py",
    "cluster: changes of the inventory": "cluster/cluster_drift.py",
    "database: faults on the way to it": "data/data_faults.py",
    "database and cache: the years": "data/data_years.py",
}


def asked(file: str) -> str:
    done = subprocess.run(
        [BIN / "pytest", "-q", f"tests/aws/{file}"],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    last = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0, last
    return re.sub(r" in .*", "", last)


def main() -> bool:
    record = Record("aws", "A mesh at AWS, on the stand-in of its API")
    for name, file in CASES.items():
        record.run(name, lambda file=file: asked(file))
    record.run("the whole mesh: from nothing to healthy to nothing", life)
    return record.publish()
