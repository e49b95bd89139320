# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes quantities as numbers: cores for CPU, bytes for memory."""

from __future__ import annotations

import re

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# Source: Kubernetes API reference, Quantity.
_SUFFIXES = {
    "": 1.0,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
    "Ei": 2.0**60,
}


def number(quantity: str | int | float) -> float:
    """The value of a quantity such as 500m, 2, 1.5Gi."""
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([a-zA-Z]{0,2})", str(quantity))
    if not match or match[2] not in _SUFFIXES:
        raise CamError(f"'{quantity}' is no Kubernetes quantity; examples: 500m, 2, 1Gi")
    return float(match[1]) * _SUFFIXES[match[2]]
