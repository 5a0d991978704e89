"""The service as a process of its own, over real sockets: what comes in broken, late, forged, or at the same time."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from inspect import signature
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import Localizer, load_rules
from oppi18n.cli import run, servelog

pytest.importorskip("starlette", reason="Starlette is absent here")
pytest.importorskip("uvicorn", reason="uvicorn is absent here")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")

import uvicorn
from sqlalchemy.exc import OperationalError
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from oppi18n.server.demo import opportunities
from oppi18n.server.problems import HttpError
from oppi18n.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")

RULES = load_rules("close-opportunity")
BLOCKED, CLOSABLE, DRAFT = (f"7a1e0000-0000-4000-8000-00000000000{n}" for n in range(1, 4))
LOCALES = ("en", "ko", "ja", "zh-HK", "ms", "sv")
SECRET: Final = "a secret that both processes know"
NUMBERS = count()

NURSERY = """
import ctypes, json, os, signal, struct, sys
import oppi18n.cli, oppi18n.cli.servework, oppi18n.server.listening, oppi18n.server.app
from oppi18n import Localizer, load_rules
from oppi18n.server import connection, listening
from oppi18n.store import database
from sqlalchemy import event
from sqlalchemy.engine import Engine

load_rules("close-opportunity")

def small(connection, _):
    # How far an SQLite file may grow stands in a file beside it.
    if "sqlite" in type(connection).__module__:
        path = connection.execute("PRAGMA database_list").fetchone()[2] + ".pages"
        if os.path.exists(path):
            connection.execute(f"PRAGMA max_page_count = {open(path).read()}")

def serve(wanted):
    event.listen(Engine, "connect", small)
    for module, name, value in wanted["patches"]:
        setattr(sys.modules[module], name, value)
    os.dup2(os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    os.environ.update(wanted["env"])
    for each in wanted["ignored"]:
        signal.signal(each, signal.SIG_IGN)
    if wanted["bound"]:
        # Permissions count for root as well.
        ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
    status = 70
    try:
        status = oppi18n.cli.run(["serve", "--port", "0", "--locale", "en", "--today", "2026-03-31", *wanted["arguments"]])
    finally:
        os._exit(status)

for line in sys.stdin:
    wanted = json.loads(line)
    if "wait" in wanted:
        answer = os.waitstatus_to_exitcode(os.waitpid(wanted["wait"], 0)[1])
    else:
        answer = os.fork()
        if not answer:
            serve(wanted)
    print(answer, flush=True)
"""
"""Forks services off a process that has loaded everything: real ones, within milliseconds."""

PATCHES: Final = (
    ("oppi18n.server.connection", "HEAD_SECONDS", 0.4),
    ("oppi18n.server.connection", "REST_SECONDS", 0.5),
    ("oppi18n.server.connection", "BODY_SECONDS", 0.4),
)
"""Less patience than usual, so that a test needs less, too."""


SOON: Final = 8.0
"""Seconds within which everything is over, also on a machine that has much else to do."""


@dataclass
class Served:
    """A service that runs."""

    nursery: Nursery
    pid: int
    port: int
    log: Path
    url: str

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit status."""
        os.kill(self.pid, how)
        return self.nursery.wait(self.pid)

    @property
    def said(self) -> str:
        """What it has written to its standard error."""
        return self.log.read_text(encoding="utf-8")


@dataclass
class Nursery:
    """The process from which services are forked."""

    process: subprocess.Popen[str]
    running: set[int] = field(default_factory=set)

    def serve(
        self,
        folder: Path,
        url: str,
        *arguments: str,
        bound: bool = False,
        ignored: Sequence[int] = (),
        patches: Sequence[Any] = PATCHES,
        **env: str,
    ) -> Served:
        """A service over a database."""
        log = folder / f"{next(NUMBERS)}.log"
        log.touch()
        wanted = {"arguments": ["--database", url, *arguments], "patches": patches, "bound": bound, "env": env}
        pid = int(self.ask({**wanted, "log": str(log), "ignored": list(ignored)}))
        self.running.add(pid)
        deadline = time.monotonic() + 30
        while True:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text(encoding="utf-8"))
            if found:
                return Served(self, pid, int(found[1]), log, url)
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.01)

    def wait(self, pid: int) -> int:
        """The exit status of a service that ends."""
        self.running.discard(pid)
        return int(self.ask({"wait": pid}))

    def ask(self, wanted: Mapping[str, Any]) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Where services come from; whatever still runs at the end is ended."""
    command = [sys.executable, "-c", NURSERY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        found = Nursery(process)
        try:
            yield found
        finally:
            for pid in found.running:
                os.kill(pid, signal.SIGKILL)
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module")
def site(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all that changes nothing; in the end it has written no traceback, and stops with status 0."""
    folder = tmp_path_factory.mktemp("faults")
    url = f"sqlite:///{folder}/crm.db"
    with Store.open(url, RULES.model) as store:
        store.load([*opportunities(RULES.model), *HOSTILE])
    served = nursery.serve(folder, url)
    yield served
    assert served.stop() == 0
    assert "Traceback" not in served.said
    assert '"status":500' not in served.said


@dataclass
class Pair:
    """Two services over one database, which share a secret."""

    services: tuple[Served, Served]
    store: Store

    def __iter__(self) -> Iterator[Served]:
        return iter(self.services)

    @property
    def port(self) -> int:
        return self.services[0].port

    def put(self, count: int = 1) -> list[str]:
        """Ids of new opportunities, each with an active and a draft quote."""
        ids = [f"o{next(NUMBERS)}" for _ in range(count)]
        self.store.load(map(opportunity, ids))
        return ids


def opportunity(identity: str) -> dict[str, Any]:
    """Facts of an opportunity with two quotes."""
    quotes = [
        {"id": f"{identity}-{state}", "number": state, "revision": 0, "state": state} for state in ("active", "draft")
    ]
    return {"opportunity": {"id": identity, "name": identity, "state": "open", "quotes": quotes}}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('each')}/each.db"
    server = str(request.getfixturevalue("postgres"))
    import psycopg

    name = f"faults_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module")
def pair(nursery: Nursery, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two processes; in the end neither has written a traceback, and both stop with status 0."""
    folder = tmp_path_factory.mktemp("pair")
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    with Store.open(database, RULES.model) as store:
        told = nursery.serve(folder, database, "--secret-file", str(secret), patches=())
        found = Pair((told, nursery.serve(folder, database, patches=(), OPPI18N_SECRET=SECRET)), store)
        yield found
    for each in found:
        assert each.stop() == 0
        assert "Traceback" not in each.said
        assert '"status":500' not in each.said


# ---- asking ----


@dataclass
class Answer:
    """What came back; status 0 is a connection that was closed without a word."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def parsed(content: bytes) -> Answer:
    """The first answer in what came back, without informational ones."""
    head, _, body = content.partition(b"\r\n\r\n")
    if not head:
        return Answer()
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    status = int(first.split(" ")[1])
    return parsed(body) if status == 100 else Answer(status, headers, body)


def exchanged(port: int, *pieces: bytes, pause: float = 0, half: bool = False) -> tuple[Answer, float]:
    """What comes back until the other side has done, and after how many seconds."""
    started, found = time.monotonic(), bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            if half:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while piece := connection.recv(65536):
                found += piece
        except ConnectionResetError:
            pass
    return parsed(bytes(found)), time.monotonic() - started


def next_of(connection: socket.socket) -> Answer:
    """The next answer on a connection that goes on."""
    found = bytearray()
    while piece := connection.recv(65536):
        found += piece
        answer = parsed(bytes(found))
        if b"\r\n\r\n" in found and len(answer.body) >= int(answer.headers["content-length"]):
            return answer
    raise ConnectionError("it was closed")


def raw(
    target: str = "/api/opportunities",
    method: str = "GET",
    *lines: str,
    body: bytes = b"",
    host: str = "localhost",
    close: bool = True,
    locale: str = "en",
) -> bytes:
    """A request, byte by byte; without a body nothing is said of its length."""
    head = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), f"Accept-Language: {locale}", *lines]
    ends = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*head, *ends, *(["Connection: close"] if close else []), "", ""]).encode("latin-1") + body


def ask(port: int, target: str, method: str = "GET", *lines: str, body: bytes = b"", locale: str = "en") -> Answer:
    """The answer to a request that is as it should be."""
    return exchanged(port, raw(target, method, *lines, body=body, locale=locale))[0]


def close(
    port: int, identity: str, *lines: str, outcome: str = "lost", locale: str = "en", quotes: bool = True
) -> Answer:
    """The answer to a closing."""
    body = json.dumps({"close": {"outcome": outcome}, "close_quotes": quotes}).encode()
    target = f"/api/opportunities/{identity}/closing"
    return ask(port, target, "POST", "Content-Type: application/json", *lines, body=body, locale=locale)


def worded(code: str, locale: str, **params: Any) -> str:
    """What a reader is told."""
    return str(Localizer(locale).error(HttpError(code, **params)).text)


# ---- requests that are none ----

JSON: Final = "Content-Type: application/json"
ASKED: Final = "/api/closability"
LONG: Final = "x" * 1_000_000
CHUNKED: Final = "Transfer-Encoding: chunked"

BROKEN: dict[str, tuple[bytes, int, str]] = {
    "a megabyte of one header": (raw("/", "GET", f"X: {LONG}"), 431, "http-head-too-large"),
    "a megabyte of headers": (
        raw("/", "GET", *[f"X{n}: {LONG[:100]}" for n in range(9000)]),
        431,
        "http-head-too-large",
    ),
    "a megabyte of address": (raw(f"/{LONG}"), 431, "http-head-too-large"),
    "a megabyte of query": (raw(f"/?q={LONG}"), 431, "http-head-too-large"),
    "40 kB of headers": (raw("/", "GET", f"X: {LONG[:40_000]}"), 431, "http-head-too-large"),
    "40 kB of query": (raw(f"/?q={LONG[:40_000]}"), 431, "http-head-too-large"),
    "too many cookies": (raw("/", "GET", *["Cookie: a=b"] * 4000), 431, "http-head-too-large"),
    "negative length": (raw(ASKED, "POST", JSON, "Content-Length: -5") + b"{}", 400, "http-malformed"),
    "two lengths": (raw(ASKED, "POST", JSON, "Content-Length: 2", "Content-Length: 3") + b"{}", 400, "http-malformed"),
    "length in words": (raw(ASKED, "POST", JSON, "Content-Length: two") + b"{}", 400, "http-malformed"),
    "length of a lifetime": (raw(ASKED, "POST", JSON, f"Content-Length: {'9' * 19}"), 413, "http-body-too-large"),
    "length without end": (raw(ASKED, "POST", JSON, f"Content-Length: {'9' * 30}"), 400, "http-malformed"),
    "unknown coding": (raw(ASKED, "POST", JSON, "Transfer-Encoding: gzip") + b"{}", 400, "http-malformed"),
    "chunk of no size": (raw(ASKED, "POST", JSON, CHUNKED) + b"zz\r\n{}\r\n0\r\n\r\n", 400, "http-malformed"),
    "chunk that is longer": (raw(ASKED, "POST", JSON, CHUNKED) + b"2\r\n{}{}\r\n0\r\n\r\n", 400, "http-malformed"),
    "no host": (raw(host=""), 400, "http-malformed"),
    "two hosts": (raw("/", "GET", "Host: localhost"), 400, "http-malformed"),
    "foreign host": (raw(host="evil.example"), 421, "http-host"),
    "host with brackets": (raw(host="[::1"), 421, "http-host"),
    "host that is none": (raw(host="\xbd"), 421, "http-host"),
    "no host in HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", 421, "http-host"),
    "bytes in the address": (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "http-malformed"),
    "blank in the address": (raw("/ /x"), 400, "http-malformed"),
    "zero in a header": (raw("/", "GET", "X: a\0b"), 400, "http-malformed"),
    "name of a header": (raw("/", "GET", "X y: z"), 400, "http-malformed"),
    "no version": (b"GET /\r\n\r\n", 400, "http-malformed"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "http-malformed"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 421, "http-host"),
}
"""what is wrong → the request, the status, the code."""


@pytest.mark.parametrize("name", BROKEN)
def test_broken_requests_get_a_clear_answer(site: Served, name: str):
    """A problem or a page, at once, and the connection is closed; the service lives on."""
    request, status, code = BROKEN[name]

    answer, seconds = exchanged(site.port, request)

    assert answer.status == status
    assert answer.headers["content-language"] == "en"
    kind = answer.headers["content-type"]
    said = Localizer("en").error(HttpError(code, limit=32000 if status == 431 else 1_000_000, host="")).text
    if kind == "application/problem+json":
        assert answer.json["code"] == code
    else:
        assert said.partition("{")[0][:20].replace("'", "&#39;") in answer.text
    assert seconds < SOON
    assert ask(site.port, "/health/live").status == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_broken_requests_are_answered_in_the_readers_language(site: Served, locale: str):
    """Even if nothing of them can be read but the language; a cookie counts as well."""
    large = f"GET /api/x HTTP/1.1\r\nAccept-Language: {locale}\r\nX: {LONG}\r\n\r\n".encode()
    chunk = raw(ASKED, "POST", JSON, CHUNKED, locale=locale) + b"zz\r\n"
    cookie = f"GET /api/x HTTP/1.1\r\nCookie: oppi18n_lang={locale}\r\n\r\n".encode()

    for request, code in ((large, "http-head-too-large"), (chunk, "http-malformed"), (cookie, "http-malformed")):
        answer, _ = exchanged(site.port, request)
        assert answer.headers["content-language"] == locale
        assert answer.json["detail"] == worded(code, locale, limit=32000)


FINE: dict[str, tuple[bytes, int]] = {
    "HTTP/1.0": (b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
    "another version": (b"GET / HTTP/3.7\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200),
    "bytes in a header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: \xff\xfe\r\nConnection: close\r\n\r\n", 200),
    "bytes in a cookie": (raw("/", "GET", "Cookie: oppi18n_form=\xff; oppi18n_lang=\xe9; =; ;a"), 200),
    "many cookies": (raw("/", "GET", "Cookie: " + "; ".join(f"c{n}=v" for n in range(3000))), 200),
    "bytes for a language": (raw("/?lang=%ff%fe", "GET", "Accept-Language: \xff;q=x,,*;q=9"), 200),
    "a line before": (b"\r\n" + raw("/"), 200),
    "folded header": (raw("/", "GET", "X: a\r\n b"), 200),
    "an upgrade": (
        raw("/", "GET", "Upgrade: websocket", close=False).replace(
            b"\r\n\r\n", b"\r\nConnection: Upgrade, close\r\n\r\n"
        ),
        200,
    ),
    "HEAD": (raw("/", "HEAD"), 200),
    "OPTIONS": (raw("/", "OPTIONS"), 405),
    "OPTIONS *": (raw("*", "OPTIONS"), 404),
    "CONNECT": (raw("localhost:80", "CONNECT"), 404),
    "TRACE": (raw("/", "TRACE"), 405),
    "unknown method": (raw("/", "BREW"), 405),
    "method of signs": (raw("/", "!#$%&'*+-.^_`|~"), 405),
    "another scheme": (raw("http://evil.example/"), 404),
    "two slashes": (raw("//"), 404),
    "two slashes and a host": (raw("//evil.example/%2e%2e"), 404),
    "dots": (raw("/static/../../etc/passwd"), 404),
    "encoded dots": (raw("/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), 404),
    "half an escape": (raw("/%"), 404),
    "bytes that are no text": (raw("/opportunities/%ff%fe"), 404),
    "half a pair": (raw("/opportunities/%ed%a0%80"), 404),
    "zero": (raw("/opportunities/%00"), 404),
    "line feed": (raw("/%0d%0aSet-Cookie:%20a=b"), 404),
    "question mark": (raw("/api/x%3fy"), 404),
    "long address": (raw(f"/opportunities/{LONG[:20_000]}"), 404),
    "long query": (raw(f"/?q={LONG[:20_000]}&after=%ff&lang=%00"), 200),
    "strange query": (raw("/?&&=&q=%&q=%zz&;"), 200),
    "many parameters": (raw("/?" + "&".join(f"q={n}" for n in range(3000))), 200),
    "length and chunks": (raw(ASKED, "POST", JSON, "Content-Length: 2", CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n", 422),
    "same length twice": (raw(ASKED, "POST", JSON, "Content-Length: 2", "Content-Length: 2") + b"{}", 422),
    "more than was said": (raw(ASKED, "POST", JSON, body=b"{}") + b"GET / HTTP/1.1\r\n\r\n", 422),
    "chunks": (raw(ASKED, "POST", JSON, CHUNKED) + b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n", 422),
    "expectation": (raw(ASKED, "POST", JSON, "Expect: 100-continue", body=b"{}"), 422),
}
"""what is strange → the request, the status."""


@pytest.mark.parametrize("name", FINE)
def test_strange_requests_are_answered_as_they_should_be(site: Served, name: str):
    """What HTTP allows, and what must not lead anywhere else."""
    request, status = FINE[name]

    answer, seconds = exchanged(site.port, request)

    assert answer.status == status
    assert "set-cookie" not in answer.headers or answer.headers["set-cookie"].startswith("oppi18n_")
    assert (answer.body == b"") == request.startswith(b"HEAD")
    assert seconds < SOON


def test_who_hangs_up_after_asking_is_answered(site: Served):
    """Our side of the connection is still open; what was said halfway is not carried out."""
    whole, _ = exchanged(site.port, raw(close=False), half=True)
    part, _ = exchanged(site.port, raw(ASKED, "POST", JSON, "Content-Length: 9", close=False) + b"{}", half=True)

    assert (whole.status, part.status) == (200, 0)


def test_requests_that_come_at_once_are_answered_in_turn(site: Served):
    """Three in one packet, nonsense after them."""
    three = raw("/health/live", close=False) * 3 + b"nonsense\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(three)
        found = b"".join(iter(lambda: connection.recv(65536), b""))

    assert re.findall(rb"HTTP/1.1 (\d+)", found) == [b"200", b"200", b"200", b"400"]


QUESTION: Final = b'{"opportunity": {"state": "open", "quotes": []}}'
LIVE: Final = raw("/health/live", close=False)


@pytest.mark.parametrize(
    "first",
    [b"", LIVE, raw(ASKED, "POST", JSON, body=QUESTION, close=False), raw(ASKED, "POST", CHUNKED) + b"0\r\n\r\n"],
    ids=["at first", "after an answer", "after the shortcut", "after chunks"],
)
@pytest.mark.parametrize("blank", [b"\r\n", b"\n", b"\r\n\r\n"])
def test_empty_lines_of_their_own_are_passed_over(site: Served, first: bytes, blank: bytes):
    """They are neither the end of a connection nor a request; what is asked afterwards is answered."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if first:
            connection.sendall(first.replace(b"Connection: close\r\n", b""))
            assert next_of(connection).status in {200, 415}
        connection.sendall(blank)
        time.sleep(0.02)
        assert ask(site.port, "/health/live").status == 200
        connection.sendall(LIVE)
        assert next_of(connection).status == 200


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([raw("/", "HEAD", CHUNKED), b"zz\r\n"], 400),
        ([raw("/", "HEAD", CHUNKED) + b"zz\r\n"], 400),
        ([raw(ASKED, "HEAD", "Content-Length: 9") + b"x"], 405),
        ([raw(ASKED, "HEAD", f"Content-Length: {'9' * 19}")], 405),
    ],
)
def test_bodies_of_head_requests_end_their_connection(site: Served, pieces: list[bytes], status: int):
    """Whatever is wrong with them is told without a body of ours."""
    answer, seconds = exchanged(site.port, *pieces)

    assert (answer.status, answer.body) == (status, b"")
    assert seconds < SOON


# ---- requests that do not end ----

SLOW: dict[str, tuple[list[bytes], int, float]] = {
    "nothing": ([], 0, 0),
    "a byte": ([b"G"], 408, 0),
    "headers byte by byte": (
        [bytes([each]) for each in b"GET /api/x HTTP/1.1\r\nAccept-Language: ko\r\nX: 1"],
        408,
        0.02,
    ),
    "no body": ([raw(ASKED, "POST", JSON, "Content-Length: 9", close=False)], 408, 0),
    "body byte by byte": ([raw(ASKED, "POST", JSON, "Content-Length: 99"), *[b"x"] * 40], 408, 0.02),
    "chunks without end": ([raw(ASKED, "POST", JSON, CHUNKED), *[b"1\r\nx\r\n"] * 40], 408, 0.02),
    "a body after the answer": (
        [raw("/nowhere", "POST", JSON, "Content-Length: 99", close=False), *[b"x"] * 70],
        404,
        0.02,
    ),
}
"""what does not end → the pieces, the status, the seconds between them."""


@pytest.mark.parametrize("name", SLOW)
def test_slow_requests_end(site: Served, name: str):
    """They are told so and closed, and hold up nobody else."""
    pieces, status, pause = SLOW[name]
    found: list[tuple[Answer, float]] = []
    slow = threading.Thread(target=lambda: found.append(exchanged(site.port, *pieces, pause=pause)))

    slow.start()
    assert ask(site.port, "/health/live").status == 200
    slow.join()

    [(answer, seconds)] = found
    assert answer.status == status
    assert seconds < SOON


def test_slow_requests_are_told_in_the_readers_language(site: Served):
    """The headers came, or at least that one of them."""
    head, _ = exchanged(site.port, b"GET /api/x HTTP/1.1\r\nAccept-Language: sv\r\nX")
    body, _ = exchanged(site.port, raw(ASKED, "POST", JSON, "Content-Length: 9", locale="sv"))

    assert [each.json["detail"] for each in (head, body)] == [worded("http-too-slow", "sv")] * 2
    assert {each.headers["content-language"] for each in (head, body)} == {"sv"}


def asking_without_reading(port: int) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", port))
        connection.sendall(raw("/api/openapi.json", close=False) * 6000)
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")


def test_answers_that_nobody_reads_are_not_kept(site: Served):
    """Megabytes were asked for; the connection is given up, and so is what was still to be said."""
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        asking_without_reading(site.port)

    assert ask(site.port, "/health/live").status == 200


def test_crowd_is_told_to_come_again(nursery: Nursery, tmp_path: Path):
    """503 with Retry-After above the number of connections; far above it, a closed door."""
    patches = [*PATCHES, ("oppi18n.server.connection", "MOST", 10), ("oppi18n.server.connection", "HEAD_SECONDS", 30)]
    served = nursery.serve(tmp_path, f"sqlite:///{tmp_path}/few.db", patches=patches)
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(socket.create_connection(("127.0.0.1", served.port)))
        refused = ask(served.port, "/api/opportunities", locale="ja")
        stack.enter_context(socket.create_connection(("127.0.0.1", served.port)))
        shut = ask(served.port, "/api/opportunities")

    assert (refused.status, refused.headers["retry-after"], shut.status) == (503, "5", 0)
    assert refused.json["detail"] == worded("http-too-many", "ja")
    deadline = time.monotonic() + 5
    while ask(served.port, "/health/live").status != 200:
        assert time.monotonic() < deadline
    assert served.stop() == 0


@pytest.mark.parametrize("first", [LIVE, raw(ASKED, "POST", JSON, body=QUESTION, close=False)])
def test_second_request_on_a_connection_may_not_be_slower(site: Served, first: bytes):
    """Its headers do not end: told so; where nothing was asked for, nothing is told."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(first)
        answers = connection.recv(65536)
        connection.sendall(b"GET /api/x HTTP/1.1\r\nX")
        answers += b"".join(iter(lambda: connection.recv(65536), b""))
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as idle:
        idle.sendall(first)
        time.sleep(0.8)
        idle.sendall(first)
        found = b""
        while len(told := re.findall(rb"HTTP/1.1 (\d+)", found)) < 2:
            found += idle.recv(65536)
        assert told == [b"200", b"200"]

    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"408"]


@pytest.mark.parametrize("how", ["length", "chunks"])
@pytest.mark.parametrize("locale", LOCALES[:2])
def test_large_bodies_are_refused_and_the_refusal_arrives(site: Served, how: str, locale: str):
    """Three megabytes are sent whatever the service says, and then its answer is read."""
    large = b"x" * 3_000_000
    if how == "length":
        request = raw(ASKED, "POST", JSON, body=large, locale=locale)
    else:
        request = raw(ASKED, "POST", JSON, CHUNKED, locale=locale) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(large), large)

    answer, _ = exchanged(site.port, request)

    assert (answer.status, answer.json["detail"]) == (413, worded("http-body-too-large", locale, limit=1_000_000))


# ---- any bytes ----

TOKENS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "get", "OPTIONS", "X-\u00ff", "", " ", "\0"])
TARGETS = st.one_of(
    st.sampled_from(["/", "*", "//", "/?q=", "/api/opportunities", "/%", "http://[::1", "/opportunities/%00/", ""]),
    st.text(st.characters(max_codepoint=255), max_size=30).map(lambda text: f"/{text}"),
    st.sampled_from([f"/api/opportunities/{BLOCKED}/closing", f"/opportunities/{BLOCKED}", "/static/a/b", "/%2f%2f"]),
)
VALUES = st.text(st.characters(max_codepoint=255), max_size=30)
LINES = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                *(
                    "Host",
                    "Content-Length",
                    "Transfer-Encoding",
                    "Connection",
                    "Expect",
                    "If-Match",
                    "Origin",
                    "Cookie",
                ),
                *("Accept-Language", "Content-Type", "Idempotency-Key", "Sec-Fetch-Site", "Upgrade", "Range", "X"),
            ]
        ),
        st.one_of(
            VALUES,
            st.sampled_from(
                ["1", "0", "-1", "chunked", "close", "keep-alive", "100-continue", '"1"', "*", "localhost"]
            ),
            st.sampled_from(["application/json", "application/x-www-form-urlencoded", "null", "http://[", "W/", '"']),
        ),
    ).map(": ".join),
    VALUES,
)


@pytest.mark.soak
def test_any_bytes_get_an_answer_or_a_clean_end(site: Served, soak: bool):
    """Never a fault of ours, never silence."""

    @settings(max_examples=3000 if soak else 60)
    @given(TOKENS, TARGETS, st.lists(LINES, max_size=5), st.binary(max_size=40), st.booleans())
    def tried(method: str, target: str, lines: list[str], body: bytes, is_ours: bool) -> None:
        ours = ["Host: localhost"] if is_ours else []
        head = "\r\n".join([f"{method} {target} HTTP/1.1", *ours, *lines, "", ""])
        answer, seconds = exchanged(site.port, head.encode("latin-1", "replace") + body, half=True)
        assert answer.status in {0, 303, 307} or 200 <= answer.status < 300 or 400 <= answer.status < 500
        assert seconds < SOON

    tried()
    assert ask(site.port, "/health/ready").status == 200


# ---- forms and versions ----

HOSTILE: list[dict[str, Any]] = [
    {
        "opportunity": {
            "id": f"hostile-{number}",
            "name": name,
            "state": "open",
            "quotes": [{"id": f"h{number}", "number": name, "revision": 0, "state": "active"}],
        }
    }
    for number, name in enumerate(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "a\x1b[31m\x07b",
            "ab\u202egnp.exe",
            "\u2066open",
            "'; DROP TABLE quote--",
            "a\r\nSet-Cookie: x=y",
        ]
    )
]


class Browser:
    """Keeps its cookies, and sends the forms that it is shown."""

    def __init__(self, port: int, locale: str = "en") -> None:
        self.port, self.locale = port, locale
        self.cookie = ""

    def page(self, identity: str) -> dict[str, str]:
        """What the form on a page sends beside what is typed."""
        answer = ask(self.port, f"/opportunities/{identity}", "GET", *self._cookies(), locale=self.locale)
        self.cookie = answer.headers.get("set-cookie", self.cookie).partition(";")[0]
        return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))

    def send(self, form: Mapping[str, str], identity: str, *lines: str, port: int = 0) -> Answer:
        """The answer to a form."""
        kind = "Content-Type: application/x-www-form-urlencoded"
        body = urlencode(form).encode()
        target = f"/opportunities/{identity}"
        return ask(port or self.port, target, "POST", kind, *self._cookies(), *lines, body=body, locale=self.locale)

    def _cookies(self) -> list[str]:
        return [f"Cookie: {self.cookie}"] if self.cookie else []


@pytest.mark.parametrize("locale", LOCALES)
def test_forged_forms_change_nothing(site: Served, locale: str):
    """Without a token, with a wrong one, without the cookie, from another site: told in the reader's language."""
    browser = Browser(site.port, locale)
    form = {**browser.page(CLOSABLE), "outcome": "won"}
    said = worded("http-forged", locale)

    wrong = [
        browser.send({**form, "token": ""}, CLOSABLE),
        browser.send({**form, "token": form["token"][::-1]}, CLOSABLE),
        browser.send(form, CLOSABLE, "Origin: http://evil.example"),
        browser.send(form, CLOSABLE, "Sec-Fetch-Site: cross-site"),
        Browser(site.port, locale).send(form, CLOSABLE),
        browser.send({**form, "version": "x"}, CLOSABLE),
    ]

    assert [each.status for each in wrong] == [403] * len(wrong)
    assert {each.headers["content-language"] for each in wrong} == {locale}
    assert all(said in each.text for each in wrong)
    assert ask(site.port, f"/api/opportunities/{CLOSABLE}/closability").headers["etag"] == '"1"'


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_are_shown_and_do_nothing(site: Served, number: int):
    """In the list, in the dialog, in problems: no markup, no control characters, set apart from what stands around."""
    name = HOSTILE[number]["opportunity"]["name"]
    pages = [ask(site.port, path).text for path in (f"/?q=hostile-{number}", f"/opportunities/hostile-{number}")]
    problem = close(site.port, f"hostile-{number}", 'If-Match: "1"', outcome="won", quotes=False)

    for page in pages:
        shown = re.sub(r'data-live="[^"]*"', "", page)
        assert "<img" not in shown
        assert "<script>" not in shown
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
    assert problem.status == 409
    assert "set-cookie" not in problem.headers
    assert name not in problem.json["detail"]
    assert all(ord(each) >= 32 for message in problem.json["violations"] for each in message["message"])


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("", 428),
        ('"2"', 412),
        ('W/"1"', 412),
        ('"2", W/"1"', 412),
        ('"a"1"b"', 412),
        ('"01"', 412),
        ("1", 412),
        ('"2", "3"', 412),
        ("\xff", 412),
        ('"2", "1"', 200),
        ('"x" ,, W/"1","1"', 200),
        ('"1"\r\nIf-Match: "7"', 200),
        ("*", 200),
    ],
)
def test_versions_are_compared_as_http_has_it(pair: Pair, tag: str, status: int):
    """A list holds where one of its tags does; weak tags are equal to none."""
    [identity] = pair.put()

    answer = close(pair.port, identity, *([f"If-Match: {tag}"] if tag else []), locale="ja")

    assert answer.status == status
    assert answer.headers["content-language"] == "ja"
    assert pair.store.get(identity).version == (2 if status == 200 else 1)


PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))


@pytest.mark.parametrize("key", ["", " ", "k", "\xff\xfe", "k" * 3000, PRINTABLE * 40], ids=len)
def test_keys_of_any_kind(pair: Pair, key: str):
    """An empty one is none; a long one is as good as another."""
    first, other = pair.put(2)
    line = f"Idempotency-Key: {key}"

    answers = [close(pair.port, identity, 'If-Match: "1"', line) for identity in (first, first, other)]

    assert [each.status for each in answers] == ([200, 200, 409] if key.strip() else [200, 412, 200])
    assert [each.outcome for each in pair.store.audit.entries(first)] == ["closed"]


@pytest.mark.parametrize("locale", LOCALES)
def test_form_of_one_process_is_taken_by_the_other(pair: Pair, locale: str):
    """Sent to both, it is carried out once."""
    one, other = pair
    [identity] = pair.put()
    browser = Browser(one.port, locale)
    form = {**browser.page(identity), "remedy": "close-quotes"}

    answers = [browser.send(form, identity, port=each.port) for each in (other, one, other)]

    assert [each.status for each in answers] == [303, 303, 303]
    assert [each.outcome for each in pair.store.audit.entries(identity)] == ["remedied"]


def test_processes_without_a_secret_in_common_refuse_forms_of_each_other(nursery: Nursery, pair: Pair, tmp_path: Path):
    """What makes a form ours is the secret alone."""
    stranger = nursery.serve(tmp_path, pair.services[0].url)
    [identity] = pair.put()
    browser = Browser(stranger.port)
    form = {**browser.page(identity), "remedy": "close-quotes"}

    assert browser.send(form, identity, port=pair.port).status == 403
    assert browser.send(form, identity).status == 303
    assert stranger.stop() == 0


@pytest.mark.parametrize("place", ["file", "environment"])
@pytest.mark.parametrize("secret", ["", "short", "31 characters are one too few.."])
def test_short_secrets_are_refused(
    place: str, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Whoever sets one wants it to hold; the secret itself is not shown."""
    (tmp_path / "secret").write_text(f"  {secret}\n", encoding="utf-8")
    if place == "environment":
        monkeypatch.setenv("OPPI18N_SECRET", secret)
    options = ["--secret-file", str(tmp_path / "secret")] if place == "file" else []

    assert run(["serve", "--demo", "--port", "0", "--locale", "en", *options]) == 2
    told = capsys.readouterr().err
    assert "is shorter than 32 characters" in told
    assert not secret or f"{secret} " not in told


def test_secret_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Nothing is served with another one in its place."""
    assert run(["serve", "--demo", "--port", "0", "--locale", "en", "--secret-file", str(tmp_path / "none")]) == 2
    assert "there is no file" in capsys.readouterr().err


# ---- at the same time ----


async def closings(ports: Sequence[int], identity: str, many: int) -> list[Answer]:
    """Answers to as many closings at once, in turn to each port."""

    async def one(number: int) -> Answer:
        body = json.dumps({"close": {"outcome": "lost"}, "close_quotes": True}).encode()
        lines = [JSON, ('If-Match: "1"', "If-Match: *")[number % 2], f"Idempotency-Key: {identity}-{number}"]
        target = f"/api/opportunities/{identity}/closing"
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])
        writer.write(raw(target, "POST", *lines, body=body, locale=LOCALES[number % 6]))
        found = parsed(await asyncio.wait_for(reader.read(), 120))
        writer.close()
        return found

    return await asyncio.gather(*map(one, range(many)))


@pytest.mark.soak
def test_of_many_closings_at_once_one_succeeds(pair: Pair, soak: bool):
    """In one process and in both: one is carried out, each of the others is told in its language, and the log agrees."""
    many = 1000 if soak else 36
    for ports in ([pair.port], [each.port for each in pair]):
        [identity] = pair.put()

        answers = asyncio.run(closings(ports, identity, many))

        found = Counter(each.status for each in answers)
        assert found[200] == 1
        assert set(found) <= {200, 409, 412, 503}
        assert all(each.status != 503 or each.headers["retry-after"] == "5" for each in answers)
        assert [each.headers["content-language"] for each in answers] == [LOCALES[n % 6] for n in range(many)]
        entries = [each.outcome for each in pair.store.audit.entries(identity)]
        assert (entries.count("closed"), entries.count("already-closed")) == (1, found[409])
        assert pair.store.get(identity).version == 2
        assert Counter(each["entity"] for each in pair.store.activities(identity)) == {
            "opportunityclose": 1,
            "quoteclose": 2,
        }


def closed_in_log(store: Store) -> Counter[str]:
    """How many entries say of which opportunity that it was closed."""
    return Counter(each.opportunity for each in store.audit.entries() if each.outcome == "closed")


def whole(store: Store, ids: Sequence[str]) -> set[str]:
    """The opportunities that are closed; all others are untouched, and the log and the activities say so."""
    told, seen = closed_in_log(store), [(store.get(each), len(store.activities(each))) for each in ids]
    if told != closed_in_log(store):
        # PostgreSQL may still be keeping what a process wanted that is gone.
        return whole(store, ids)
    found = set()
    for stored, activities in seen:
        record = stored.facts.record["opportunity"]
        states = {record["state"], *(each["state"] for each in record["quotes"])}
        is_closed = record["state"] == "lost"
        assert states == ({"lost", "closed"} if is_closed else {"open", "active", "draft"})
        state = (stored.version, told[record["id"]], activities)
        assert state == ((2, 1, 3) if is_closed else (1, 0, 0))
        found |= {record["id"]} if is_closed else set()
    return found


def closed_until_killed(port: int, ids: Sequence[str]) -> set[str]:
    """Those whose closing was answered before the service was gone."""
    found: set[str] = set()

    def one(mine: Sequence[str]) -> None:
        for identity in mine:
            try:
                answer = close(port, identity, 'If-Match: "1"', f"Idempotency-Key: key-{identity}")
            except OSError:
                return
            if answer.status == 200:
                found.add(identity)

    threads = [threading.Thread(target=one, args=(ids[start::4],)) for start in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


@pytest.mark.soak
def test_killed_closings_are_whole_or_not_there(
    nursery: Nursery, database: str, pair: Pair, tmp_path: Path, soak: bool
):
    """Kill -9 at random: what was answered is there, nothing is there by half; sent again, all is done once."""
    random = Random(11)
    for _ in range(200 if soak else 2):
        ids = pair.put(16)
        served = nursery.serve(tmp_path, database)
        killing = threading.Timer(random.uniform(0.005, 0.25), os.kill, [served.pid, signal.SIGKILL])
        killing.start()
        answered = closed_until_killed(served.port, ids)
        killing.join()
        nursery.wait(served.pid)

        assert answered <= whole(pair.store, ids)
        again = nursery.serve(tmp_path, database)
        answers = [close(again.port, each, 'If-Match: "1"', f"Idempotency-Key: key-{each}") for each in ids]
        assert {(each.status, each.headers["etag"]) for each in answers} == {(200, '"2"')}
        assert whole(pair.store, ids) == set(ids)
        assert again.stop() == 0


# ---- being stopped ----


@contextmanager
def held(url: str, identity: str) -> Iterator[None]:
    """Somebody else is writing."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("SELECT 1 FROM opportunity WHERE id = %s FOR UPDATE", [identity])
        yield


@contextmanager
def meanwhile(act: Callable[[], Answer]) -> Iterator[list[Answer]]:
    """Something is asked while something else happens; its answer is there in the end."""
    found: list[Answer] = []
    thread = threading.Thread(target=lambda: found.append(act()))
    thread.start()
    yield found
    thread.join()


def is_listening(port: int) -> bool:
    """Whether anybody takes connections there."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_stopping_waits_for_the_closing_under_way(nursery: Nursery, database: str, pair: Pair, tmp_path: Path):
    """SIGTERM: it is finished and answered, nothing new is taken on, and the status is 0."""
    [identity] = pair.put()
    served = nursery.serve(tmp_path, database)
    with ExitStack() as hold:
        hold.enter_context(held(database, identity))
        with meanwhile(lambda: close(served.port, identity, 'If-Match: "1"')) as found:
            time.sleep(0.5)
            os.kill(served.pid, signal.SIGTERM)
            deadline = time.monotonic() + 4
            while is_listening(served.port) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not is_listening(served.port)
            hold.close()

    assert found[0].status == 200
    assert nursery.wait(served.pid) == 0
    assert whole(pair.store, [identity]) == {identity}
    assert "Traceback" not in served.said


def test_stopping_does_not_wait_for_who_says_nothing(nursery: Nursery, tmp_path: Path):
    """A connection without a request, and a request without an end, when the terminal is closed."""
    patches = [("oppi18n.server.connection", "REST_SECONDS", 0.5)]
    served = nursery.serve(tmp_path, f"sqlite:///{tmp_path}/x.db", patches=patches)
    half = raw(ASKED, "POST", JSON, "Content-Length: 9", locale="ms")
    with (
        socket.create_connection(("127.0.0.1", served.port)),
        meanwhile(lambda: exchanged(served.port, half)[0]) as found,
    ):
        time.sleep(0.5)
        started = time.monotonic()
        assert served.stop(signal.SIGHUP) == 0

    assert time.monotonic() - started < SOON
    assert (found[0].status, found[0].json["detail"]) == (408, worded("http-too-slow", "ms"))
    assert "Traceback" not in served.said


def test_signals_that_were_ignored_stay_so(nursery: Nursery, tmp_path: Path):
    """As `nohup` wants it: a terminal that goes away does not count."""
    served = nursery.serve(tmp_path, f"sqlite:///{tmp_path}/x.db", ignored=[signal.SIGHUP])

    assert ask(served.port, "/health/live").status == 200
    os.kill(served.pid, signal.SIGHUP)
    time.sleep(0.5)

    assert ask(served.port, "/health/live").status == 200
    assert served.stop() == 0


# ---- logs that nobody reads ----

SERVE: Final = (sys.executable, "-m", "oppi18n", "serve", "--demo", "--locale", "en", "--port")


def test_log_that_is_not_read_stops_nothing():
    """A full pipe: answers go on, and SIGTERM still ends the service."""
    with subprocess.Popen([*SERVE, "0"], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            found = re.search(rb":(\d+)/", process.stderr.readline())
            assert found is not None
            many = raw("/nowhere", host="evil.example", close=False) * 20 + raw("/health/live")
            for _ in range(50):
                answer, seconds = exchanged(int(found[1]), many)
                assert (answer.status, seconds < SOON) == (421, True)
            process.terminate()
            assert process.wait(SOON) == 0
        finally:
            process.kill()


def test_closed_standard_error_is_nobody_elses():
    """Its number is not given to a database or a connection, and there is no log that would be written there."""
    program = (
        "import os; from oppi18n.cli import servelog, servework; servework.fill_streams();"
        "print(os.open(os.curdir, os.O_RDONLY), servelog.logged().__enter__())"
    )
    closed = ["sh", "-c", 'exec "$@" 2>&- <&-', "sh", sys.executable, "-c", program]

    number, log = subprocess.run(closed, capture_output=True, text=True, check=True).stdout.split()

    assert int(number) > 2
    assert log == "None"


def test_service_without_a_standard_error_answers():
    """Each time, and stops as usual."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh", *SERVE, str(port)]
    with subprocess.Popen(closed) as process:
        try:
            deadline = time.monotonic() + 30
            while not is_listening(port):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert [ask(port, "/health/live").status for _ in range(3)] == [200] * 3
            process.terminate()
            assert process.wait(SOON) == 0
        finally:
            process.kill()


def test_dropped_lines_are_counted(monkeypatch: pytest.MonkeyPatch):
    """Nothing waits while nobody reads; whoever reads again is told, and what was kept is whole and in turn."""
    monkeypatch.setattr(servelog, "MOST", 100)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b"\n" * 4096):
            pass
    os.set_blocking(writing, True)
    log = servelog.Log(writing)
    for number in range(1000):
        log(str(number))
    with open(reading, "rb") as file:
        ending = threading.Thread(target=log.close)
        ending.start()
        lines: list[Any] = []
        while not lines or not isinstance(lines[-1], dict):
            lines += [json.loads(line) for line in [file.readline()] if line.strip()]
        ending.join()
    os.close(writing)

    *kept, told = lines
    assert kept == list(range(len(kept)))
    assert len(kept) + told["dropped"] == 1000
    assert 100 <= len(kept) <= 201


def test_end_does_not_wait_for_a_log_that_nobody_reads(monkeypatch: pytest.MonkeyPatch):
    """Only for a moment; where it is read, all is written."""
    monkeypatch.setattr(servelog, "LAST", 0.1)
    reading, writing = os.pipe()
    log, started = servelog.Log(writing), time.monotonic()
    for _ in range(5000):
        log("x" * 99)
    log.close()
    assert time.monotonic() - started < SOON
    assert os.read(reading, 100) == b"x" * 99 + b"\n"
    os.close(reading)


# ---- what stands below ----

LEANT_ON: Final = (
    ("protocol", "app"),
    ("protocol", "client"),
    ("protocol", "config"),
    ("protocol", "conn"),
    ("protocol", "connection_lost"),
    ("protocol", "connection_made"),
    ("protocol", "connections"),
    ("protocol", "cycle"),
    ("protocol", "data_received"),
    ("protocol", "eof_received"),
    ("protocol", "flow"),
    ("protocol", "handle_events"),
    ("protocol", "loop"),
    ("protocol", "on_response_complete"),
    ("protocol", "pause_writing"),
    ("protocol", "resume_writing"),
    ("protocol", "scheme"),
    ("protocol", "scope"),
    ("protocol", "send_400_response"),
    ("protocol", "server"),
    ("protocol", "server_state"),
    ("protocol", "shutdown"),
    ("protocol", "tasks"),
    ("protocol", "timeout_keep_alive"),
    ("protocol", "timeout_keep_alive_handler"),
    ("protocol", "timeout_keep_alive_task"),
    ("protocol", "transport"),
    ("flow", "pause_reading"),
    ("flow", "resume_reading"),
    ("flow", "write_paused"),
    ("state", "default_headers"),
    ("state", "total_requests"),
    ("conn", "our_state"),
    ("conn", "send"),
    ("conn", "their_state"),
    ("conn", "trailing_data"),
    ("cycle", "disconnected"),
    ("cycle", "keep_alive"),
    ("cycle", "message_event"),
    ("cycle", "more_body"),
    ("cycle", "response_complete"),
    ("cycle", "response_started"),
    ("server", "capture_signals"),
    ("server", "handle_exit"),
)
"""Whose attributes the connections of the service read, set or stand in for."""


def test_uvicorn_has_what_is_leant_on():
    """None of it is promised; a version that has changed it is noticed here."""
    config = uvicorn.Config(lambda *_: None, log_config=None, ws="none")
    state = ServerState()
    loop = asyncio.new_event_loop()
    protocol = H11Protocol(config, state, {}, loop)
    loop.close()
    given: dict[str, Any] = dict.fromkeys(signature(RequestResponseCycle).parameters)
    owners = {
        "protocol": protocol,
        "flow": FlowControl(asyncio.Transport()),
        "state": state,
        "conn": protocol.conn,
        "cycle": RequestResponseCycle(**{**given, "conn": protocol.conn}),
        "server": uvicorn.Server(config),
    }

    missing = [f"{owner}.{name}" for owner, name in LEANT_ON if not hasattr(owners[owner], name)]

    assert not missing, f"uvicorn {uvicorn.__version__} has changed"


# ---- databases that fail ----


@dataclass
class Fragile:
    """A service over a database of its own, with little patience."""

    served: Served
    path: Path
    store: Store

    def fails(self, code: str, locale: str, *, ready: bool = False) -> None:
        """A closing, a form and readiness say so in the reader's language; the process itself is alive."""
        port, said = self.served.port, worded(code, locale, reason="").rstrip()
        answer = close(port, CLOSABLE, 'If-Match: "1"', locale=locale)
        assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, code, "5")
        assert answer.headers["content-language"] == locale
        assert answer.json["detail"].startswith(said)
        assert ask(port, "/health/ready").status == (200 if ready else 503)
        assert ready or said in ask(port, "/", locale=locale).text
        assert ask(port, "/health/live").status == 200

    def recovers(self) -> None:
        """Nothing was lost, nothing was done."""
        assert ask(self.served.port, "/health/ready").status == 200
        found = ask(self.served.port, f"/api/opportunities/{CLOSABLE}/closability")
        assert (found.status, found.headers["etag"]) == (200, '"1"')


@pytest.fixture(scope="module")
def fragile(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fragile]:
    """A service whose database will be taken from it."""
    folder = tmp_path_factory.mktemp("fragile")
    path = folder / "folder" / "crm.db"
    path.parent.mkdir()
    with Store.open(f"sqlite:///{path}", RULES.model) as store:
        store.load(opportunities(RULES.model))
        patches = [*PATCHES, ("oppi18n.store.database", "_WAIT", 0.2)]
        served = nursery.serve(folder, f"sqlite:///{path}", patches=patches)
        yield Fragile(served, path, store)
        assert served.stop() == 0
        assert "Traceback" not in served.said


def test_locked_database_is_told(fragile: Fragile):
    """In Swedish; afterwards all is as before."""
    with held(fragile.served.url, CLOSABLE):
        fragile.fails("store-locked", "sv", ready=True)
    fragile.recovers()


def test_database_that_is_gone_is_told_and_not_made_anew(fragile: Fragile):
    """Its file, then its folder: in Japanese. When it is back, so is the service."""
    away = fragile.path.with_suffix(".away")
    fragile.path.rename(away)
    fragile.fails("store-failed", "ja")
    assert not fragile.path.exists()
    away.rename(fragile.path)
    fragile.recovers()
    folder = fragile.path.parent.rename(fragile.path.parent.with_name("away"))
    fragile.fails("store-failed", "ja")
    folder.rename(fragile.path.parent)
    fragile.recovers()


def test_full_database_is_told(fragile: Fragile):
    """In Korean: closings without room are not there at all, and can be sent again when there is some."""
    ids = [f"full-{number}" for number in range(8)]
    fragile.store.load(map(opportunity, ids))
    with closing(sqlite3.connect(fragile.path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    body = json.dumps({"close": {"outcome": "lost", "description": "x" * 2000}, "close_quotes": True}).encode()

    def closed(identity: str) -> Answer:
        target, key = f"/api/opportunities/{identity}/closing", f"Idempotency-Key: {identity}"
        return ask(fragile.served.port, target, "POST", JSON, 'If-Match: "1"', key, body=body, locale="ko")

    limit = Path(f"{fragile.path}.pages")
    limit.write_text(str(pages), encoding="utf-8")
    full = [closed(each) for each in ids]
    limit.unlink()

    done = {identity for identity, answer in zip(ids, full, strict=True) if answer.status == 200}
    assert {each.status for each in full} <= {200, 503}
    assert full[-1].status == 503
    assert full[-1].json["detail"].startswith(worded("store-failed", "ko", reason=""))
    assert whole(fragile.store, ids) == done
    assert [closed(each).status for each in ids] == [200] * len(ids)
    assert whole(fragile.store, ids) == set(ids)


def test_database_that_may_not_be_written_is_told(nursery: Nursery, tmp_path: Path):
    """In Chinese: what can be read is shown, a closing is refused."""
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("root may do everything here")
    url = f"sqlite:///{tmp_path}/crm.db"
    with Store.open(url, RULES.model) as store:
        store.load(opportunities(RULES.model))
        served = nursery.serve(tmp_path, url, bound=os.geteuid() == 0)
        for each in tmp_path.glob("crm.db*"):
            os.chmod(each, 0o444)
        answer = close(served.port, CLOSABLE, 'If-Match: "1"', locale="zh-HK")

        assert (answer.status, answer.json["code"], answer.headers["content-language"]) == (
            503,
            "store-failed",
            "zh-HK",
        )
        assert "readonly" in answer.json["params"]["reason"]
        assert ask(served.port, f"/api/opportunities/{CLOSABLE}/closability").headers["etag"] == '"1"'
        assert store.get(CLOSABLE).version == 1
        assert served.stop() == 0
        assert "Traceback" not in served.said


def test_connection_that_is_ended_is_told_and_made_anew(pair: Pair, database: str):
    """PostgreSQL ends the process that a closing waits in: 503 in Korean, and then all goes on."""
    if database.startswith("sqlite"):
        pytest.skip("SQLite has no processes")
    import psycopg

    [identity] = pair.put()
    line = f"Idempotency-Key: {identity}"
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with (
        held(database, identity),
        psycopg.connect(database, autocommit=True) as other,
        meanwhile(lambda: close(pair.port, identity, 'If-Match: "1"', line, locale="ko")) as found,
    ):
        deadline = time.monotonic() + 4
        while not (row := other.execute(waiting).fetchone()) and time.monotonic() < deadline:
            time.sleep(0.01)
        other.execute("SELECT pg_terminate_backend(%s)", row)

    assert (found[0].status, found[0].json["code"], found[0].headers["retry-after"]) == (503, "store-failed", "5")
    assert found[0].json["detail"].startswith(worded("store-failed", "ko", reason=""))
    assert whole(pair.store, [identity]) == set()
    assert close(pair.port, identity, 'If-Match: "1"', line).status == 200
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert [ask(each.port, "/api/opportunities").status for each in pair] == [200, 200]
    assert whole(pair.store, [identity]) == {identity}


def test_server_that_takes_no_connections_is_told(pair: Pair, database: str):
    """PostgreSQL is away for everybody, then only reads: told in Malay, and over when it is over."""
    if database.startswith("sqlite"):
        pytest.skip("SQLite has no server")
    import psycopg

    [identity] = pair.put()
    name = re.search(r"/(faults_\w+)\?", database)
    assert name is not None
    server = database.replace(f"/{name[1]}?", "/postgres?")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    states = (
        ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"),
        ("SET default_transaction_read_only = on", "RESET ALL"),
    )
    with psycopg.connect(server, autocommit=True) as other:
        for away, back in states:
            other.execute(f"ALTER DATABASE {name[1]} {away}")
            other.execute(ended, [name[1]])
            answer = close(pair.port, identity, 'If-Match: "1"', locale="ms")
            other.execute(f"ALTER DATABASE {name[1]} {back}")
            other.execute(ended, [name[1]])
            assert (answer.status, answer.json["code"], answer.headers["content-language"]) == (
                503,
                "store-failed",
                "ms",
            )
            assert whole(pair.store, [identity]) == set()

    assert close(pair.port, identity, 'If-Match: "1"').status == 200


@pytest.mark.parametrize("key", ["lost", None])
def test_closing_that_was_kept_although_nobody_heard_is_answered(
    database: str, pair: Pair, monkeypatch: pytest.MonkeyPatch, key: str | None
):
    """The connection breaks when all is written: whoever asked learns that it was carried out."""
    [identity] = pair.put()
    broken = iter([True])

    with Store.open(database, RULES.model) as store:
        commit = store.engine.dialect.do_commit

        def breaking(connection: Any) -> None:
            commit(connection)
            if next(broken, False):
                raise OperationalError("COMMIT", {}, Exception("the connection is lost"))

        monkeypatch.setattr(store.engine.dialect, "do_commit", breaking)
        done = store.close(
            RULES, identity, {"outcome": "lost"}, today=date(2026, 3, 31), close_quotes=True, request_id=key
        )

    assert (done.status, done.version) == ("closed", 2)
    assert whole(pair.store, [identity]) == {identity}
