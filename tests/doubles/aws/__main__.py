"""python -m doubles.aws: run the stand-in of the AWS API by hand."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from doubles.aws.estate import ESTATE
from doubles.aws.server import serve


def until_stdin_closes() -> None:
    """End with whoever started this, however that one ends."""
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m doubles.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: the kernel picks; it is printed")
    parser.add_argument("--journal", type=Path, help="append each call to this file, as JSON lines")
    parser.add_argument("--policy", type=Path, help="IAM policy of the operator; default: all")
    parser.add_argument("--plain", action="store_true", help="moto as it is, without fixes and IAM")
    parser.add_argument("--eks-endpoint", default="", help="URL that clusters have as endpoint")
    parser.add_argument("--eks-ca", default="", help="PEM file of the CA of that endpoint")
    parser.add_argument("--rds-endpoint", default="", help="HOST:PORT of databases")
    parser.add_argument("--cache-endpoint", default="", help="HOST:PORT of caches")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the caller")
    given = parser.parse_args()
    if given.until_stdin_closes:
        threading.Thread(target=until_stdin_closes, daemon=True).start()
    names = ("eks_endpoint", "eks_ca", "rds_endpoint", "cache_endpoint")
    ESTATE.update({name: getattr(given, name) for name in names})
    policy = json.loads(given.policy.read_text("utf-8")) if given.policy else None
    serve(
        given.port, given.journal, policy, given.plain,
        announce=lambda text: print(text, flush=True),
    )  # fmt: skip


if __name__ == "__main__":
    main()
