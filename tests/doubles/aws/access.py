"""Who may do what: moto's own IAM enforcement, with users that are there before the first call."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class User:
    """An IAM user with one access key. Key ids have 20 characters, or moto does not see them."""

    name: str
    access_key: str
    secret_key: str
    session_token: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }


ADMIN = User("admin", "AKIACAMDOUBLEADMIN00", "the-secret-key-of-the-admin-of-the-stand")
OPERATOR = User("operator", "AKIACAMDOUBLEOPERATE", "the-secret-key-of-the-operator-of-stand-")


def enforce(wanted: bool) -> None:
    """From now on each call needs a key of a user and a policy that allows it, or none does."""
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if wanted else math.inf
    ActionAuthenticatorMixin.request_count = 0


def add(user: User, policy: dict[str, Any]) -> None:
    """Make the user, or give it another policy (inline, the only one)."""
    backend = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if user.name not in backend.users:
        backend.create_user("us-east-1", user_name=user.name)
        key = backend.create_access_key(user.name)
        keys = backend.users[user.name].access_keys
        key.access_key_id, key.secret_access_key = user.access_key, user.secret_key
        backend.access_keys = {
            one.access_key_id: one for owner in backend.users.values() for one in owner.access_keys
        }
        assert key in keys
    backend.put_user_policy(user.name, "double", json.dumps(policy))


def principal(access_key: str) -> str:
    """The ARN of the user or the session, "" if nobody has this key."""
    for account, backends in list(iam_backends.items()):
        for user in backends["aws"].users.values():
            if access_key in [key.access_key_id for key in user.access_keys]:
                return str(user.arn)
        for session in sts_backends[account]["aws"].assumed_roles:
            if session.access_key_id == access_key:
                return str(session.arn)
    return ""
