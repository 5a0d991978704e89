"""A client that asks over sockets that stay open, and looks at the processor time of the process that answers."""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import clock_gettime_ns, perf_counter_ns
from typing import Final, NamedTuple

CONNECTIONS: Final = 8
"""Requests that are under way at the same time, each on a connection of its own."""

SCRIPT: Final = Path(__file__).with_name("_serving.py")
PIECE: Final = 1 << 18


class Turn(NamedTuple):
    """What some requests took: processor time of the server in all, requests per second, ms of the slowest hundredth."""

    cpu: int
    rate: float
    p99: float


class Server:
    """A process that serves, and its processor time."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.port = port
        # How Linux numbers the clock of another process: CPUCLOCK_SCHED of its id.
        self._clock = (~process.pid << 3) | 2

    def cpu(self) -> int:
        """Nanoseconds of user and system time of all its threads since it began."""
        return clock_gettime_ns(self._clock)


@contextmanager
def serving(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server of `_serving.py`, as long as the block runs."""
    command = [sys.executable, str(SCRIPT), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        told = process.stdout.readline()
        if not told:
            raise SystemExit(f"{' '.join(command)} did not start")
        try:
            yield Server(process, int(told))
        finally:
            process.stdin.close()
            process.wait(timeout=60)


def request(method: str, path: str, body: bytes = b"", *, locale: str = "ko") -> bytes:
    """A request as programs send it."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        "Accept: application/json",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: benchmark/1",
        f"Accept-Language: {locale}",
        "Connection: keep-alive",
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(port: int, asked: bytes) -> bytes:
    """The body of an answer with status 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(asked)
        found = b""
        while (whole := _whole(found)) is None:
            piece = connection.recv(PIECE)
            if not piece:
                raise SystemExit(f"the connection was closed after {found[:200]!r}")
            found += piece
    if not found.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"{asked[:80]!r} was answered with {found[:200]!r}")
    return found[whole:]


def _whole(found: bytes) -> int | None:
    """Where the body of an answer begins that is all there."""
    head, end, body = found.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(head) + len(end) if end and lengths and len(body) >= int(lengths[0]) else None


class Load:
    """Requests in turn over open connections; each server has its own."""

    def __init__(self, server: Server, asked: Sequence[bytes]) -> None:
        self._server, self._asked = server, asked
        self._open = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(CONNECTIONS)]
        for each in self._open:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Close the connections."""
        for each in self._open:
            each.close()

    def turn(self, count: int) -> Turn:
        """Ask so many times."""
        took: list[int] = []
        with selectors.DefaultSelector() as selector:
            flights = [_Flight(each) for each in self._open]
            for each in flights:
                selector.register(each.connection, selectors.EVENT_READ, each)
            asked = 0
            cpu, started = self._server.cpu(), perf_counter_ns()
            for each in flights:
                each.send(self._asked[asked % len(self._asked)])
                asked += 1
            while len(took) < count:
                for key, _ in selector.select():
                    if (nanoseconds := key.data.received()) is None:
                        continue
                    took.append(nanoseconds)
                    if asked < count:
                        key.data.send(self._asked[asked % len(self._asked)])
                        asked += 1
            wall, cpu = perf_counter_ns() - started, self._server.cpu() - cpu
        took.sort()
        return Turn(cpu, count / wall * 1e9, took[count * 99 // 100] / 1e6)


class _Flight:
    """A request on its way."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._since = 0
        self._found = b""

    def send(self, asked: bytes) -> None:
        self._found, self._since = b"", perf_counter_ns()
        self.connection.sendall(asked)

    def received(self) -> int | None:
        """Nanoseconds until the answer was there; None if it is not yet."""
        piece = self.connection.recv(PIECE)
        self._found += piece
        if not piece or not self._found.startswith(b"HTTP/1.1 200 "[: len(self._found)]):
            raise SystemExit(f"an answer was {self._found[:200]!r}")
        return None if _whole(self._found) is None else perf_counter_ns() - self._since
