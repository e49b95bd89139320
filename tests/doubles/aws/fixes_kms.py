"""KMS: keys by their ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws.registry import wraps
from moto.kms.models import KmsBackend


class Keys(dict[str, Any]):
    """Takes the ARN of a key for its id."""

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key.rpartition("/")[2])

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).rpartition("/")[2])


@wraps(KmsBackend, "__init__", "kms")
def a_key_is_found_by_its_arn(
    original: Callable[..., Any], self: KmsBackend, *words: Any, **values: Any
) -> None:
    """API_DisableKey, API_ScheduleKeyDeletion, API_CancelKeyDeletion and others KeyId: takes the
    ARN as well; moto fails with KeyError."""
    original(self, *words, **values)
    self.keys = Keys(self.keys)
