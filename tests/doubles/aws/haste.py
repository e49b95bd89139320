"""What moto finds out anew for each request, and what never changes while it serves: found once."""

from __future__ import annotations

from functools import cache

from moto import backends
from moto.core import responses


def apply() -> None:
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = cache(responses.method_names_from_class)
