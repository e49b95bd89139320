"""EC2: names, launch templates, NAT gateways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.registry import Call, answers, patches, wraps
from doubles.aws.states import State
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.tags import TagBackend
from moto.ec2.responses import EC2Response

Original = Callable[..., Any]


@wraps(TagBackend, "describe_tags", "ec2")
def nat_gateway_is_one_word(
    original: Original, self: TagBackend, filters: dict[str, list[str]] | None = None
) -> list[dict[str, str]]:
    """API_TagDescription resourceType: `natgateway`; moto says nat-gateway."""
    if filters and "resource-type" in filters:
        names = ["nat-gateway" if n == "natgateway" else n for n in filters["resource-type"]]
        filters = {**filters, "resource-type": names}
    tags: list[dict[str, str]] = original(self, filters)
    for tag in tags:
        if tag.get("resource_type") == "nat-gateway":
            tag["resource_type"] = "natgateway"
    return tags


@wraps(LaunchTemplateVersion, "__init__", "ec2")
def template_data_has_no_tags_of_the_template(
    original: Original, self: LaunchTemplateVersion, template: LaunchTemplate, number: int,
    data: dict[str, Any], description: str,
) -> None:  # fmt: skip
    """API_CreateLaunchTemplate TagSpecification: tags of the template itself are no part of its
    data (API_ResponseLaunchTemplateData TagSpecifications); moto puts them there."""
    data = dict(data)
    tags = [part for part in data.get("TagSpecifications", [])
            if part.get("ResourceType") != "launch-template"]  # fmt: skip
    data.pop("TagSpecifications", None)
    original(self, template, number, data | ({"TagSpecifications": tags} if tags else {}),
             description)  # fmt: skip


@patches("ec2", "LaunchTemplate.tags")
def template_shows_the_tags_of_today() -> None:
    """API_LaunchTemplate tags: moto's DescribeLaunchTemplates shows those of the creation for
    ever."""

    def put(self: Any, value: Any) -> None:
        """What moto remembers of the creation."""

    LaunchTemplate.tags = property(  # type: ignore[assignment]
        lambda self: self.get_tags(), put
    )


@answers(EC2Response, "DeleteLaunchTemplateVersions")
def delete_launch_template_versions(call: Call) -> dict[str, Any]:
    """API_DeleteLaunchTemplateVersions: each but the default one; numbers are never used again."""
    number, name = call.params.get("LaunchTemplateId"), call.params.get("LaunchTemplateName")
    template = (
        call.backend.get_launch_template(number)
        if number
        else call.backend.get_launch_template_by_name(name)
    )
    gone, kept = [], []
    for version in map(int, call.params.get("Versions", [])):
        answer: dict[str, Any] = {
            "LaunchTemplateId": template.id, "LaunchTemplateName": template.name,
            "VersionNumber": version,
        }  # fmt: skip
        if version == template.default_version_number:
            error = {"Code": "unexpectedError", "Message": "The default version cannot be deleted"}
            kept.append(answer | {"ResponseError": error})
        elif version not in [one.number for one in template.versions]:
            error = {"Code": "launchTemplateVersionDoesNotExist", "Message": "It does not exist"}
            kept.append(answer | {"ResponseError": error})
        else:
            template.versions = [one for one in template.versions if one.number != version]
            gone.append(answer)
    return {
        "SuccessfullyDeletedLaunchTemplateVersions": gone,
        "UnsuccessfullyDeletedLaunchTemplateVersions": kept,
    }


@patches("ec2", "LaunchTemplate.create_version, get_version")
def template_versions_keep_their_numbers() -> None:
    """API_LaunchTemplateVersion versionNumber: moto numbers and finds versions by their place in a
    list, which is wrong as soon as one of them is deleted."""
    find = LaunchTemplate.get_version

    def create(self: Any, data: dict[str, Any], description: str) -> LaunchTemplateVersion:
        self._cam_last = getattr(self, "_cam_last", 0) + 1
        version = LaunchTemplateVersion(self, self._cam_last, data, description)
        self.versions.append(version)
        return version

    def get(self: Any, number: Any) -> LaunchTemplateVersion:
        if str(number).isdigit():
            for version in self.versions:
                if version.number == int(number):
                    return version
            raise refuse(
                "InvalidLaunchTemplateId.VersionNotFound",
                f"Could not find launch template version {number} of {self.id}",
            )
        return find(self, number)

    LaunchTemplate.create_version = create  # type: ignore[method-assign]
    LaunchTemplate.get_version = get  # type: ignore[method-assign]
    LaunchTemplate.default_version = lambda self: self.get_version(  # type: ignore[method-assign]
        self.default_version_number
    )


@patches("ec2", "NatGateway.state")
def nat_gateway_takes_its_time() -> None:
    """API_NatGateway state: pending and deleting on the way; moto's are available and deleted at
    once, and keep interface and address when they are deleted."""
    prepare = NatGateway.__init__

    def prepared(self: Any, *words: Any, **values: Any) -> None:
        done = {"deleted": lambda: let_go(self)}
        self._cam_state = State("ec2::nat-gateway", str(words[1] if words[1:] else ""), done)
        prepare(self, *words, **values)

    def let_go(self: Any) -> None:
        self.ec2_backend.enis.pop(self._eni.id, None)
        for one in self.address_set:
            for address in self.ec2_backend.addresses:
                if address.allocation_id == one.get("allocationId"):
                    self.ec2_backend.disassociate_address(address=address.public_ip)

    def put(self: Any, value: str) -> None:
        if value == "deleted":
            self._cam_state.settle()
            self._cam_state.enter("deleting")

    NatGateway.__init__ = prepared  # type: ignore[method-assign]
    NatGateway.state = property(  # type: ignore[assignment]
        lambda self: self._cam_state.shown, put
    )


@wraps(NatGatewayBackend, "describe_nat_gateways", "ec2")
def describing_nat_gateways_is_a_tick(
    original: Original, self: NatGatewayBackend, filters: Any, nat_gateway_ids: list[str] | None
) -> list[NatGateway]:
    """API_DescribeNatGateways: an id that is not there answers NatGatewayNotFound (moto: an empty
    list)."""
    if missing := set(nat_gateway_ids or []) - set(self.nat_gateways):
        raise refuse("NatGatewayNotFound", f"NAT gateway {', '.join(missing)} was not found")
    for gateway in self.nat_gateways.values():
        if not nat_gateway_ids or gateway.id in nat_gateway_ids:
            gateway._cam_state.look()  # type: ignore[attr-defined]
    found: list[NatGateway] = original(self, filters, nat_gateway_ids)
    return found
