"""IAM enforcement: signatures, refusals in the protocol of the service, what a policy allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSRequest
from doubles.aws.faults import CODES
from doubles.aws.identify import SERVICES
from doubles.aws.registry import wraps
from moto.core.utils import get_service_model
from moto.iam.access_control import (
    IAMPolicy,
    IAMPolicyStatement,
    IAMRequest,
    IAMRequestBase,
    PermissionResult,
)
from werkzeug.exceptions import HTTPException

Original = Callable[..., Any]
PASSED = {
    "eks:CreateCluster": ("roleArn",),
    "eks:CreateNodegroup": ("nodeRole",),
    "eks:CreateAddon": ("serviceAccountRoleArn", "roleArn"),
    "eks:UpdateAddon": ("serviceAccountRoleArn", "roleArn"),
    "eks:CreatePodIdentityAssociation": ("roleArn",),
    "eks:UpdatePodIdentityAssociation": ("roleArn",),
}
# Signing names whose prefix in policies is another one.
PREFIXES = {"tagging": "tag", "monitoring": "cloudwatch"}


@wraps(IAMRequestBase, "__init__", "iam")
def actions_have_the_prefix_of_policies(
    original: Original, self: IAMRequestBase, **values: Any
) -> None:
    """API_GetResources (tag:GetResources) and others: moto takes the name that signs requests,
    `tagging`, for the prefix of the action in a policy."""
    original(self, **values)
    service, _, action = self._action.partition(":")
    self._action = f"{PREFIXES.get(service, service)}:{action}"


@wraps(IAMRequestBase, "_create_aws_request", "iam")
def a_get_has_no_body_to_sign(original: Original, self: IAMRequestBase) -> AWSRequest:
    """API_DescribeCluster and every other GET: what is signed is the body as sent, here none (AWS
    Signature Version 4); moto signs the query or the headers and finds another signature."""
    request: AWSRequest = original(self)
    form = "application/x-www-form-urlencoded"
    if not str(self._headers.get("Content-Type", "")).startswith(form):
        request.data = self._body or b""
    return request


class Refused(HTTPException):
    """`description` is the whole body, as moto's dispatcher expects it."""

    def __init__(self, protocol: str, code: str, status: int, message: str) -> None:
        super().__init__()
        self.code = status
        if protocol.endswith("json"):
            self.description = json.dumps({"__type": code, "message": message})
        elif protocol == "ec2":
            self.description = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
                "</Errors><RequestID>0</RequestID></Response>"
            )
        else:
            self.description = (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                f"<Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
            )


def refused(self: IAMRequest, kind: str, message: str) -> Refused:
    service = SERVICES.get(self._service, self._service)
    code, status = CODES[kind].get(service, CODES[kind][""])
    # Of services that speak several protocols, the header tells which one this request speaks.
    named = "json" if "X-Amz-Target" in self._headers else get_service_model(service).protocol
    return Refused(str(named), code, status, message)


@wraps(IAMRequest, "_raise_access_denied", "iam")
def a_refusal_speaks_the_protocol(original: Original, self: IAMRequest) -> None:
    """API_CommonErrors AccessDeniedException: moto answers XML to every service, so boto3 finds no
    code in what EKS, KMS or Secrets Manager refuse; EC2's own is UnauthorizedOperation."""
    raise refused(
        self,
        "denied",
        f"User: {self._access_key.arn} is not authorized to perform: {self._action}",
    )


@wraps(IAMRequest, "_raise_invalid_access_key", "iam")
def an_unknown_key_speaks_the_protocol(original: Original, self: IAMRequest, _: str) -> None:
    """API_CommonErrors UnrecognizedClientException: as XML for every service in moto."""
    raise refused(self, "unknown", "The security token included in the request is invalid.")


@wraps(IAMRequest, "_raise_signature_does_not_match", "iam")
def a_wrong_signature_speaks_the_protocol(original: Original, self: IAMRequest) -> None:
    """API_CommonErrors InvalidSignatureException: as XML for every service in moto."""
    raise refused(
        self,
        "signature",
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method.",
    )


@wraps(IAMPolicyStatement, "is_action_permitted", "iam")
def unknown_resources_are_not_judged(
    original: Original, self: IAMPolicyStatement, action: str, resource: str = "*", *words: Any
) -> PermissionResult:
    """API_SimulatePrincipalPolicy ResourceArns: moto does not know the ARN that most calls are for
    and asks for "*", which no statement on an ARN matches, and finds each condition unmet. So here
    such an Allow counts by its actions alone, and such a Deny does not count."""
    statement = self._statement
    if any(words) or "Principal" in statement:
        return original(self, action, resource, *words)  # type: ignore[no-any-return]
    unknown = resource == "*" and statement.get("Resource", "*") not in ("*", ["*"])
    if (unknown or "Condition" in statement) and statement["Effect"] != "Allow":
        return PermissionResult.NEUTRAL
    judged = {name: value for name, value in statement.items() if name != "Condition"}
    self._statement = {**judged, "Resource": "*"} if unknown else judged
    return original(self, action, resource)  # type: ignore[no-any-return]


@wraps(IAMPolicyStatement, "_check_principal", "iam")
def a_role_of_a_service_trusts_no_user(
    original: Original, self: IAMPolicyStatement, principal: str
) -> bool:
    """API_AssumeRole AccessDenied: moto crashes on a trust policy that names services alone."""
    trusted = self._statement.get("Principal")
    of_services = isinstance(trusted, dict) and "AWS" not in trusted
    return not of_services and bool(original(self, principal))


@wraps(IAMRequest, "check_action_permitted", "iam")
def a_role_is_passed_by_permission(original: Original, self: IAMRequest, resource: str) -> None:
    """API_CreateCluster roleArn, API_CreateNodegroup nodeRole and others: who names a role for a
    service to use needs iam:PassRole on it; moto does not ask for it."""
    original(self, resource)
    try:
        given = json.loads(self._body or b"{}")
    except ValueError:
        given = {}
    for role in roles_in(given, PASSED.get(self._action, ())):
        policies = [IAMPolicy(policy) for policy in self._access_key.collect_policies()]
        verdicts = [policy.is_action_permitted("iam:PassRole", role) for policy in policies]
        denied = PermissionResult.DENIED in verdicts
        if denied or PermissionResult.PERMITTED not in verdicts:
            raise refused(
                self,
                "denied",
                f"User: {self._access_key.arn} is not authorized to perform: iam:PassRole on "
                f"resource: {role}",
            )


def roles_in(given: Any, names: tuple[str, ...]) -> list[str]:
    """The ARNs of roles that the named members hold, however deep."""
    if isinstance(given, list):
        return [role for one in given for role in roles_in(one, names)]
    if not isinstance(given, dict):
        return []
    here = [value for name, value in given.items() if name in names and isinstance(value, str)]
    return here + [role for value in given.values() for role in roles_in(value, names)]
