"""What Helm remembers, and which revision may be returned to."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _revisions
from ansible_collections.cam.mesh.plugins.module_utils._revisions import Revision


def secret(number: int, status: str = "superseded", manifest: str = "") -> dict[str, Any]:
    release = {
        "version": number,
        "info": {"status": status},
        "chart": {"metadata": {"name": "cam-chart", "version": "2.0.0"}},
        "config": {"replicaCount": number},
        "manifest": manifest or f"kind: ConfigMap\nnumber: {number}\n",
    }
    packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    return {"data": {"release": base64.b64encode(packed).decode()}}


def known(*revisions: Revision) -> list[dict[str, Any]]:
    return [{"revision": one.number, "digest": one.digest} for one in revisions]


def test_history_is_read_from_helms_own_secrets() -> None:
    found = _revisions.history([secret(2, "deployed"), secret(1)])
    assert [(one.number, one.status, one.chart) for one in found] == [
        (1, "superseded", "cam-chart-2.0.0"),
        (2, "deployed", "cam-chart-2.0.0"),
    ]
    assert found[1].values == {"replicaCount": 2}


def test_a_pending_revision_hides_no_deployed_one() -> None:
    found = _revisions.history([secret(1, "deployed"), secret(2, "pending-upgrade")])
    deployed = _revisions.deployed(found)
    assert deployed is not None
    assert deployed.number == 1
    assert found[1].pending
    assert _revisions.deployed([]) is None


def test_only_verified_revisions_are_safe() -> None:
    found = _revisions.history([secret(1), secret(2), secret(3, "deployed")])
    target = _revisions.safe_target(found, known(found[0], found[2]), found[2])
    assert target is not None
    assert target.number == 1
    assert _revisions.safe_target(found, [], found[2]) is None


def test_the_same_manifest_is_no_way_back() -> None:
    found = _revisions.history([secret(1, manifest="same"), secret(2, "deployed", "same")])
    assert _revisions.safe_target(found, known(*found), found[1]) is None


def test_a_revision_is_recorded_once_and_the_record_stays_short() -> None:
    found = Revision.read(secret(7, "deployed"))
    entries = _revisions.with_verified([], found, "now")
    assert entries is not None
    assert _revisions.with_verified(entries, found, "later") is None
    many = [{"revision": number} for number in range(20)]
    longer = _revisions.with_verified(many, found, "now")
    assert longer is not None
    assert len(longer) == _revisions.KEPT


def test_no_record_is_no_verified_revision() -> None:
    assert _revisions.verified(None) == []
    assert _revisions.verified({"data": {"verified": '[{"revision": 1}]'}}) == [{"revision": 1}]
