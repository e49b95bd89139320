"""Each change is told once to each receiver, until it took it."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _notify
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from receiver import Receiver, receiving

SECRET = "geheim"


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


class Runs:
    """Runs one after another, a minute apart, with the same receivers."""

    def __init__(self, folder: Path, alertmanager: Receiver, webhook: Receiver) -> None:
        self.folder, self.alertmanager, self.webhook = folder, alertmanager, webhook
        self.history = str(folder)
        self.minute = 0

    def __call__(self, check_mode: bool = False, **statuses: str) -> dict[str, Any]:
        self.minute += 1
        at = (verdicts.NOW + timedelta(minutes=self.minute)).isoformat(timespec="seconds")
        found = {
            name: verdicts.verdict(status, *([verdicts.DATABASE] if status == "failed" else []),
                                   cause="" if status == "healthy" else f"it is {status}")
            for name, status in statuses.items()
        }  # fmt: skip
        params = {
            "verdicts": found,
            "history_directory": self.history,
            "alertmanager_url": f"{self.alertmanager.url}/",
            "webhook_url": f"{self.webhook.url}/{SECRET}",
            "webhook_authorization": f"Bearer {SECRET}",
            "timeout_seconds": 5,
        }
        return _notify.run(params, check_mode=check_mode, diff=False, clock=lambda: at)


@pytest.fixture
def runs(tmp_path: Path) -> Any:
    with receiving() as alertmanager, receiving() as webhook:
        yield Runs(tmp_path, alertmanager, webhook)


def firing(receiver: Receiver) -> list[dict[str, Any]]:
    """What a real Alertmanager would hold after these requests: alerts by label, not yet ended."""
    held = {}
    for request in receiver.requests:
        for alert in request.json():
            held[json.dumps(alert["labels"], sort_keys=True)] = alert
    last = datetime.fromisoformat(verdicts.AT) + timedelta(hours=1)
    return [one for one in held.values() if datetime.fromisoformat(one["endsAt"]) > last]


def test_a_fault_and_its_repair_are_two_notifications(runs: Runs) -> None:
    for status in ("healthy", "healthy", "failed", "failed", "failed", "healthy", "healthy"):
        assert runs(eu=status)["warnings"] == []
    told = [request.json() for request in runs.webhook.requests]
    assert [(one["previous"], one["status"]) for one in told] == [
        ("healthy", "failed"),
        ("failed", "healthy"),
    ]
    assert told[0]["cause"] == "it is failed"
    assert told[0]["next"] == verdicts.DATABASE["next"]
    assert told[1]["previous_since"] == told[0]["at"]
    assert runs.webhook.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_an_alert_fires_is_renewed_by_each_run_and_ends(runs: Runs) -> None:
    runs(eu="healthy")
    assert runs.alertmanager.requests == []
    runs(eu="failed")
    runs(eu="failed")
    first, second = (request.json()[0] for request in runs.alertmanager.requests)
    assert runs.alertmanager.requests[0].path == "/api/v2/alerts"
    assert first["labels"] == {
        "alertname": "CAMMeshNotHealthy",
        "severity": "critical",
        "cluster": "eu",
        "environment": "prod",
        "namespace": "cam-prod",
    }
    assert (first["labels"], first["startsAt"]) == (second["labels"], second["startsAt"])
    assert first["endsAt"] < second["endsAt"]
    runs(eu="healthy")
    (resolved,) = runs.alertmanager.requests[2].json()
    assert resolved["labels"] == first["labels"]
    assert firing(runs.alertmanager) == []
    runs(eu="healthy")
    assert len(runs.alertmanager.requests) == 3


def test_another_severity_replaces_the_alert(runs: Runs) -> None:
    runs(eu="degraded")
    runs(eu="failed")
    assert [one["labels"]["severity"] for one in firing(runs.alertmanager)] == ["critical"]
    runs(eu="unknown")
    assert [one["annotations"]["summary"] for one in firing(runs.alertmanager)] == ["eu is unknown"]
    assert len(runs.webhook.requests) == 3


def test_what_a_receiver_did_not_take_is_told_again(runs: Runs) -> None:
    runs.webhook.status = 500
    failed = runs(eu="failed")
    (warning,) = failed["warnings"]
    assert "webhook was not told (eu: healthy -> failed), the next run tries" in warning
    assert "127.0.0.1 answers with status 500" in warning
    assert failed["lines"] == ["alertmanager was told: eu: healthy -> failed"]
    runs.webhook.status = 200
    again = runs(eu="failed")
    assert again["lines"] == ["webhook was told: eu: healthy -> failed"]
    assert again["warnings"] == []


def test_a_change_that_was_undone_before_it_was_told_is_no_news(runs: Runs) -> None:
    runs.webhook.status = 503
    runs(eu="failed")
    runs.webhook.status = 200
    runs(eu="healthy")
    assert [request.json()["status"] for request in runs.webhook.requests] == ["failed"]


def test_clusters_are_told_of_apart_and_those_not_judged_are_left(runs: Runs) -> None:
    runs(eu="failed", us="healthy")
    runs(us="failed")
    runs(eu="healthy", us="failed")
    told = [request.json() for request in runs.webhook.requests]
    assert [(one["cluster"], one["status"]) for one in told] == [
        ("eu", "failed"), ("us", "failed"), ("eu", "healthy"),
    ]  # fmt: skip


def test_a_dry_run_tells_nobody(runs: Runs) -> None:
    assert runs(check_mode=True, eu="failed")["changed"] is False
    assert runs.webhook.requests == []
    assert list(runs.folder.iterdir()) == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_a_memory_nobody_is_told(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check_mode: bool
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    runs.history = ""
    with pytest.raises(CamError, match="set cam_health_history_directory"):
        runs(check_mode=check_mode, eu="failed")
    assert runs.alertmanager.requests == runs.webhook.requests == []
    assert list(here.iterdir()) == []


def test_no_secret_is_kept_or_said(runs: Runs) -> None:
    runs.webhook.status = 404
    said = str(runs(eu="failed"))
    runs.webhook.status = 200
    runs(eu="failed")
    file = runs.folder / _notify.FILE
    assert SECRET not in said + file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", "{", '{"webhook": 5}', '{"webhook": {"eu": "x"}}'])
def test_a_damaged_memory_is_a_warning_that_names_it(runs: Runs, text: str) -> None:
    (runs.folder / _notify.FILE).write_text(text)
    result = runs(eu="failed")
    assert "notified.json cannot be read" in result["warnings"][0]
    assert "remove it to begin anew" in result["warnings"][0]
    assert runs.webhook.requests == []
