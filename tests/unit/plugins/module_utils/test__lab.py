"""The lab's command line, with a stand-in lab that does what the real one can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _lab
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

UP = """\
import json, pathlib, sys
verb, settings = sys.argv[1], sys.argv[3]
assert sys.argv[2] == "--settings"
for line in ("building", "  starting", "ready"):
    print(line, file=sys.stderr)
given = json.loads(pathlib.Path(settings).read_text())
answer = {"changed": verb == "up", "running": RUNNING, "given": given, "file": settings}
print(json.dumps({**answer, "verb": verb}))
"""
BROKEN = """\
import sys
for number in range(40):
    print("step", number, file=sys.stderr)
sys.exit("no space left on device")
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    write(tmp_path, UP.replace("RUNNING", "True"))
    return tmp_path


def write(folder: Path, program: str) -> None:
    (folder / "camlab").mkdir(exist_ok=True)
    (folder / "camlab" / "__main__.py").write_text(program)


def run(lab: Path, lines: list[str] | None = None, check: bool = False, **options: Any) -> Any:
    params = {
        **{name: one.get("default") for name, one in _lab.ARGUMENT_SPEC.items()},
        "lab": str(lab),
        **options,
    }
    seen = lines if lines is not None else []
    return _lab.run(params, check_mode=check, diff=False, progress=seen.append)


def test_the_settings_reach_the_lab_and_leave_no_file(lab: Path) -> None:
    found = run(lab, ingress_port=9443, token_webhook="/etc/webhook")
    assert found["given"] == {"ingress_port": 9443, "token_webhook": "/etc/webhook"}
    assert not Path(found["file"]).exists()
    assert run(lab)["given"] == {"ingress_port": 8443, "token_webhook": ""}


def test_progress_is_passed_on_line_by_line_and_in_order(lab: Path) -> None:
    lines: list[str] = []
    assert run(lab, lines)["changed"]
    assert lines == ["building", "  starting", "ready"]


def test_a_dry_run_only_reads(lab: Path) -> None:
    found = run(lab, check=True)
    assert (found["verb"], found["changed"]) == ("status", False)


def test_a_dry_run_without_a_cluster_says_that_one_would_be_made(lab: Path) -> None:
    write(lab, UP.replace("RUNNING", "False"))
    found = run(lab, check=True)
    assert (found["verb"], found["changed"], found["running"]) == ("status", True, False)


def test_status_that_was_asked_for_changes_nothing(lab: Path) -> None:
    write(lab, UP.replace("RUNNING", "False"))
    found = run(lab, verb="status")
    assert (found["verb"], found["changed"]) == ("status", False)


def test_a_failure_ends_with_the_last_lines_of_the_lab(lab: Path) -> None:
    write(lab, BROKEN)
    lines: list[str] = []
    with pytest.raises(CamError) as caught:
        run(lab, lines)
    told = str(caught.value).splitlines()
    assert told[0].startswith("local cluster: step ")
    assert told[-2:] == ["step 39", "no space left on device"]
    assert len(told) < len(lines) == 41


def test_without_a_clone_the_provider_says_that_it_needs_one(tmp_path: Path) -> None:
    with pytest.raises(CamError, match="it needs a clone of the project"):
        run(tmp_path)


def test_the_lab_is_read_from_the_folder_that_was_named(lab: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, "import json; print(json.dumps({'changed': False, 'running': True, 'who': 2}))")
    assert run(other)["who"] == 2
    assert "who" not in run(lab)
