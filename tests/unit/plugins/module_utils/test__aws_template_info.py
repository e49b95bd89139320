"""The launch template of the nodes."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws_template_info as core
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws
from small_network import build, look, pairs, suffix


class Template:
    """Writes as the role does by the module ec2_launch_template."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2

    def write(self, todo: dict[str, list[dict[str, Any]]]) -> None:
        (spec,) = todo["templates"]
        disk = {"VolumeSize": spec["disk_gib"], "VolumeType": "gp3", "Encrypted": True}
        data = {
            "BlockDeviceMappings": [{"DeviceName": spec["device"], "Ebs": disk}],
            "MetadataOptions": {
                "HttpTokens": "required", "HttpPutResponseHopLimit": spec["hops"],
            },
            "TagSpecifications": [
                {"ResourceType": one["resource_type"], "Tags": pairs(one["tags"])}
                for one in spec["resources"]
            ],
        }  # fmt: skip
        where = [{"Name": "launch-template-name", "Values": [spec["name"]]}]
        found = self.ec2.describe_launch_templates(Filters=where)["LaunchTemplates"]
        if not found:
            self.ec2.create_launch_template(
                LaunchTemplateName=spec["name"], LaunchTemplateData=data,
                TagSpecifications=[
                    {"ResourceType": "launch-template", "Tags": pairs(spec["tags"])}
                ],
            )  # fmt: skip
            return
        ident = found[0]["LaunchTemplateId"]
        made = self.ec2.create_launch_template_version(
            LaunchTemplateId=ident, LaunchTemplateData=data
        )
        number = made["LaunchTemplateVersion"]["VersionNumber"]
        self.ec2.modify_launch_template(LaunchTemplateId=ident, DefaultVersion=str(number))
        self.ec2.create_tags(Resources=[ident], Tags=pairs(spec["tags"]))


@pytest.fixture
def see(aws: SmallAws) -> Any:
    return partial(look, core, aws, name=f"cam-nodes-{suffix(aws)}")


@pytest.fixture
def write(aws: SmallAws) -> Any:
    return Template(aws.double.client("ec2")).write


def test_a_template_is_made_once_and_a_change_is_a_version(see: Any, write: Any) -> None:
    first = see()
    assert (first["version"], first["next_version"]) == ("", "1")
    built = build(see, write)
    assert (built["plan"], built["version"], built["next_version"]) == ([], "1", "1")
    wider = partial(see, disk_gib=80)
    (line,) = wider()["plan"]
    assert line.endswith("disk_gib 50 -> 80")
    assert wider()["next_version"] == "2"
    after = build(wider, write)
    assert (after["plan"], after["version"]) == ([], "2")


def test_metadata_that_anybody_reads_is_told(see: Any, write: Any, aws: SmallAws) -> None:
    build(see, write)
    ec2 = aws.double.client("ec2")
    data = {"MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 2}}
    name = f"cam-nodes-{suffix(aws)}"
    ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=data)
    ec2.modify_launch_template(LaunchTemplateName=name, DefaultVersion="2")
    (line,) = see()["plan"]
    assert "tokens=optional" in line
    assert "disk_gib (none) -> 50" in line


def test_tags_of_the_template_are_no_new_version(see: Any, write: Any) -> None:
    build(see, write)
    found = partial(see, tags={"team": "x"})()
    # They are those of the nodes as well, which is one.
    assert found["next_version"] == "2"
    assert any("tag team (absent) -> x" in line for line in found["plan"])


def test_a_template_of_our_name_that_is_not_ours_is_refused(see: Any, aws: SmallAws) -> None:
    aws.double.client("ec2").create_launch_template(
        LaunchTemplateName=f"cam-nodes-{suffix(aws)}",
        LaunchTemplateData={"InstanceType": "t3.large"},
    )
    with pytest.raises(CamError, match=r"launch template .* is not made by this collection"):
        see()


def test_ours_go_by_their_tags(see: Any, write: Any) -> None:
    build(see, write)
    assert len(see(state="absent")["todo"]["templates"]) == 1
