"""Servers on loopback that answer as badly as a server can."""

from __future__ import annotations

import datetime
import gzip
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

JINJA = "{{ 7 * 7 }}{% for x in range(9) %}x{% endfor %}"
TLS_HELLO = b"\x16\x03"
MIB = b"x" * 2**20
GZIP_BOMB = gzip.compress(bytes(2**24), 1)
Script = Callable[["Line"], None]


class Line:
    """The server's end of one connection."""

    def __init__(self, stream: socket.socket, stop: threading.Event) -> None:
        self._stream = stream
        self._stop = stop

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self._stream.sendall(part)

    def answer(self, body: bytes, kind: str = "application/json", *, head: str = "200 OK") -> None:
        text = f"HTTP/1.1 {head}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.send(text.encode(), body)

    def forever(self, part: bytes, every: float = 0) -> None:
        """Send this until the client goes or the server stops."""
        while not self._stop.wait(every):
            self.send(part)

    def wait(self) -> None:
        self._stop.wait()


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def _slow_headers(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    line.forever(b"a", every=0.05)


def _slow_body(line: Line) -> None:
    line.send(OPEN)
    line.forever(b"a", every=0.05)


def _endless(line: Line) -> None:
    line.send(OPEN)
    line.forever(MIB)


def _endless_chunks(line: Line) -> None:
    line.send(CHUNKED)
    line.forever(b"100000\r\n" + MIB + b"\r\n")


def _header_bomb(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.forever(b"X-Bomb: " + b"a" * 4000 + b"\r\n")


def _gzip_bomb(line: Line) -> None:
    size = len(GZIP_BOMB)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {size}\r\n\r\n"
    line.send(head.encode(), GZIP_BOMB)


def _redirect_loop(line: Line) -> None:
    line.send(b"HTTP/1.1 302 Found\r\nLocation: /redirect_loop\r\nContent-Length: 0\r\n\r\n")


SCRIPTS: dict[str, Script] = {
    "good": lambda line: line.answer(b'{"status": "healthy"}'),
    "big_body": lambda line: line.answer(MIB * 10),
    "endless": _endless,
    "endless_chunks": _endless_chunks,
    "redirect_loop": _redirect_loop,
    "wrong_type": lambda line: line.answer(b"<html>please log in</html>", "text/html"),
    "jinja": lambda line: line.answer(b"{}", head=f"500 {JINJA}"),
    "jinja_type": lambda line: line.answer(b"{}", JINJA),
    "jinja_body": lambda line: line.answer(f'{{"status": "{JINJA}"}}'.encode()),
    "slow_headers": _slow_headers,
    "slow_body": _slow_body,
    "silent": lambda line: line.wait(),
    "closes": lambda line: None,
    "half": lambda line: line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    "not_http": lambda line: line.send(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "odd_status": lambda line: line.send(b"HTTP/1.1 abc\r\n\r\n"),
    "invalid_utf8": lambda line: line.answer(b'{"status": "\xff\xfe\x80"}'),
    "header_bomb": _header_bomb,
    "long_header": lambda line: line.send(b"HTTP/1.1 200 OK\r\nX-Long: ", MIB, b"\r\n\r\n"),
    "continues": lambda line: line.forever(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "not_json": lambda line: line.answer(b"it works!"),
    "nested": lambda line: line.answer(b"[" * 200_000),
    "gzip_bomb": _gzip_bomb,
    "escapes": lambda line: line.answer(b"\x1b[2J\x1b]0;owned\x07", head="503 \x1b[31mred"),
}


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


@contextmanager
def hostile(trust: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server whose answer is the script that a part of the path names; its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def serve(stream: socket.socket) -> None:
        with stream, suppress(OSError):
            stream.settimeout(10)
            wrapped = trust.wrap_socket(stream, server_side=True) if trust else stream
            with wrapped:
                head = b""
                # The body as well: what is left unread when a server closes resets the connection.
                while not _is_whole(head):
                    part = wrapped.recv(65536)
                    if not part:
                        return
                    head += part
                    if head.startswith(TLS_HELLO):
                        wrapped.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                        return
                path = head.split(b" ")[1].decode().partition("?")[0]
                (name,) = [part for part in path.split("/") if part in SCRIPTS]
                SCRIPTS[name](Line(wrapped, stop))

    def accept() -> None:
        with suppress(OSError):
            while True:
                stream, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(stream,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def certificate(folder: Path, *, host: str = "localhost", days: int = 30) -> tuple[str, Path]:
    """A self-signed certificate that ends in so many days: its text, and a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{host}-{days}.pem"
    file.touch(mode=0o600)
    file.write_bytes(text + secret)
    return text.decode(), file


def server_context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
