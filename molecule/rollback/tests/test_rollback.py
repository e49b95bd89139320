"""What a rollback leaves behind."""

import json


def test_helm_says_rollback_and_the_old_settings_run(host, kubectl) -> None:
    history = json.loads(
        host.run("helm -n cam-molecule history cam-arbitration-mesh -o json").stdout
    )
    assert history[-1]["status"] == "deployed"
    assert history[-1]["description"].startswith("Rollback")
    (container,) = kubectl.get("deployment cam-arbitration-mesh")["spec"]["template"]["spec"][
        "containers"
    ]
    pool = [one["value"] for one in container["env"] if one["name"] == "DB_POOL_MAX"]
    assert pool == ["5"]


def test_the_revision_returned_to_is_recorded_as_verified(kubectl) -> None:
    record = json.loads(
        kubectl.get("configmap cam-release-cam-arbitration-mesh")["data"]["verified"]
    )
    digests = [one["digest"] for one in record]
    assert digests[-1] == digests[0]
    assert digests[-1] != digests[-2]
