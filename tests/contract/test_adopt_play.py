"""What Terraform or CloudFormation made is read into an inventory, and nobody's file is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from paths import BIN, ENVIRONMENT, ROOT

ESTATES = ROOT / "tests" / "unit" / "plugins" / "module_utils" / "estates"
FILES = ("seed.tfstate.json", "stack-resources.json", "stack-outputs.json")
# Every value that is secret in these files begins so.
SECRET = "hunter2"


@dataclass(frozen=True)
class Ran:
    code: int
    output: str

    @property
    def text(self) -> str:
        return " ".join(self.output.split())

    @property
    def changed(self) -> str:
        return self.output.rpartition("PLAY RECAP")[2].partition("changed=")[2].split()[0]


@dataclass(frozen=True)
class Mine:
    """An inventory like that of dev, in a folder of its own; `file`: where the variables go."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "host_vars" / "dev" / "adopted.yml"

    def adopt(self, source: str | Path, *words: str, write: bool = True) -> Ran:
        given = {"cam_adopt_file": str(ESTATES / source)}
        if write:
            given["cam_adopt_to"] = str(self.file)
        done = subprocess.run(
            [BIN / "ansible-playbook", ROOT / "playbooks" / "adopt.yml", "-i", self.folder,
             "-e", json.dumps(given), *words],
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        output = done.stdout + done.stderr
        assert SECRET not in output
        assert "Traceback" not in output
        return Ran(done.returncode, output)


@pytest.fixture
def mine(tmp_path: Path) -> Mine:
    shutil.copytree(ROOT / "inventories" / "dev", tmp_path / "mine")
    return Mine(tmp_path / "mine")


def loaded(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return found


def test_it_is_planned_then_written_then_the_same(mine: Mine) -> None:
    dry = mine.adopt(FILES[0], "--check", "--diff")
    assert dry.code == 0, dry.output
    assert dry.changed != "0"
    assert not mine.file.parent.exists()

    made = mine.adopt(FILES[0], "--diff")
    assert made.code == 0, made.output
    assert "+cam_cluster_aws_name: cam-cluster-dev" in made.output
    assert oct(mine.file.stat().st_mode)[-3:] == "644"
    told = loaded(mine.file)
    assert told["cam_cluster_aws_version"] == "1.34"
    assert told["cam_database_aws_adopt"] is True
    assert SECRET not in mine.file.read_text("utf-8")

    again = mine.adopt(FILES[0], "--diff")
    assert (again.code, again.changed) == (0, "0")
    # The file is read now, and wins over what group_vars say of the region.
    assert "the inventory says otherwise of cam_cluster_aws_region" in made.text
    assert "the inventory says otherwise" not in again.text
    then = "Then: ansible-playbook deploy.yml -i"
    assert again.text.partition(then)[2].partition("'")[0].endswith("mine --check --diff")


@pytest.mark.parametrize("source", FILES)
def test_it_is_only_printed(mine: Mine, source: str) -> None:
    # As much as there is to see, so that a secret would be seen.
    ran = mine.adopt(source, "-vvv", write=False)
    assert (ran.code, ran.changed) == (0, "0"), ran.output
    assert "cam_cluster_aws_vpc_id: vpc-0a1" in ran.output
    asked = "it is told by: aws eks describe-cluster --name cam-cluster-dev"
    assert (asked in ran.text) == source.startswith("stack")


def test_what_it_wrote_passes_preflight(mine: Mine) -> None:
    assert mine.adopt(FILES[0]).code == 0
    done = subprocess.run(
        [BIN / "ansible-playbook", ROOT / "playbooks" / "preflight.yml", "-i", mine.folder,
         "-e", "cam_preflight_live=false"],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "passed network: VPC vpc-0a1, which exists" in " ".join(done.stdout.split())


def test_a_file_of_others_is_not_written_over(mine: Mine) -> None:
    mine.file.parent.mkdir(parents=True)
    mine.file.write_text("cam_cluster_aws_nodes: 7\n")
    ran = mine.adopt(FILES[0])
    assert ran.code != 0
    assert "was not written by this playbook" in ran.text
    assert mine.file.read_text() == "cam_cluster_aws_nodes: 7\n"


def test_a_folder_is_not_written_over(mine: Mine) -> None:
    mine.file.mkdir(parents=True)
    ran = mine.adopt(FILES[0])
    assert ran.code != 0
    assert "was not written by this playbook" in ran.text


def test_a_bad_file_is_refused_in_one_sentence(mine: Mine) -> None:
    """What else can be bad of it: tests of the module."""
    file = mine.folder.parent / "terraform.tfstate"
    file.write_text(f'{{"password": "{SECRET}"')
    ran = mine.adopt(file)
    assert ran.code != 0
    assert "is not JSON (line 1" in ran.text
    assert not mine.file.exists()


def test_one_estate_is_not_given_to_several_clusters(mine: Mine) -> None:
    (mine.folder / "hosts.yml").write_text("cam_clusters: {hosts: {dev: {}, second: {}}}\n")
    ran = mine.adopt(FILES[0])
    assert ran.code != 0
    assert "2 clusters are meant: dev, second" in ran.text
    assert mine.adopt(FILES[0], "--limit", "dev").code == 0


def test_it_asks_for_the_file(mine: Mine) -> None:
    done = subprocess.run(
        [BIN / "ansible-playbook", ROOT / "playbooks" / "adopt.yml", "-i", mine.folder],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "missing required arguments: cam_adopt_file" in " ".join(done.stdout.split())
