"""The service over HTTP against a bare Starlette route that only parses the JSON and answers a constant.

Figures are the processor time of the serving process per request: one process each, real sockets that stay open, eight
requests under way. No two bodies in a row are the same. The bare route answers with as many bytes, once as bytes made
beforehand and once as a `JSONResponse`; uvicorn serves it with uvloop and httptools. Requests per second and the slowest
hundredth are wall-clock times, and say something on a quiet machine alone. What pages weigh, and a start, are told too.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import date
from decimal import Decimal
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from _http import Load, Server, Turn, answer, request, serving
from _paired import LEAST_ROUNDS, Goal, Row, alone, at_most, by_turns, child_environment, pin, spread
from _records import cases
from startup import oppi18n

from oppi18n.i18n.locales import PRODUCT

NEEDED: Final = ("starlette", "uvicorn", "sqlalchemy", "uvloop", "httptools")
TODAY: Final = date(2026, 3, 31)
LOCALE: Final = "ko"
COUNT: Final = 64
"""Bodies that are asked about in turn."""
POSTS: Final = 2000
GETS: Final = 400
GOAL: Final = at_most(1.3)
ONE: Final = "7a1e0000-0000-4000-8000-000000000001"
SETS: Final = {
    "two sentences": "facts with 3 quotes, blocked with two sentences",
    "closable": "facts with 3 quotes and a request, closable",
    "mixed": "facts with 3 quotes and a request, mixed",
}


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    missing = [each for each in NEEDED if find_spec(each) is None]
    if missing or sys.platform != "linux":
        note = f"{', '.join(missing)} not installed" if missing else "only Linux tells the time of another process"
        yield Row("POST /api/closability", "bare route", None, GOAL, note=note)
        return
    pin()
    with tempfile.TemporaryDirectory() as folder:
        database = made(folder)
        environment = child_environment(folder)
        with (
            serving("service", database, environment=environment) as ours,
            serving("service", database, "quiet", environment=environment) as quiet,
        ):
            for name, title in SETS.items():
                asked = [request("POST", "/api/closability", body, locale=LOCALE) for body in bodies(name)]
                agree(ours, name, asked)
                yield from compared(f"POST, {title}", (ours, quiet), asked, rounds, POSTS, folder, GOAL)
            asked = [request("GET", f"/api/opportunities/{ONE}/closability", locale=LOCALE)]
            yield from compared("GET, 3 quotes from SQLite", (ours, quiet), asked, rounds, GETS, folder)
            yield from weights(ours)
        yield from starts(rounds, folder, database)


# ---- what is asked ----


def made(folder: str) -> str:
    """A database with the opportunities of the demonstration."""
    from oppi18n import load_rules
    from oppi18n.server.demo import opportunities
    from oppi18n.store import Store

    path, model = f"{folder}/crm.db", load_rules("close-opportunity").model
    with Store.open(f"sqlite:///{path}", model) as store:
        store.load(opportunities(model))
    return path


def bodies(name: str) -> list[bytes]:
    """Facts as JSON, no two alike."""
    if name != "two sentences":
        kind = "clean" if name == "closable" else "mixed"
        return [_line({"opportunity": each.opportunity, "close": each.close}) for each in cases(3, COUNT, kind)]
    found = []
    for each in cases(3, COUNT, "clean"):
        states = zip(each.opportunity["quotes"], ("active", "active", "draft"), strict=True)
        quotes = [{**quote, "state": state, "status_reason": None} for quote, state in states]
        found.append(_line({"opportunity": {**each.opportunity, "quotes": quotes}}))
    return found


def _line(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, default=_plain).encode()


def _plain(value: Decimal | date) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def agree(server: Server, name: str, asked: list[bytes]) -> None:
    """The service answers what the engine answers, to the byte."""
    from oppi18n import Localizer, load_rules
    from oppi18n.i18n import answers
    from oppi18n.model.facts import Facts, checked

    rules, speaker = load_rules("close-opportunity"), Localizer(LOCALE)
    head = {"ruleset": rules.id, "digest": rules.digest, "locale": LOCALE, "today": TODAY.isoformat(), "zone": "UTC"}
    for body, each in zip(bodies(name), asked, strict=True):
        facts = Facts(checked(rules.model, json.loads(body, parse_float=Decimal)))
        request_, added = facts.record.get("close"), {}
        if request_ is not None:
            request_, added = rules.complete(facts, request_, today=TODAY)
        decision = rules.evaluate(facts, request=request_, today=TODAY)
        decision.defaults = added
        result = answers.result(facts, decision, speaker, "close")
        wanted = answers.envelope("check", {**head, "asked": decision.asked}, results=[result], errors=[])
        if answer(server.port, each) != answers.line_of(wanted).encode() + b"\n":
            raise SystemExit(f"the service answers {body.decode()} otherwise than the engine")


# ---- what it takes ----


def compared(
    title: str,
    servers: tuple[Server, Server],
    asked: list[bytes],
    rounds: int,
    count: int,
    folder: str,
    goal: Goal | None = None,
) -> Iterator[Row]:
    """The service, with its log and quiet, against the bare route."""
    lengths = sorted((len(found := answer(servers[0].port, each)), found) for each in asked)
    constant = Path(folder, "answer.json")
    constant.write_bytes(lengths[len(lengths) // 2][1])
    found: dict[str, list[Turn]] = {}

    def timer(name: str, load: Load) -> int:
        turn = load.turn(count)
        found.setdefault(name, []).append(turn)
        return turn.cpu

    with ExitStack() as stack:
        bare = {kind: stack.enter_context(serving(kind, str(constant))) for kind in ("bytes", "json")}
        contenders = {"ours": servers[0], "quiet": servers[1], **bare}
        loads = {name: stack.enter_context(closing(Load(server, asked))) for name, server in contenders.items()}
        times = by_turns({name: lambda name=name: timer(name, loads[name]) for name in loads}, rounds)  # type: ignore[misc]
    yield Row(title, "bare route, bytes", times.over("ours", "bytes"), goal)
    yield Row(f"{title}, no log", "bare route, bytes", times.over("quiet", "bytes"))
    yield Row(title, "bare route, JSONResponse", times.over("ours", "json"), goal)
    for name, shown in (("ours", title), ("bytes", f"bare route as in {title}")):
        turns = found[name][1:]
        yield Row(shown, "processor time", spread([each.cpu / count / 1000 for each in turns]), unit="µs")
        yield Row(shown, "requests a second", spread([each.rate for each in turns]), unit="/s")
        yield Row(shown, "slowest hundredth", spread([each.p99 for each in turns]), unit="ms")


# ---- what pages weigh ----


def weights(server: Server) -> Iterator[Row]:
    """The list and a dialog with all that it loads: style, script, rules, words."""
    page = answer(server.port, request("GET", f"/opportunities/{ONE}?outcome=won", locale=LOCALE))
    yield from weighed("list", answer(server.port, request("GET", "/", locale=LOCALE)))
    parts = {"dialog": page}
    for path in loaded(page.decode()):
        parts[path.rpartition("/")[2]] = answer(server.port, request("GET", path))
    for name, content in parts.items():
        yield from weighed(name, content)
    for tag in PRODUCT:
        other = answer(server.port, request("GET", f"/opportunities/{ONE}", locale=tag)).decode()
        if tag != LOCALE:
            path = loaded(other)[-1]
            yield from weighed(path.rpartition("/")[2], answer(server.port, request("GET", path)))
    yield from weighed(f"dialog with all {len(parts)} requests", *parts.values())


def loaded(page: str) -> list[str]:
    """The addresses of what a page loads, the words last."""
    live = json.loads(unescape(re.findall(r'data-live="([^"]*)"', page)[0]))
    found = re.findall(r'<link rel="stylesheet" href="([^"]*)"|<script type="module" src="([^"]*)"', page)
    return [*("".join(each) for each in found), live["rules"], live["texts"]]


def weighed(name: str, *parts: bytes) -> Iterator[Row]:
    """As it is, and packed as a proxy does it."""
    yield Row(f"weight, {name}", "as it is", spread([sum(map(len, parts)) / 1000]), unit="kB")
    yield Row(f"weight, {name}", "gzip", spread([sum(len(gzip.compress(each, 6)) for each in parts) / 1000]), unit="kB")


# ---- a start ----


def starts(rounds: int, folder: str, database: str) -> Iterator[Row]:
    """Processor time until `/health/ready` answers, byte code and cache warm."""
    environment = child_environment(folder)
    constant = str(Path(folder, "answer.json"))
    command = [*oppi18n(), "serve", "--database", database, "--port", "0", "--locale", "en"]

    def bare() -> int:
        with serving("bytes", constant, environment=environment) as server:
            answer(server.port, request("GET", "/health/ready"))
            return server.cpu()

    times = by_turns({"serve": lambda: started(command, environment), "bare": bare}, max(rounds, LEAST_ROUNDS))
    yield Row("oppi18n serve, until ready", "bare route, until ready", times.over("serve", "bare"))
    yield Row(
        "oppi18n serve, until ready", "processor time", spread([each / 1e6 for each in times.found["serve"]]), unit="ms"
    )


def started(command: list[str], environment: Mapping[str, str]) -> int:
    """Processor time of a start of the command."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        port = re.search(r"127\.0\.0\.1:(\d+)/", said)
        if port is None:
            raise SystemExit(said + process.stderr.read().decode())
        server = Server(process, int(port[1]))
        answer(server.port, request("GET", "/health/ready"))
        took = server.cpu()
        process.terminate()
        process.stderr.read()
        process.wait(timeout=60)
    return took


if __name__ == "__main__":
    alone(rows)
