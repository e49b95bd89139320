"""Certificates, read back with the library that clients use."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _certificate
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification
from fake_api import FakeApi

SECRETS = "/api/v1/namespaces/cam-dev/secrets"
START = datetime(2026, 1, 1, tzinfo=UTC)
REDIS = {"name": "redis-tls", "dns_names": ["redis", "redis.cam-dev.svc"], "ip_addresses": []}
POSTGRES = {"name": "postgres-tls", "dns_names": ["postgres"], "ip_addresses": ["127.0.0.1", "::1"]}


def params(**options: Any) -> dict[str, Any]:
    return {
        "namespace": "cam-dev",
        "set": "cache",
        "certificates": [REDIS, POSTGRES],
        "ca_name": "cam-ca",
        "ca_validity_days": 3650,
        "validity_days": 365,
        "renew_before_days": 30,
        "adopt": False,
        "state": "present",
        "context": None,
        **options,
    }


def ensure(
    kube: Kube, day: float = 0, *, check: bool = False, diff: bool = False, **options: Any
) -> dict[str, Any]:
    return _certificate.ensure(
        kube,
        params(**options),
        check_mode=check,
        diff=diff,
        now=lambda: START + timedelta(days=day),
    )


def actions(result: dict[str, Any]) -> list[str]:
    return [entry["action"] for entry in result["certificates"]]


def stored(api: FakeApi, name: str) -> dict[str, bytes]:
    data = api.objects[f"{SECRETS}/{name}"]["data"]
    return {key: base64.b64decode(value) for key, value in data.items()}


@pytest.fixture(autouse=True)
def _namespace(api: FakeApi) -> None:
    api.put("/api/v1/namespaces/cam-dev", {"metadata": {"name": "cam-dev"}})


def test_create(api: FakeApi, kube: Kube) -> None:
    result = ensure(kube)
    assert result["changed"]
    assert actions(result) == ["created", "created"]
    assert result["certificates"][0]["not_after"] == "2027-01-01T00:00:00Z"
    assert result["certificates"][0]["reason"] == "it is missing"
    assert result["ca_certificate"].encode() == stored(api, "cam-ca")["tls.crt"]
    assert next(path.rsplit("/", 1)[1] for _, path in api.writes()) == "cam-ca"
    for name in ("redis-tls", "postgres-tls", "cam-ca"):
        assert api.objects[f"{SECRETS}/{name}"]["type"] == "kubernetes.io/tls"
    assert set(stored(api, "redis-tls")) == {"tls.crt", "tls.key", "ca.crt"}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("redis-tls", x509.DNSName("redis.cam-dev.svc")),
        ("postgres-tls", x509.DNSName("postgres")),
    ],
)
def test_a_strict_client_accepts_it(api: FakeApi, kube: Kube, name: str, subject: Any) -> None:
    ensure(kube)
    data = stored(api, name)
    store = verification.Store([x509.load_pem_x509_certificate(data["ca.crt"])])
    verifier = (
        verification.PolicyBuilder()
        .store(store)
        .time(START + timedelta(days=1))
        .build_server_verifier(subject)
    )
    leaf = x509.load_pem_x509_certificate(data["tls.crt"])
    assert len(verifier.verify(leaf, [])) == 2
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"


def test_names(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    leaf = x509.load_pem_x509_certificate(stored(api, "postgres-tls")["tls.crt"])
    assert _certificate.names_of(leaf) == {"postgres", "127.0.0.1", "::1"}
    authority = x509.load_pem_x509_certificate(stored(api, "cam-ca")["tls.crt"])
    assert _certificate.names_of(authority) == frozenset()


def test_second_run_writes_nothing(api: FakeApi, kube: Kube) -> None:
    first = ensure(kube)
    api.requests.clear()
    again = ensure(kube, day=334, diff=True)
    assert not again["changed"]
    assert actions(again) == ["unchanged", "unchanged"]
    assert again["ca_certificate"] == first["ca_certificate"]
    assert again["diff"] == []
    assert api.writes() == []


def test_check_mode_on_nothing(api: FakeApi, kube: Kube) -> None:
    del api.objects["/api/v1/namespaces/cam-dev"]
    result = ensure(kube, check=True, diff=True)
    assert result["changed"]
    assert result["ca_certificate"] == ""
    assert api.writes() == []
    assert "PRIVATE" not in str(result)


def test_renewal_before_the_end(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    before = stored(api, "redis-tls")
    result = ensure(kube, day=336)
    assert actions(result) == ["renewed", "renewed"]
    assert result["certificates"][0]["reason"] == "it ends on 2027-01-01"
    assert result["certificates"][0]["not_after"].startswith("2027-12-03")
    assert stored(api, "redis-tls")["tls.key"] != before["tls.key"]
    assert stored(api, "redis-tls")["ca.crt"] == before["ca.crt"]


def test_other_names(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    result = ensure(kube, certificates=[{**REDIS, "dns_names": ["cache"]}, POSTGRES])
    assert actions(result) == ["renewed", "unchanged"]
    assert result["certificates"][0]["reason"] == "it names other hosts"


def test_an_authority_that_ends_takes_its_certificates_along(api: FakeApi, kube: Kube) -> None:
    first = ensure(kube, ca_validity_days=400)
    result = ensure(kube, day=380, ca_validity_days=400)
    assert actions(result) == ["renewed", "renewed"]
    assert result["certificates"][0]["reason"] == "another authority signed it"
    assert result["ca_certificate"] != first["ca_certificate"]


def test_a_certificate_does_not_outlive_its_authority(kube: Kube) -> None:
    ensure(kube, ca_validity_days=400)
    result = ensure(kube, day=340, ca_validity_days=400)
    assert result["certificates"][0]["not_after"] == "2027-02-05T00:00:00Z"
    assert not ensure(kube, day=341, ca_validity_days=400)["changed"]


@pytest.mark.parametrize("key", ["tls.crt", "tls.key"])
def test_damage_is_repaired(api: FakeApi, kube: Kube, key: str) -> None:
    ensure(kube)
    api.objects[f"{SECRETS}/redis-tls"]["data"][key] = base64.b64encode(b"oops").decode()
    result = ensure(kube)
    assert actions(result) == ["renewed", "unchanged"]
    assert result["certificates"][0]["reason"] == "it is not a certificate with its key"


def test_a_key_of_another_certificate(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    other = api.objects[f"{SECRETS}/postgres-tls"]["data"]["tls.key"]
    api.objects[f"{SECRETS}/redis-tls"]["data"]["tls.key"] = other
    assert actions(ensure(kube)) == ["renewed", "unchanged"]


def test_an_edited_copy_of_the_authority(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    before = stored(api, "redis-tls")
    api.objects[f"{SECRETS}/redis-tls"]["data"]["ca.crt"] = base64.b64encode(b"x").decode()
    assert actions(ensure(kube, diff=True)) == ["updated", "unchanged"]
    assert stored(api, "redis-tls") == before


def test_a_damaged_authority(api: FakeApi, kube: Kube) -> None:
    ensure(kube)
    del api.objects[f"{SECRETS}/cam-ca"]["data"]["tls.key"]
    assert actions(ensure(kube)) == ["renewed", "renewed"]


def test_two_sets_share_the_authority(api: FakeApi, kube: Kube) -> None:
    one = ensure(kube, certificates=[REDIS])
    two = ensure(kube, certificates=[POSTGRES], set="database")
    assert one["ca_certificate"] == two["ca_certificate"]
    assert actions(two) == ["created"]


@pytest.mark.parametrize("name", ["redis-tls", "cam-ca"])
def test_foreign_secrets(api: FakeApi, kube: Kube, name: str) -> None:
    api.put(f"{SECRETS}/{name}", {"metadata": {"name": name}, "data": {}})
    with pytest.raises(CamError, match=f"{name} already exists and belongs to somebody else"):
        ensure(kube)
    assert ensure(kube, adopt=True)["changed"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"certificates": [{**REDIS, "ip_addresses": ["1.2.3"]}]}, "is not an IP address"),
        ({"certificates": [{"name": "x", "dns_names": [], "ip_addresses": []}]}, "names no host"),
        ({"validity_days": 30}, "must be greater than"),
        ({"ca_validity_days": 364}, "must not be less than"),
        ({"certificates": [REDIS, REDIS]}, "'redis-tls' twice"),
        ({"ca_name": "redis-tls"}, "for the authority as well"),
    ],
)
def test_bad_input(api: FakeApi, kube: Kube, options: dict[str, Any], text: str) -> None:
    with pytest.raises(CamError, match=text):
        ensure(kube, **options)
    assert api.writes() == []


def test_long_names(api: FakeApi, kube: Kube) -> None:
    name = "a" * 60 + ".example.org"
    ensure(kube, certificates=[{"name": "long", "dns_names": [name], "ip_addresses": []}])
    leaf = x509.load_pem_x509_certificate(stored(api, "long")["tls.crt"])
    assert _certificate.names_of(leaf) == {name}
    assert leaf.subject.rfc4514_string() == "CN=long"


def run(kubeconfig: str, *, check: bool = False, diff: bool = False, **options: Any) -> Any:
    return call(
        _certificate.run, params(kubeconfig=kubeconfig, **options), check_mode=check, diff=diff
    )


def test_absent(api: FakeApi, kubeconfig: str) -> None:
    api.answers["GET", SECRETS] = lambda query, body: (
        200,
        {
            "items": [
                item
                for item in api.objects.values()
                if "cam.mesh/issued-by" in item["metadata"].get("labels", {})
            ]
        },
    )
    run(kubeconfig)
    run(kubeconfig, set="database", certificates=[{**POSTGRES, "name": "other"}])
    seen = run(kubeconfig, state="absent", check=True, diff=True)
    assert actions(seen) == ["deleted", "deleted"]
    assert "PRIVATE" not in str(seen)
    assert actions(run(kubeconfig, state="absent")) == ["deleted", "deleted"]
    assert f"{SECRETS}/cam-ca" in api.objects
    assert not run(kubeconfig, state="absent")["changed"]
    run(kubeconfig, set="database", certificates=[{**POSTGRES, "name": "other"}], state="absent")
    assert [path for path in api.objects if path.startswith(SECRETS)] == []


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_certificate, "MISSING_LIBRARY", "No module named 'cryptography'")
    assert "pip install cryptography" in run("/none")["msg"]
