"""What a measurement of AWS runs: playbooks against a stand-in of its API, an account for each."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# Where the stand-ins of the tests are.
for place in ("tests", "tests/unit/plugins/module_utils", "tests/aws/cluster"):
    sys.path.insert(0, str(ROOT / place))

from doubles.aws.access import OPERATOR  # noqa: E402
from doubles.aws.guard import require_double  # noqa: E402
from doubles.aws.server import REGION, Double, running  # noqa: E402
from fake_api import serving  # noqa: E402

# It tells the API in memory the kinds of a cluster of AWS.
importlib.import_module("aws_site")


@dataclass(frozen=True)
class Run:
    """What a playbook took; `changed`: tasks that said so. CPU of the playbook, not of the API."""

    seconds: float
    cpu: float
    calls: int
    writes: int
    changed: int


@dataclass(frozen=True)
class Account:
    """An empty one at first, and the playbook that fills it."""

    double: Double
    words: tuple[str, ...]
    log: Path

    def run(self, *words: str) -> Run:
        environment = {
            **os.environ, **self.double.environment(),
            "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1",
        }  # fmt: skip
        require_double(environment)
        self.double.tell("calls/clear")
        with self.log.open("wb") as said:
            started = time.perf_counter()
            process = subprocess.Popen(
                [BIN / "ansible-playbook", *self.words, *words],
                cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        said_text = self.log.read_text("utf-8", "replace")
        if status:
            sys.exit(said_text[-4000:])
        calls = [
            one for one in self.double.calls() if one["principal"].endswith(f"/{OPERATOR.name}")
        ]
        changed = said_text.rpartition("PLAY RECAP")[2].partition("changed=")[2].split()[0]
        return Run(
            seconds, usage.ru_utime + usage.ru_stime, len(calls),
            sum(one["mutating"] for one in calls), int(changed),
        )  # fmt: skip


def _given(folder: Path, kubeconfig: Path) -> dict[str, Any]:
    """Inventory of a dev mesh, as the roles take it."""
    authorities = folder / "authorities.pem"
    # What it holds is nobody's business here.
    authorities.write_text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "utf-8")
    return {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable,
        "cam_environment": "dev", "cam_cluster_provider": "aws", "cam_cluster_aws_region": REGION,
        "cam_cluster_aws_nat": "one", "cam_cluster_aws_public_access_cidrs": ["203.0.113.0/24"],
        "cam_cluster_aws_kubeconfig": str(kubeconfig),
        "cam_database_provider": "aws", "cam_database_aws_ca_file": str(authorities),
        "cam_cache_provider": "aws", "cam_cache_aws_ca_file": str(authorities),
    }  # fmt: skip


@contextmanager
def accounts(folder: Path) -> Iterator[tuple[Account, Account]]:
    """One for the roles, whose cluster leads to an API in memory, and one for stock modules."""
    with ExitStack() as kept:
        ours, theirs = kept.enter_context(running()), kept.enter_context(running())
        api = kept.enter_context(serving())
        ours.tell("estate", {"eks_endpoint": api.url})
        # Each cluster of EKS is born with it.
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
        api.put("/api/v1/namespaces/kube-system", space)
        hosts, roles, plain = (folder / name for name in ("hosts.yml", "roles.json", "plain.json"))
        hosts.write_text(json.dumps({"cam_clusters": {"hosts": {"dev": None}}}), "utf-8")
        roles.write_text(json.dumps(_given(folder, folder / "kubeconfig")), "utf-8")
        interpreter = {"region": REGION, "ansible_python_interpreter": sys.executable}
        plain.write_text(json.dumps(interpreter), "utf-8")
        yield (
            Account(
                ours,
                ("benchmarks/aws_roles.yml", "-i", str(hosts), "-e", f"@{roles}"),
                folder / "roles.log",
            ),
            Account(
                theirs,
                ("benchmarks/aws_plain.yml", "-i", "localhost,", "-e", f"@{plain}"),
                folder / "plain.log",
            ),
        )
