"""What goes wrong when it is asked to: errors as the service would answer them, delays, resets."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.identify import Identity, model
from moto.core.serialize import XFormedAttributePicker, get_serializer_class

# Kind: (code, HTTP status) by service, "" for all others; from the "Common errors" page and the
# errors of the operation in each service's API reference.
CODES: dict[str, dict[str, tuple[str, int]]] = {
    "throttle": {
        "ec2": ("RequestLimitExceeded", 503),
        "eks": ("ThrottlingException", 429),
        "s3": ("SlowDown", 503),
        "kms": ("ThrottlingException", 400),
        "secretsmanager": ("ThrottlingException", 400),
        "ecr": ("ThrottlingException", 400),
        "acm": ("ThrottlingException", 400),
        "": ("Throttling", 400),
    },
    "unavailable": {
        "ec2": ("Unavailable", 503),
        "eks": ("ServiceUnavailableException", 503),
        "kms": ("KMSInternalException", 500),
        "secretsmanager": ("InternalServiceError", 500),
        "iam": ("ServiceFailure", 500),
        "": ("ServiceUnavailable", 503),
    },
    "denied": {
        "ec2": ("UnauthorizedOperation", 403),
        "eks": ("AccessDeniedException", 403),
        "kms": ("AccessDeniedException", 400),
        "secretsmanager": ("AccessDeniedException", 400),
        "ecr": ("AccessDeniedException", 400),
        "acm": ("AccessDeniedException", 400),
        "resourcegroupstaggingapi": ("AccessDeniedException", 400),
        "": ("AccessDenied", 403),
    },
    "expired": {
        "ec2": ("RequestExpired", 400),
        "eks": ("ExpiredTokenException", 403),
        "kms": ("ExpiredTokenException", 400),
        "secretsmanager": ("ExpiredTokenException", 400),
        "ecr": ("ExpiredTokenException", 400),
        "acm": ("ExpiredTokenException", 400),
        "resourcegroupstaggingapi": ("ExpiredTokenException", 400),
        "": ("ExpiredToken", 403),
    },
    "unknown": {
        "ec2": ("AuthFailure", 401),
        "eks": ("UnrecognizedClientException", 403),
        "kms": ("UnrecognizedClientException", 400),
        "secretsmanager": ("UnrecognizedClientException", 400),
        "ecr": ("UnrecognizedClientException", 400),
        "acm": ("UnrecognizedClientException", 400),
        "resourcegroupstaggingapi": ("UnrecognizedClientException", 400),
        "": ("InvalidClientTokenId", 403),
    },
    "signature": {
        "ec2": ("AuthFailure", 401),
        "eks": ("InvalidSignatureException", 403),
        "kms": ("InvalidSignatureException", 400),
        "secretsmanager": ("InvalidSignatureException", 400),
        "ecr": ("InvalidSignatureException", 400),
        "acm": ("InvalidSignatureException", 400),
        "resourcegroupstaggingapi": ("InvalidSignatureException", 400),
        "": ("SignatureDoesNotMatch", 403),
    },
    "quota": {
        "eks": ("ResourceLimitExceededException", 400),
        "kms": ("LimitExceededException", 400),
        "secretsmanager": ("LimitExceededException", 400),
        "ecr": ("LimitExceededException", 400),
        "acm": ("LimitExceededException", 400),
        "rds": ("InstanceQuotaExceeded", 400),
        "elasticache": ("NodeQuotaForCustomerExceeded", 400),
        "ec2": ("ResourceLimitExceeded", 400),
        "iam": ("LimitExceeded", 409),
        "": ("LimitExceeded", 400),
    },
}
# Where the quota's code is the operation's own.
QUOTAS = {
    ("ec2", "CreateVpc"): "VpcLimitExceeded",
    ("ec2", "AllocateAddress"): "AddressLimitExceeded",
    ("ec2", "CreateNatGateway"): "NatGatewayLimitExceeded",
    ("ec2", "CreateSecurityGroup"): "SecurityGroupLimitExceeded",
    ("ec2", "CreateInternetGateway"): "InternetGatewayLimitExceeded",
    ("ec2", "CreateSubnet"): "SubnetLimitExceeded",
    ("ec2", "CreateRouteTable"): "RouteTableLimitExceeded",
    ("rds", "CreateDBSubnetGroup"): "DBSubnetGroupQuotaExceeded",
    ("rds", "CreateDBParameterGroup"): "DBParameterGroupQuotaExceeded",
    ("elasticache", "CreateCacheSubnetGroup"): "CacheSubnetGroupQuotaExceeded",
    ("elasticache", "CreateCacheParameterGroup"): "CacheParameterGroupQuotaExceeded",
}
MESSAGES = {
    "throttle": "Rate exceeded",
    "unavailable": "The service is unavailable. Try again later.",
    "denied": "{principal} is not authorized to perform: {service}:{action}",
    "expired": "The security token included in the request is expired",
    "unknown": "The security token included in the request is invalid.",
    "signature": "The request signature we calculated does not match the signature you provided.",
    "quota": "You have reached the limit of your account for this resource.",
}
# Kinds that answer nothing: the request is carried out (reset) or not (drop), then the connection
# is reset; slow is a delay alone.
SILENT = {"reset", "drop", "slow"}


@dataclass
class Fault:
    """`service`, `action` (patterns): which calls. `after`: how many of them are let through first,
    `times`: how many then fail, 0 for all. `delay`: seconds before. `carried_out`: the request is
    served, then the error answered all the same. `code`, `status`, `message`: instead of those of
    the kind."""

    kind: str
    service: str = ".*"
    action: str = ".*"
    after: int = 0
    times: int = 1
    delay: float = 0.0
    carried_out: bool = False
    code: str = ""
    status: int = 0
    message: str = ""
    used: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in {*CODES, *SILENT}:
            raise ValueError(f"There is no fault {self.kind}, but {sorted({*CODES, *SILENT})}")

    def strikes(self, call: Identity) -> bool:
        """Count the call if it is one of those, and say whether it fails."""
        if not (re.fullmatch(self.service, call.service)
                and re.fullmatch(self.action, call.action)):  # fmt: skip
            return False
        self.used += 1
        return self.used > self.after and (not self.times or self.used <= self.after + self.times)

    def error(self, call: Identity, principal: str) -> tuple[str, int, str]:
        """Code, HTTP status and message for this call."""
        code, status = CODES[self.kind].get(call.service, CODES[self.kind][""])
        if self.kind == "quota":
            code = QUOTAS.get((call.service, call.action), code)
        message = MESSAGES[self.kind].format(
            principal=f"User: {principal}", service=call.service, action=call.action
        )
        return self.code or code, self.status or status, self.message or message


class Faults:
    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self._lock = threading.Lock()

    def plan(self, entries: list[dict[str, Any]]) -> None:
        """Replace what was planned."""
        faults = [Fault(**entry) for entry in entries]
        with self._lock:
            self.planned = faults

    def striking(self, call: Identity) -> Fault | None:
        """The first fault that this call is to suffer."""
        with self._lock:
            struck = [fault for fault in self.planned if fault.strikes(call)]
        return struck[0] if struck else None


def answer(call: Identity, code: str, status: int, message: str) -> tuple[int, dict[str, str], str]:
    """The error in the protocol of the service: status, headers, body."""
    service = model(call.service)
    if call.operation is None or service is None:
        return status, {"Content-Type": "text/plain"}, f"{code}: {message}"
    serializer = get_serializer_class(call.service, call.protocol)(
        operation_model=call.operation, pretty_print=False, value_picker=XFormedAttributePicker()
    )
    made = serializer.serialize(refuse(code, message))
    headers = {str(name): str(value) for name, value in made["headers"].items()}
    return status, headers, str(made["body"])
