"""The instances as one: green once, and red for each cause."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_mesh as judge
from ansible_collections.cam.mesh.plugins.module_utils._check_mesh import Instance


@pytest.mark.parametrize(
    ("algorithm", "threshold", "instances", "state", "critical"),
    [
        ("raft", "0.66", 1, "ok", True),
        ("raft", "1", 1, "ok", True),
        ("raft", "0.5", 3, "failed", True),
        ("raft", "0.3", 3, "failed", True),
        ("raft", "1.1", 3, "failed", True),
        ("raft", "much", 3, "failed", True),
        ("paxos", "0.66", 3, "failed", True),
        ("pbft", "0.66", 4, "ok", True),
        ("pbft", "0.6", 4, "failed", True),
        ("pbft", "0.66", 3, "degraded", False),
    ],
)
def test_settings_under_which_two_decisions_cannot_both_win(
    algorithm: str, threshold: str, instances: int, state: str, critical: bool
) -> None:
    settings = {"CAM_CONSENSUS_ALGORITHM": algorithm, "CAM_CONSENSUS_THRESHOLD": threshold}
    found = judge.consensus(settings, instances)
    assert (found.state, found.critical) == (state, critical)


def test_settings_that_are_not_told_are_assumed_and_not_called_good() -> None:
    found = judge.consensus({"CAM_CONSENSUS_ALGORITHM": "raft"}, 1)
    assert (found.is_advice, found.observed) == (True, "raft, threshold 0.66")
    assert found.cause == "not told, so CAM's own was taken for CAM_CONSENSUS_THRESHOLD"
    assert judge.consensus({}, 1).cause.endswith(
        "for CAM_CONSENSUS_ALGORITHM, CAM_CONSENSUS_THRESHOLD"
    )
    assert judge.consensus({"CAM_CONSENSUS_THRESHOLD": "0.3"}, 3).state == "failed"


@pytest.mark.parametrize(
    ("instances", "state", "cause"),
    [
        ([Instance("a", "2", "cam"), Instance("b", "2", "cam")], "ok", ""),
        ([Instance("a", "2"), Instance("b", "1")], "failed", "their version: a says 2, b says 1"),
        (
            [Instance("a", "2", "cam"), Instance("b", "2", "stray")],
            "failed",
            "their mesh id: a says cam, b says stray",
        ),
        ([Instance("a")], "unknown", "no instance answers"),
    ],
)
def test_instances_must_agree(instances: list[Instance], state: str, cause: str) -> None:
    found = judge.agreement(instances)
    assert (found.state, cause in found.cause) == (state, True)


@pytest.mark.parametrize(
    ("instances", "cause"),
    [
        ([Instance("a", "2"), Instance("b", "2")], "not compared: the mesh id of a, b (not told)"),
        (
            [Instance("a", "2", "cam"), Instance("b", "2")],
            "not compared: the mesh id of b (not told)",
        ),
        ([Instance("a", "2", "cam"), Instance("b")], "not compared: b (no answer)"),
        (
            [Instance("a", "2"), Instance("b")],
            "not compared: b (no answer); the mesh id of a (not told)",
        ),
    ],
)
def test_what_was_not_compared_is_not_called_agreement(
    instances: list[Instance], cause: str
) -> None:
    found = judge.agreement(instances)
    assert (found.is_advice, found.cause) == (True, cause)


@pytest.mark.parametrize(
    ("answering", "wanted", "state"),
    [(1, 1, "ok"), (2, 3, "ok"), (1, 3, "failed"), (0, 1, "failed"), (0, 0, "failed")],
)
def test_enough_instances_must_answer(answering: int, wanted: int, state: str) -> None:
    instances = [Instance(str(number), "2") for number in range(answering)]
    assert judge.quorum(instances, wanted, 0.66).state == state


def test_a_threshold_that_is_no_number_is_taken_as_cams_own() -> None:
    one = [Instance("a", "2")]
    share = judge.share({"CAM_CONSENSUS_THRESHOLD": "much"})
    assert judge.quorum(one, 1, share).state == "ok"
    assert judge.quorum(one, 3, share).state == "failed"


def test_the_mesh_id_is_read_from_the_page() -> None:
    text = 'a 1\ncam_mesh_info{mesh_id="cam",node_type="arbitrator"} 1\n'
    assert judge.mesh_id(text) == "cam"
    assert judge.mesh_id("a 1\n") == ""
