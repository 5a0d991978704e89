"""Before anything else is looked at: who may ask at all, and how much; and what every answer says to the browser."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from ipaddress import ip_address
from itertools import chain
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from oppi18n.dialog.html import POLICY
from oppi18n.server.calls import dressed, failed
from oppi18n.server.problems import REFUSED, HttpError
from oppi18n.server.service import bare_host, locale_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from oppi18n.server.service import Service

HEAD: Final = 32_000
"""Bytes that the headers of a request may have together."""

LOCAL: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
ROUTE: Final = "oppi18n.route"
_KNOWN: Final = 1000
ACCESS: Final = logging.getLogger("oppi18n.access")

HEADERS: Final = {
    b"cache-control": b"no-store",
    b"content-security-policy": POLICY.encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_HEADERS: Final = tuple(HEADERS.items())


class Guard:
    """Stands before the service. The access log has no names, no ids, no addresses: how long which kind of page took."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service
        self._hosts: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = Seen(self.service.access)
        try:
            try:
                self.check(scope)
            except HttpError as error:
                request = Request(scope, receive)
                localizer = self.service.localizer(locale_of(request))
                answer = dressed(failed(error, request, localizer), request, localizer)
                await answer(scope, receive, seen.sending(send))
                return
            await self.app(scope, receive, seen.sending(send))
        finally:
            seen.log(scope)

    def check(self, scope: Scope) -> dict[bytes, bytes]:
        """The headers by name. Raises HttpError `http-head-too-large`, `http-not-local`, `http-host`, or what is in the scope."""
        refused = scope.get(REFUSED)
        if isinstance(refused, HttpError):
            raise refused
        headers = scope["headers"]
        target = len(scope["path"]) + len(scope["query_string"])
        if sum(map(len, chain.from_iterable(headers))) + target > HEAD:
            raise HttpError("http-head-too-large", limit=HEAD)
        if self.service.authenticate is None:
            client = scope.get("client")
            address = client[0] if client else ""
            if address != "127.0.0.1" and not is_loopback(address):
                raise HttpError("http-not-local")
        given = dict(headers)
        host = given.get(b"host", b"")
        if host not in self._hosts or len(given) != len(headers):
            self._check_host([value for name, value in headers if name == b"host"])
        return given

    def _check_host(self, hosts: list[bytes]) -> None:
        name = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        if bare_host(name) not in LOCAL | self.service.hosts:
            raise HttpError("http-host", host=name)
        if len(self._hosts) < _KNOWN:
            self._hosts.add(hosts[0])


class Seen:
    """What the access log is told of an answer."""

    __slots__ = ("access", "locale", "started", "status")

    def __init__(self, access: Callable[[str], object] | None) -> None:
        self.access = access
        self.started = time.perf_counter()
        self.status = 0
        self.locale = ""

    def sending(self, send: Send) -> Send:
        """Sends an answer with the headers that all have."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = dict(headers)
                headers += [each for each in _HEADERS if each[0] not in given]
                self.status = message["status"]
                self.locale = given.get(b"content-language", b"").decode()
                message = {**message, "headers": headers}
            await send(message)

        return sent

    def log(self, scope: Scope) -> None:
        """A line in the access log."""
        write = self.access or (ACCESS.info if ACCESS.isEnabledFor(logging.INFO) else None)
        if write is not None:
            took = round((time.perf_counter() - self.started) * 1000)
            write(
                f'{{"at":"{_second(int(time.time()))}","method":{quoted(scope["method"])},'
                f'"route":{quoted(scope.get(ROUTE, ""))},"status":{self.status},"locale":{quoted(self.locale)},"ms":{took}}}'
            )


@lru_cache(maxsize=4)
def _second(number: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(number))


def is_loopback(address: str) -> bool:
    """Whether an address is one of this machine's own.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("10.0.0.1"), is_loopback("localhost")
    (True, True, False, True)
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
