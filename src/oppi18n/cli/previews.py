"""The gallery, served to this machine alone, and built again whenever a file of the packs has changed."""

from __future__ import annotations

import os
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Any, Final, NamedTuple

from oppi18n.cli import failures
from oppi18n.cli.session import Session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.gallery.html import LIVE_POLICY, SCRIPT
from oppi18n.gallery.pages import Stock, stock
from oppi18n.gallery.site import INDEX, Site
from oppi18n.packs import Pack, shipped

EVENTS: Final = "events"
_PAUSE: Final = 0.3
"""Seconds between two looks at the files."""
_ALIVE: Final = 2.0
"""Seconds after which a silent connection is told that nothing has changed, so that one that is gone is noticed."""
_LISTENERS: Final = 32
"""Pages that may wait for news at a time."""

_KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": LIVE_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Versions(NamedTuple):
    """What the files of the packs are like now: all of them, and those that are no catalogs."""

    all: str
    sources: str


class Preview:
    """The files of a gallery as they are now; `make` makes what the pages draw on."""

    def __init__(self, layers: tuple[Pack, ...], site: Site, make: Callable[[tuple[Pack, ...]], Stock] = stock) -> None:
        self.layers = layers
        self.site = site
        self.make = make
        # Diagnostics go into a page, so they are worded without colors.
        self.teller = Session(site.speaker.locale)
        self.teller.color = "never"
        self._lock = threading.Lock()
        self._built: dict[str, tuple[str, bytes]] = {}
        self._stock: tuple[str, Stock] | None = None

    def versions(self) -> Versions:
        """Of now. Nothing is read, only looked at."""
        found = sorted(look for pack in (shipped(), *self.layers) for look in _looks(pack))
        others = [each for each in found if not each.split("\0")[0].endswith(".po")]
        return Versions(_digest(found), _digest(others))

    def file(self, name: str) -> bytes | None:
        """The content of a file, None if there is none of that name; one that cannot be built says why."""
        if name not in (*self.site.names, SCRIPT):
            return None
        with self._lock:
            now = self.versions()
            version, content = self._built.get(name, ("", b""))
            if version != now.all:
                content = self._made(name, now)
                self._built[name] = now.all, content
            return content

    def _made(self, name: str, now: Versions) -> bytes:
        try:
            return self.site.file(name, lambda: self._drawn_on(now), version=now.all)
        except Exception as error:  # the last line of defence, as at the command line: the next save may mend it
            if os.environ.get("OPPI18N_DEBUG") and not isinstance(error, Oppi18nError):
                raise
            known = error if isinstance(error, Oppi18nError) else Oppi18nError("internal", what=repr(error))
            return self.site.broken(failures.told(known, self.teller), version=now.all)

    def _drawn_on(self, now: Versions) -> Stock:
        if self._stock is None or self._stock[0] != now.sources:
            self._stock = now.sources, self.make(self.layers)
        return self._stock[1]


def _looks(pack: Pack) -> Iterator[str]:
    topics = os.path.join(os.path.dirname(pack.rules), "help")
    for root in filter(None, (pack.rules, pack.locales, topics)):
        for folder, _, names in os.walk(root):
            # What is hidden is somebody's draft of what will be there.
            for name in (each for each in names if not each.startswith(".")):
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except OSError:
                    # Gone between two looks: the next one has it, or has it not.
                    continue
                yield f"{path}\0{status.st_mtime_ns}\0{status.st_size}"


def _digest(looks: list[str]) -> str:
    return blake2b("\n".join(looks).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


class Server(ThreadingHTTPServer):
    """Listens at one address of this machine. Raises InputError `not-listening`."""

    daemon_threads = True

    def __init__(self, host: str, port: int, preview: Preview) -> None:
        self.preview = preview
        self.listeners = threading.BoundedSemaphore(_LISTENERS)
        self.address_family = AF_INET6 if ":" in host else AF_INET
        try:
            super().__init__((host, port), Handler)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError("not-listening", address=_authority(host, port), reason=reason) from None
        self.authority = _authority(host, self.server_port)

    def server_bind(self) -> None:
        """Take the address, without asking who it belongs to, as the class above does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def names(self) -> frozenset[str]:
        """What a browser of this machine may call the server; another name is somebody else's page that reaches in."""
        hosts = ("127.0.0.1", "localhost", "::1")
        names = {_authority(host, self.server_port) for host in hosts}
        return frozenset(names | {each.removesuffix(":80") for each in names})

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone away is no news; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with a file of the gallery, or with news of changes."""

    server: Server
    server_version = "oppi18n"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """A file, or the events."""
        if not self._is_welcome():
            return
        name = self.path.partition("?")[0].removeprefix("/") or INDEX
        if name == EVENTS:
            self._events()
        else:
            self._file(name)

    do_HEAD = do_GET

    def _refuse(self) -> None:
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"", {"Allow": "GET, HEAD"})

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse

    def _is_welcome(self) -> bool:
        if self.headers.get_all("Host", [""])[0].lower() in self.server.names:
            return True
        self._answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", b"")
        return False

    def _file(self, name: str) -> None:
        content = self.server.preview.file(name)
        if content is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"")
        else:
            self._answer(HTTPStatus.OK, _KINDS[os.path.splitext(name)[1]], content)

    def _events(self) -> None:
        """Server-sent events: the version of now, and the next one as soon as there is one."""
        if self.command == "HEAD" or not self.server.listeners.acquire(blocking=False):
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"")
            return
        try:
            self._head(HTTPStatus.OK, "text/event-stream", {})
            told, last = self.server.preview.versions().all, time.monotonic()
            self._send(f"data: {told}\n\n")
            while (version := self.server.preview.versions().all) == told:
                if time.monotonic() - last > _ALIVE:
                    self._send(":\n\n")
                    last = time.monotonic()
                time.sleep(_PAUSE)
            # The page loads itself again, and listens again.
            self._send(f"data: {version}\n\n")
        except OSError:
            # The page has been closed.
            return
        finally:
            self.server.listeners.release()

    def _send(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def _answer(self, status: HTTPStatus, kind: str, content: bytes, more: dict[str, str] | None = None) -> None:
        self._head(status, kind, {"Content-Length": str(len(content)), **(more or {})})
        if self.command != "HEAD":
            self.wfile.write(content)

    def _head(self, status: HTTPStatus, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": f"{kind}; charset=utf-8", **_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that is no HTTP, in the same few words as any other refusal."""
        self.command = getattr(self, "command", None) or "GET"
        self.close_connection = True
        self._answer(HTTPStatus(code), "text/plain", b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who looks at which page is nobody's business."""
