"""A production mesh at AWS, of which everything answers: the cluster is the local one, entered by
tokens of EKS; database and cache are a real PostgreSQL and Redis with TLS and AUTH.

The API of AWS is the double. What this cannot show: nodes, volumes and load balancers of AWS.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from doubles.aws.access import OPERATOR
from doubles.aws.guard import require_double
from doubles.aws.reviewer import Reviewer, reviewing
from doubles.aws.server import REGION, Double, running
from mesh import Mesh, Result
from paths import ENVIRONMENT, ROOT, TOOLS, camlab

CLUSTER = "cam-cluster-prod"
NAMED = "cam-db-prod", "cam-cache-prod"
HOST = "cam-prod.localhost"
API = "https://10.245.0.1:6443"
API_CA = "/etc/kubernetes/pki/ca.crt"
# The servers that stand behind the endpoints of RDS and ElastiCache.
SERVERS = Mesh.local("cam-prove-data")
# What only a user can say.
SAID = {
    "cam_cluster_aws_region": REGION,
    "cam_cluster_aws_public_access_cidrs": ["203.0.113.0/24"],
}
# Two cores carry all of it, and nothing is pulled: images, sizes and the door are the local ones.
LOCAL = ("cam_release", "cam_monitoring", "cam_health")
OWN = {
    "cam_release_helm": str(TOOLS / "helm"),
    "cam_release_replicas": 2,
    "cam_release_hosts": [HOST],
    "cam_release_url": f"https://{HOST}:8443",
    "cam_health_process_enabled": True,
}


def _of_the_local_inventory() -> dict[str, Any]:
    folder = ROOT / "inventories" / "local" / "group_vars" / "all"
    found: dict[str, Any] = {}
    for name in LOCAL:
        found |= yaml.safe_load((folder / f"{name}.yml").read_text("utf-8"))
    return found


@dataclass
class AwsMesh:
    """Inventory prod at the double, in the namespace cam-prod of the local cluster."""

    double: Double
    reviewer: Reviewer
    folder: Path

    def play(self, name: str, *words: str, **changes: Any) -> Result:
        told = {**ENVIRONMENT, **self.double.environment()}
        require_double(told)
        given = {
            **_of_the_local_inventory(), **OWN, **SAID,
            "cam_cluster_aws_kubeconfig": str(self.kubeconfig),
            "cam_database_aws_ca_file": str(self.folder / "postgres.pem"),
            "cam_cache_aws_ca_file": str(self.folder / "redis.pem"),
            **changes,
        }  # fmt: skip
        words = ("-i", "inventories/prod", "-e", json.dumps(given), *words)
        playbook = Mesh("cam-prod").command(name)[0]
        done = subprocess.run(
            [playbook, name, *words], cwd=ROOT, env=told,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Result(done.returncode, " ".join((done.stdout + done.stderr).split()))

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def calls(self) -> int:
        """How often the play asked AWS since the journal was cleared."""
        return sum(one["principal"].endswith(f"/{OPERATOR.name}") for one in self.double.calls())

    def writes(self) -> list[str]:
        """The mutating calls since the journal was cleared."""
        return [f"{one['service']}:{one['action']}" for one in self.double.calls(mutating=True)]

    def whoami(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Ask the API server by the deployed kubeconfig; `variables` change who asks."""
        return subprocess.run(
            [TOOLS / "kubectl", "--kubeconfig", self.kubeconfig, "auth", "whoami", "-o", "json"],
            env={**os.environ, **self.double.environment(), **variables},
            capture_output=True, text=True, check=False,
        )  # fmt: skip


class Passwords(threading.Thread):
    """Gives the real servers what the deploy keeps in Secrets Manager, as AWS does."""

    def __init__(self, double: Double) -> None:
        super().__init__(daemon=True)
        self.secrets = double.client("secretsmanager")
        self.over = threading.Event()

    def run(self) -> None:
        known: dict[str, str] = {}
        while not self.over.wait(0.5):
            for name in NAMED:
                value = self._value(name)
                if value and known.get(name) != value:
                    (set_in_postgres if name == NAMED[0] else set_in_redis)(value)
                    known[name] = value

    def _value(self, name: str) -> str:
        try:
            return str(self.secrets.get_secret_value(SecretId=name)["SecretString"])
        except (
            self.secrets.exceptions.ResourceNotFoundException,
            self.secrets.exceptions.InvalidRequestException,
        ):
            return ""


def inside(workload: str, script: str, stdin: str) -> str:
    return SERVERS.kubectl("exec", "-i", workload, "--", "sh", "-c", script, stdin=stdin)


def set_in_postgres(value: str) -> None:
    """By the local socket, with the password of before, which stays in the Secret of the server."""
    old = SERVERS.secret("postgres-secret", "password")
    script = "read -r old; PGPASSWORD=$old psql -v ON_ERROR_STOP=1 -qU cam cam_production"
    inside("statefulset/postgres", script, f"{old}\nALTER ROLE cam PASSWORD '{value}';\n")


def set_in_redis(value: str) -> None:
    """One more password, as ElastiCache has it between two."""
    script = (
        "REDISCLI_AUTH=$(cat /etc/redis-secret/password) redis-cli --tls "
        "--cacert /etc/redis-tls/ca.crt -h localhost"
    )
    said = inside("deployment/redis", script, f"ACL SETUSER default >{value}\n")
    assert said.strip() == "OK", said


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[None]:
    """PostgreSQL and Redis in a namespace of their own, and the authorities that verify them."""
    play = SERVERS.play("playbooks/provision.yml")
    assert play.code == 0, play.text[-500:]
    try:
        play = SERVERS.play("playbooks/services.yml")
        assert play.code == 0, play.text[-500:]
        for name in ("postgres", "redis"):
            (folder / f"{name}.pem").write_text(SERVERS.secret(f"{name}-tls", "ca.crt"), "utf-8")
        yield
    finally:
        gone = SERVERS.play("playbooks/destroy.yml", cam_destroy_confirm="local")
        assert gone.code == 0, gone.text[-500:]


@contextlib.contextmanager
def entered_by_tokens(double: Double, folder: Path) -> Iterator[Reviewer]:
    """The local API server asks the double whose a token is, until the block ends."""
    with reviewing(double, CLUSTER) as (reviewer, kubeconfig):
        (folder / "webhook").write_text(kubeconfig, "utf-8")
        chosen = folder / "lab.json"
        chosen.write_text(json.dumps({"token_webhook": str(folder / "webhook")}), "utf-8")
        camlab("up", "--settings", str(chosen), check=True)
        try:
            yield reviewer
        finally:
            camlab("up", check=True)


def forget() -> None:
    """What a cluster of AWS would take with it when it goes."""
    Mesh("").kubectl("delete", "namespace", "cam-prod", "--ignore-not-found")
    for kind in ("clusterrole", "clusterrolebinding", "storageclass"):
        Mesh("").kubectl("delete", kind, "-l", "cam.mesh/set=cam-aws", "--ignore-not-found")
    kinds = "deployment,serviceaccount,role,rolebinding,configmap"
    Mesh("kube-system").kubectl("delete", kinds, "-l", "cam.mesh/set=cam-aws", "--ignore-not-found")


@contextlib.contextmanager
def aws_mesh() -> Iterator[AwsMesh]:
    with contextlib.ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="cam-aws-")))
        where = f".{SERVERS.namespace}.svc.cluster.local:"
        double = kept.enter_context(
            running("--eks-endpoint", API, "--eks-ca", API_CA,
                    "--rds-endpoint", f"postgres{where}5432",
                    "--cache-endpoint", f"redis{where}6379")
        )  # fmt: skip
        camlab("up", check=True)
        forget()
        kept.enter_context(servers(folder))
        passwords = Passwords(double)
        passwords.start()
        kept.callback(passwords.over.set)
        reviewer = kept.enter_context(entered_by_tokens(double, folder))
        kept.callback(forget)
        yield AwsMesh(double, reviewer, folder)
