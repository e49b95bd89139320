"""cam_metrics_info against real HTTP servers on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _scrape
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from test__metrics import SCRAPE


@pytest.fixture
def pages() -> Iterator[dict[str, Any]]:
    """A server of these pages: path to (status, text); `url` is its own address."""
    served: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = served.get(self.path, (404, ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served["url"] = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()


def look(url: str | None, **changes: Any) -> dict[str, Any]:
    defaults = {name: option.get("default") for name, option in _scrape.ARGUMENT_SPEC.items()}
    return _scrape.run({**defaults, "url": url, **changes}, check_mode=False, diff=False)


def test_both_paths_together_serve_the_contract(pages: dict[str, Any]) -> None:
    kept, _, moved = SCRAPE.partition("# TYPE cam_collaboration_sessions_active")
    pages["/metrics"] = (200, kept)
    pages["/collaboration/metrics"] = (
        200,
        f"# TYPE cam_collaboration_sessions_active{moved}",
    )
    verdict = look(pages["url"])
    assert verdict["status"] == "healthy", verdict["lines"]
    assert "cam_collaboration_sessions_active" in verdict["families"][pages["url"]]


def test_a_renamed_metric_is_named_with_its_new_name(pages: dict[str, Any]) -> None:
    pages["/metrics"] = (200, SCRAPE.replace("cam_cost_total", "cam_costs_total"))
    pages["/collaboration/metrics"] = (200, "")
    verdict = look(pages["url"])
    assert verdict["status"] == "failed"
    assert "cam_cost_total is missing, perhaps renamed to cam_costs_total" in verdict["cause"]


def test_a_page_that_is_refused_is_unknown_and_not_healthy(pages: dict[str, Any]) -> None:
    pages["/metrics"] = (200, SCRAPE)
    pages["/collaboration/metrics"] = (500, "")
    verdict = look(pages["url"])
    assert verdict["status"] == "unknown"
    assert "/collaboration/metrics answers with status 500" in verdict["cause"]


def test_nobody_listening_is_unknown(pages: dict[str, Any]) -> None:
    verdict = look("http://127.0.0.1:1")
    assert verdict["status"] == "unknown"
    assert "refused" in verdict["cause"]


def test_an_endless_answer_ends_as_a_cause(pages: dict[str, Any]) -> None:
    pages["/metrics"] = (200, "# filler\n" * 2**20)
    verdict = look(pages["url"])
    assert "answers with more than 8 MiB" in verdict["cause"]


def test_bad_arguments_say_what_to_name() -> None:
    with pytest.raises(CamError, match="name either `url`, or `kubeconfig` and `namespace`"):
        look(None, kubeconfig="/nowhere")
    assert "must begin with http:// or https://" in look("ftp://x")["cause"]
