"""A connection has so much time and room for a request; whoever sends less, more or something else is answered too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from oppi18n.server.guard import HEAD
from oppi18n.server.problems import REFUSED, HttpError

HEAD_SECONDS: Final = 10.0
"""Seconds that the headers of a request may take."""

BODY_SECONDS: Final = 30.0
"""Seconds that a body may take, once the headers are there; and the reading of an answer."""

REST_SECONDS: Final = 5.0
"""Seconds in which what nobody reads any more may still arrive, so that the answer does."""

ROOM: Final = 48_000
"""Bytes of headers that are kept until they are whole; the service itself refuses fewer."""

MOST: Final = 1000
"""Connections that are served at the same time; some more are told so, the others are closed."""

_HEARD: Final = (b"accept-language", b"cookie")

Scope = MutableMapping[str, Any]


class Timed(H11Protocol):
    """A connection that is not waited for for ever: neither for what comes nor for who reads."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._clock = Clock(self.loop)
        self._reader = Clock(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._rest()
        self._reader.rest()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Our answers are not read."""
        super().pause_writing()
        self._reader.set(BODY_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Our answers are read again."""
        self._reader.rest()
        super().resume_writing()

    def _late(self) -> None:
        """The headers did not come."""
        self.transport.close()

    def _given_up(self) -> None:
        """The body did not come."""
        self.transport.close()

    def _phase(self) -> str:
        """What has not come whole yet: headers, a body, the rest of a body that has been answered; nothing."""
        if self.conn.their_state is h11.IDLE:
            return "head"
        if self.conn.their_state is h11.SEND_BODY and self.cycle is not None:
            return "rest" if self.cycle.response_complete else "body"
        return ""

    def _wait_for(self, phase: str) -> None:
        if phase == self._clock.awaited:
            return
        if phase == "head":
            self._clock.set(HEAD_SECONDS, self._late, awaited=phase)
        elif phase == "body":
            self._clock.set(BODY_SECONDS, self._given_up, awaited=phase)
        elif phase == "rest":
            self._clock.set(REST_SECONDS, self.transport.abort, awaited=phase)
        else:
            self._rest()

    def _rest(self) -> None:
        self._clock.rest()


class Connection(Timed):
    """One connection. The service says what is wrong even of a request that is none, in the reader's language."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.app = self._admitted
        self._head = b""
        self._deaf = False

    # ---- what comes ----

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there."""
        super().connection_made(transport)
        self.transport = Parting(transport, self._is_owed, self._clock)
        if len(self.connections) > MOST + MOST // 10:
            transport.close()
        else:
            self._wait_for("head")

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._deaf or self.transport.is_closing():
            return
        if self.conn.their_state is not h11.SEND_BODY and not self.conn.trailing_data[0]:
            # Old programs send an empty line after a body. Nothing at all would be the end of the connection to h11.
            data = data.lstrip(b"\r\n")
            if not data:
                return
        self._head = self._head + data if self._clock.awaited == "head" else data
        super().data_received(data)
        if not self._deaf:
            self._wait_for(self._phase())

    def eof_received(self) -> bool:  # type: ignore[override]
        """Nothing more comes; who has asked for something whole gets it all the same."""
        is_awaited = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        if is_awaited:
            self.cycle.keep_alive = False
        return is_awaited

    # ---- what goes ----

    async def _admitted(self, scope: Any, receive: Any, send: Any) -> None:
        cycle = self.cycle
        if len(self.connections) > MOST:
            cycle.keep_alive = False
            scope = {**scope, REFUSED: HttpError("http-too-many")}
        try:
            await self.config.loaded_app(scope, receive, send)
        except asyncio.CancelledError:
            # The service stops, and has waited long enough.
            cycle.disconnected = True
            self.transport.abort()

    def on_response_complete(self) -> None:
        """An answer is out; the rest of a body that nobody wanted may come, but not for ever."""
        super().on_response_complete()
        if self._phase() == "rest" and not self.transport.is_closing():
            self._wait_for("rest")

    def shutdown(self) -> None:
        """The service stops: requests that are whole are answered, the others get a little time to become so."""
        if self._deaf:
            return
        super().shutdown()
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete:
            self._clock.set(REST_SECONDS / 2, self._given_up, awaited="body")

    # ---- what is wrong ----

    def send_400_response(self, msg: str) -> None:
        """What has come is not HTTP."""
        is_long = len(self._head) >= ROOM
        cycle, self._deaf = self.cycle, True
        if cycle is None or cycle.response_complete:
            if self.conn.our_state is h11.IDLE:
                self._refuse("http-head-too-large" if is_long else "http-malformed")
            else:
                self.transport.close()
        else:
            self._given_up("http-malformed")

    def _late(self) -> None:
        if self.conn.trailing_data[0] and self.conn.our_state is h11.IDLE:
            self._deaf = True
            self._refuse("http-too-slow")
        else:
            self.transport.close()

    def _given_up(self, code: str = "http-too-slow") -> None:
        """A request whose body does not become whole is not carried out."""
        cycle, self._deaf = self.cycle, True
        if not cycle.more_body or cycle.response_started:
            cycle.keep_alive = False
            return
        cycle.disconnected = True
        cycle.message_event.set()
        self._refuse(code)

    def _refuse(self, code: str) -> None:
        self._rest()
        own = {"client": self.client, "server": self.server, "scheme": self.scheme}
        is_body = self.cycle is not None and self.cycle.disconnected
        heard: Scope = dict(self.scope) if is_body else {**blank(self._head), **own}
        heard[REFUSED] = HttpError(code, limit=HEAD) if code == "http-head-too-large" else HttpError(code)
        task = self.loop.create_task(self._told(heard))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _told(self, scope: Scope) -> None:
        try:
            start, *rest = await sent_by(self.config.loaded_app, scope)
            if self.transport.is_closing() or self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
                return
            headers = [*self.server_state.default_headers, *start["headers"], (b"connection", b"close")]
            bodies = [] if scope["method"] == "HEAD" else [each.get("body", b"") for each in rest]
            self.transport.write(wired(self.conn, start["status"], headers, bodies))
        finally:
            # Whatever comes of it: no connection stays without a clock.
            self.transport.close()

    def _is_owed(self) -> bool:
        """Whether more may be on its way to us: closing at once would take the answer back."""
        return self._deaf or self.conn.their_state is h11.SEND_BODY


class Clock:
    """Waits for one thing at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None
        self.awaited = ""

    def set(self, seconds: float, act: Callable[[], None], *, awaited: str = "") -> None:
        """Wait for something else from now on."""
        self.rest()
        self.awaited = awaited
        self._handle = self._loop.call_later(seconds, act)

    def rest(self) -> None:
        """Wait for nothing."""
        self.awaited = ""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


def wired(conn: h11.Connection, status: int, headers: list[tuple[bytes, bytes]], bodies: list[bytes]) -> bytes:
    """An answer as it goes out."""
    phrase = HTTPStatus(status).phrase.encode()
    start = h11.Response(status_code=status, headers=headers, reason=phrase)
    events = [start, *map(h11.Data, bodies), h11.EndOfMessage()]
    return b"".join(conn.send(each) or b"" for each in events)


async def sent_by(app: Any, scope: Scope) -> list[Any]:
    """What an application sends to somebody who has gone."""
    found: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        found.append(message)

    await app(scope, receive, send)
    return found


class Parting(asyncio.Transport):
    """A transport that is closed so that what was written last arrives: while bytes come in, our side alone is closed."""

    def __init__(self, inner: asyncio.Transport, is_owed: Callable[[], bool], clock: Clock) -> None:
        super().__init__()
        self._inner, self._is_owed, self._clock = inner, is_owed, clock
        self._parting = False
        for name in ("write", "abort", "get_extra_info", "pause_reading", "resume_reading", "set_protocol"):
            setattr(self, name, getattr(inner, name))

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._parting or self._inner.is_closing()

    def close(self) -> None:
        """Say goodbye; whoever keeps talking is left after a while."""
        if self._parting:
            return
        if self._inner.is_closing() or not self._is_owed() or not self._inner.can_write_eof():
            self._inner.close()
            self._clock.set(BODY_SECONDS, self._inner.abort)
            return
        self._parting = True
        self._inner.write_eof()
        self._inner.resume_reading()
        self._clock.set(REST_SECONDS, self._inner.abort)


def blank(head: bytes) -> Scope:
    """What can be made out of the beginning of a request: where to, and what the reader understands.

    >>> found = blank(b"GET /api/x HTTP/1.1\\r\\nAccept-Language: ko\\r\\nX: aaaaa")
    >>> found["path"], found["headers"]
    ('/api/x', [(b'accept-language', b'ko')])
    """
    first, *lines = head.split(b"\n")
    words = first.split()
    raw, _, query = (words[1] if len(words) > 1 and words[1].startswith(b"/") else b"/").partition(b"?")
    return {
        "type": "http",
        "method": "GET",
        "path": unquote(raw.decode("ascii", "replace")),
        "raw_path": raw,
        "root_path": "",
        "query_string": query if query.isascii() else b"",
        "headers": list(_headers(lines)),
        "http_version": "1.1",
    }


def _headers(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for line in lines:
        name, _, value = line.partition(b":")
        if name.strip().lower() in _HEARD:
            yield name.strip().lower(), value.strip()
