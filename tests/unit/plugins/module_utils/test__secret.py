"""A Secret: made once, corrected, never shown."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _secret
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi

PATH = "/api/v1/namespaces/cam-dev/secrets/redis-secret"
ACL = [{"key": "users.acl", "template": "redis_acl", "source": "password"}]


def numbers(length: int) -> str:
    """Randomness that a test can foresee."""
    numbers.calls += 1  # type: ignore[attr-defined]
    return f"random-{numbers.calls}-{length}"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _restart_numbers() -> None:
    numbers.calls = 0  # type: ignore[attr-defined]


def params(**options: Any) -> dict[str, Any]:
    return {
        "namespace": "cam-dev",
        "name": "redis-secret",
        "set": "cache",
        "generate": {},
        "values": {},
        "derive": [],
        "adopt": False,
        "state": "present",
        "context": None,
        **options,
    }


def ensure(
    kube: Kube, *, check: bool = False, diff: bool = False, **options: Any
) -> dict[str, Any]:
    return _secret.ensure(kube, params(**options), check_mode=check, diff=diff, generator=numbers)


def values(api: FakeApi) -> dict[str, str]:
    data = api.objects[PATH]["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


@pytest.fixture
def namespace(api: FakeApi) -> FakeApi:
    api.put("/api/v1/namespaces/cam-dev", {"metadata": {"name": "cam-dev"}})
    return api


def test_create(namespace: FakeApi, kube: Kube) -> None:
    result = ensure(kube, generate={"password": 32}, values={"username": "cam"}, derive=ACL)
    assert result == {
        "changed": True,
        "name": "redis-secret",
        "namespace": "cam-dev",
        "action": "created",
        "key_names": ["password", "username", "users.acl"],
        "generated": ["password"],
    }
    digest = hashlib.sha256(b"random-1-32").hexdigest()
    assert values(namespace) == {
        "password": "random-1-32",
        "username": "cam",
        "users.acl": f"user default on #{digest} ~* &* +@all\n",
    }
    labels = {"app.kubernetes.io/managed-by": "cam.mesh", "cam.mesh/set": "cache"}
    assert namespace.objects[PATH]["metadata"]["labels"] == labels


def test_second_run_writes_nothing(namespace: FakeApi, kube: Kube) -> None:
    options: dict[str, Any] = {"generate": {"password": 32}, "derive": ACL}
    ensure(kube, **options)
    namespace.requests.clear()
    result = ensure(kube, diff=True, **options)
    assert (result["changed"], result["action"], result["generated"]) == (False, "unchanged", [])
    assert "diff" not in result
    assert namespace.writes() == []


def test_given_values_are_corrected_and_generated_ones_stay(namespace: FakeApi, kube: Kube) -> None:
    ensure(kube, generate={"password": 32}, values={"username": "cam"}, derive=ACL)
    before = values(namespace)
    result = ensure(kube, generate={"password": 32}, values={"username": "mac"}, derive=ACL)
    assert (result["action"], result["generated"]) == ("updated", [])
    assert values(namespace) == {**before, "username": "mac"}


def test_a_given_value_wins_over_a_generated_one(namespace: FakeApi, kube: Kube) -> None:
    ensure(kube, generate={"password": None}, derive=ACL)
    good = "correct-horse-battery"
    ensure(kube, generate={"password": 32}, values={"password": good}, derive=ACL)
    assert values(namespace)["password"] == good
    assert hashlib.sha256(good.encode()).hexdigest() in values(namespace)["users.acl"]


def test_a_value_of_none_counts_as_not_given(namespace: FakeApi, kube: Kube) -> None:
    result = ensure(kube, generate={"password": 16}, values={"password": None})
    assert result["generated"] == ["password"]


def test_keys_that_are_not_named_stay(namespace: FakeApi, kube: Kube) -> None:
    ensure(kube, generate={"password": 32, "extra": 16})
    assert ensure(kube, generate={"password": 32})["key_names"] == ["extra", "password"]
    assert "extra" in values(namespace)


def test_check_mode_without_namespace(api: FakeApi, kube: Kube) -> None:
    result = ensure(kube, check=True, diff=True, generate={"password": 32})
    assert result["changed"]
    assert api.writes() == []
    assert "random" not in json.dumps(result)
    assert "<secret: 11 bytes>" in result["diff"][0]["after"]


def test_missing_namespace(kube: Kube) -> None:
    with pytest.raises(CamError, match='namespaces "cam-dev" not found'):
        ensure(kube, generate={"password": 32})


def test_foreign_secret(namespace: FakeApi, kube: Kube) -> None:
    namespace.put(PATH, {"metadata": {"labels": {}}, "data": {"a": "Yg=="}, "type": "Odd"})
    with pytest.raises(CamError, match="already exists and belongs to somebody else"):
        ensure(kube, generate={"password": 32})
    ensure(kube, generate={"password": 32}, adopt=True)
    assert values(namespace)["a"] == "b"
    assert namespace.objects[PATH]["type"] == "Odd"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "changeme",
        "short-one-1",
        "aaaaaaaaaaaaaaaa",
        "password12345",
        "Postgres-Password",
        "123456789012345",
    ],
)
def test_weak_passwords_are_refused_without_being_shown(kube: Kube, password: str) -> None:
    with pytest.raises(CamError) as caught:
        ensure(kube, values={"password": password})
    text = str(caught.value)
    assert f"({len(password)} characters)" in text
    assert not password or password not in text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"values": {"username": ""}}, "'username' of Secret redis-secret is empty"),
        ({"values": {"port": 5432}}, "is a int, not a text"),
        ({"generate": {"password": "many"}}, "is not a number"),
        ({"generate": {"password": 8}}, "8 bytes for 'password' are too few"),
        ({"derive": ACL}, "has no key 'password'"),
    ],
)
def test_bad_input(namespace: FakeApi, kube: Kube, options: dict[str, Any], text: str) -> None:
    with pytest.raises(CamError, match=text):
        ensure(kube, **options)
    assert namespace.writes() == []


def test_absent(namespace: FakeApi, kubeconfig: str) -> None:
    given = params(kubeconfig=kubeconfig, generate={"password": 32})
    assert call(_secret.run, given, check_mode=False, diff=False)["action"] == "created"
    assert len(values(namespace)["password"]) == 43
    given["state"] = "absent"
    seen = call(_secret.run, given, check_mode=True, diff=True)
    assert seen["changed"]
    assert "<secret: 43 bytes>" in seen["diff"][0]["before"]
    assert PATH in namespace.objects
    assert call(_secret.run, given, check_mode=False, diff=False)["action"] == "deleted"
    assert PATH not in namespace.objects
    assert not call(_secret.run, given, check_mode=False, diff=False)["changed"]


def test_absent_leaves_what_is_not_ours(namespace: FakeApi, kubeconfig: str) -> None:
    namespace.put(PATH, {"metadata": {}})
    given = params(kubeconfig=kubeconfig, state="absent")
    assert not call(_secret.run, given, check_mode=False, diff=False)["changed"]
    assert PATH in namespace.objects
