"""What moto finds out anew for each request, and what never changes while it serves: found once."""

from __future__ import annotations

from functools import cache, wraps
from types import SimpleNamespace
from typing import Any

from moto import backends
from moto.core import responses
from moto.ec2.models.tags import TagBackend
from moto.eks import utils


def apply() -> None:
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = cache(responses.method_names_from_class)
    utils.Session = cache(utils.Session)
    TagBackend.describe_tags = _among_its_own(TagBackend.describe_tags)


def _among_its_own(describe_tags: Any) -> Any:
    """moto asks for the tags of each resource that it describes, and searches those of all."""

    @wraps(describe_tags)
    def described(self: TagBackend, filters: dict[str, list[str]] | None = None) -> Any:
        names = (filters or {}).get("resource-id", ["*"])
        if any(set(name) & set("*?") for name in names):
            return describe_tags(self, filters)
        tags = {name: self.tags[name] for name in names if name in self.tags}
        its = SimpleNamespace(tags=tags, VALID_TAG_FILTERS=self.VALID_TAG_FILTERS)
        return describe_tags(its, filters)

    return described
