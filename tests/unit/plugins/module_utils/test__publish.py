"""The files of a run: asked for, whole, changed only when their content changes."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _publish
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from receiver import receiving

EVERY = ["table", *_publish.FILES]


def publish(
    folder: Path, *, check: bool = False, diff: bool = False, **more: Any
) -> dict[str, Any]:
    params = {
        "verdicts": verdicts.verdicts(),
        "formats": EVERY,
        "directory": str(folder / "report"),
        "history_directory": str(folder / "history"),
        "history_days": 90,
        "history_mib": 16,
        "interval_seconds": 300,
        "pushgateway_url": "",
        "timeout_seconds": 5,
        **more,
    }
    return _publish.run(params, check_mode=check, diff=diff, clock=lambda: verdicts.AT)


def test_every_format_is_a_file_that_all_may_read(tmp_path: Path) -> None:
    result = publish(tmp_path)
    files = sorted((tmp_path / "report").iterdir())
    assert [str(file) for file in files] == result["files"]
    assert {file.name for file in files} == set(_publish.FILES.values())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o644}
    assert result["changed"]
    assert result["table"][2].startswith("FAILED    aws-eu-west-1")
    assert json.loads((tmp_path / "report" / "health.json").read_text("utf-8")) == result["report"]


def test_the_same_content_is_no_change(tmp_path: Path) -> None:
    publish(tmp_path, history_directory=None)
    again = publish(tmp_path, history_directory=None, diff=True)
    assert not again["changed"]
    assert again["diff"] == []


def test_another_verdict_changes_the_files_and_shows_how(tmp_path: Path) -> None:
    publish(tmp_path, formats=["json"])
    found = {"eu": verdicts.verdict()}
    changed = publish(tmp_path, formats=["json"], verdicts=found, diff=True)
    (difference,) = changed["diff"]
    assert "aws-eu-west-1" in difference["before"]
    assert "aws-eu-west-1" not in difference["after"]


def test_a_dry_run_writes_nothing_and_says_what_it_would(tmp_path: Path) -> None:
    with receiving() as gateway:
        result = publish(tmp_path, check=True, diff=True, pushgateway_url=gateway.url)
    assert result["changed"]
    assert len(result["diff"]) == len(_publish.FILES)
    assert list(tmp_path.iterdir()) == []
    assert gateway.requests == []


def test_the_page_draws_what_earlier_runs_saw(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    folder.mkdir()
    lines = [json.dumps(line) for line in verdicts.history()[:-1]]
    (folder / "history.jsonl").write_text("\n".join([*lines, "torn"]), "utf-8")
    publish(tmp_path)
    page = (tmp_path / "report" / "health.html").read_text("utf-8")
    assert page.count("<svg") == 9
    metrics = (tmp_path / "report" / "cam_health.prom").read_text("utf-8")
    assert 'cam_health_availability_ratio{cluster="gcp-europe-west4"' in metrics


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"directory": None}, "set cam_health_report_directory"),
        ({"history_days": 0}, "cam_health_history_days is 0; it must be 1 or more"),
        ({"history_mib": -1}, "cam_health_history_mib is -1"),
        ({"directory": "/proc/none"}, "/proc/none"),
        ({"history_directory": "/dev/null/x"}, "/dev/null/x"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(CamError, match=said):
        publish(tmp_path, **given)


def test_the_pushgateway_gets_each_cluster_in_a_group_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with receiving() as gateway:
        assert publish(tmp_path, formats=[], pushgateway_url=gateway.url)["warnings"] == []
        assert [request.method for request in gateway.requests] == ["PUT"] * 3
        assert len({request.path for request in gateway.requests}) == 3
        assert 'cluster="gcp' not in gateway.requests[0].body
        gateway.status = 400
        warnings = publish(tmp_path, formats=[], pushgateway_url=gateway.url)["warnings"]
    assert warnings[0] == (
        "the Pushgateway did not take aws-eu-west-1: 127.0.0.1 answers with status 400"
    )
