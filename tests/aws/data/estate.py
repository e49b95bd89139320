"""A mesh on the stand-in of AWS: a network, a cluster's API, the plays of database and cache."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lifecycle
import yaml
from aws_kill import killed
from data_policy import POLICY
from doubles.aws.guard import require_double
from doubles.aws.server import REGION, Double
from fake_api import FakeApi
from paths import BIN, ENVIRONMENT, ROOT

# The trust anchors are public; what they hold is nobody's business here.
CA = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
NAMESPACE = "cam-dev"
PARTS = ("cam_database", "cam_cache")
PLAY = """
- name: Run the parts that hold data
  hosts: cam_clusters
  gather_facts: false
  vars: {cam_database_endpoint: {}, cam_cache_endpoint: {}}
  tasks:
    - name: Run the part
      ansible.builtin.include_role:
        name: "cam.mesh.{{ item }}"
        tasks_from: "{{ entry }}"
      loop: "{{ parts }}"

    - name: Tell what is published
      ansible.builtin.copy:
        content: "{{ {'database': cam_database_endpoint, 'cache': cam_cache_endpoint} | to_json }}"
        dest: "{{ inventory_dir }}/published.json"
        mode: "0600"
      check_mode: false
      changed_when: false
      when: entry != 'absent'
"""


class Ran(lifecycle.Ran):
    """A play that ended; each of its calls is of one service or told apart by its name."""

    @property
    def writes(self) -> list[str]:
        return [one["action"] for one in self.journal if one["mutating"]]


@dataclass
class Estate:
    """`network`: as cam_cluster would publish it. `variables`: of the inventory. `asked`: service
    and action of all calls of the plays so far."""

    double: Double
    api: FakeApi
    folder: Path
    network: dict[str, Any]
    variables: dict[str, Any] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def build(cls, double: Double, api: FakeApi, folder: Path) -> Estate:
        """A VPC with private subnets in two zones, and who may reach what; plays have the policy
        of the docs, and nothing else."""
        double.tell("policy", POLICY)
        ec2 = double.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        doors = [
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            for name in ("nodes", "database", "cache")
        ]
        network = {
            "provider": "aws", "region": REGION, "vpc_id": vpc, "private_subnet_ids": subnets,
            "public_subnet_ids": [], "node_security_group_ids": doors[:1],
            "database_security_group_ids": doors[1:2], "cache_security_group_ids": doors[2:],
            "kms_key_arn": "",
        }  # fmt: skip
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        api.put(f"/api/v1/namespaces/{NAMESPACE}", space)
        (folder / "ca.pem").write_text(CA)
        (folder / "play.yml").write_text(PLAY)
        (folder / "hosts.yml").write_text(yaml.safe_dump({"cam_clusters": {"hosts": {"eu": {}}}}))
        return cls(double, api, folder, network)

    def run(
        self,
        entry: str = "main",
        *words: str,
        parts: tuple[str, ...] = PARTS,
        running: bool = True,
        environment: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Ran:
        """A play with the real modules; `words` such as --check. Its journal is its own."""
        self.double.tell("calls/clear")
        done = subprocess.run(
            self._command(entry, *words, parts=parts, running=running, **variables),
            cwd=ROOT, env=self._environment() | (environment or {}),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout + done.stderr, self._calls())

    def run_until_killed(self, after_writes: int) -> bool:
        """Whether it was killed, since it got as far as this; without a chance to tidy up."""
        ended = killed(self.double, self._command(), self._environment(), self.folder, after_writes)
        self._calls()
        return ended

    def _calls(self) -> list[dict[str, Any]]:
        journal = self.double.calls()
        self.asked |= {(one["service"], one["action"]) for one in journal}
        return journal

    def _environment(self) -> dict[str, str]:
        told = {**ENVIRONMENT, **self.double.environment(), "AWS_MAX_ATTEMPTS": "3"}
        told.pop("AWS_REGION")
        told.pop("AWS_DEFAULT_REGION")
        require_double(told)
        return told

    def _command(
        self,
        entry: str = "main",
        *words: str,
        parts: tuple[str, ...] = PARTS,
        running: bool = True,
        **variables: Any,
    ) -> list[str]:
        access = {
            "provider": "aws", "kubeconfig": self.api.kubeconfig(self.folder), "context": "",
            "namespace": NAMESPACE, "running": running,
        }  # fmt: skip
        given = {
            "entry": entry, "parts": list(parts), "ansible_connection": "local",
            "ansible_python_interpreter": str(BIN / "python"), "cam_environment": "dev",
            "cam_cluster_access": access, "cam_cluster_network": self.network,
            "cam_database_provider": "aws", "cam_cache_provider": "aws",
            "cam_database_aws_ca_file": str(self.folder / "ca.pem"),
            "cam_cache_aws_ca_file": str(self.folder / "ca.pem"),
            "cam_database_aws_wait_seconds": 120, "cam_cache_aws_wait_seconds": 120,
            **self.variables, **variables,
        }  # fmt: skip
        return [
            str(BIN / "ansible-playbook"), str(self.folder / "play.yml"),
            "-i", str(self.folder / "hosts.yml"), "-e", json.dumps(given), *words,
        ]  # fmt: skip

    def another_subnet(self) -> list[str]:
        """The subnets, and one more in the same VPC."""
        more = self.double.client("ec2").create_subnet(
            VpcId=self.network["vpc_id"], CidrBlock="10.0.9.0/24", AvailabilityZone=f"{REGION}c"
        )["Subnet"]["SubnetId"]
        return [*self.network["private_subnet_ids"], more]

    def published(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "published.json").read_text())
        return found

    def secret_values(self) -> list[str]:
        """What must be in no output."""
        client = self.double.client("secretsmanager")
        names = [one["Name"] for one in client.list_secrets()["SecretList"]]
        return [client.get_secret_value(SecretId=name)["SecretString"] for name in names]
