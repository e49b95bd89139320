# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML read by libyaml where PyYAML has it: ten times as fast, and the same rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

with contextlib.suppress(ImportError):  # Kube.connect tells what is missing.
    import yaml


def load(text: str) -> Any:
    """One document; raises yaml.YAMLError."""
    return yaml.load(text, Loader=_loader())


def documents(text: str) -> Iterator[Any]:
    """All documents that hold something; raises yaml.YAMLError while they are read."""
    return (one for one in yaml.load_all(text, Loader=_loader()) if one)


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
