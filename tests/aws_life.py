"""A production mesh deployed at AWS from nothing, to its verdict, and removed without a trace."""

from __future__ import annotations

import json

from aws_mesh import AwsMesh, aws_mesh
from doubles.aws.access import OPERATOR


def planned(mesh: AwsMesh) -> str:
    mesh.double.tell("calls/clear")
    done = mesh.play("deploy.yml", "--check", "--diff")
    assert done.code == 0, done.text[-400:]
    assert mesh.writes() == []
    lines = done.text.count("would create")
    assert lines > 20, done.text[-400:]
    return f"{lines} lines of what would be created, no call that writes"


def deployed(mesh: AwsMesh) -> str:
    mesh.double.tell("calls/clear")
    done = mesh.play("deploy.yml")
    assert done.code == 0, done.text[-400:]
    assert "prod is healthy" in done.text
    entered = [one for one in mesh.reviewer.outcomes if one.endswith(f"/{OPERATOR.name}")]
    assert entered, mesh.reviewer.outcomes
    return f"healthy; {len(mesh.writes())} writing calls; {len(entered)} tokens reviewed"


def unchanged(mesh: AwsMesh) -> str:
    mesh.double.tell("calls/clear")
    done = mesh.play("deploy.yml")
    assert (done.code, done.changed) == (0, 0), done.text[-400:]
    assert mesh.writes() == []
    return f"changed=0; {mesh.calls()} reading calls, none that writes"


def judged(mesh: AwsMesh) -> str:
    done = mesh.play("playbooks/health.yml")
    assert done.code == 0, done.text[-400:]
    return "playbooks/health.yml ends with 0"


def entered(mesh: AwsMesh) -> str:
    found = mesh.whoami()
    assert found.returncode == 0, found.stderr
    user = json.loads(found.stdout)["status"]["userInfo"]
    assert "system:masters" in user["groups"]
    wrong = mesh.whoami(AWS_SECRET_ACCESS_KEY="another secret")
    assert wrong.returncode != 0
    assert "Unauthorized" in wrong.stderr or "logged in" in wrong.stderr, wrong.stderr
    assert "system:masters" not in wrong.stdout
    return f"{user['username']} is an administrator; another key: {wrong.stderr.strip()[-80:]}"


def removed(mesh: AwsMesh) -> str:
    done = mesh.play(
        "playbooks/destroy.yml", cam_destroy_confirm="prod",
        cam_cluster_aws_allow=["delete cam-cluster-prod"],
        cam_database_aws_allow=["delete cam-db-prod"],
        cam_cache_aws_allow=["delete cam-cache-prod"],
    )  # fmt: skip
    assert done.code == 0, done.text[-400:]
    left = mesh.double.client("eks").list_clusters()["clusters"]
    left += [one["DBInstanceIdentifier"] for one in
             mesh.double.client("rds").describe_db_instances()["DBInstances"]]  # fmt: skip
    assert left == []
    return "cluster, database and cache are gone; the proof found nothing of ours"


LIFE = (planned, deployed, unchanged, judged, entered, removed)


def life() -> str:
    """One after the other on one account: none of them means anything alone."""
    seen = []
    with aws_mesh() as mesh:
        for step in LIFE:
            print(f"aws: {step.__name__} ...", flush=True)
            seen.append(f"{step.__name__}: {step(mesh)}")
    return "; ".join(seen)
