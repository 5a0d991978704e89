"""Opportunities in a database: put in, found, closed in one transaction, and every closing written down."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
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
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers import read

pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")

from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from oppi18n.server.problems import status_of
from oppi18n.store import database
from oppi18n.store.database import Conflict, StoreError
from oppi18n.store.export import as_csv, as_json, look_at
from oppi18n.store.reading import Stored
from oppi18n.store.rows import digest_of
from oppi18n.store.store import Store

ROOT = Path(__file__).parent.parent
RULES = load_rules("close-opportunity")
TODAY = date(2026, 3, 31)
LOST = {"outcome": "lost"}
NUMBERS = count()
MEMORY = Store.open("sqlite:///:memory:", RULES.model)


def opportunity(number: int = 1, *, states: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """Facts of an opportunity with quotes of these states."""
    quotes = [
        {"id": f"q{number}-{place}", "number": f"QUO-{place}", "revision": 0, "state": state, "order_type": "item"}
        for place, state in enumerate(states)
    ]
    return {"opportunity": {"id": f"o{number}", "name": f"Deal {number}", "state": "open", "quotes": quotes, **fields}}


def exported(store: Store, table: str = "") -> str:
    """What is in a store, as JSON or as one of its tables."""
    with look_at(store) as look:
        return "".join(text for _, text in (as_csv(look, table) if table else as_json(look)))


class Databases:
    """Fresh databases of one kind."""

    def __init__(self, make: Callable[[], str]) -> None:
        self.make = make
        self.opened: list[Store] = []

    def store(self, url: str = "") -> Store:
        """A store, in a database of its own if none is named."""
        self.opened.append(Store.open(url or self.make(), RULES.model))
        return self.opened[-1]


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Fresh databases: files of SQLite, schemas of PostgreSQL."""
    if request.param == "sqlite":
        found = Databases(lambda: f"sqlite:///{tmp_path}/{next(NUMBERS)}.db")
        yield found
        _dispose(found)
        return
    yield request.getfixturevalue("servers")


@pytest.fixture
def servers(postgres: str) -> Iterator[Databases]:
    """Fresh databases of PostgreSQL."""
    import psycopg

    def made() -> str:
        name = f"store_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres.replace("/postgres?", f"/{name}?")

    found = Databases(made)
    yield found
    _dispose(found)


def _dispose(found: Databases) -> None:
    for store in found.opened:
        store.dispose()


# ---- putting in and taking out ----


def test_records_come_back_as_they_went_in(databases: Databases):
    """Exact amounts, dates, empty and unknown fields, lists known in part."""
    store = databases.store()
    facts = opportunity(
        states=("active", "draft"),
        estimated_revenue=Decimal("240000.5"),
        created_on=NOT_LOADED,
        currency=None,
        customer="c1",
    )
    partial = opportunity(2)
    partial["opportunity"]["quotes"] = PartialList([])
    unknown = opportunity(3)
    del unknown["opportunity"]["quotes"]

    assert store.load([facts, partial, unknown]) == 3
    back = store.get("o1").facts.record["opportunity"]
    assert back["estimated_revenue"] == facts["opportunity"]["estimated_revenue"]
    assert back["created_on"] is NOT_LOADED
    assert back["currency"] is None
    assert [each["state"] for each in back["quotes"]] == ["active", "draft"]
    assert isinstance(store.get("o2").facts.record["opportunity"]["quotes"], PartialList)
    assert store.get("o3").facts.record["opportunity"]["quotes"] is NOT_LOADED


@pytest.mark.parametrize("name", ["blocked.json", "closable.json", "not-loaded.json", "pipeline.jsonl"])
def test_verdict_is_the_same_from_the_database(databases: Databases, name: str):
    """What was read from a file says the same after it was stored."""
    found = read(ROOT / "examples" / name, model=RULES.model).facts
    store = databases.store()
    store.load(found)

    for facts in found:
        before = RULES.evaluate(facts, today=TODAY)
        after = RULES.evaluate(store.get(str(facts.id)).facts, today=TODAY)
        assert (before.verdict, [each.rule for each in before.violations]) == (
            after.verdict,
            [each.rule for each in after.violations],
        )
        assert before.needs == after.needs


ODD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@settings(max_examples=25)
@given(st.lists(ODD, min_size=1, max_size=5))
def test_any_text_survives(names: list[str]):
    """Whatever people type into names."""
    MEMORY.load([opportunity(number, name=name) for number, name in enumerate(names)], replace=True)

    found = [MEMORY.get(f"o{number}").facts.record["opportunity"]["name"] for number in range(len(names))]
    assert found == names


def test_search_finds_by_words_and_state(databases: Databases):
    """In the order of ids, page by page; marks of patterns mean themselves."""
    store = databases.store()
    store.load([*(opportunity(number) for number in range(1, 6)), opportunity(6, name="50%_Æ", state="won")])

    assert [each.facts.id for each in store.search("deal 3")] == ["o3"]
    assert [each.facts.id for each in store.search("%_")] == ["o6"]
    assert [each.facts.id for each in store.search(state="won")] == ["o6"]
    assert [each.facts.id for each in store.search(after="o3", limit=2)] == ["o4", "o5"]
    assert store.count() == 6


class Fresh:
    """Databases of PostgreSQL of which the locale is chosen."""

    def __init__(self, url: str) -> None:
        self.url = url

    def made(self, locale: str) -> str:
        import psycopg

        name = f"store_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE '{locale}'")
        return self.url.replace("/postgres?", f"/{name}?")


NAMES = ("ÅKERI Norr", "Österlens Åkeri", "МОСКВА", "ΔΈΛΤΑ", "日本", "50%_Æ")


@pytest.mark.parametrize("locale", ["", "C", "C.UTF-8"])
def test_search_knows_the_capitals_of_all_languages(locale: str, tmp_path: Path, request: pytest.FixtureRequest):
    """Whatever locale the database was made with."""
    url = Fresh(request.getfixturevalue("postgres")).made(locale) if locale else f"{tmp_path}/x.db"
    with Store.open(url, RULES.model) as store:
        store.load([opportunity(number, name=name) for number, name in enumerate(NAMES)])
        store.load([opportunity(9, id="Ärende-9")])
        for number, name in enumerate(NAMES):
            for words in (name, name.lower(), name.upper()):
                assert [each.facts.id for each in store.search(words)] == [f"o{number}"]
        assert [each.facts.id for each in store.search("åKeRi")] == ["o0", "o1"]
        assert [each.facts.id for each in store.search("äRENDE")] == ["Ärende-9"]
        assert store.search("akeri") == ()


@pytest.mark.parametrize("missing", [("und-x-icu",), ("und-x-icu", "pg_c_utf8", "C.utf8", "en_US.utf8")])
def test_search_takes_the_next_best_collation(missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, postgres: str):
    """A PostgreSQL without ICU; without any, it finds what the locale of the database knows."""
    known = database._COLLATIONS
    monkeypatch.setattr(database, "_COLLATIONS", tuple(each for each in known if each not in missing))
    with Store.open(Fresh(postgres).made("C.UTF-8"), RULES.model) as store:
        store.load([opportunity(name="ÅKERI")])
        assert [each.facts.id for each in store.search("åkeri")] == ["o1"]


def test_opportunity_is_read_at_one_moment(databases: Databases):
    """It is closed by somebody else while it is read: what comes back is all from before, or all from after."""
    url = databases.make()
    store, other = databases.store(url), databases.store(url)
    store.load([opportunity(states=("active",))])

    looks: tuple[Callable[[], Stored], ...] = (lambda: store.get("o1"), lambda: store.search("deal")[0])
    for look in looks:
        meanwhile: list[str] = []

        def close(_: Any, __: Any, statement: str, *___: Any, done: list[str] = meanwhile) -> None:
            if "FROM opportunity" in statement and not done:
                done.append(other.close(RULES, "o1", LOST, today=TODAY, close_quotes=True).status)

        event.listen(store.engine, "after_cursor_execute", close)
        found = look()
        event.remove(store.engine, "after_cursor_execute", close)
        record = found.facts.record["opportunity"]
        assert (meanwhile, found.version, record["state"]) == (["closed"], 1, "open")
        assert [each["state"] for each in record["quotes"]] == ["active"]
        store.load([opportunity(states=("active",))], replace=True)
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE opportunity SET row_version = 1"))


def test_reading_leaves_nothing_behind_in_the_pool(servers: Databases):
    """Who writes next on the same connection writes as before."""
    store = servers.store()
    with store._reading() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with store._writing() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "off"


def test_load_puts_in_all_or_nothing(databases: Databases):
    """What fails in the middle leaves nothing."""
    store = databases.store()
    store.load([opportunity(700)])

    with pytest.raises(InputError, match="'o700' is in the database already"):
        store.load(opportunity(number) for number in range(1, 800))
    assert store.count() == 1

    def broken() -> Iterator[dict[str, Any]]:
        yield from (opportunity(number) for number in range(1, 700))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.load(broken())
    assert store.count() == 1


def test_load_replaces_where_it_is_told_to(databases: Databases):
    """Quotes that are gone go, and the version counts on."""
    store = databases.store()
    store.load([opportunity(states=("active", "draft"))])
    store.load([opportunity(states=("won",))], replace=True)

    stored = store.get("o1")
    assert [each["state"] for each in stored.facts.record["opportunity"]["quotes"]] == ["won"]
    assert stored.version == 2


@pytest.mark.parametrize("apart", [0, 600])
def test_opportunity_that_comes_twice_is_refused_or_the_last_one_counts(databases: Databases, apart: int):
    """Wherever the second one comes."""
    store = databases.store()
    found = [opportunity(), *(opportunity(number) for number in range(2, apart)), opportunity(name="Last")]

    with pytest.raises(InputError) as caught:
        store.load(found)
    assert caught.value.code == "store-already-there"
    store.load(found, replace=True)
    assert store.get("o1").facts.record["opportunity"]["name"] == "Last"


def test_record_without_an_id_is_refused():
    """It could never be found again."""
    with pytest.raises(InputError) as caught:
        MEMORY.load([{"opportunity": {"state": "open", "quotes": []}}])
    assert caught.value.code == "store-no-id"


@pytest.mark.parametrize("name", ["blocked.json", "closable.json", "not-loaded.json", "pipeline.jsonl"])
def test_export_comes_back_the_same(databases: Databases, name: str, tmp_path: Path):
    """Also what is empty, unknown, or known in part."""
    store, again = databases.store(), databases.store()
    store.load(read(ROOT / "examples" / name, model=RULES.model).facts)
    path = tmp_path / "export.json"
    path.write_text(exported(store))
    again.load(read(path, model=RULES.model).facts)

    assert [digest_of(each.facts.record) for each in again.every()] == [
        digest_of(each.facts.record) for each in store.every()
    ]


def test_tables_come_back_the_same(tmp_path: Path):
    """Two files of CSV, as they are read."""
    found = read(
        ROOT / "examples" / "opportunities.csv", model=RULES.model, companions=[ROOT / "examples" / "quotes.csv"]
    )
    with Store.open(f"{tmp_path}/1.db", RULES.model) as store, Store.open(f"{tmp_path}/2.db", RULES.model) as again:
        store.load(found.facts)
        for name in ("opportunity", "quote"):
            (tmp_path / f"{name}.csv").write_text(exported(store, name), newline="")
        back = read(tmp_path / "opportunity.csv", model=RULES.model, companions=[tmp_path / "quote.csv"])
        again.load(back.facts)
        assert [digest_of(each.facts.record) for each in again.every()] == [
            digest_of(each.facts.record) for each in store.every()
        ]


def test_what_a_table_cannot_tell_is_no_table(tmp_path: Path):
    """A field that some records were loaded without."""
    with Store.open(f"{tmp_path}/1.db", RULES.model) as store:
        store.load([opportunity(1, customer=NOT_LOADED), opportunity(2)])

        with pytest.raises(InputError) as caught:
            exported(store, "opportunity")
    assert caught.value.code == "store-not-a-table"


def test_case_of_a_guid_means_nothing(databases: Databases):
    """As everywhere else."""
    store = databases.store()
    name = "C2000000-0000-4000-8000-00000000000A"
    store.load([opportunity(id=name)])

    assert store.get(name.lower()).facts.id == store.get(name).facts.id
    with pytest.raises(InputError):
        store.load([opportunity(id=name.lower())])


# ---- closing ----


def test_closing_closes_the_quotes_and_the_opportunity(databases: Databases):
    """One transaction, with the activities and an entry in the log."""
    store = databases.store()
    store.load([opportunity(states=("active", "draft", "won"))])

    refused = store.close(RULES, "o1", LOST, today=TODAY, who="ann")
    closed = store.close(RULES, "o1", LOST, today=TODAY, who="ann", close_quotes=True, version=1)

    record = store.get("o1").facts.record["opportunity"]
    assert (bool(refused), refused.status, refused.codes) == (
        False,
        "refused",
        ("no-active-quotes", "drafts-closed-as-well"),
    )
    assert (bool(closed), closed.version, record["state"], record["status_reason"]) == (True, 2, "lost", "canceled")
    assert [each["state"] for each in record["quotes"]] == ["closed", "closed", "won"]
    assert [each["entity"] for each in store.activities("o1")].count("quoteclose") == 2
    assert [(each.who, each.outcome, each.row_version) for each in store.audit.entries("o1")] == [
        ("ann", "refused", 1),
        ("ann", "closed", 2),
    ]


def test_log_knows_the_rules_and_the_facts(databases: Databases):
    """An entry can be checked against what was decided on."""
    store = databases.store()
    store.load([opportunity()])
    facts = store.get("o1").facts.record
    store.close(RULES, "o1", LOST, today=TODAY)

    [entry] = store.audit.entries()
    assert (entry.ruleset, entry.ruleset_digest) == (RULES.id, RULES.digest)
    assert entry.facts_digest == digest_of(facts) != digest_of(store.get("o1").facts.record)


def test_second_closing_says_so(databases: Databases):
    """It changes nothing, and the version stays."""
    store = databases.store()
    store.load([opportunity()])
    store.close(RULES, "o1", LOST, today=TODAY)

    again = store.close(RULES, "o1", LOST, today=TODAY)
    assert (again.status, again.version) == ("already-closed", 2)


def test_request_that_comes_twice_is_carried_out_once(databases: Databases):
    """The same answer; another request with that id is refused."""
    store = databases.store()
    store.load([opportunity()])

    first = store.close(RULES, "o1", LOST, today=TODAY, request_id="r1")
    again = store.close(RULES, "o1", LOST, today=TODAY, request_id="r1", version=1)
    assert (first.status, first.version) == (again.status, again.version) == ("closed", 2)
    assert len(list(store.audit.entries())) == 1
    with pytest.raises(InputError) as caught:
        store.close(RULES, "o1", {"outcome": "won"}, today=TODAY, request_id="r1")
    assert caught.value.code == "request-id-reused"


def test_request_of_somebody_else_with_the_same_id_is_refused(databases: Databases):
    """Nobody is told that theirs was carried out."""
    store = databases.store()
    store.load([opportunity()])

    store.close(RULES, "o1", LOST, today=TODAY, request_id="r1", who="ann")
    with pytest.raises(InputError) as caught:
        store.close(RULES, "o1", LOST, today=TODAY, request_id="r1", who="bo")
    assert caught.value.code == "request-id-reused"
    assert store.close(RULES, "o1", LOST, today=TODAY, request_id="r1", who="ann").status == "closed"


def test_closing_of_which_nobody_can_say_whether_it_was_kept(databases: Databases, monkeypatch: pytest.MonkeyPatch):
    """The connection breaks while it is kept, and then nobody answers; the same request says later what it was."""
    store = databases.store()
    store.load([opportunity()])
    dialect = store.engine.dialect
    keep = dialect.do_commit

    def lost(*_: Any, **__: Any) -> Any:
        raise OperationalError("COMMIT", {}, Exception("nobody answers"))

    def breaking(connection: Any) -> None:
        keep(connection)
        monkeypatch.setattr(store.audit, "answered", lost)
        lost()

    monkeypatch.setattr(dialect, "do_commit", breaking)
    with pytest.raises(StoreError) as caught:
        store.close(RULES, "o1", LOST, today=TODAY, request_id="r1")
    monkeypatch.undo()

    assert (caught.value.code, caught.value.params) == ("store-unsure", {"reason": "nobody answers"})
    assert status_of(caught.value) == 503
    assert store.get("o1").version == 2
    assert store.close(RULES, "o1", LOST, today=TODAY, request_id="r1").status == "closed"


def test_closing_that_is_not_there_was_not_kept(databases: Databases, monkeypatch: pytest.MonkeyPatch):
    """The connection breaks before anything is kept, and the log can be asked."""
    store = databases.store()
    store.load([opportunity()])

    broken, keep = iter([True]), store.engine.dialect.do_commit

    def breaking(connection: Any) -> None:
        if next(broken, False):
            raise OperationalError("COMMIT", {}, Exception("the connection is lost"))
        keep(connection)

    with monkeypatch.context() as patch:
        patch.setattr(store.engine.dialect, "do_commit", breaking)
        with pytest.raises(StoreError) as caught:
            store.close(RULES, "o1", LOST, today=TODAY, request_id="r1")
    assert caught.value.code == "store-failed"
    assert store.get("o1").version == 1


def test_closing_that_is_being_kept_still_is_waited_for(postgres: str, monkeypatch: pytest.MonkeyPatch):
    """The connection is lost while PostgreSQL goes on: what it comes to is the answer."""
    url = Fresh(postgres).made("C.UTF-8")
    with Store.open(url, RULES.model) as store, Store.open(url, RULES.model) as other:
        store.load([opportunity()])
        keep, is_keeping = other.engine.dialect.do_commit, threading.Event()

        def slowly(connection: Any) -> None:
            is_keeping.set()
            time.sleep(0.3)
            keep(connection)

        thread = threading.Thread(
            target=other.close, args=(RULES, "o1", LOST), kwargs={"today": TODAY, "request_id": "r1"}
        )

        def breaking(connection: Any) -> None:
            monkeypatch.undo()
            monkeypatch.setattr(other.engine.dialect, "do_commit", slowly)
            connection.rollback()
            thread.start()
            assert is_keeping.wait(5)
            raise OperationalError("COMMIT", {}, Exception("the connection is lost"))

        monkeypatch.setattr(store.engine.dialect, "do_commit", breaking)
        assert store.close(RULES, "o1", LOST, today=TODAY, request_id="r1").status == "closed"
        thread.join()
        assert len(list(store.audit.entries())) == 1


@pytest.mark.parametrize("work", ["load", "erase"])
def test_other_work_that_may_have_been_kept_is_told(databases: Databases, monkeypatch: pytest.MonkeyPatch, work: str):
    """A load, an erasure of entries."""
    store = databases.store()
    store.load([opportunity()])
    store.close(RULES, "o1", LOST, today=TODAY)

    def breaking(_: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("the connection is lost"))

    monkeypatch.setattr(store.engine.dialect, "do_commit", breaking)
    done = {
        "load": lambda: store.load([opportunity(2)]),
        "erase": lambda: store.audit.erase(who="dpo", before="2020-01-01"),
    }
    with pytest.raises(StoreError) as caught:
        done[work]()
    assert caught.value.code == "store-unsure"


def test_what_somebody_else_changed_is_not_closed(databases: Databases):
    """The caller has seen another version."""
    store = databases.store()
    store.load([opportunity()])
    store.load([opportunity(name="Changed")], replace=True)

    with pytest.raises(Conflict):
        store.close(RULES, "o1", LOST, today=TODAY, version=1)
    assert store.get("o1").facts.record["opportunity"]["state"] == "open"
    assert list(store.audit.entries()) == []


def test_reopening_cancels_the_activity(databases: Databases):
    """The quotes stay as they are."""
    store = databases.store()
    store.load([opportunity(states=("active",))])
    store.close(RULES, "o1", LOST, today=TODAY, close_quotes=True)

    reopened = store.reopen(RULES, "o1", who="bo")
    assert (reopened.status, reopened.version) == ("reopened", 3)
    assert store.get("o1").facts.record["opportunity"]["state"] == "open"
    assert {each["entity"]: each["canceled"] for each in store.activities("o1")} == {
        "opportunityclose": True,
        "quoteclose": False,
    }
    assert store.reopen(RULES, "o1").status == "already-open"


def test_remedy_is_a_transaction_of_its_own(databases: Databases):
    """The quotes are closed, once however often it is asked for; the opportunity stays open, at its next version."""
    store = databases.store()
    store.load([opportunity(states=("active", "draft"))])

    done = [
        store.remedy(RULES, "o1", "close-quotes", today=TODAY, version=1, who="ann", request_id="r1") for _ in range(2)
    ]
    again = store.remedy(RULES, "o1", "close-quotes", today=TODAY, version=2)

    assert [(each.status, each.version, bool(each)) for each in done] == [("remedied", 2, True)] * 2
    assert (again.status, again.version, bool(again)) == ("unchanged", 2, False)
    record = store.get("o1").facts.record["opportunity"]
    assert (record["state"], [each["state"] for each in record["quotes"]]) == ("open", ["closed", "closed"])
    assert [(each.action, each.outcome) for each in store.audit.entries("o1")] == [
        ("close-quotes", "remedied"),
        ("close-quotes", "unchanged"),
    ]
    assert [each["entity"] for each in store.activities("o1")] == ["quoteclose", "quoteclose"]


def test_unknown_quotes_close_nothing(databases: Databases):
    """What was not loaded into the database is not known there either."""
    store = databases.store()
    facts = opportunity()
    del facts["opportunity"]["quotes"]
    store.load([facts])

    assert store.close(RULES, "o1", LOST, today=TODAY, close_quotes=True).status == "refused"


def test_opportunity_that_is_not_there(databases: Databases):
    """It is named."""
    with pytest.raises(InputError, match="o9"):
        databases.store().close(RULES, "o9", LOST, today=TODAY)


@pytest.mark.soak
def test_of_many_closings_at_once_one_succeeds(databases: Databases, soak: bool):
    """The others see it closed; the log agrees."""
    store = databases.store()
    store.load([opportunity(states=("active", "draft"))])
    many, found, errors = (1000 if soak else 24), [], []

    def run(number: int) -> None:
        while True:
            try:
                found.append(store.close(RULES, "o1", LOST, today=TODAY, close_quotes=True, who=str(number)).status)
            except StoreError as error:
                if error.code == "store-locked":
                    continue
                errors.append(error)
            return

    for start in range(0, many, 8):
        threads = [threading.Thread(target=run, args=(number,)) for number in range(start, min(start + 8, many))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert errors == []
    assert (found.count("closed"), found.count("already-closed")) == (1, many - 1)
    assert [each.outcome for each in store.audit.entries()].count("closed") == 1
    assert len([each for each in store.activities("o1") if each["entity"] == "opportunityclose"]) == 1


CLOSER = """
import sys
from datetime import date
from oppi18n import load_rules
from oppi18n.store.store import Store
rules = load_rules("close-opportunity")
store = Store.open(sys.argv[1], rules.model)
print("ready", flush=True)
for stored in list(store.every()):
    store.close(rules, stored.facts.id, {"outcome": "lost"}, today=date(2026, 3, 31), close_quotes=True)
"""


@pytest.mark.soak
def test_killed_closings_are_whole_or_not_there(databases: Databases, soak: bool):
    """Kill -9 at random: each opportunity is closed with all its quotes, or untouched, and the log agrees."""
    random = Random(7)
    for _ in range(40 if soak else 2):
        url = databases.make()
        store = databases.store(url)
        store.load(opportunity(number, states=("active", "draft", "active")) for number in range(150))
        program = subprocess.Popen([sys.executable, "-c", CLOSER, url], stdout=subprocess.PIPE)
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(random.uniform(0.02, 0.3))
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
        logged = {each.opportunity for each in store.audit.entries() if each.outcome == "closed"}
        for stored in store.every():
            record = stored.facts.record["opportunity"]
            states = {record["state"], *(each["state"] for each in record["quotes"])}
            assert states in ({"open", "active", "draft"}, {"lost", "closed"})
            assert (record["state"] == "lost") == (stored.facts.id in logged)


# ---- the log ----


_OTHER_NAME = (
    "number, at, 'x', action, opportunity, request_id, fingerprint, ruleset, ruleset_digest, facts_digest, verdict,"
    " codes, outcome, row_version"
)


@pytest.mark.parametrize(
    ("statement", "backend"),
    [
        ("UPDATE audit SET who = 'x'", ""),
        ("DELETE FROM audit", ""),
        (f"REPLACE INTO audit SELECT {_OTHER_NAME} FROM audit", "sqlite"),
        ("TRUNCATE audit", "postgresql"),
    ],
)
def test_log_is_append_only_for_everybody(databases: Databases, statement: str, backend: str):
    """The database itself refuses."""
    store = databases.store()
    if backend not in ("", store.engine.dialect.name):
        pytest.skip(f"only {backend} knows this statement")
    store.load([opportunity()])
    store.close(RULES, "o1", LOST, today=TODAY)

    with pytest.raises(Exception, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert len(list(store.audit.entries())) == 1


def test_guards_of_the_log_come_back(databases: Databases):
    """Opening a store makes the triggers that somebody has dropped, or that an older one did not have."""
    store = databases.store()
    on = " ON audit" if store.engine.dialect.name == "postgresql" else ""
    with store.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_is_whole{on}"))
    again = databases.store()
    again.load([opportunity()])
    again.close(RULES, "o1", LOST, today=TODAY)

    statement = "TRUNCATE audit" if on else "DELETE FROM audit"
    with pytest.raises(Exception, match="append-only"), again.engine.begin() as connection:
        connection.execute(text(statement))


def test_entries_can_be_erased_and_that_is_told(databases: Databases):
    """By age or by opportunity, for whoever has to."""
    store = databases.store()
    store.load([opportunity(1), opportunity(2)])
    for name in ("o1", "o2"):
        store.close(RULES, name, LOST, today=TODAY)

    assert store.audit.erase(who="dpo", opportunity="o1") == 1
    assert store.audit.erase(who="dpo", before="2000-01-01") == 0
    assert [each.opportunity for each in store.audit.entries()] == ["o2"]
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT who, opportunity, count, active FROM audit_erasure ORDER BY number")
        ).all()
    assert [(row[0], row[1], row[2], bool(row[3])) for row in rows] == [
        ("dpo", "o1", 1, False),
        ("dpo", None, 0, False),
    ]
    with pytest.raises(Exception, match="append-only"), store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


# ---- databases that cannot be used ----


def test_tables_of_a_later_version_are_left_alone(databases: Databases):
    """And told."""
    url = databases.make()
    store = databases.store(url)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE oppi18n_store SET version = 99"))

    with pytest.raises(StoreError) as caught:
        Store.open(url, RULES.model)
    assert caught.value.code == "store-newer"


def test_field_that_is_new_gets_a_column(databases: Databases):
    """What is there stays."""
    url = databases.make()
    store = databases.store(url)
    store.load([opportunity()])
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE opportunity DROP COLUMN customer"))

    again = databases.store(url)
    assert again.get("o1").facts.record["opportunity"]["customer"] is None
    again.load([opportunity(2, customer="c2")])
    assert again.get("o2").facts.record["opportunity"]["customer"] == "c2"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://x", "store-url"),
        ("nonsense://x", "store-url"),
        ("://", "store-url"),
        ("postgresql://crm:pw@db:54x2/crm", "store-url"),
        ("sqlite:///x.db?timeout=soon", "store-url"),
        ("sqlite:////nonexistent/folder/x.db", "store-failed"),
        ("postgresql://nobody@127.0.0.1:1/none", "store-failed"),
    ],
)
def test_database_that_cannot_be_opened(url: str, code: str, require: Callable[[str, object], None]):
    """Each is an error with a sentence."""
    if url.startswith("postgresql"):
        require("postgres", find_spec("psycopg"))

    with pytest.raises(Oppi18nError) as caught:
        Store.open(url, RULES.model)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://crm:s3cret@db:54x2/crm",
        "postgresql://crm:s3@s3cret:1@db:54x2/crm",
        "mysql://crm:s3cret@db/crm",
        "mysql://db/crm?user=crm&password=s3cret",
        "://crm:s3cret@db",
    ],
)
def test_password_is_never_told(url: str):
    """Also of what is no URL."""
    with pytest.raises(StoreError) as caught:
        Store.open(url, RULES.model)
    assert caught.value.code == "store-url"
    assert "s3" not in str(caught.value)
    assert "***" in str(caught.value)


def test_file_that_is_no_database(tmp_path: Path):
    """It is left as it is."""
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all" * 100)

    with pytest.raises(StoreError):
        Store.open(str(path), RULES.model)
    assert path.read_bytes() == b"no database at all" * 100


def test_locked_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Somebody else writes for too long; nothing is closed."""
    monkeypatch.setattr("oppi18n.store.database._WAIT", 0.05)
    store = Store.open(f"{tmp_path}/x.db", RULES.model)
    store.load([opportunity()])
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError) as caught:
            store.close(RULES, "o1", LOST, today=TODAY)
    finally:
        other.close()

    assert caught.value.code == "store-locked"
    assert store.get("o1").facts.record["opportunity"]["state"] == "open"


def test_full_disk_changes_nothing(tmp_path: Path):
    """The database may not grow."""
    store = Store.open(f"{tmp_path}/x.db", RULES.model)
    store.load([opportunity()])
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]

    event.listen(store.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StoreError) as caught:
        store.load(opportunity(number, name="x" * 300) for number in range(2, 3000))
    assert caught.value.code == "store-failed"
    assert store.count() == 1
