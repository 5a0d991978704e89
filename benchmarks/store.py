"""Filling, emptying and closing in an SQLite database, against the standard library doing as little as can be done.

The files are made here. What is loaded by hand goes from a `csv.reader`, or from `json.load`, into `executemany`, with
no check of any kind; both databases hold the same rows afterwards. A closing is compared with its own statements, which
are written down and then sent again without anything around them.
"""

from __future__ import annotations

import csv
import gc
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from _paired import Row, alone, at_most, by_turns, cpu

from oppi18n import load_rules

SIZE: Final = 10_000
CLOSINGS: Final = 40
TODAY: Final = date(2026, 3, 31)
RULES: Final = load_rules("close-opportunity")
STATES: Final = {"draft": "in_progress", "active": "open", "won": "won", "closed": "lost"}


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    try:
        from oppi18n.store import Store
    except ModuleNotFoundError as error:
        yield Row("filling a database", "by hand", None, note=f"{error.name} is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder), Store)
        timers = {
            "csv": lambda: _timed(files.load_tables),
            "csv by hand": lambda: _timed(files.load_tables_by_hand),
            "json": lambda: _timed(files.load_json),
            "json by hand": lambda: _timed(files.load_json_by_hand),
        }
        times = by_turns(timers, rounds)
        yield Row("load, two tables of CSV", "csv.reader, executemany", times.over("csv", "csv by hand"), at_most(3))
        yield Row("load, Dataverse's JSON", "json.load, executemany", times.over("json", "json by hand"), at_most(2))
        yield from _exports(files, rounds)
        yield from _closings(files, rounds)


def _timed(run: Callable[[], object]) -> int:
    """Processor time in ns; with the garbage collection that the command has, for that is a part of it."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        return cpu(run)
    finally:
        gc.set_threshold(*usual)


class _Files:
    """The same opportunities as JSON, as two tables, and in a database."""

    def __init__(self, folder: Path, store: Any) -> None:
        self.folder = folder
        self.store = store
        self.empty, self.full = folder / "empty.db", folder / "full.db"
        store.open(str(self.empty), RULES.model).dispose()
        chance = random.Random(1)
        with store.open(str(self.full), RULES.model) as made:
            made.load(_facts(chance, number) for number in range(SIZE))
        self.export_json(folder / "all.json")
        self.export_tables(folder / "o.csv", folder / "q.csv")
        found = [_content(run()) for run in (self.load_tables_by_hand, self.load_json, self.load_json_by_hand)]
        if any(each != _content(self.load_tables()) for each in found):
            sys.exit("the databases differ")

    def fresh(self) -> Path:
        """An empty database with all its tables."""
        path = self.folder / "fresh.db"
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
        shutil.copyfile(self.empty, path)
        return path

    def load_tables(self) -> Path:
        return self._load("o.csv", (str(self.folder / "q.csv"),))

    def load_json(self) -> Path:
        return self._load("all.json", ())

    def _load(self, name: str, companions: tuple[str, ...]) -> Path:
        from oppi18n.readers.streams import stream

        path = self.fresh()
        with self.store.open(str(path), RULES.model) as store:
            store.load(stream(str(self.folder / name), model=RULES.model, companions=companions))
        return path

    def load_tables_by_hand(self) -> Path:
        path = self.fresh()
        with closing(_connected(path)) as connection, open(self.folder / "o.csv", newline="") as first:
            connection.execute("BEGIN IMMEDIATE")
            lines = csv.reader(first)
            named = [*next(lines), "quotes_loaded", "row_version"]
            _insert(
                connection, "opportunity", named, ([each or None for each in line] + ["whole", 1] for line in lines)
            )
            with open(self.folder / "q.csv", newline="") as second:
                lines = csv.reader(second)
                named = ["parent", *next(lines)[1:], "position"]
                _insert(connection, "quote", named, _numbered(lines))
            connection.execute("COMMIT")
        return path

    def load_json_by_hand(self) -> Path:
        path = self.fresh()
        entities = json.loads((self.folder / "all.json").read_text(encoding="utf-8"), parse_float=str)["value"]
        root, child = (list(_named(name)) for name in ("opportunity", "quote"))
        with closing(_connected(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            named = [*(name for name, _, _ in root), "quotes_loaded", "row_version"]
            _insert(connection, "opportunity", named, ([*_values(root, each), "whole", 1] for each in entities))
            named = [*(name for name, _, _ in child), "parent", "position"]
            quotes = (
                [*_values(child, quote), each["opportunityid"], place]
                for each in entities
                for place, quote in enumerate(each["opportunity_quotes"])
            )
            _insert(connection, "quote", named, quotes)
            connection.execute("COMMIT")
        return path

    def export_json(self, path: Path) -> None:
        from oppi18n.store.export import as_json, look_at

        with self.store.open(str(self.full), RULES.model) as store, look_at(store) as look:
            path.write_text("".join(text for _, text in as_json(look)), encoding="utf-8")

    def export_tables(self, first: Path, second: Path) -> None:
        from oppi18n.store.export import as_csv, look_at

        with self.store.open(str(self.full), RULES.model) as store, look_at(store) as look:
            for name, path in (("opportunity", first), ("quote", second)):
                path.write_text("".join(text for _, text in as_csv(look, name)), encoding="utf-8", newline="")

    def export_tables_by_hand(self) -> None:
        with closing(_connected(self.full)) as connection:
            for name, order in (("opportunity", "id"), ("quote", "parent, position")):
                with open(self.folder / "by-hand.csv", "w", encoding="utf-8", newline="") as file:
                    found = connection.execute(f"SELECT * FROM {name} ORDER BY {order}")
                    csv.writer(file, lineterminator="\n").writerows(found)

    def export_json_by_hand(self) -> None:
        root, child = (list(_named(name)) for name in ("opportunity", "quote"))
        with closing(_connected(self.full)) as connection:
            inner: dict[str, list[dict[str, Any]]] = {}
            for parent, *values in connection.execute(_selected("quote", ["parent", *(name for name, _, _ in child)])):
                inner.setdefault(parent, []).append(_entity(child, values))
            own = connection.execute(_selected("opportunity", [name for name, _, _ in root]))
            found = [{**_entity(root, values), "opportunity_quotes": inner.get(values[0], [])} for values in own]
        (self.folder / "by-hand.json").write_text(json.dumps({"value": found}, ensure_ascii=False), encoding="utf-8")


def _exports(files: _Files, rounds: int) -> Iterator[Row]:
    one, two = files.folder / "1.csv", files.folder / "2.csv"
    timers = {
        "csv": lambda: _timed(lambda: files.export_tables(one, two)),
        "csv by hand": lambda: _timed(files.export_tables_by_hand),
        "json": lambda: _timed(lambda: files.export_json(one)),
        "json by hand": lambda: _timed(files.export_json_by_hand),
    }
    times = by_turns(timers, rounds)
    yield Row("export, two tables of CSV", "SELECT, csv.writer", times.over("csv", "csv by hand"), at_most(2))
    yield Row("export, Dataverse's JSON", "SELECT, json.dumps", times.over("json", "json by hand"), at_most(1))


def _closings(files: _Files, rounds: int) -> Iterator[Row]:
    """Closings of opportunities with three quotes; the statements are those of the same closings."""
    from sqlalchemy import event

    facts = [_facts(random.Random(each), each, states=("draft", "active", "won")) for each in range(CLOSINGS)]

    def ready() -> Path:
        path = files.fresh()
        with files.store.open(str(path), RULES.model) as store:
            store.load(facts)
        return path

    sent: list[tuple[str, Any]] = []
    with files.store.open(str(ready()), RULES.model) as store:
        event.listen(store.engine, "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
        _close_all(store)
    wanted = len([each for each in sent if each[0].startswith("BEGIN")])
    if wanted != CLOSINGS:
        sys.exit(f"{wanted} transactions for {CLOSINGS} closings")

    def ours() -> int:
        with files.store.open(str(ready()), RULES.model) as store:
            _close_all(store, times=1)
            return cpu(lambda: _close_all(store))

    def by_hand() -> int:
        path = ready()
        return cpu(lambda: _send(path, sent))

    times = by_turns({"ours": ours, "by hand": by_hand}, rounds)
    yield Row("a closing, three quotes, decided and written", "its statements alone", times.over("ours", "by hand"))


def _close_all(store: Any, times: int = CLOSINGS) -> None:
    for number in range(times):
        store.close(RULES, _id(number), {"outcome": "lost"}, today=TODAY, close_quotes=True, who="ann")


def _send(path: Path, sent: list[tuple[str, Any]]) -> None:
    connection = None
    for statement, parameters in sent:
        if statement.startswith("BEGIN"):
            if connection is not None:
                connection.execute("COMMIT")
                connection.close()
            connection = _connected(path)
        assert connection is not None
        connection.execute(statement, parameters)
    if connection is not None:
        connection.execute("COMMIT")
        connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _insert(connection: sqlite3.Connection, table: str, named: list[str], lines: Iterator[Any]) -> None:
    marks = ", ".join("?" * len(named))
    connection.executemany(f"INSERT INTO {table} ({', '.join(named)}) VALUES ({marks})", lines)


def _selected(table: str, named: list[str]) -> str:
    return f"SELECT {', '.join(named)} FROM {table} ORDER BY {'id' if table == 'opportunity' else 'parent, position'}"


def _numbered(lines: Iterator[list[str]]) -> Iterator[list[Any]]:
    last, place = "", 0
    for line in lines:
        place = place + 1 if line[0] == last else 0
        last = line[0]
        yield [*(each or None for each in line), place]


def _named(record: str) -> Iterator[tuple[str, str, dict[Any, Any]]]:
    """The fields of a record: ours, Dataverse's, and what its codes mean."""
    for field in RULES.model.records[record].fields.values():
        if field.type == "enumeration":
            codes = {code: value.name for code, value in RULES.model.enumerations[field.of].by_code.items()}
            yield field.name, field.dataverse, codes | {name: code for code, name in codes.items()}
        elif field.type != "list":
            yield field.name, field.dataverse.replace("_transactioncurrencyid_value", "transactioncurrencyid"), {}


def _values(fields: list[tuple[str, str, dict[Any, Any]]], entity: dict[str, Any]) -> Iterator[Any]:
    for _, name, codes in fields:
        value = entity[name]
        if codes:
            value = codes.get(value)
        elif name == "transactioncurrencyid" and value:
            value = value["isocurrencycode"]
        elif isinstance(value, str) and value[10:] == "T00:00:00Z":
            value = value[:10]
        yield str(value) if isinstance(value, int) and name in ("totalamount", "estimatedvalue") else value


def _entity(fields: list[tuple[str, str, dict[Any, Any]]], values: list[Any]) -> dict[str, Any]:
    return {
        name: codes.get(value) if codes else {"isocurrencycode": value} if name == "transactioncurrencyid" else value
        for (_, name, codes), value in zip(fields, values, strict=True)
    }


def _content(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(f"SELECT * FROM {each} ORDER BY id").fetchall() for each in ("opportunity", "quote")]


def _id(number: int) -> str:
    return f"{random.Random(number).getrandbits(128):032x}"


def _facts(chance: random.Random, number: int, states: tuple[str, ...] = ()) -> dict[str, Any]:
    """An opportunity with three quotes; its id is as random as a GUID."""
    drawn = states or tuple(chance.choices(list(STATES), k=3))
    return {
        "opportunity": {
            "id": _id(number),
            "name": f"Cafe A-{number} automats – Malmö",
            "state": "open",
            "status_reason": "in_progress",
            "order_type": "project",
            "customer": f"{chance.getrandbits(128):032x}",
            "currency": "USD",
            "estimated_revenue": Decimal(chance.randrange(10**8)) / 100,
            "estimated_close_date": date.fromordinal(739_000 + chance.randrange(700)),
            "actual_revenue": None,
            "actual_close_date": None,
            "created_on": date.fromordinal(738_000 + chance.randrange(700)),
            "quotes": [_quote(chance, f"{number}-{place}", state) for place, state in enumerate(drawn)],
        }
    }


def _quote(chance: random.Random, name: str, state: str) -> dict[str, Any]:
    return {
        "id": f"{chance.getrandbits(128):032x}",
        "number": f"QUO-{name}",
        "revision": chance.randrange(4),
        "name": f"Offer {name}",
        "state": state,
        "status_reason": STATES[state],
        "order_type": "project",
        "currency": "USD",
        "total_amount": Decimal(chance.randrange(10**8)) / 100,
        "effective_from": date.fromordinal(739_000 + chance.randrange(700)),
        "effective_to": None,
        "expires_on": None,
    }


if __name__ == "__main__":
    alone(rows)
