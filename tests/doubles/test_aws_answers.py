"""Each answer of the double is still missing in moto, and has the shape of botocore's model."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from doubles.aws import registry, shapes
from doubles.aws.server import Double
from doubles.probes.base import Account
from doubles.tours import TOURS
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model

registry.load()


def filled(shape: Any) -> Any:
    """The least that the input shape takes."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {name: filled(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [filled(shape.member)]
    return {"map": {}, "integer": 1, "boolean": True}.get(shape.type_name, "something")


@pytest.mark.parametrize("name", registry.ANSWERS)
def test_plain_moto_does_not_answer(name: str, plain: Double) -> None:
    service, _, operation = name.partition(":")
    given = filled(get_service_model(service).operation_model(operation).input_shape)
    call = getattr(plain.client(service), camelcase_to_underscores(operation))
    with pytest.raises(ClientError) as caught:
        call(**given)
    code = caught.value.response["Error"]["Code"]
    assert code in {"404", "NotImplementedByTheDouble"}, f"moto answers {name}: drop ours"


@pytest.fixture(scope="module")
def toured(account: Account) -> tuple[Double, list[tuple[str, str, Any]]]:
    """What every call of the tours answered, by service and operation."""
    answers: list[tuple[str, str, Any]] = []
    for tour in TOURS:
        answers.extend(tour(account))
    return account.double, answers


def test_every_answer_is_toured(toured: tuple[Double, list[tuple[str, str, Any]]]) -> None:
    seen = {f"{service}:{operation}" for service, operation, _ in toured[1]}
    assert set(registry.ANSWERS) - seen == set()


def test_every_call_of_the_tours_was_answered(
    toured: tuple[Double, list[tuple[str, str, Any]]],
) -> None:
    double, answers = toured
    for service, operation, _ in answers:
        assert double.calls(service=service, action=operation, status=200), operation


def test_every_answer_has_the_shape_of_the_model(
    toured: tuple[Double, list[tuple[str, str, Any]]],
) -> None:
    """boto3 parses by the model, so what it hands out is a part of it; here all required members
    are there, and those that AWS always answers."""
    for service, operation, answer in toured[1]:
        shape = get_service_model(service).operation_model(operation).output_shape
        given = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
        assert not list(shapes.unknown(shape, given)), operation
        members = set(shape.members) - {"nextToken", "Marker"} if shape else set()
        assert members <= set(given), f"{operation} lacks {members - set(given)}"


def test_a_member_that_the_model_does_not_have_is_seen() -> None:
    operation = get_service_model("eks").operation_model("CreateAddon")
    shapes.check(operation, {"addon": {"addonName": "vpc-cni", "tags": {"any": "thing"}}})
    with pytest.raises(shapes.UnknownMember, match=r"\.addon\.addonname"):
        shapes.check(operation, {"addon": {"addonname": "vpc-cni"}})
    with pytest.raises(shapes.UnknownMember, match=r"\.addon\.health\.issues\[\]\.reason"):
        shapes.check(operation, {"addon": {"health": {"issues": [{"reason": "none"}]}}})


def test_an_answer_that_moto_has_learnt_stops_the_double(monkeypatch: pytest.MonkeyPatch) -> None:
    class Newer(BaseResponse):
        def __init__(self) -> None:
            super().__init__(service_name="eks")

        def list_updates(self) -> None:
            """Known to moto by now."""

    monkeypatch.setattr(registry, "ANSWERS", {})

    @registry.answers(Newer, "ListUpdates")
    def list_updates(call: registry.Call) -> dict[str, Any]:
        """API_ListUpdates."""
        return {}

    with pytest.raises(registry.AlreadyThere, match="moto answers eks:ListUpdates; drop ours"):
        registry.ANSWERS["eks:ListUpdates"].apply()
