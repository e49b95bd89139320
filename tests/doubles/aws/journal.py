"""What was called, in order, and whether it changed anything."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

# The rule: a call changes something unless its name begins with a word that asks, or it is one of
# the few that only compute or only hand out credentials. A dry run (EC2) changes nothing.
ASKS = re.compile(
    r"^(Describe|Get|List|Head|Lookup|Search|BatchGet|BatchCheck|Check|Simulate|Test)"
)
COMPUTES = {
    "kms": {"Encrypt", "Decrypt", "ReEncrypt", "Sign", "Verify", "GenerateMac", "VerifyMac",
            "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyWithoutPlaintext",
            "GenerateDataKeyPairWithoutPlaintext", "GenerateRandom", "DeriveSharedSecret"},
    "sts": {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot",
            "DecodeAuthorizationMessage"},
    "secretsmanager": {"ValidateResourcePolicy"},
    "ecr": {"BatchGetImage"},
    "s3": {"SelectObjectContent"},
}  # fmt: skip


def mutating(service: str, action: str, params: dict[str, Any] | None = None) -> bool:
    """Whether the call changes the account, by the rule above."""
    if (params or {}).get("DryRun") in (True, "true"):
        return False
    return not (ASKS.match(action) or action in COMPUTES.get(service, ()))


class Journal:
    """Kept in memory and, if a file is named, appended to it: one JSON object a line."""

    def __init__(self, file: Path | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._file = file
        self._lock = threading.Lock()

    def add(self, **call: Any) -> None:
        with self._lock:
            call = {"number": len(self.calls) + 1, **call}
            self.calls.append(call)
            if self._file:
                with self._file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(call) + "\n")

    def clear(self) -> None:
        with self._lock:
            self.calls.clear()
