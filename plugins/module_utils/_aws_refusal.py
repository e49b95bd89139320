# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a task of the collections amazon.aws and community.aws failed, in at most three lines.

Their results hold the answer of AWS (`error.code`, `error.message`) beside much else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import Asked, explain

LONGEST: Final = 400
# Modules that say what they could not do and keep the answer of AWS for themselves.
SILENT_OF: Final[Mapping[str, str]] = {
    "Failed to create security group": "ec2:CreateSecurityGroup",
    "Failed to revoke security group ingress": "ec2:RevokeSecurityGroupIngress",
    "Failed to revoke security group egress": "ec2:RevokeSecurityGroupEgress",
    "Failed to authorize security group ingress": "ec2:AuthorizeSecurityGroupIngress",
    "Failed to authorize security group egress": "ec2:AuthorizeSecurityGroupEgress",
    "Failed to delete vpc endpoints": "ec2:DeleteVpcEndpoints",
    "Unable to list tags for resource arn:aws:rds:": "rds:ListTagsForResource",
}
# How botocore words what AWS answered; not each module passes on more.
BOTOCORE: Final = re.compile(
    r"An error occurred \((?P<code>[\w.]+)\) when calling the (?P<operation>\w+) operation"
    r"[^:]*: (?P<message>.*)"
)
# How the lookup amazon.aws.secretsmanager_secret words it.
LOOKUP: Final = re.compile(r"Failed to access secret (?P<secret>\S+) \((?P<code>[\w.]+)\)")
SILENT: Final = "the task failed and said nothing"


class Answered(Exception):
    """An answer of AWS in the form of botocore's ClientError, which needs no botocore."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.response = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }


def refusal(result: Mapping[str, Any], service: str, about: str, region: str) -> str:
    """`result`: of the task or loop that failed. `service`: as IAM names it, such as `rds`."""
    result = next((one for one in result.get("results", ()) if one.get("failed")), result)
    said = str(result.get("msg") or "")
    text = " ".join((said or "; ".join(result.get("errors") or []) or SILENT).split())
    if looked := LOOKUP.search(text):
        unseen = Answered(looked["code"], f"secret {looked['secret']} is not shown", 400)
        return str(explain(unseen, Asked("secretsmanager", "GetSecretValue", about, region)))
    asked = BOTOCORE.search(text)
    error = result.get("error")
    if not isinstance(error, Mapping) or not error.get("code"):
        if not asked:
            # A module of this collection, or a lookup, says all that there is to say.
            theirs = "boto3_version" in result or not said
            return _without_answer(text, service, about, region) if theirs else said
        error = {"code": asked["code"], "message": asked["message"]}
    operation = asked["operation"] if asked else "a change"
    status = int((result.get("response_metadata") or {}).get("http_status_code") or 0)
    answered = Answered(str(error["code"]), str(error.get("message") or text), status)
    return str(explain(answered, Asked(service, operation, about, region)))


def _without_answer(text: str, service: str, about: str, region: str) -> str:
    """No answer of AWS, as far as the module tells: the network, the module, or its silence."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    silent = next((action for said, action in SILENT_OF.items() if said in text), "")
    how, next_step = "without an answer of AWS", "See the network and AWS_ENDPOINT_URL, then"
    if silent:
        how = "and the module does not tell what AWS answered"
        next_step = (
            f"Allow the action {silent}; if it is allowed, ANSIBLE_DISPLAY_TRACEBACK=error shows "
            "the answer. Then"
        )
    return (
        f"The change of {about} at {service} in {region} failed {how}.\n"
        f"{short}\n"
        f"{next_step} run again: what was made unseen is found."
    )
