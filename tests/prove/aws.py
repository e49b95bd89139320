"""A mesh at AWS, on the stand-in of its API: faults, kills, changes, the years of its data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aws_life import life
from prove.record import Record, pytest_says
from scenarios import molecule

CLUSTER: Final = {
    "cluster: faults on the way to it": "cluster/cluster_faults.py",
    "cluster: made by runs that are killed after each change": "cluster/cluster_kills.py",
    "cluster: each permission that lacks": "cluster/cluster_denied.py",
    "cluster: changes of the inventory": "cluster/cluster_drift.py",
    "cluster: adopted from a Terraform state": "cluster/cluster_adopt.py",
}
DATA: Final = {
    "database: faults on the way to it": "data/data_faults.py",
    "database and cache: made by runs that are killed after each change": "data/data_kills.py",
    "database and cache: each permission that lacks": "data/data_denied.py",
    "database: adopted from a Terraform state": "data/data_adopt.py",
    "database and cache: the years": "data/data_years.py",
}


def scenario() -> str:
    with TemporaryDirectory() as state:
        molecule(Path(state), "test", "-s", "cam_cluster_aws")
    return "checked, made, made again, removed twice, made again; what others own is as it was"


def main() -> bool:
    record = Record("aws", "A mesh at AWS, on the stand-in of its API")

    def prove(cases: dict[str, str]) -> None:
        for name, file in cases.items():
            record.run(name, lambda file=file: pytest_says(f"tests/aws/{file}"))

    # Each has an account of its own, and most of the time waits for it.
    with ThreadPoolExecutor() as pool:
        list(pool.map(prove, (CLUSTER, DATA)))
    record.run("cluster: the molecule scenario", scenario)
    record.run("the whole mesh: from nothing to healthy to nothing", life)
    return record.publish()
