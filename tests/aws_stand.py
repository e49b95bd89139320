"""python -m aws_stand FOLDER PORT: an account of AWS for a molecule scenario, until SIGTERM.

It holds resources of others whose names begin like ours. FOLDER gets stand.json: `pid`, `foreign`
(what others own, as AWS describes it, at the start) and `foreign_url` (the same as it is now).
molecule/cam_cluster_aws/create.yml says what its PYTHONPATH is.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from aws_site import AwsSite
from doubles.aws.server import running
from fake_api import serving


def text(found: Mapping[str, Any]) -> str:
    return json.dumps(found, default=str, sort_keys=True)


def telling(site: AwsSite) -> HTTPServer:
    """Answers any GET with what others own."""

    class Foreign(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text(site.foreign()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None:
            """Silent: nobody reads it."""

    return HTTPServer(("127.0.0.1", 0), Foreign)


def main() -> None:
    folder, port = Path(sys.argv[1]), sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running("--port", port) as double, serving() as api:
        site = AwsSite.build(double, api, folder)
        planted = text(site.plant())
        with telling(site) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/"
            told = {"pid": os.getpid(), "foreign": planted, "foreign_url": url}
            (folder / "stand.json").write_text(json.dumps(told), "utf-8")
            signal.pause()


if __name__ == "__main__":
    main()
