# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token for an EKS cluster, as a credential plugin of kubectl, helm and the Kubernetes clients.

A kubeconfig runs this file by its path, so it imports nothing of the collection. The token is a
request to STS, signed but not sent: EKS sends it and learns who signed. It is never stored, and
printed to standard output only, where the client waits for it.
Source: the AWS CLI's `eks get-token`; client.authentication.k8s.io/v1 of the Kubernetes API.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

try:
    import botocore.session
    from botocore.exceptions import BotoCoreError
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
    ERRORS: tuple[type[Exception], ...] = (ValueError,)
else:
    MISSING_LIBRARY = None
    ERRORS = (BotoCoreError, ValueError)

API_VERSION = "client.authentication.k8s.io/v1"
HEADER = "x-k8s-aws-id"
PREFIX = "k8s-aws-v1."
# EKS takes a token for 15 minutes; the clients ask anew a minute before.
LIFETIME = timedelta(minutes=14)
URL_SECONDS = 60


def token(cluster: str, region: str, endpoint_url: str | None, profile: str | None) -> str:
    """A presigned GetCallerIdentity that names the cluster, so that it opens no other."""
    session = botocore.session.Session(profile=profile)
    sts = session.create_client("sts", region_name=region, endpoint_url=endpoint_url)

    def name_the_cluster(request: Any, **_rest: Any) -> None:
        request.headers[HEADER] = cluster

    sts.meta.events.register("before-sign.sts.GetCallerIdentity", name_the_cluster)
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=URL_SECONDS, HttpMethod="GET")
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def credential(text: str, now: datetime) -> dict[str, Any]:
    """ExecCredential."""
    end = (now + LIFETIME).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = {"expirationTimestamp": end, "token": text}
    return {"kind": "ExecCredential", "apiVersion": API_VERSION, "spec": {}, "status": status}


def main() -> int:
    parser = argparse.ArgumentParser(description="Print a token for an EKS cluster.")
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--endpoint-url", help="of STS; AWS' own or AWS_ENDPOINT_URL if not given")
    parser.add_argument("--profile")
    given = parser.parse_args()
    if MISSING_LIBRARY is not None:
        sys.stderr.write(f"boto3 is not usable here ({MISSING_LIBRARY}): pip install boto3\n")
        return 1
    try:
        text = token(given.cluster, given.region, given.endpoint_url, given.profile)
    except ERRORS as error:
        sys.stderr.write(
            f"No token for EKS cluster {given.cluster}: {type(error).__name__}: {error}\n"
            "See AWS_PROFILE, AWS_ACCESS_KEY_ID and whether the credentials have expired.\n"
        )
        return 1
    sys.stdout.write(json.dumps(credential(text, datetime.now(UTC))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
