"""Looks at a page as a person would: a real Chromium, driven by its own protocol."""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import debian
import websocket

SETTINGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-port=0", "--remote-allow-origins=*", "--hide-scrollbars",
)  # fmt: skip


class Page:
    """One page, its complaints and what it asked the network for."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._number = 0
        self.complaints: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        sent = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(sent))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._number:
                assert "error" not in message, message
                found: dict[str, Any] = message["result"]
                return found
            self._note(message)

    def show(self, file: Path, *, width: int, dark: bool = False) -> None:
        """Load the file on a screen of this width, and wait until it stands."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=2 if width < 700 else 1, mobile=width < 700,
        )  # fmt: skip
        self.complaints.clear()
        self.requests.clear()
        self.call("Page.navigate", url=file.as_uri())
        deadline = time.monotonic() + 30
        while self.run("document.readyState") != "complete":
            assert time.monotonic() < deadline, "the page does not load"
        # Complaints arrive as events before the answer of a later call.
        self.run("new Promise(done => setTimeout(done, 300))")

    def run(self, script: str) -> Any:
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        return answer["result"].get("value")

    def picture(self, width: int, height: int) -> bytes:
        """The upper part of the page as PNG."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        taken = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(taken["data"])

    def _note(self, message: dict[str, Any]) -> None:
        method, found = message.get("method"), message.get("params", {})
        if method == "Log.entryAdded":
            self.complaints.append(found["entry"]["text"])
        elif method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.complaints.append(json.dumps(found)[:300])
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {found['message']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(found["request"]["url"])


@contextlib.contextmanager
def browser() -> Iterator[Page]:
    """A Chromium of its own, ended afterwards."""
    program = debian.program("chromium", "chromium")
    with tempfile.TemporaryDirectory(prefix="cam-page-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [program, *SETTINGS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            socket = websocket.create_connection(_address(Path(folder)), timeout=60)
            yield Page(socket)
            socket.close()
        finally:
            process.terminate()
            process.wait(30)


def _address(folder: Path) -> str:
    """Of the first page, as soon as Chromium listens."""
    file = folder / "DevToolsActivePort"
    deadline = time.monotonic() + 60
    while not (file.exists() and "\n" in file.read_text()):
        assert time.monotonic() < deadline, "Chromium does not start"
        time.sleep(0.1)
    port = file.read_text().splitlines()[0]
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        with direct.open(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [one for one in json.load(answer) if one["type"] == "page"]
        if pages:
            return str(pages[0]["webSocketDebuggerUrl"])
        assert time.monotonic() < deadline, "Chromium has no page"
        time.sleep(0.1)
