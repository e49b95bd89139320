"""The token review of an EKS control plane: a webhook for a real API server.

EKS takes the URL out of the token, sends it to STS with the name of the cluster as a signed header,
and looks the answer's principal up among the access entries. Source: aws-iam-authenticator; the
token review of the Kubernetes API (authentication.k8s.io/v1).
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from doubles.aws.server import HOST, Double

PREFIX = "k8s-aws-v1."
ADMINISTRATORS = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{name: reviewer, cluster: {server: "%s"}}]
users: [{name: api, user: {}}]
contexts: [{name: review, context: {cluster: reviewer, user: api}}]
current-context: review
"""


class Refused(Exception):
    """Why a token opens nothing."""


class Reviewer:
    """`outcomes`: what each review ended with, the principal or the refusal."""

    def __init__(self, double: Double, cluster: str) -> None:
        self.double, self.cluster = double, cluster
        self.outcomes: list[str] = []

    def review(self, token: str) -> dict[str, Any]:
        """The status of a TokenReview."""
        try:
            user = self.user_of(self.principal_of(token))
        except Refused as reason:
            self.outcomes.append(str(reason))
            return {"authenticated": False, "error": str(reason)}
        self.outcomes.append(str(user["username"]))
        return {"authenticated": True, "user": user}

    def principal_of(self, token: str) -> str:
        if not token.startswith(PREFIX):
            raise Refused("not a token of EKS")
        coded = token.removeprefix(PREFIX)
        url = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        if not url.startswith(f"{self.double.url}/?"):
            raise Refused("the token leads to another STS")
        if "x-k8s-aws-id" not in url.partition("X-Amz-SignedHeaders=")[2].partition("&")[0]:
            raise Refused("the token names no cluster")
        headers = {"x-k8s-aws-id": self.cluster, "Accept": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(f"STS: {error.code}") from None
        return str(told["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"])

    def user_of(self, arn: str) -> dict[str, Any]:
        eks = self.double.client("eks")
        where = {"clusterName": self.cluster, "principalArn": arn}
        try:
            entry = eks.describe_access_entry(**where)["accessEntry"]
        except eks.exceptions.ResourceNotFoundException:
            raise Refused(f"{arn} has no access entry") from None
        groups = list(entry["kubernetesGroups"])
        for one in eks.list_associated_access_policies(**where)["associatedAccessPolicies"]:
            if one["policyArn"] == ADMINISTRATORS and one["accessScope"]["type"] == "cluster":
                groups.append("system:masters")
        return {"username": entry["username"], "groups": groups}


@contextlib.contextmanager
def reviewing(double: Double, cluster: str) -> Iterator[tuple[Reviewer, str]]:
    """A webhook until the block ends, and the kubeconfig by which an API server asks it."""
    reviewer = Reviewer(double, cluster)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = reviewer.review(asked["spec"]["token"])
            kind = {"apiVersion": asked["apiVersion"], "kind": "TokenReview"}
            made = json.dumps({**kind, "status": status}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)

        def log_message(self, *words: Any) -> None:
            """Silent: the outcomes have it."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield reviewer, KUBECONFIG % f"http://{HOST}:{server.server_port}/review"
    finally:
        server.shutdown()
        server.server_close()
