"""Which call of which service a request is, by botocore's model of the service."""

from __future__ import annotations

import functools
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from botocore.model import Shape
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
# Signing names that are not the name of the service in botocore.
SERVICES = {"tagging": "resourcegroupstaggingapi", "elasticloadbalancing": "elbv2"}
# Members that are secret although botocore's model does not mark them.
SECRET = re.compile(r"password|auth_?token|secret(string|binary)|private_?key", re.IGNORECASE)
MASK = "(hidden)"


@dataclass
class Identity:
    """`params`: by the names of the API reference, secrets hidden, without idempotency tokens."""

    service: str = ""
    region: str = ""
    access_key: str = ""
    action: str = ""
    protocol: str = "rest-xml"
    operation: OperationModel | None = None
    params: dict[str, Any] = field(default_factory=dict)


@functools.cache
def model(service: str) -> ServiceModel | None:
    try:
        return get_service_model(service)
    except Exception:  # whatever botocore raises for a service that it does not have
        return None


def identify(environ: dict[str, Any], body: bytes) -> Identity:
    """Who calls what. A request that is not signed has no service."""
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not signed:
        return Identity(action=f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
    key, region, name = signed.groups()
    found = Identity(SERVICES.get(name, name), region, key)
    found.action = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    service = model(found.service)
    if service is None:
        return found
    found.protocol = determine_request_protocol(service, request.content_type)
    try:
        operation, in_path = get_service_router(found.service).match(request)
    except Exception:  # moto raises NotFound or NotImplementedError, werkzeug its own
        return found
    found.operation, found.action = operation, operation.name
    found.params = parameters(found, request, in_path)
    return found


def parameters(found: Identity, request: Request, in_path: dict[str, Any]) -> dict[str, Any]:
    assert found.operation is not None
    parser = PROTOCOL_PARSERS[found.protocol](found.operation)
    try:
        parsed = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.get_data(cache=True, parse_form_data=False),
                "url_path": request.path,
                "url_params": {name: unquote(str(value)) for name, value in in_path.items()},
            }
        )
    except Exception as error:  # the journal says so; moto answers what it makes of it
        return {"(unreadable)": str(error)}
    shown: dict[str, Any] = json.loads(json.dumps(parsed, default=str))
    return hidden(found.operation.input_shape, shown)


def noise(shape: Shape, value: Any) -> bool:
    """Tokens that differ each time, and the empty lists that moto makes of absent queries."""
    absent = value == [] and shape.serialization.get("location") == "querystring"
    return absent or bool(shape.metadata.get("idempotencyToken"))


def hidden(shape: Shape | None, value: Any, name: str = "") -> Any:
    """`value` without what nobody may see and what differs each time."""
    if SECRET.search(name) or (shape is not None and shape.metadata.get("sensitive")):
        return MASK
    if isinstance(value, dict):
        members = shape.members if shape is not None and shape.type_name == "structure" else {}
        return {
            key: hidden(members.get(key), inner, key)
            for key, inner in value.items()
            if not (key in members and noise(members[key], inner))
        }
    if isinstance(value, list):
        member = shape.member if shape is not None and shape.type_name == "list" else None
        return [hidden(member, inner) for inner in value]
    return value
