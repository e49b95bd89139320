"""The account by its own API: what the last run asked, and what others own in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.request import urlopen

import boto3

URL = os.environ["AWS_ENDPOINT_URL"]
STAND = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "stand" / "stand.json"


def test_a_run_that_has_nothing_to_do_calls_nothing_that_writes() -> None:
    with urlopen(f"{URL}/_cam/calls", timeout=60) as answer:
        calls = json.load(answer)
    assert len(calls) > 20
    assert [one["action"] for one in calls if one["mutating"]] == []


def test_cluster_and_nodes_are_there() -> None:
    eks = boto3.client("eks", region_name="eu-central-1", endpoint_url=URL)
    cluster = eks.describe_cluster(name="cam-cluster-dev")["cluster"]
    assert cluster["status"] == "ACTIVE"
    assert cluster["tags"]["cam-environment"] == "dev"
    nodes = eks.describe_nodegroup(clusterName="cam-cluster-dev", nodegroupName="cam-nodes-dev")
    assert nodes["nodegroup"]["status"] == "ACTIVE"


def test_what_others_own_is_byte_for_byte_as_it_was() -> None:
    told = json.loads(STAND.read_text("utf-8"))
    with urlopen(told["foreign_url"], timeout=60) as answer:
        assert answer.read().decode() == told["foreign"]
