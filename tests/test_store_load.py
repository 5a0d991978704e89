"""Filling and emptying a database: as fast as it can take it, whole or not at all, whatever happens meanwhile."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import load_rules
from oppi18n.cli import run
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers.streams import stream

pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")

from sqlalchemy import text

from oppi18n.store.copying import text_of
from oppi18n.store.export import as_csv, as_json, look_at
from oppi18n.store.rows import digest_of
from oppi18n.store.store import Store
from oppi18n.store.tables import VERSION

RULES = load_rules("close-opportunity")
MODEL = RULES.model
GOLDEN = Path(__file__).parent / "golden" / "store"
TODAY = date(2026, 3, 31)
NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes databases: files of SQLite, databases of PostgreSQL."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{next(NUMBERS)}.db")
    url = request.getfixturevalue("postgres")
    import psycopg

    def made() -> str:
        name = f"load_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(url.replace("/postgres?", f"/{name}?"))

    return made


def written(path: Path, many: int, *, quotes: int = 3) -> Path:
    """A file of so many opportunities."""
    found = [
        {
            "opportunityid": f"o{number:06}",
            "name": f"Deal {number} – Malmö",
            "statecode": 0,
            "estimatedvalue": number + 0.5,
            "opportunity_quotes": [
                {"quoteid": f"q{number:06}-{each}", "statecode": each % 2, "totalamount": 10} for each in range(quotes)
            ],
        }
        for number in range(many)
    ]
    path.write_text(json.dumps({"value": found}), encoding="utf-8")
    return path


def exported(store: Store, table: str = "") -> str:
    """What is in a store, as JSON or as one of its tables."""
    with look_at(store) as look:
        return "".join(part for _, part in (as_csv(look, table) if table else as_json(look)))


def digests(store: Store) -> list[str]:
    """A fingerprint of each opportunity."""
    return [digest_of(each.facts.record) for each in store.every()]


# ---- there and back ----

NAMES = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
AMOUNTS = st.none() | st.decimals(-(10**9), 10**9, places=4).map(lambda value: value.normalize() + 0)
DATES = st.none() | st.dates()


@st.composite
def opportunities(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Facts with any values, some of them not loaded."""
    absent = draw(st.sets(st.sampled_from(["name", "estimated_revenue", "created_on", "currency"])))
    found = []
    for number in range(draw(st.integers(1, 4))):
        quotes: Any = [_quote(draw, f"{number}-{each}") for each in range(draw(st.integers(0, 3)))]
        quotes = draw(st.sampled_from([quotes, PartialList(quotes), NOT_LOADED])) if quotes else quotes
        own = {
            "id": f"o{number}",
            "name": draw(NAMES),
            "state": "open",
            "estimated_revenue": draw(AMOUNTS),
            "currency": draw(st.sampled_from([None, "SEK"])),
            "created_on": draw(DATES),
            "quotes": quotes,
        }
        found.append({"opportunity": {**own, **dict.fromkeys(absent if number % 2 else (), NOT_LOADED)}})
    return found


def _quote(draw: st.DrawFn, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": draw(NAMES),
        "revision": draw(st.none() | st.integers(0, 2**63 - 1)),
        "state": draw(st.sampled_from(["draft", "active", "won"])),
        "total_amount": draw(AMOUNTS),
        "effective_from": draw(DATES),
    }


@settings(max_examples=20)
@given(opportunities())
def test_anything_comes_back_from_json(tmp_path_factory: pytest.TempPathFactory, facts: list[dict[str, Any]]):
    """Byte for byte when it is written a second time."""
    path = tmp_path_factory.mktemp("json") / "export.json"
    with Store.open("sqlite://", MODEL) as store, Store.open("sqlite://", MODEL) as again:
        store.load(facts)
        path.write_text(exported(store), encoding="utf-8")
        again.load(each for each in stream(str(path), model=MODEL) if not isinstance(each, InputError))

        assert digests(again) == digests(store)
        assert exported(again) == exported(store)


@settings(max_examples=20)
@given(opportunities())
def test_anything_comes_back_from_tables(tmp_path_factory: pytest.TempPathFactory, facts: list[dict[str, Any]]):
    """Save for what a table cannot tell, which is refused; an empty text is empty there."""
    folder = tmp_path_factory.mktemp("csv")
    for own in (each["opportunity"] for each in facts):
        own["quotes"] = [] if own["quotes"] is NOT_LOADED else list(own["quotes"])
        for record in (own, *own["quotes"]):
            record["name"] = record["name"] or None
    odd = len({each["opportunity"][name] is NOT_LOADED for each in facts for name in facts[0]["opportunity"]}) > 1
    with Store.open("sqlite://", MODEL) as store, Store.open("sqlite://", MODEL) as again:
        store.load(facts)
        if odd:
            with pytest.raises(InputError, match="use JSON"):
                exported(store, "opportunity")
            return
        for name in ("opportunity", "quote"):
            (folder / f"{name}.csv").write_text(exported(store, name), encoding="utf-8", newline="")
        found = stream(str(folder / "opportunity.csv"), model=MODEL, companions=(str(folder / "quote.csv"),))
        again.load(each for each in found if not isinstance(each, InputError))

        assert digests(again) == digests(store)


def test_table_of_quotes_needs_all_of_them(tmp_path: Path):
    """A list that is unknown is no empty one."""
    with Store.open(str(tmp_path / "x.db"), MODEL) as store:
        store.load([{"opportunity": {"id": "a", "state": "open"}}])

        with pytest.raises(InputError) as caught:
            exported(store, "quote")
    assert caught.value.code == "store-not-a-table"


def test_export_is_one_look(fresh: Callable[[], str]):
    """What is written meanwhile is not in it, not even in the second table."""
    with Store.open(fresh(), MODEL) as store:
        store.load([{"opportunity": {"id": "a", "state": "open", "quotes": []}}])
        with look_at(store) as look:
            before = "".join(part for _, part in as_csv(look, "opportunity"))
            quotes = [{"id": "q", "state": "draft"}]
            store.load([{"opportunity": {"id": "b", "state": "open", "quotes": quotes}}])
            after = "".join(part for _, part in as_csv(look, "quote"))
            assert look.count() == 1

    assert [len(list(csv.reader(io.StringIO(each)))) for each in (before, after)] == [2, 1]


def test_amounts_reach_the_database_as_they_are(fresh: Callable[[], str]):
    """All fifteen and four digits; marks of COPY, and texts of several lines."""
    amounts = [Decimal("999999999999999.9999"), Decimal("-0.0001"), Decimal(0), None]
    name = 'tab\there \\N "x"\r\nnext'
    with Store.open(fresh(), MODEL) as store:
        store.load(
            {"opportunity": {"id": f"o{place}", "name": name, "state": "open", "actual_revenue": amount, "quotes": []}}
            for place, amount in enumerate(amounts)
        )

        found = [each.facts.record["opportunity"] for each in store.every()]
    assert [each["actual_revenue"] for each in found] == amounts
    assert {each["name"] for each in found} == {name}


def test_copied_text_escapes_what_means_something():
    """A text that looks like nothing is a text."""
    assert text_of({"name": ["\\N", None, ""], "open": [True, False, None]}) == "\\\\N\tTrue\n\\N\tFalse\n\t\\N\n"


def test_quote_of_two_opportunities_is_refused(fresh: Callable[[], str]):
    """In one batch, in two, or in the database already; it is named."""

    def facts(number: int, quote: str) -> dict[str, Any]:
        quotes = [{"id": quote, "state": "draft"}]
        return {"opportunity": {"id": f"o{number:05}", "state": "open", "quotes": quotes}}

    with Store.open(fresh(), MODEL) as store:
        for apart in (1, 1500):
            found = [facts(0, "q"), *(facts(number, f"q{number}") for number in range(1, apart)), facts(apart, "q")]
            with pytest.raises(InputError, match="the id 'q' occurs twice; the first time is at o00000"):
                store.load(found)
            assert store.count() == 0
        store.load([facts(0, "q")])
        with pytest.raises(InputError, match="the id 'q' occurs twice"):
            store.load([facts(1, "q")])
        assert store.count() == 1


def deal(name: str, *quotes: str) -> dict[str, Any]:
    """An open opportunity with drafts."""
    rows = [{"id": each, "state": "draft"} for each in quotes]
    return {"opportunity": {"id": name, "name": "n", "state": "open", "quotes": rows}}


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_quote_goes_over_to_another_opportunity(
    fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch, at_once: int
):
    """In whatever order the two are replaced; if its old one keeps it or is not replaced, it is refused."""
    monkeypatch.setattr("oppi18n.store.loading.AT_ONCE", at_once)
    new = [deal("a"), deal("b", "q", "r")]
    for order in (new, new[::-1], [deal("b", "q"), *new], [deal("b", "q"), deal("a", "q"), deal("a"), new[1]]):
        with Store.open(fresh(), MODEL) as store:
            store.load([deal("a", "q"), deal("b", "r")])
            assert store.load(order, replace=True) == len(order)
            found = {each.facts.id: each.facts.record["opportunity"]["quotes"] for each in store.every()}
            assert [[each["id"] for each in found[name]] for name in ("a", "b")] == [[], ["q", "r"]]
    for wrong in ([deal("b", "q")], [deal("b", "q"), deal("a", "q")], [deal("a", "q"), deal("b", "q")]):
        with Store.open(fresh(), MODEL) as store:
            store.load([deal("a", "q"), deal("b", "r")])
            with pytest.raises(InputError, match="the id 'q' occurs twice"):
                store.load(wrong, replace=True)
            assert [len(each.facts.record["opportunity"]["quotes"]) for each in store.every()] == [1, 1]


def test_ids_that_differ_in_case_alone_are_refused(fresh: Callable[[], str]):
    """In one load, or one in the database already, replacing or not; of opportunities and of quotes."""
    with Store.open(fresh(), MODEL) as store:
        store.load([deal("Deal", "Q")])
        for replace in (False, True):
            for wrong in ([deal("DEAL")], [deal("b"), deal("B")], [deal("c", "q")], [deal("ö"), deal("Ö")]):
                with pytest.raises(InputError, match="occurs twice"):
                    store.load(wrong, replace=replace)
        assert store.load([deal("Deal", "Q"), deal("deals", "q2")], replace=True) == 2


def test_nul_in_a_text_is_refused_with_its_place(
    fresh: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """PostgreSQL has no room for it, so nothing has."""
    path, url = tmp_path / "nul.json", fresh()
    quotes = [{"quoteid": "q", "statecode": 0, "name": "x\0y"}]
    path.write_text(json.dumps({"value": [{"opportunityid": "a", "statecode": 0, "opportunity_quotes": quotes}]}))

    assert run(["store", "load", str(path), "--database", url]) == 2
    assert f"{path}: /value/0/opportunity_quotes/0/name: " in capsys.readouterr().err
    with Store.open(url, MODEL) as store:
        with pytest.raises(InputError) as caught:
            store.load([deal("a\0")])
        assert (caught.value.code, store.count()) == ("wrong-value", 0)


def test_dates_come_back_in_every_zone(tmp_path: Path):
    """Also in those where midnight in UTC is the day before."""
    path = tmp_path / "o.json"
    with Store.open("sqlite://", MODEL) as store:
        store.load([{"opportunity": {"id": "a", "state": "open", "created_on": TODAY, "quotes": []}}])
        path.write_text(exported(store), encoding="utf-8")

    for zone in ("America/Los_Angeles", "UTC", "Asia/Seoul"):
        [found] = stream(str(path), model=MODEL, zone=zone)
        assert not isinstance(found, InputError)
        assert found.record["opportunity"]["created_on"] == TODAY


def test_value_that_the_model_does_not_know_is_named():
    """As where the pack is missing that brought it."""
    with Store.open("sqlite://", MODEL) as store:
        store.load([{"opportunity": {"id": "a", "state": "open", "status_reason": "parked", "quotes": []}}])

        with pytest.raises(InputError, match="'parked' has no code in the model, so statuscode cannot be written"):
            exported(store)


# ---- from the command line ----


def test_everything_that_is_wrong_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """In all files, with its place; nothing is loaded."""
    good = written(tmp_path / "good.json", 3)
    bad = tmp_path / "bad.json"
    bad.write_text('{"value": [\n{"opportunityid": 1},\n{"opportunityid": "a", "statecode": "x"}]}')
    table = tmp_path / "bad.csv"
    table.write_text("id,state\n1,open\n2,shut\n")
    database = str(tmp_path / "x.db")

    files = [str(good), str(bad), str(tmp_path / "none.json"), str(table)]
    assert run(["store", "load", *files, "--database", database]) == 2
    told = capsys.readouterr().err
    assert f"{bad}:2:" in told
    assert f"{bad}:3:" in told
    assert f"there is no file {tmp_path / 'none.json'}" in told
    assert f"{table}:3: /1/state" in told
    with Store.open(database, MODEL) as store:
        assert store.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        '{"@odata.nextLink": "x", "value": [{"opportunityid": "a", "statecode": 0}]}',
        '{"value": [{"opportunityid": "a", "statecode": 0}], "@odata.nextLink": "x"}',
    ],
)
def test_page_of_several_is_told(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]):
    """It is loaded all the same."""
    path = tmp_path / "page.json"
    path.write_text(text)

    assert run(["store", "load", str(path), "--database", str(tmp_path / "x.db")]) == 0
    assert "one page of several" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "audit", "erase"])
def test_database_that_is_not_there_is_not_made(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]):
    """A slip of the pen shall not look like an empty database."""
    given = {"export": ["--output", str(tmp_path / "o.json")], "erase": ["--who", "me", "--before", "2026-01-01"]}

    assert run(["store", command, "--database", str(tmp_path / "no.db"), *given.get(command, [])]) == 2
    assert "there is no file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["load", "export", "audit", "erase"])
def test_server_that_is_not_there_is_told(
    tmp_path: Path, command: str, require: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
):
    """In one sentence, and nothing is written."""
    require("postgres", find_spec("psycopg"))
    output = tmp_path / "o.json"
    given = {
        "load": [str(written(tmp_path / "x.json", 1))],
        "export": ["--output", str(output)],
        "erase": ["--who", "me", "--before", "2026-01-01"],
    }

    options = [*given.get(command, []), "--database", "postgresql://nobody@127.0.0.1:1/none"]
    assert run(["store", command, *options]) == 2
    assert capsys.readouterr().err.startswith("oppi18n: the database gave up, and nothing was changed: ")
    assert not output.exists()


def test_entries_of_a_person_can_be_erased(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Their name is nowhere in the files of the database then, nor in what tells that it was done."""
    path = tmp_path / "x.db"
    with Store.open(str(path), MODEL) as store:
        store.load([{"opportunity": {"id": each, "state": "open", "quotes": []}} for each in ("a", "b")])
        store.close(RULES, "a", {"outcome": "lost"}, today=TODAY, who="ann-to-be-forgotten")
        store.close(RULES, "b", {"outcome": "lost"}, today=TODAY, who="bo")

    options = ["--person", "ann-to-be-forgotten", "--who", "dpo", "--database", str(path)]
    assert run(["store", "erase", *options]) == 0
    assert "1 entry was erased." in capsys.readouterr().err
    with Store.open(str(path), MODEL) as store, store.engine.connect() as connection:
        assert [each.who for each in store.audit.entries()] == ["bo"]
        found = connection.execute(text("SELECT who, opportunity, of_person, count FROM audit_erasure")).all()
        assert [(row[0], row[1], bool(row[2]), row[3]) for row in found] == [("dpo", None, True, 1)]
        assert store.get("a").facts.record["opportunity"]["state"] == "lost"
        assert not any(b"ann-to-be-forgotten" in each.read_bytes() for each in tmp_path.iterdir())


def test_writer_in_the_way_is_told_and_readers_are_not_kept_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Loading and erasing wait, and give up; the log can be read and the data written out."""
    monkeypatch.setattr("oppi18n.store.database._WAIT", 0.05)
    file, path, output = written(tmp_path / "x.json", 2), str(tmp_path / "x.db"), str(tmp_path / "o.json")
    assert run(["store", "load", str(file), "--database", path]) == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        statuses = [
            run(["store", "load", str(file), "--replace", "--database", path]),
            run(["store", "erase", "--who", "me", "--before", "2026-01-01", "--database", path]),
            run(["store", "audit", "--database", path]),
            run(["store", "export", "--output", output, "--database", path]),
        ]

    assert statuses == [2, 2, 0, 0]
    assert capsys.readouterr().err.count("somebody else is writing into the database") == 2


def test_database_that_is_for_reading_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """It is written out, and its log shown; nothing else."""
    file, path = written(tmp_path / "x.json", 2), tmp_path / "x.db"
    assert run(["store", "load", str(file), "--database", str(path)]) == 0
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    capsys.readouterr()

    assert run(["store", "export", "--output", str(tmp_path / "o.json"), "--database", url]) == 0
    assert run(["store", "audit", "--database", url]) == 0
    assert run(["store", "load", str(file), "--replace", "--database", url]) == 2
    assert run(["store", "erase", "--who", "me", "--before", "2026-01-01", "--database", url]) == 2
    assert capsys.readouterr().err.count("the database gave up, and nothing was changed: ") == 2


def test_disk_that_is_full_leaves_the_old_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And the database as it was."""
    path, output = str(tmp_path / "x.db"), tmp_path / "o.json"
    assert run(["store", "load", str(written(tmp_path / "x.json", 2)), "--database", path]) == 0
    output.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert run(["store", "export", "--output", str(output), "--database", path]) == 2
    assert output.read_text() == "old"
    assert not list(tmp_path.glob(".oppi18n-*"))


def test_both_tables_take_their_places_together(tmp_path: Path):
    """If the second cannot be written, the first is the old one."""
    path, output = str(tmp_path / "x.db"), tmp_path / "o.csv"
    unknown = tmp_path / "x.json"
    unknown.write_text('{"value": [{"opportunityid": "a", "statecode": 0}]}')
    assert run(["store", "load", str(unknown), "--database", path]) == 0
    output.write_text("old")

    assert (
        run(["store", "export", "--output", str(output), "--quotes", str(tmp_path / "q.csv"), "--database", path]) == 2
    )
    assert output.read_text() == "old"
    assert not (tmp_path / "q.csv").exists()


def test_progress_is_told_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What part is done, and how long the rest may take; not elsewhere."""
    told: list[str] = []
    monkeypatch.setattr("oppi18n.cli.bulkprogress._PAUSE", 0.0)
    monkeypatch.setattr("oppi18n.readers.pieces._CHUNK", 10_000)
    monkeypatch.setattr("oppi18n.cli.bulkprogress.Progress.put", lambda _, sentence: told.append(sentence))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    path = str(tmp_path / "x.db")

    assert run(["store", "load", str(written(tmp_path / "x.json", 300)), "--database", path]) == 0
    assert any(" % done, about " in each for each in told)
    told.clear()
    assert run(["store", "export", "--output", str(tmp_path / "o.json"), "--database", path]) == 0
    assert told


# ---- interrupted, and two at once ----


def _program(*arguments: str) -> "subprocess.Popen[bytes]":
    code = "import sys; from oppi18n.cli import run; sys.exit(run(sys.argv[1:]))"
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE)


def _wait_for_others(store: Store) -> None:
    """Until the server is through with what killed programs have sent it."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    while store.engine.dialect.name == "postgresql":
        with store.engine.connect() as connection:
            if not connection.execute(text(others)).scalar_one():
                return
        time.sleep(0.01)


@pytest.mark.soak
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_interrupted_load_leaves_nothing_half_in(
    fresh: Callable[[], str], tmp_path: Path, soak: bool, end: signal.Signals
):
    """At whatever moment; afterwards it can be done again."""
    many = 8000 if soak else 1500
    file, chance = written(tmp_path / "x.json", many), Random(11)
    url = fresh()
    with Store.open(url, MODEL) as store:
        store.load([{"opportunity": {"id": "first", "state": "open", "quotes": []}}])
        for _ in range(15 if soak else 1):
            program = _program("store", "load", str(file), "--database", url)
            time.sleep(chance.uniform(0.3, 2.0 if soak else 1.2))
            program.send_signal(end)
            program.communicate()
            _wait_for_others(store)
            found = store.count()
            assert found in (1, many + 1)
            with store.engine.connect() as connection:
                quotes = connection.execute(text("SELECT count(*) FROM quote")).scalar_one()
            assert quotes == (found - 1) * 3
            if found > 1:
                assert program.returncode in (0, -end, 130)
                with store.engine.begin() as connection:
                    connection.execute(text("DELETE FROM opportunity WHERE id <> 'first'"))
        assert run(["store", "load", str(file), "--database", url]) == 0
        assert store.count() == many + 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("command", ["load", "export"])
def test_what_is_asked_to_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: str):
    """No draft with the data of customers, and nothing half in; as after Ctrl+C."""
    asked = getattr(signal, name, None)
    if asked is None:
        pytest.skip("there is no such signal here")
    file, path, output = str(written(tmp_path / "x.json", 2)), str(tmp_path / "x.db"), tmp_path / "o.json"
    assert run(["store", "load", file, "--database", path]) == 0

    def end(*_: object) -> None:
        signal.raise_signal(asked)

    monkeypatch.setattr("oppi18n.cli.bulkprogress.Progress.show", end)
    given = {"load": [file, "--replace"], "export": ["--output", str(output)]}[command]
    assert run(["store", command, *given, "--database", path]) == 130
    assert not output.exists()
    assert not list(tmp_path.glob(".oppi18n-*"))


@pytest.mark.soak
def test_interrupted_export_leaves_the_old_file(tmp_path: Path, soak: bool):
    """Kill -9 at whatever moment: the old file, or the whole new one."""
    path, output, chance = str(tmp_path / "x.db"), tmp_path / "o.json", Random(5)
    assert run(["store", "load", str(written(tmp_path / "x.json", 3000)), "--database", path]) == 0
    assert run(["store", "export", "--output", str(output), "--database", path]) == 0
    whole = output.read_bytes()
    for _ in range(25 if soak else 1):
        output.write_text("old")
        program = _program("store", "export", "--output", str(output), "--database", path)
        time.sleep(chance.uniform(0.3, 1.0))
        program.kill()
        program.communicate()
        assert output.read_bytes() in (b"old", whole)


def test_two_loads_at_once_come_to_one_of_them(fresh: Callable[[], str]):
    """One after the other, or one is told that somebody else writes; never a mixture."""
    url = fresh()
    statuses: list[str] = []

    def load(name: str) -> None:
        facts = (
            {"opportunity": {"id": f"o{each}", "name": name, "state": "open", "quotes": []}} for each in range(3000)
        )
        with Store.open(url, MODEL) as store:
            try:
                statuses.append(str(store.load(facts)))
            except Oppi18nError as error:
                statuses.append(error.code)

    with Store.open(url, MODEL) as store:
        threads = [threading.Thread(target=load, args=(name,)) for name in ("one", "other")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        names = {each.facts.record["opportunity"]["name"] for each in store.every()}
        count = store.count()

    done, refused = sorted(statuses)
    assert done == "3000"
    assert refused in ("store-already-there", "store-locked")
    assert (len(names), count) == (1, 3000)


# ---- databases of earlier versions ----


@pytest.fixture(params=sorted(GOLDEN.glob("*.sql")), ids=lambda path: str(path.stem))
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as a version of this program has left it."""
    statements = request.param.read_text(encoding="utf-8")
    if ".sqlite." in request.param.name:
        with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
            connection.executescript(statements)
        return str(tmp_path / "old.db")
    url = request.getfixturevalue("postgres")
    import psycopg

    name = f"old_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = str(url.replace("/postgres?", f"/{name}?"))
    with psycopg.connect(url) as connection:
        connection.execute(statements)
    return url


def test_store_of_the_first_version_opens(earlier: str):
    """What is in it is what was put in, and everything can be done with it."""
    for _ in range(2):
        with Store.open(earlier, MODEL) as store:
            assert [each.facts.id for each in store.every()] == ["o1", "o2", "o3", "o4", "o5"]
    with Store.open(earlier, MODEL) as store:
        one, two, three = (store.get(each).facts.record["opportunity"] for each in ("o1", "o2", "o3"))
        assert (one["state"], one["name"], one["estimated_revenue"]) == ("lost", "Deal 1 – Malmö", Decimal("240000.5"))
        assert [(each["state"], each["total_amount"]) for each in one["quotes"]] == [
            ("closed", Decimal("1234.5678")),
            ("closed", Decimal("1234.5678")),
            ("won", Decimal("1234.5678")),
        ]
        assert (two["created_on"], two["quotes"]) == (NOT_LOADED, NOT_LOADED)
        assert isinstance(three["quotes"], PartialList)
        assert [each.outcome for each in store.audit.entries()] == ["closed", "refused", "closed", "reopened"]
        assert (
            store.close(
                RULES, "o1", {"outcome": "lost"}, today=TODAY, close_quotes=True, who="ann", request_id="r1"
            ).codes
            == ()
        )
        assert store.load([{"opportunity": {"id": "o6", "state": "open", "quotes": []}}]) == 1
        assert store.close(RULES, "o6", {"outcome": "lost"}, today=TODAY, who="ann")
        assert store.audit.erase(who="dpo", person="ann") == 3
        with pytest.raises(Exception, match="append-only"), store.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit"))
        assert len(json.loads(exported(store))["value"]) == 6


def test_every_version_has_its_database():
    """Whoever raises the version leaves a database of the one before: tests/golden/store/version-N.….sql."""
    versions = {int(path.name.split(".")[0].removeprefix("version-")) for path in GOLDEN.glob("*.sql")}

    assert versions == set(range(1, VERSION + 1))
