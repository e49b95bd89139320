"""What a play that failed says of one of its hosts."""

from __future__ import annotations

import re


def refused(output: str, host: str) -> str:
    """On one line, empty if it was not refused."""
    said = re.split(r"\b(?:fatal|failed): \[", output.partition("PLAY RECAP")[0])
    return " ".join(" ".join(part for part in said if part.startswith(f"{host}]")).split())
