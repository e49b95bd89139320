# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong at AWS, in at most three lines: what was asked, what AWS said, what to do.

Codes: the API references of EKS, IAM, EC2, ElastiCache ("Errors" of each action, "Common Errors").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# AWS encodes what it refused into some messages, a kilobyte for nobody to read.
LONGEST_MESSAGE = 400


@dataclass(frozen=True)
class Asked:
    """One request: `eks`, `CreateCluster`, what it is about, and the region."""

    service: str
    operation: str
    about: str
    region: str

    def __str__(self) -> str:
        return f"{self.service} {self.operation} of {self.about} in {self.region}"


class AwsError(CamError):
    """A refusal of AWS, or no answer. `code` is AWS' own, or the name of botocore's error."""

    def __init__(self, text: str, code: str, cause: str) -> None:
        super().__init__(text)
        self.code = code
        self.cause = cause

    @property
    def passes(self) -> bool:
        """Whether waiting may mend it."""
        return self.cause in ("throttled", "server", "unreachable")


@dataclass(frozen=True)
class Cause:
    """A kind of failure: which codes mean it, and what to do about it."""

    name: str
    codes: re.Pattern[str]
    remedy: Callable[[Asked, str], str]


def _action(asked: Asked, message: str) -> str:
    """The action as a policy names it: AWS says it in most messages."""
    said = re.search(r"perform:? (?:action )?([a-z0-9-]+:\w+)", message)
    return said[1] if said else f"{asked.service}:{asked.operation}"


def _cause(name: str, codes: str, remedy: str | Callable[[Asked, str], str]) -> Cause:
    said = (lambda _asked, _message: remedy) if isinstance(remedy, str) else remedy
    return Cause(name, re.compile(codes), said)


# The first that fits. A code fits as a whole.
CAUSES = (
    _cause(
        "throttled",
        r"(EC2)?Throttl(ing|ed)(Exception)?|RequestLimitExceeded|TooManyRequests(Exception)?"
        r"|RequestThrottled(Exception)?|SlowDown|PriorRequestNotComplete",
        "AWS limits how often this account may ask. Run again in some minutes, or raise "
        "AWS_MAX_ATTEMPTS.",
    ),
    _cause(
        "expired",
        r"ExpiredToken(Exception)?|RequestExpired|UnauthorizedSSOTokenError|SSOTokenLoadError"
        r"|TokenRetrievalError|CredentialRetrievalError",
        "The credentials have expired. Get new ones and run again: what is done stays done, and "
        "the run goes on from there.",
    ),
    _cause(
        "credentials",
        r"UnrecognizedClient(Exception)?|InvalidClientTokenId|SignatureDoesNotMatch|AuthFailure"
        r"|InvalidAccessKeyId|IncompleteSignature(Exception)?|MissingAuthenticationToken",
        "AWS does not take these credentials. See AWS_ACCESS_KEY_ID, AWS_PROFILE, and this "
        "machine's clock.",
    ),
    _cause(
        "denied",
        r"AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|AuthorizationError"
        r"|OptInRequired",
        lambda asked, message: (
            f"Allow the action {_action(asked, message)} to the identity that runs this."
        ),
    ),
    _cause(
        "quota",
        r".*LimitExceeded(Exception|Fault)?|.*Quota\w*Exceeded(Exception|Fault)?"
        r"|InsufficientInstanceCapacity|InsufficientCacheClusterCapacity",
        "A quota or the capacity of this region is used up. Free what is unused, or have the quota "
        "raised in Service Quotas, then run again.",
    ),
    _cause(
        "taken",
        r".*AlreadyExists(Exception|Fault)?|.*AlreadyExist|.*Duplicate",
        lambda asked, _message: (
            "The name is taken by what this mesh does not own. Choose another name, or give it to "
            "this mesh with `adopt: true`."
            if asked.operation.startswith("Create")
            else "The name is taken already. Choose another one."
        ),
    ),
    _cause(
        "in use",
        r"ResourceInUseException|DeleteConflict(Exception)?|DependencyViolation"
        r"|Invalid\w*State(Exception|Fault)?",
        "It is in use or busy with another change. Remove first what AWS names, or run again when "
        "that change is done.",
    ),
    _cause(
        "missing",
        r"ResourceNotFoundException|NoSuchEntity(Exception)?|.*NotFound(Exception|Fault)?",
        "What it stands on does not exist. See the name and the region, and create that first.",
    ),
    _cause(
        "invalid",
        r"Invalid\w*|Validation(Error|Exception)|MissingParameter|ParamValidationError"
        r"|ClientException|UnsupportedAvailabilityZoneException|MalformedInput",
        "AWS does not take a value. Correct the one that it names in the inventory.",
    ),
    _cause(
        "no credentials",
        r"NoCredentialsError|PartialCredentialsError|ProfileNotFound|InvalidConfigError"
        r"|ConfigNotFound",
        "Give credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or `profile`, "
        "or an instance profile.",
    ),
    _cause(
        "no region",
        r"NoRegionError|InvalidRegionError",
        "Say which region: `region` of the module, AWS_REGION, or the profile's.",
    ),
    _cause(
        "unreachable",
        r"EndpointConnectionError|Connect(ion)?\w*Error|\w*TimeoutError|HTTPClientError|SSLError"
        r"|ProxyConnectionError|IncompleteReadError|ResponseStreamingError",
        "AWS gave no answer. See this machine's network, proxy and AWS_ENDPOINT_URL, then run "
        "again: what was done unseen is found by its tags.",
    ),
)
SERVER = _cause(
    "server",
    r".*",
    "AWS failed inside. Run again in some minutes; see https://health.aws.amazon.com.",
)
OTHER = _cause("other", r".*", "See what AWS says; nothing was changed by this request.")


def explain(error: Exception, asked: Asked) -> AwsError:
    """A botocore error as three lines. It says nothing of credentials' values."""
    code, message, status = _said(error)
    # EKS has one code for a name that is taken and for what is busy.
    taken = code == "ResourceInUseException" and asked.operation.startswith("Create")
    sort = "AlreadyExists" if taken else code
    cause = next((one for one in CAUSES if one.codes.fullmatch(sort)), None)
    if cause is None:
        cause = SERVER if status >= 500 or code == "ResponseParserError" else OTHER
    text = f"AWS was asked: {asked}\nIt said: {code}: {message}\n{cause.remedy(asked, message)}"
    return AwsError(text, code, cause.name)


def _said(error: Exception) -> tuple[str, str, int]:
    """The code, the message in one line, and the HTTP status (0 without an answer)."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    if "Error" in response:
        found = response["Error"]
        code, message = str(found.get("Code") or "Unknown"), str(found.get("Message") or "")
        status = int((response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0)
    else:
        code, message, status = type(error).__name__, str(error), 0
    line = " ".join(message.split()) or "nothing more"
    if len(line) > LONGEST_MESSAGE:
        line = line[:LONGEST_MESSAGE] + " ..."
    return code, line, status
