"""Reads files of manifests."""

from __future__ import annotations

from typing import Any

import yaml


def documents(text: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(text) if one]
