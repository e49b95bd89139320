"""Ports of URLs: the usual one of the scheme, the one that is said, the one of another address."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.cam.mesh.plugins.filter.ports import ports


@pytest.mark.parametrize(
    ("urls", "found"),
    [
        ([], []),
        (["", None, {"url": ""}], []),
        (["https://a", "http://a", "https://b/x?y:1"], [80, 443]),
        (["http://a:9091", "http://[::1]:8080/", {"url": "https://a:8443"}], [8080, 8443, 9091]),
        ([{"url": "https://a", "address": "10.0.0.1:8443"}], [8443]),
        ([{"url": "https://a", "address": ""}], [443]),
    ],
)
def test_ports(urls: list[Any], found: list[int]) -> None:
    assert ports(urls) == found


@pytest.mark.parametrize("url", ["ftp://geheim", "geheim", "http://a:0/geheim", "http://[geheim"])
def test_what_is_no_url_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        ports([url])
    assert "geheim" not in str(error.value)
