"""No test calls anything but the double."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.aws.guard import NotTheDouble, loopback, require_double
from doubles.aws.server import Double

URL = "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    "url", [URL, "http://127.8.9.1:1", "http://[::1]:5000", "https://127.0.0.1"]
)
def test_addresses_of_this_machine(url: str) -> None:
    assert loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "127.0.0.1:5000", "http://localhost:5000", "http://0.0.0.0:5000", "http://10.0.0.1",
        "https://eks.eu-central-1.amazonaws.com", "http://127.0.0.1.example.org",
        "http://127.0.0.1@example.org", "ftp://127.0.0.1", "http://[::1", "http://169.254.169.254",
    ],
)  # fmt: skip
def test_everything_else_is_elsewhere(url: str) -> None:
    """A name too: who resolves it decides where it leads."""
    assert not loopback(url)


def test_the_variable_is_all_it_needs() -> None:
    assert require_double({"AWS_ENDPOINT_URL": URL}) == URL


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({}, "AWS_ENDPOINT_URL is not set"),
        ({"AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL is not set"),
        ({"AWS_ENDPOINT_URL": "https://eks.amazonaws.com"}, "is no address of this machine"),
        ({"AWS_ENDPOINT_URL": URL, "AWS_ENDPOINT_URL_EKS": "https://a.b"}, "AWS_ENDPOINT_URL_EKS="),
        ({"AWS_ENDPOINT_URL": URL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, "Unset it"),
    ],
)
def test_what_could_reach_aws_is_refused(environment: dict[str, str], cause: str) -> None:
    with pytest.raises(NotTheDouble, match=cause):
        require_double(environment)


def test_this_process_is_asked_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(NotTheDouble):
        require_double()


@pytest.mark.parametrize("url", ["https://eks.eu-central-1.amazonaws.com", "http://192.0.2.1:5000"])
def test_there_is_no_double_elsewhere_and_so_no_client(url: str) -> None:
    with pytest.raises(NotTheDouble, match="The double's URL"):
        Double(url, Path("/dev/null"))


def test_the_environment_of_the_double_passes(double: Double) -> None:
    environment = double.environment()
    assert require_double(environment) == double.url
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"


def test_the_double_listens_on_loopback_alone(double: Double) -> None:
    """As the kernel lists it: the address in hexadecimal, backwards; 0A is listening."""
    port = f"{int(double.url.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port}")]
    assert listening == [f"0100007F:{port}"]
