"""Prometheus and Alertmanager as they answer, not as they were written."""

import json

PROXY = "get --raw /api/v1/namespaces/cam-molecule/services/"


def test_prometheus_scrapes_the_jobs_of_the_seed(kubectl, until) -> None:
    def jobs() -> set[str]:
        answer = kubectl(f"{PROXY}prometheus:9090/proxy/api/v1/targets")
        return {one["labels"]["job"] for one in json.loads(answer)["data"]["activeTargets"]}

    until(lambda: {"cam-arbitration-mesh", "cam-collaboration-engine"} <= jobs())


def test_rules_are_loaded_and_evaluate(kubectl, until) -> None:
    def states() -> list[str]:
        answer = json.loads(kubectl(f"{PROXY}prometheus:9090/proxy/api/v1/rules"))
        return [rule["health"] for group in answer["data"]["groups"] for rule in group["rules"]]

    until(lambda: bool(states()) and set(states()) == {"ok"})


def test_prometheus_has_found_its_alertmanager(kubectl, until) -> None:
    def found() -> bool:
        answer = json.loads(kubectl(f"{PROXY}prometheus:9090/proxy/api/v1/alertmanagers"))
        return len(answer["data"]["activeAlertmanagers"]) == 1

    until(found)


def test_alertmanager_is_ready(kubectl) -> None:
    assert kubectl(f"{PROXY}alertmanager:9093/proxy/-/ready").strip() == "OK"
