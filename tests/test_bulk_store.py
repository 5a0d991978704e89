"""The tables of a store, and marks of what was loaded, are read for what they say: nothing unknown becomes closable."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from oppi18n import DataError, load_rules
from oppi18n.bulk import evaluate, marks
from oppi18n.bulk.evaluation import Evaluation
from oppi18n.bulk.opening import Opening
from oppi18n.bulk.question import question
from oppi18n.readers.streams import stream

TODAY = date(2026, 3, 31)
MODEL = load_rules("close-opportunity").model
NUMBERS = count(1)
NEXT = {"opportunity_quotes@odata.nextLink": "https://x/?$skiptoken=1"}


def records() -> list[dict[str, Any]]:
    """Opportunities with everything known, with fields that are empty or were not loaded, with lists in all states."""
    own: tuple[dict[str, Any], ...] = ({}, {"name": None, "createdon": None, "msdyn_ordertype": None, "statuscode": None}, {
        "name": "a", "createdon": "2026-01-31T00:00:00Z", "msdyn_ordertype": 192350001, "statuscode": 1,
        "estimatedvalue": 100.5, "transactioncurrencyid": {"isocurrencycode": "SEK"},
    }, {"createdon": "2027-01-31T00:00:00Z", "msdyn_ordertype": 192350001, "estimatedvalue": None})  # fmt: skip
    closed = {"statecode": 3, "statuscode": 5, "quotenumber": "Q", "revisionnumber": 0}
    lists: tuple[list[dict[str, Any]] | None, ...] = (
        None,
        [],
        [{"statecode": 1}],
        [closed],
        [{"statecode": 0}, {**closed, "statuscode": None}, closed],
    )
    found = []
    for number, (fields, quotes, more) in enumerate(product(own, lists, ({}, NEXT))):
        record = {"opportunityid": f"o{number:02}", "statecode": 0, **fields}
        if quotes is not None:
            inner = [{"quoteid": f"q{number:02}-{place}", **each} for place, each in enumerate(quotes)]
            record |= {"opportunity_quotes": inner, **more}
        found.append(record)
    return [*found, {"opportunityid": "p1"}, {"opportunityid": "p2", "statecode": 1, "opportunity_quotes": []}]


@pytest.fixture
def answered() -> Iterator[Callable[..., list[list[Any]]]]:
    """The findings and the verdicts about a source."""
    opened = []

    def asked(path: str, request: dict[str, Any] | None = None) -> list[list[Any]]:
        database = Opening(MODEL).open([path])
        opened.append(database)
        evaluation = Evaluation(question(today=TODAY, request=request), database)
        verdicts = [[*row] for row in evaluation.records()[1]]
        return [*sorted(verdicts, key=str), *sorted(([*row] for row in evaluation.rows()[1]), key=str)]

    yield asked
    for each in opened:
        each.close()


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest, require: Any, tmp_path: Path) -> Callable[[Path], str]:
    """Put a file into a store of its own: the source that `bulk` reads."""
    require("store", find_spec("sqlalchemy"))
    require("bulk", find_spec("duckdb"))
    from oppi18n.store import Store

    def made() -> str:
        if request.param == "sqlite":
            return str(tmp_path / "store.db")
        import psycopg

        url, name = request.getfixturevalue("postgres"), f"bulk_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(url.replace("/postgres?", f"/{name}?"))

    def put(path: Path) -> str:
        place = made()
        with Store.open(f"sqlite:///{place}" if request.param == "sqlite" else place, MODEL) as store:
            store.load(each for each in stream(str(path), model=MODEL) if not isinstance(each, DataError))
        return place

    return put


def test_a_store_answers_as_its_file(stored, answered, tmp_path):
    """Whatever is blocked, closable, known in part or not at all in a file is just that in the database."""
    path = tmp_path / "crm.json"
    path.write_text(json.dumps({"value": records()}), encoding="utf-8")
    source = stored(path)

    seen = set()
    for request in (None, {"outcome": "won"}, {"outcome": "lost"}):
        wanted = answered(str(path), request)
        seen |= {row[1] for row in wanted}
        assert answered(source, request) == wanted
    assert seen == {"blocked", "closable", "undetermined"}


def test_what_a_store_calls_things_is_known(require):
    """The names that are written down here are those of the store."""
    require("store", find_spec("sqlalchemy"))
    from oppi18n.store import tables

    made = tables.tables_of(MODEL)
    assert marks.NOT_LOADED == tables.NOT_LOADED
    assert (tables.PARENT, made.about.name) == (marks._PARENT, marks._STORE)
    for state, found in ((tables.WHOLE, 2), (tables.PARTIAL, 1), ("some", 0), (None, 0)):
        assert _sqlite("SELECT {}", state) == found


def _sqlite(sql: str, value: object) -> object:
    from oppi18n.targets.sql.dialects import DIALECTS

    connection = sqlite3.connect(":memory:")
    try:
        mark = marks.list_mark("any", "?", DIALECTS["sqlite"])
        return connection.execute(sql.format(mark), [value] * mark.count("?")).fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize("state", ["", ", state TEXT"])
def test_a_table_that_names_opportunities_holds_no_quotes(state, answered, tmp_path):
    """Tasks of an opportunity are not its quotes, so nothing is known of those; a table of quotes is told by its name."""
    path = tmp_path / "crm.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE deals (id TEXT, state TEXT); INSERT INTO deals VALUES ('a', 'open');"
        "CREATE TABLE task (id TEXT, opportunity TEXT, subject TEXT);"
    )
    if state:
        connection.executescript(f"CREATE TABLE quote (id TEXT, opportunity TEXT{state})")
    connection.close()

    assert answered(str(path))[0][:2] == ["a", "closable" if state else "undetermined"]


@pytest.mark.parametrize(
    ("mark", "wanted"),
    [
        *((f"{each}::INTEGER", "undetermined") for each in ("0", "1", "3", "-1", "NULL")),
        *((f"{each}::BOOLEAN", "undetermined") for each in ("FALSE", "NULL")),
        *((f"{each}::VARCHAR", "undetermined") for each in ("'0'", "'1'", "'partial'", "'all'", "''", "NULL")),
        *((f"{each}::DECIMAL(2, 1)", "undetermined") for each in ("0", "1", "1.5")),
        *((each, "closable") for each in ("2", "2.0::DOUBLE", "2::DECIMAL(1)", "'2'", "'whole'", "TRUE", "2::HUGEINT")),
    ],
)
@pytest.mark.parametrize("quotes", ["table", "column"])
def test_a_list_is_whole_only_where_its_mark_says_so(mark, wanted, quotes, require):
    """Numbers, truths and words say how much of a list is there; whatever says anything else says nothing of it."""
    duckdb = pytest.importorskip("duckdb")
    given = f"SELECT 'a' AS id, 'open' AS state, {mark} AS quotes_loaded"
    one = "{id: 'q', state: 'closed'}"
    lists = {"quotes": duckdb.sql("SELECT 'q' AS id, 'a' AS opportunity, 'closed' AS state")}
    if quotes == "column":
        given, lists = f"{given}, [{one}] AS quotes", {}
    with evaluate(duckdb.sql(given), lists=lists, today=TODAY) as evaluation:
        assert [row[1] for row in evaluation.records()[1]] == [wanted]


@pytest.mark.parametrize("mark", ["DATE '2026-01-01' AS quotes_loaded", "[1] AS name_loaded", "TRUE AS not_loaded"])
def test_a_mark_that_can_say_nothing_is_of_a_wrong_type(mark, require):
    """What was meant by it is not guessed, and it is not passed over."""
    duckdb = pytest.importorskip("duckdb")
    lists = {"quotes": duckdb.sql("SELECT 'q' AS id, 'a' AS opportunity, 'closed' AS state")}
    with pytest.raises(DataError) as caught:
        evaluate(duckdb.sql(f"SELECT 'a' AS id, 'open' AS state, 'A' AS name, {mark}"), lists=lists, today=TODAY)
    assert {each.code for each in caught.value.problems} == {"bulk-column-type"}


@pytest.mark.parametrize("backend", ["duckdb", pytest.param("spark", marks=pytest.mark.soak)])
def test_fields_that_a_row_names_as_not_loaded_are_unknown(backend, request, require, tmp_path):
    """A column of names does in a warehouse what it does in the store."""
    duckdb = pytest.importorskip("duckdb")
    if backend == "spark":
        request.getfixturevalue("spark")
    names = {"a": "NULL", "b": """'["created_on"]'""", "c": """'["name", "createdXon"]'"""}
    rows = ", ".join(f"('{each}', 'open', NULL::DATE, 'item', {named})" for each, named in names.items())
    path = str(tmp_path / "crm.parquet")
    duckdb.sql(
        f"COPY (SELECT *, []::STRUCT(id VARCHAR, state VARCHAR)[] AS quotes FROM (VALUES {rows})"
        f" t(id, state, created_on, order_type, not_loaded)) TO '{path}' (FORMAT PARQUET)"
    )
    database = Opening(MODEL, backend=backend).open([path])
    try:
        evaluation = Evaluation(question(today=TODAY, request={"outcome": "lost", "date": TODAY}), database)
        found = {row[0] for row in evaluation.rows()[1] if row[2] == "close-date-after-creation"}
    finally:
        database.close()

    assert found == {"b"}
