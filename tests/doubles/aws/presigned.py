"""Who presigned a GetCallerIdentity: how a token of `aws eks get-token` is resolved to a principal.

A token webhook sends the URL of the token as it is, with the header x-k8s-aws-id that was signed.
moto takes such a request, which has no Authorization header, for one of S3.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from doubles.aws.access import principal
from moto.iam.models import iam_backends

XML = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>{Arn}</Arn><UserId>{UserId}</UserId>"
    "<Account>{Account}</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)


def query_of(environ: dict[str, Any]) -> dict[str, str]:
    return dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))


def is_one(environ: dict[str, Any]) -> bool:
    query = query_of(environ)
    return query.get("Action") == "GetCallerIdentity" and "X-Amz-Credential" in query


def secret_of(access_key: str) -> str:
    for backends in list(iam_backends.values()):
        for user in backends["aws"].users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key:
                    return str(key.secret_access_key)
    return ""


def signature(environ: dict[str, Any], query: dict[str, str], secret: str) -> str:
    """What the holder of the secret would have signed."""
    key, _, region, service, _ = query["X-Amz-Credential"].split("/")
    headers = {
        name: environ.get("HTTP_" + name.upper().replace("-", "_"), "")
        for name in query["X-Amz-SignedHeaders"].split(";")
    }
    rest = urlencode({name: value for name, value in query.items() if name != "X-Amz-Signature"})
    url = f"http://{environ.get('HTTP_HOST')}{environ['PATH_INFO']}?{rest}"
    request = AWSRequest("GET", url, headers)
    request.context["timestamp"] = query["X-Amz-Date"]
    auth = SigV4QueryAuth(Credentials(key, secret), service, region)
    return str(
        auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    )


def refusal(environ: dict[str, Any], query: dict[str, str]) -> str:
    """The code of the error, "" if the signature is right and not expired."""
    secret = secret_of(query["X-Amz-Credential"].split("/")[0])
    if not secret:
        return "InvalidClientTokenId"
    if not hmac.compare_digest(signature(environ, query, secret), query["X-Amz-Signature"]):
        return "SignatureDoesNotMatch"
    signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    # AWS takes such a URL for 15 minutes, whatever X-Amz-Expires says.
    return "" if datetime.now(UTC) - signed < timedelta(minutes=15) else "RequestExpired"


def answer(environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes, str]:
    """Status, headers, body and code of the error, as JSON if that is accepted."""
    query = query_of(environ)
    try:
        code = refusal(environ, query)
    except (KeyError, ValueError):
        code = "IncompleteSignature"
    as_json = "json" in environ.get("HTTP_ACCEPT", "")
    if code:
        status, made = 403, {"Error": {"Code": code, "Message": "The token is not valid."}}
        text = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"
    else:
        arn = principal(query["X-Amz-Credential"].split("/")[0])
        who = {"Account": arn.split(":")[4], "Arn": arn, "UserId": arn.rpartition("/")[2]}
        status, text = 200, XML.format(**who)
        made = {"GetCallerIdentityResponse": {"GetCallerIdentityResult": who}}
    body = (json.dumps(made) if as_json else text).encode()
    kind = "application/json" if as_json else "text/xml"
    return status, {"Content-Type": kind, "Content-Length": str(len(body))}, body, code
