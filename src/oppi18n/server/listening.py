"""The service listens at an address until it is told to stop, and answers what it was asked before."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from oppi18n.errors import InputError
from oppi18n.server.connection import ROOM
from oppi18n.server.shortcut import Shortcut

try:
    import resource
except ModuleNotFoundError:
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PATIENCE: Final = 10
"""Seconds that requests under way may take after the service was told to stop."""

FILES: Final = 4096
"""Files and connections that may be open: what is allowed at first is often less than the connections served at once."""


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address, which listens already. Raises InputError `not-listening`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise InputError("not-listening", address=f"{host}:{port}", reason=error.strerror or str(error)) from None


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until told to stop."""
    # What strangers send is no news; faults of ours are logged where they are answered.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app,
        http=Shortcut,
        h11_max_incomplete_event_size=ROOM,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PATIENCE,
        timeout_keep_alive=30,
    )
    _make_room()
    _Server(config).run(sockets=[listening])


def _make_room() -> None:
    # Windows has no such limit, nor the module.
    if resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C, SIGTERM and a terminal that goes away let requests under way end; then the command ends as any other."""
        known = [getattr(signal, each) for each in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, each)]
        # What was ignored from the start stays so: `nohup` has been told that the terminal does not count.
        asking = [each for each in known if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, self.handle_exit) for each in asking}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
