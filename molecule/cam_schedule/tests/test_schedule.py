"""The files of a schedule: anybody may run the script, its owner alone reads its variables."""

import os
import stat
from pathlib import Path

FOLDER = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "schedule")


def test_the_script_and_its_variables() -> None:
    modes = {
        name: stat.S_IMODE((FOLDER / "state" / name).stat().st_mode)
        for name in ("run", "variables.json")
    }
    assert modes == {"run": 0o755, "variables.json": 0o600}
    assert " cam.mesh.health " in (FOLDER / "state" / "run").read_text("utf-8")


def test_the_units_name_each_other_and_the_script() -> None:
    units = FOLDER / "units"
    assert {file.name for file in units.iterdir()} == {
        "cam-health-local.service",
        "cam-health-local.timer",
    }
    assert str(FOLDER / "state" / "run") in (units / "cam-health-local.service").read_text("utf-8")
