"""A client that sees the bytes: what a reset or a cut body really looks like on the socket."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.sandbox_process import eventually

End = Literal["closed", "reset"]


@dataclass(frozen=True)
class Seen:
    """What came back on the socket, and how it ended."""

    head: str
    body: bytes
    end: End

    @property
    def promised(self) -> int:
        """What Content-Length promised, or -1."""
        for line in self.head.split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                return int(value)
        return -1


def request(method: str, path: str, headers: dict[str, str], wish: object = None, more: int = 0) -> bytes:
    """One request; `more` promises that many bytes more than it sends."""
    body = b"" if wish is None else json.dumps(wish).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body) + more}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def exchange(address: tuple[str, int], sent: bytes) -> Seen:
    """Sends the bytes and listens until the other side ends the connection."""
    received = b""
    end: End = "closed"
    with socket.create_connection(address, timeout=60) as sock:
        sock.sendall(sent)
        try:
            while part := sock.recv(65536):
                received += part
        except ConnectionResetError:
            end = "reset"
    head, _, body = received.partition(b"\r\n\r\n")
    return Seen(head.decode(), body, end)


def leave(address: tuple[str, int], sent: bytes, when: Callable[[], bool]) -> None:
    """Sends the bytes and hangs up without having listened, as soon as `when` holds."""
    with socket.create_connection(address, timeout=60) as sock:
        sock.sendall(sent)
        eventually(when)


def listen(sock: socket.socket) -> tuple[bytes, End]:
    """Everything that comes until the other side ends the connection, and how it does."""
    received = b""
    try:
        while part := sock.recv(65536):
            received += part
    except ConnectionResetError:
        return received, "reset"
    return received, "closed"


def one_answer(sock: socket.socket) -> bytes:
    """The bytes of one whole answer whose length is told, over a connection that stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += sock.recv(1)
    head, _, _ = received.partition(b"\r\n\r\n")
    length = Seen(head.decode(), b"", "closed").promised
    while len(received) < len(head) + 4 + length:
        received += sock.recv(65536)
    return received
