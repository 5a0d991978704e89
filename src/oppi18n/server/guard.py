"""Before anything else is looked at: who may ask at all, and how much; and what every answer says to the browser."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from oppi18n.dialog.html import POLICY
from oppi18n.i18n.answers import line_of
from oppi18n.server.calls import dressed, failed
from oppi18n.server.problems import HttpError
from oppi18n.server.service import locale_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from oppi18n.server.service import Service

HEAD: Final = 32_000
"""Bytes that the headers of a request may have together."""

LOCAL: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
ROUTE: Final = "oppi18n.route"
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


class Guard:
    """Stands before the service. The access log has no names, no ids, no addresses: how long which kind of page took."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        seen: MutableMapping[str, Any] = {"status": 0, "locale": ""}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {name for name, _ in headers}
                headers += [each for each in HEADERS.items() if each[0] not in names]
                seen["status"] = message["status"]
                seen["locale"] = dict(headers).get(b"content-language", b"").decode()
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._let_in(scope, receive, sent)
        finally:
            _log(scope, seen, started)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            check(request, self.service)
        except HttpError as error:
            localizer = self.service.localizer(locale_of(request))
            await dressed(failed(error, request, localizer), request, localizer)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def check(request: Request, service: Service) -> None:
    """Raises HttpError `http-head-too-large`, `http-not-local`, `http-host`."""
    if sum(len(name) + len(value) for name, value in request.scope["headers"]) + len(request.scope["path"]) > HEAD:
        raise HttpError("http-head-too-large", limit=HEAD)
    if service.authenticate is None and not is_loopback(request.client.host if request.client else ""):
        raise HttpError("http-not-local")
    hosts = [value for name, value in request.scope["headers"] if name == b"host"]
    name = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
    bare = name if name.endswith("]") else name.rpartition(":")[0] or name
    if bare not in LOCAL | service.hosts:
        raise HttpError("http-host", host=name)


def is_loopback(address: str) -> bool:
    """Whether an address is one of this machine's own.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("10.0.0.1"), is_loopback("localhost")
    (True, True, False, True)
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _log(scope: Scope, seen: MutableMapping[str, Any], started: float) -> None:
    ACCESS.info(
        line_of(
            {
                "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "method": scope["method"],
                "route": scope.get(ROUTE, ""),
                "status": seen["status"],
                "locale": seen["locale"],
                "ms": round((time.perf_counter() - started) * 1000),
            }
        )
    )
