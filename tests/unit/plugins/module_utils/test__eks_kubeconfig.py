"""Kubeconfigs of EKS clusters and the tokens that they ask for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _eks_kubeconfig, _eks_token
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from kubernetes.config import load_kube_config, new_client_from_config
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _eks_kubeconfig.ARGUMENT_SPEC.items()}
CA = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n").decode()
SIGNATURE = "X-Amz-Signature"
ENDPOINT = "https://abc.eks.amazonaws.com"


def run(path: Path, *, check: bool = False, **options: Any) -> dict[str, Any]:
    given = {
        "path": str(path),
        "cluster": "cam-cluster-dev",
        "endpoint": ENDPOINT,
        "certificate_authority": CA,
        "region": "eu-central-1",
    }
    params = {**DEFAULTS, **given, **options}
    return _eks_kubeconfig.run(params, check_mode=check, diff=True)


def asked(aws: SmallAws, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command of a kubeconfig, as a client runs it: far from the clone, without PYTHONPATH."""
    command = _eks_kubeconfig.command_of(
        {**DEFAULTS, "cluster": aws.name, "region": "eu-central-1"}
    )
    variables = {**aws.double.environment(), **environment}
    return subprocess.run(
        [*command, *words],
        cwd="/", env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def presigned(token: str) -> str:
    body = token.removeprefix(_eks_token.PREFIX)
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def test_a_token_is_a_signed_question_who_one_is(aws: SmallAws) -> None:
    done = asked(aws)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    credential = json.loads(done.stdout)
    assert credential["apiVersion"] == "client.authentication.k8s.io/v1"
    assert credential["kind"] == "ExecCredential"
    end = datetime.fromisoformat(credential["status"]["expirationTimestamp"])
    assert timedelta(minutes=13) < end - datetime.now(UTC) <= timedelta(minutes=14)
    url = urlsplit(presigned(credential["status"]["token"]))
    query = {key: value[0] for key, value in parse_qs(url.query).items()}
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Credential"].split("/")[2:] == ["eu-central-1", "sts", "aws4_request"]
    assert "the-secret-key" not in done.stdout + presigned(credential["status"]["token"])


def signature(url: str, cluster: str, secret: str) -> str:
    """Signature Version 4 as its documentation has it, written without botocore."""
    parts = urlsplit(url)
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if key != SIGNATURE)
    given = dict(query)
    words = "&".join(
        f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in query
    )
    empty = hashlib.sha256(b"").hexdigest()
    headers = f"host:{parts.netloc}\nx-k8s-aws-id:{cluster}\n"
    canonical = f"GET\n{parts.path}\n{words}\n{headers}\nhost;x-k8s-aws-id\n{empty}"
    _, _, scope = given["X-Amz-Credential"].partition("/")
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{given['X-Amz-Date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for step in scope.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def test_the_signature_is_bound_to_the_cluster(aws: SmallAws) -> None:
    url = presigned(json.loads(asked(aws).stdout)["status"]["token"])
    secret = aws.double.environment()["AWS_SECRET_ACCESS_KEY"]
    found = dict(parse_qsl(urlsplit(url).query))[SIGNATURE]
    assert signature(url, aws.name, secret) == found
    assert signature(url, "another", secret) != found
    assert signature(url, aws.name, "wrong") != found


def test_sts_says_who_signed_it_to_that_cluster_only(aws: SmallAws) -> None:
    """What EKS does with a token: it puts the question as it was signed, and names itself."""
    url = presigned(json.loads(asked(aws).stdout)["status"]["token"])
    request = urllib.request.Request(url, headers={"x-k8s-aws-id": aws.name})
    with urllib.request.urlopen(request) as answer:
        assert "user/operator" in answer.read().decode()
    request = urllib.request.Request(url, headers={"x-k8s-aws-id": "another"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_no_credentials_are_said_and_no_token_is_printed(aws: SmallAws) -> None:
    done = asked(aws, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"No token for EKS cluster {aws.name}: NoCredentialsError" in done.stderr
    assert "Traceback" not in done.stderr
    done = asked(aws, "--profile", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ProfileNotFound" in done.stderr


def test_without_boto3_the_requirement_is_named(aws: SmallAws, tmp_path: Path) -> None:
    (tmp_path / "botocore.py").write_text("raise ImportError('none here')\n")
    done = asked(aws, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "pip install boto3" in done.stderr


def test_a_kubeconfig_is_written_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "kube" / "config"
    planned = run(path, check=True)
    assert planned["plan"] == [f"would create kubeconfig {path}"]
    assert not path.exists()
    made = run(path)
    assert (made["changed"], made["plan"]) == (True, [f"created kubeconfig {path}"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made["diff"]["after"] == path.read_text()
    before = path.stat()
    again = run(path)
    assert (again["changed"], again["plan"]) == (False, [])
    assert "diff" not in again
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    path.chmod(0o644)
    assert run(path)["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(path, endpoint="https://other")["plan"] == [f"changed kubeconfig {path}"]


def test_a_kubeconfig_holds_no_secret(tmp_path: Path, aws: SmallAws) -> None:
    path = tmp_path / "config"
    run(path)
    text = path.read_text()
    for value in (os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_ACCESS_KEY_ID"]):
        assert value not in text
    (user,) = yaml.safe_load(text)["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["interactiveMode"] == "Never"
    assert user["user"]["exec"]["command"] == sys.executable


def test_the_kubernetes_client_gets_its_token_from_it(tmp_path: Path, aws: SmallAws) -> None:
    path = tmp_path / "config"
    run(path, profile=None)
    client = new_client_from_config(str(path), context="cam-cluster-dev")
    assert client.configuration.host == ENDPOINT
    token = client.configuration.api_key["BearerToken"]
    assert "x-k8s-aws-id" in presigned(token.removeprefix("Bearer "))
    load_kube_config(str(path))


def test_options_reach_the_command(tmp_path: Path) -> None:
    path = tmp_path / "config"
    run(path, endpoint_url="http://127.0.0.1:1", profile="ops", command=["aws-token", "now"])
    execute = yaml.safe_load(path.read_text())["users"][0]["user"]["exec"]
    assert execute["command"] == "aws-token"
    assert execute["args"] == [
        "now", "--cluster", "cam-cluster-dev", "--region", "eu-central-1",
        "--endpoint-url", "http://127.0.0.1:1", "--profile", "ops",
    ]  # fmt: skip


def test_the_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("apiVersion: v1\n")
    for state in ("present", "absent"):
        with pytest.raises(CamError, match="not written by this collection"):
            run(path, state=state)
    assert path.read_text() == "apiVersion: v1\n"
    path.write_text("")
    assert run(path)["changed"]


def test_it_is_removed_once(tmp_path: Path) -> None:
    path = tmp_path / "config"
    run(path)
    assert run(path, state="absent", check=True)["plan"] == [f"would delete kubeconfig {path}"]
    assert path.exists()
    assert run(path, state="absent")["plan"] == [f"deleted kubeconfig {path}"]
    assert not path.exists()
    assert not run(path, state="absent", endpoint="", certificate_authority="")["changed"]


def test_what_is_missing_is_said_unless_the_cluster_is_only_planned(tmp_path: Path) -> None:
    with pytest.raises(CamError, match="`endpoint`, `certificate_authority` must be given"):
        run(tmp_path / "config", endpoint="", certificate_authority="")
    assert run(tmp_path / "config", endpoint="", certificate_authority="", check=True)["changed"]
    with pytest.raises(CamError, match="`region` must be given"):
        run(tmp_path / "config", region=None, check=True)


def test_a_file_that_is_packed_is_not_named_as_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the archive in which Ansible sends modules to other hosts."""
    monkeypatch.setattr(_eks_token, "__file__", "/tmp/payload.zip/ansible/_eks_token.py")
    with pytest.raises(CamError, match="Run this on the controller"):
        run(tmp_path / "config")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CamError, match=r"Not a directory|File exists"):
        run(tmp_path / "file" / "config")


def test_the_program_prints_a_token_or_why_there_is_none(
    aws: SmallAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["_eks_token.py", "--cluster", aws.name, "--region", "eu-central-1"]
    monkeypatch.setattr(sys, "argv", words)
    assert _eks_token.main() == 0
    printed = json.loads(capsys.readouterr().out)
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    url = presigned(printed["status"]["token"])
    assert signature(url, aws.name, secret) == dict(parse_qsl(urlsplit(url).query))[SIGNATURE]
    monkeypatch.setattr(sys, "argv", [*words, "--endpoint-url", "nowhere"])
    assert _eks_token.main() == 1
    out, err = capsys.readouterr()
    assert (out, "No token for EKS cluster" in err) == ("", True)
    monkeypatch.setattr(_eks_token, "MISSING_LIBRARY", "none here")
    assert _eks_token.main() == 1
    assert "pip install boto3" in capsys.readouterr().err
