"""What a user wrote becomes endpoints, or one clear refusal before anything is asked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._endpoints import Endpoint, endpoints
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError


def test_a_url_and_a_mapping() -> None:
    found = endpoints(
        [
            "https://a.example/health",
            {
                "url": "http://b.example/",
                "expect_status": "301",
                "expect_type": "Text/HTML",
                "contains": "é",
                "address": "127.0.0.1:8443",
            },
        ]
    )
    assert found == [
        Endpoint("https://a.example/health"),
        Endpoint("http://b.example/", 301, "text/html", "é".encode(), "127.0.0.1:8443"),
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("ftp://a", r"endpoints\[1\]: url 'ftp://a' must begin with http:// or https://"),
        (7, r"endpoints\[1\]: 7 must be a URL, or a mapping with url"),
        ({"url": "http://a", "expect_state": 200}, "unknown key expect_state; did you mean expect"),
        ({"url": "http://a", "x": 1}, "unknown key x; it may have url, expect_status"),
        ({"expect_status": 200}, "url '' must begin with"),
        ({"url": "http://a", "expect_status": "ok"}, "must be one status from 100 to 599"),
        ({"url": "http://a", "expect_status": 99}, "must be one status from 100 to 599"),
        ({"url": "http://a", "address": "b"}, "must be host:port"),
        ("http://me:secret@a/", "must not carry credentials"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(entry: Any, message: str) -> None:
    with pytest.raises(CamError, match=message) as caught:
        endpoints(["http://fine", entry])
    assert "secret" not in str(caught.value)
