# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error that reaches a user: it says what was found, the rule, and where to fix it."""

from __future__ import annotations


class CamError(Exception):
    """Stops a run with a sentence for the operator, never with a traceback."""


def words(error: Exception) -> str:
    """What an error says; with its type, unless the sentence is ours."""
    if isinstance(error, CamError):
        return str(error)
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        # Its own text cannot be made, which is a library's business and ends no verdict.
        return type(error).__name__
