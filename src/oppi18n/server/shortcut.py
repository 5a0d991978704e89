"""A usual question about facts is answered as soon as its last byte is there: no event, no task, no routing.

The shortcut never says no. What is not exactly as expected, down to the bytes, goes on to the connection as if nobody
had looked at it, so there is one place where HTTP is understood and one where errors are told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import h11
from starlette.requests import Request

from oppi18n.server.calls import signed_in
from oppi18n.server.connection import MOST, Connection
from oppi18n.server.guard import HEADERS, ROUTE, Seen
from oppi18n.server.judging import SHORT, at_once
from oppi18n.server.service import locale_for

if TYPE_CHECKING:
    import asyncio

    from oppi18n.server.guard import Guard

PATH: Final = "/api/closability"
PAUSE: Final = 0.05
"""Seconds that a body may take after the headers: many programs send the two one after the other."""

_LINE: Final = f"POST {PATH} HTTP/1.1".encode()
_HEAD: Final = re.compile(rb"(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*)+").fullmatch
_KINDS: Final = frozenset((b"application/json", b"application/json; charset=utf-8"))
_CHANGING: Final = frozenset(
    (b"cookie", b"expect", b"origin", b"sec-fetch-site", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
"""Headers that change what a request means, or who may make it."""
_COMMON: Final = b"".join(b"%s: %s\r\n" % each for each in HEADERS.items())


class Question(NamedTuple):
    """Headers, body, and how many bytes of it have not come yet."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    missing: int


class Shortcut(Connection):
    """A connection that knows the shortcut."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        app = self.config.loaded_app
        self._guard: Guard | None = app.guard if getattr(app, "is_bare", False) else None
        self._last = 0.0
        self._held = b""
        self._release: asyncio.TimerHandle | None = None

    # ---- what comes ----

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        held = self._taken()
        data = held + data if held else data
        if data.startswith(_LINE) and self._guard is not None and self._is_free():
            found = split(data)
            if found is not None and found.missing and not held:
                self._held = data
                self._release = self.loop.call_later(PAUSE, self._let_go)
                return
            if found is not None and not found.missing and self._answered(found):
                return
        super().data_received(data)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Nothing more comes."""
        self._let_go()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._taken()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The service stops."""
        self._let_go()
        super().shutdown()

    def _late(self) -> None:
        if self._held:
            self._let_go()
        else:
            super()._late()

    def _let_go(self) -> None:
        """What waits for more goes the ordinary way."""
        held = self._taken()
        if held:
            super().data_received(held)

    def _taken(self) -> bytes:
        if self._release is None:
            return b""
        held, self._held = self._held, b""
        self._release.cancel()
        self._release = None
        return held

    # ---- what goes ----

    def _is_free(self) -> bool:
        """Whether nothing is under way, and nothing is left over from before."""
        conn, cycle = self.conn, self.cycle
        return (
            conn.our_state is h11.IDLE
            and conn.their_state is h11.IDLE
            and not conn.trailing_data[0]
            and (cycle is None or cycle.response_complete)
            and not self._deaf
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and len(self.connections) <= MOST
        )

    def _answered(self, found: Question) -> bool:
        guard: Any = self._guard
        seen = Seen(guard.service.access)
        scope, service = self._scope(found.headers), guard.service
        try:
            given = guard.check(scope)
            if service.authenticate is not None:
                signed_in(service, Request(scope))
        except Exception:  # noqa: BLE001 - whoever is refused, or cannot be asked who it is, is told so the ordinary way
            return False
        seen.locale = locale_for(given.get(b"accept-language", b"").decode())
        content = at_once(service, seen.locale, found.body)
        if content is None:
            return False
        self._send(seen.locale, content)
        seen.status, scope[ROUTE] = 200, PATH
        seen.log(scope)
        return True

    def _scope(self, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        return {
            "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b"",
            "root_path": "", "headers": headers, "client": self.client, "server": self.server, "scheme": self.scheme,
            "http_version": "1.1", "app": self.config.loaded_app,
        }  # fmt: skip

    def _send(self, locale: str, content: bytes) -> None:
        lines = [b"%s: %s\r\n" % each for each in self.server_state.default_headers]
        self.transport.write(
            b"HTTP/1.1 200 OK\r\n%scontent-length: %d\r\ncontent-type: application/json\r\ncontent-language: %s\r\n"
            b"vary: Accept-Language, Cookie\r\n%s\r\n%s"
            % (b"".join(lines), len(content), locale.encode(), _COMMON, content)
        )
        self.server_state.total_requests += 1
        self._rest()
        self._last = self.loop.time()
        # One clock for many requests: to set one for each takes longer than to look at the time.
        if self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing was asked since the clock was set, unless something was asked by the shortcut."""
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0 or self._held:
            self._wait(max(left, PAUSE))
        else:
            super().timeout_keep_alive_handler()

    def _wait(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def split(data: bytes) -> Question | None:
    """The beginning of a usual question, or all of it; None for any other bytes.

    >>> question = b"POST /api/closability HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\n"
    >>> split(question + b"Content-Length: 2\\r\\n\\r\\n{}").body
    b'{}'
    >>> split(question + b"Content-Length: 2\\r\\n\\r\\n{").missing, split(question + b"Content-Length: 2\\r\\n\\r\\n{}{}")
    (1, None)
    """
    end = data.find(b"\r\n\r\n")
    if end < 0 or len(data) - end > SHORT:
        return None
    head = data[len(_LINE) : end]
    if not _HEAD(head):
        return None
    headers = []
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        headers.append((name.lower(), value.strip(b" \t")))
    body, given = data[end + 4 :], dict(headers)
    length = given.get(b"content-length", b"")
    # Only as it is usually written: no sign, no zeros before it.
    size = int(length) if len(length) < 5 and length.isdigit() and length[:1] != b"0" else -1
    is_usual = (
        len(given) == len(headers)
        and len(body) <= size
        and given.get(b"content-type") in _KINDS
        and given.get(b"connection", b"keep-alive").lower() == b"keep-alive"
        and _CHANGING.isdisjoint(given)
    )
    return Question(headers, body, size - len(body)) if is_usual else None
