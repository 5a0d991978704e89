"""The service listens at an address until it is told to stop, and answers what it was asked before."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from oppi18n.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PATIENCE: Final = 10
"""Seconds that requests under way may take after the service was told to stop."""


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address, which listens already. Raises InputError `not-listening`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise InputError("not-listening", address=f"{host}:{port}", reason=error.strerror or str(error)) from None


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PATIENCE,
        timeout_keep_alive=30,
        limit_concurrency=1000,
    )
    _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C and SIGTERM let requests under way end; after that, the command ends as any other."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
