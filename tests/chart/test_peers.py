"""Whom the role names in the policies of the app: what runs beside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from paths import BIN, ENVIRONMENT, ROOT

ROLE = ROOT / "roles" / "cam_release"
BESIDE = {"provider": "in_cluster"}
ELSEWHERE = {"provider": "external"}
NARROW = {"networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}}


def pod(name: str) -> list[dict[str, Any]]:
    return [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}]


DNS = [
    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
    {"ipBlock": {"cidr": "169.254.20.10/32"}},
]
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "beside": (
        {"cam_release_database": BESIDE, "cam_release_cache": BESIDE},
        {"databaseTo": pod("postgres"), "redisTo": pod("redis"), "dnsTo": DNS, "metricsFrom": []},
    ),
    "elsewhere": (
        {"cam_release_database": ELSEWHERE, "cam_release_cache": ELSEWHERE},
        {"databaseTo": [], "redisTo": [], "dnsTo": DNS, "metricsFrom": []},
    ),
    # Only with `ingressFrom`: else everyone may call the port of the metrics.
    "narrow": (
        {"cam_release_values": NARROW, "cam_monitoring_provider": "in_cluster"},
        {"metricsFrom": pod("prometheus")},
    ),
    # Who reads the metrics then, only the inventory knows: the chart asks for it.
    "narrow without a Prometheus": (
        {"cam_release_values": NARROW, "cam_monitoring_provider": "none"},
        {"metricsFrom": []},
    ),
}


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the variables of the role make of each case, all read in one play."""
    folder = tmp_path_factory.mktemp("peers")
    known = {"cam_release_database": BESIDE, "cam_release_cache": BESIDE}
    tasks = [
        {
            "ansible.builtin.copy": {
                "content": "{{ __cam_release_network | to_json }}",
                "dest": str(folder / f"{name}.json"),
            },
            "vars": known | case,
        }
        for name, (case, _) in CASES.items()
    ]
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars_files": [str(ROLE / "defaults" / "main.yml"), str(ROLE / "vars" / "main.yml")],
        "tasks": tasks,
    }
    book = folder / "peers.yml"
    book.write_text(yaml.safe_dump([play]), "utf-8")
    words = [BIN / "ansible-playbook", "-i", "localhost,", "-c", "local", book]
    done = subprocess.run(
        words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return {name: json.loads(Path(folder / f"{name}.json").read_text("utf-8")) for name in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_peer_is_named_where_it_is_known(peers: dict[str, dict[str, Any]], case: str) -> None:
    wanted = CASES[case][1]
    assert {key: peers[case][key] for key in wanted} == wanted
