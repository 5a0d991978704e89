"""Every source and every backend gives the findings that the engine gives, in the words that it says them in."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest

from oppi18n import DataError, InputError, Localizer, Rules, load_rules
from oppi18n.bulk import evaluate
from oppi18n.bulk.duck import DuckEvaluation
from oppi18n.bulk.evaluation import Evaluation
from oppi18n.bulk.mapping import MappingError, read_mapping
from oppi18n.bulk.opening import Opening
from oppi18n.bulk.outputs import write
from oppi18n.bulk.question import question
from oppi18n.bulk.rows import json_value
from oppi18n.files import draft
from oppi18n.packs import Pack

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
OPPORTUNITY, QUOTE = (RULES.model.records[name].fields for name in ("opportunity", "quote"))
LOCALES = ("en", "ko", "zh-HK", "ja", "ms", "sv")
ODD = (
    "QUO-1",
    "a\x1b[31m",
    "two\nlines",
    "עסקה",
    "a\u202eb",
    'it\'s "so" \\ {0}',
    "견적",
    "\U0001f600",
    "%s;--",
    "\x80",
)
AMOUNTS = ("0", "-1", "1000.50", "12.345", "999999999999", "0.1", "0.0001", "-0.0001")
EXTREMES = ("999999999999999.9999", "-999999999999999.9999", "999999999999999")
DAYS = (*(TODAY + timedelta(days=each) for each in (-400, -1, 0, 1, 30)), date(1, 1, 1), date(9999, 12, 31))
PLAIN = ("QUO-1", "QUO-2", "견적", "a b", "\U0001f600", "Ö", "QUO-10", 'it\'s "so", \\ {0}')

Records = list[dict[str, Any]]


class Pipeline:
    """Opportunities with their quotes, drawn at random: mostly few of them, of one opportunity very many."""

    def __init__(
        self,
        seed: int,
        *,
        words: Sequence[str] = ODD,
        gaps: bool = True,
        count: int = 60,
        amounts: Sequence[str] = AMOUNTS,
    ) -> None:
        self.random = Random(seed)
        self.words = words
        self.amounts = amounts
        self.gaps = gaps
        self.records = [self.opportunity(number) for number in range(count)]

    def maybe(self, value: Any) -> Any:
        return None if self.gaps and self.random.random() < 0.3 else value

    def reasoned(self, prefix: str) -> dict[str, str]:
        reasons = RULES.model.enumerations[f"{prefix}_status_reason"].values.values()
        chosen = self.random.choice(list(reasons))
        return {"state": chosen.state, "status_reason": chosen.name}

    def opportunity(self, number: int) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "id": f"a{number:07}-0000-4000-8000-00000000000{pick('abc')}",
            "name": self.maybe(pick(self.words)),
            **self.reasoned("opportunity"),
            "currency": self.maybe(pick(("EUR", "SEK", "JPY", "KWD"))),
            "estimated_revenue": self.maybe(Decimal(pick(self.amounts))),
            "created_on": self.maybe(pick(DAYS)),
            "quotes": [self.quote(number, each) for each in range(pick((0, 0, 1, 1, 2, 3, 4, 7)) if number else 90)],
        }

    def quote(self, opportunity: int, number: int) -> dict[str, Any]:
        return {
            "id": f"b{opportunity:07}-0000-4000-8000-{number:012}",
            "number": self.maybe(self.random.choice(self.words)),
            "revision": self.maybe(self.random.choice((0, 1, 2, 10))),
            "name": self.maybe(self.random.choice(self.words)),
            **self.reasoned("quote"),
        }


def expected(records: Records, rules: Rules, request: Mapping[str, Any] | None, locales: Sequence[str]) -> Any:
    """What the engine says about each record, in the shape of findings."""
    localizers = [Localizer(each) for each in locales]
    found = []
    for record in sorted(records, key=lambda each: each["id"]):
        facts = {"opportunity": record}
        asked = rules.complete(facts, request, today=TODAY)[0] if request else None
        decision = rules.evaluate(facts, today=TODAY, request=asked)
        by_rule = {each.rule: each for each in decision.violations}
        unknown = {each.rule for each in decision.unknown}
        for info in rules.infos:
            if info.id in by_rule:
                violation = by_rule[info.id]
                params = {name: json_value(value) for name, value in violation.params.items()}
                said = [each.message(violation) for each in localizers]
                offenders = offending(record, violation.pointers)
                found.append([record["id"], decision.verdict, info.id, "fails", offenders, params, *said])
            elif info.id in unknown:
                found.append([record["id"], decision.verdict, info.id, "unknown", None, None, *(None for _ in locales)])
    return found


def offending(record: Mapping[str, Any], pointers: Sequence[str]) -> list[str] | None:
    """The ids of the quotes that pointers lead to, in the order in which sentences name them."""
    if not all(each.startswith("/opportunity/quotes/") for each in pointers) or not pointers:
        return None
    quotes = [record["quotes"][int(each.split("/")[3])] for each in pointers]
    return [each["id"] for each in sorted(quotes, key=order)]


def order(quote: Mapping[str, Any]) -> tuple[str, int, str]:
    revision = quote.get("revision")
    return str(quote.get("number") or ""), revision if isinstance(revision, int) else -1, quote["id"]


def found(evaluation: Evaluation, locales: Sequence[str]) -> Any:
    """What a backend says, in the same shape."""
    columns, rows = evaluation.rows({f"message_{each}": Localizer(each) for each in locales})
    picked = [columns.index(each) for each in ("opportunity", "verdict", "rule", "outcome", "offenders", "params")]
    result = []
    for row in rows:
        start = [row[each] for each in picked]
        start[4] = start[4] or None if isinstance(start[4], list) and start[3] == "fails" and not start[4] else start[4]
        start[5] = json.loads(start[5]) if start[5] is not None else None
        result.append([*start, *row[len(columns) - len(locales) :]])
    return result


# ---- sources ----


def as_jsonl(records: Records, folder: Path) -> list[str]:
    path = folder / "pipeline.jsonl"
    lines = [json.dumps({"opportunity": plain(each)}, ensure_ascii=False) for each in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(path)]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, (Decimal, date)) else value


def tables(records: Records) -> tuple[list[str], list[list[Any]], list[str], list[list[Any]]]:
    """Two tables: columns and rows of opportunities, columns and rows of quotes."""
    own = [name for name in records[0] if name != "quotes"]
    inner = ["id", "number", "revision", "name", "state", "status_reason"]
    quotes = [[*(quote[name] for name in inner), each["id"]] for each in records for quote in each["quotes"]]
    return own, [[each[name] for name in own] for each in records], [*inner, "opportunity"], quotes


def as_csv(records: Records, folder: Path) -> list[str]:
    own, opportunities, inner, quotes = tables(records)
    paths = []
    for name, columns, rows in (("opportunities", own, opportunities), ("quotes", inner, quotes)):
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
        paths.append(str(folder / f"{name}.csv"))
    return paths


TYPES = {"revision": "BIGINT", "estimated_revenue": "DECIMAL(19, 4)", "created_on": "DATE"}


def filled(connection: Any, records: Records, *, prefix: str = "", types: Mapping[str, str] = TYPES) -> None:
    """Put both tables into a database."""
    own, opportunities, inner, quotes = tables(records)
    mark = "%s" if types is not TYPES else "?"
    for name, columns, rows in (("opportunity", own, opportunities), ("quote", inner, quotes)):
        listed = ", ".join(f'"{each}" {types.get(each, "TEXT" if mark == "%s" else "VARCHAR")}' for each in columns)
        connection.execute(f'CREATE TABLE {prefix}"{name}" ({listed})')
        marks = f"({', '.join([mark] * len(columns))})"
        values = [value for row in rows for value in row]
        if rows:
            connection.execute(f'INSERT INTO {prefix}"{name}" VALUES {", ".join([marks] * len(rows))}', values)


def as_parquet(records: Records, folder: Path) -> list[str]:
    import duckdb

    with duckdb.connect() as connection:
        filled(connection, records)
        paths = []
        for name in ("opportunity", "quote"):
            paths.append(str(folder / f"{name}.parquet"))
            connection.execute(f"COPY \"{name}\" TO '{paths[-1]}' (FORMAT PARQUET)")
    return paths


def as_nested_parquet(records: Records, folder: Path) -> list[str]:
    import duckdb

    path = str(folder / "pipeline.parquet")
    with duckdb.connect() as connection:
        filled(connection, records)
        quotes = (
            "(SELECT opportunity, LIST({id: id, number: number, revision: revision, name: name, state: state,"
            " status_reason: status_reason}) AS quotes FROM quote GROUP BY opportunity)"
        )
        connection.execute(
            f"COPY (SELECT o.*, COALESCE(q.quotes, []) AS quotes FROM opportunity o LEFT JOIN {quotes} q"
            f" ON q.opportunity = o.id) TO '{path}' (FORMAT PARQUET)"
        )
    return [path]


def as_duckdb(records: Records, folder: Path) -> list[str]:
    import duckdb

    with duckdb.connect(str(folder / "pipeline.duckdb")) as connection:
        filled(connection, records)
    return [str(folder / "pipeline.duckdb")]


def as_sqlite(records: Records, folder: Path) -> list[str]:
    path = folder / "pipeline.sqlite"
    with sqlite3.connect(path) as connection:
        texts = [{**each, "estimated_revenue": plain(each["estimated_revenue"]), "created_on": plain(each["created_on"])}
                 for each in records]  # fmt: skip
        filled(connection, texts)
    connection.close()
    return [str(path)]


def as_postgres(records: Records, url: str) -> list[str]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS opportunity CASCADE; DROP TABLE IF EXISTS quote CASCADE")
        filled(connection, records, types=dict(TYPES))
    return [url]


def as_spark_tables(records: Records, session: Any) -> list[str]:
    """Two tables of Spark's catalog, under names that say nothing."""
    import pyarrow

    types = {
        "revision": pyarrow.int64(),
        "estimated_revenue": pyarrow.decimal128(19, 4),
        "created_on": pyarrow.date32(),
    }
    own, opportunities, inner, quotes = tables(records)
    for name, columns, rows in (("crm_a", own, opportunities), ("crm_b", inner, quotes)):
        schema = pyarrow.schema([(each, types.get(each, pyarrow.string())) for each in columns])
        table = pyarrow.table([list(each) for each in zip(*rows, strict=True)], schema=schema)
        session.createDataFrame(table).createOrReplaceTempView(name)
    return ["crm_a", "crm_b"]


SMALL = (*AMOUNTS, "922337203685476", "-922337203685476")
LARGE = (*AMOUNTS, *EXTREMES)
SOURCES: dict[str, tuple[Callable[[Records, Any], list[str]], str, Sequence[str], Sequence[str]]] = {
    "jsonl": (as_jsonl, "duckdb", ODD, LARGE),
    "csv": (as_csv, "duckdb", PLAIN, LARGE),
    "parquet": (as_parquet, "duckdb", ODD, LARGE),
    "nested parquet": (as_nested_parquet, "duckdb", ODD, LARGE),
    "duckdb": (as_duckdb, "duckdb", ODD, LARGE),
    "sqlite": (as_sqlite, "sqlite", ODD, SMALL),
    "jsonl in sqlite": (as_jsonl, "sqlite", ODD, SMALL),
    "csv in sqlite": (as_csv, "sqlite", PLAIN, SMALL),
    "postgres": (as_postgres, "postgres", ODD, LARGE),
    "parquet in spark": (as_nested_parquet, "spark", ODD, LARGE),
    "csv in spark": (as_csv, "spark", PLAIN, LARGE),
    "jsonl in spark": (as_jsonl, "spark", ODD, LARGE),
    "tables in spark": (as_spark_tables, "spark", ODD, LARGE),
}
"""name → how records become files or tables, the backend that reads them, the texts and amounts in them."""


@pytest.fixture
def opened(require: Any, tmp_path: Path, request: Any) -> Iterator[Callable[..., Evaluation]]:
    """Put a question to some records in a source; everything is closed again."""
    made: list[Evaluation] = []

    def opening(source: str, records: Records, **options: Any) -> Evaluation:
        maker, backend, *_ = SOURCES[source]
        server = request.getfixturevalue(backend) if backend in ("postgres", "spark") else None
        if backend == "duckdb" or maker is as_nested_parquet:
            require("duckdb", find_spec("duckdb"))
        place = server if maker in (as_postgres, as_spark_tables) else tmp_path
        return asked(maker(records, place), backend, **options)

    def asked(paths: Sequence[str], backend: str = "", **options: Any) -> Evaluation:
        mapping = options.pop("mapping", None)
        zone, write = options.pop("zone", "UTC"), options.pop("write", False)
        given = question("close-opportunity", today=TODAY, **options)
        settings = {"mapping": mapping} if mapping else {}
        how = Opening(given.model, backend=backend, zone=zone, write=write, **settings)
        database = how.open(paths)
        try:
            kind = DuckEvaluation if database.dialect.name == "duckdb" else Evaluation
            made.append(kind(given, database, mapping=mapping, zone=zone))
        except BaseException:
            database.close()
            raise
        return made[-1]

    opening.asked = asked  # type: ignore[attr-defined]
    yield opening
    for each in made:
        each.close()


class Agreement:
    """What every source in every backend is held to: inherit, and name the source."""

    source: ClassVar[str]
    outcomes: ClassVar[Sequence[str | None]] = (None, "won", "lost")
    locales: ClassVar[Sequence[str]] = ("ko", "sv")

    @pytest.mark.parametrize("outcome", [None, "won", "lost"])
    def test_findings_and_sentences_are_the_engines(self, outcome, opened, soak):
        """The same verdicts, rules, values, offenders and words, for every row."""
        if outcome not in self.outcomes and not soak:
            pytest.skip("each takes seconds here, so one of them stands for all")
        _, _, words, amounts = SOURCES[self.source]
        records = Pipeline(7, words=words, amounts=amounts).records
        request = {"outcome": outcome} if outcome else None
        evaluation = opened(self.source, records, request=request)

        locales = self.locales if outcome == "won" or soak else self.locales[:2]
        assert found(evaluation, locales) == expected(records, RULES, request, locales)


class TestParquet(Agreement):
    source, locales = "parquet", LOCALES


class TestNestedParquet(Agreement):
    source = "nested parquet"


class TestCsv(Agreement):
    source = "csv"


class TestJsonLines(Agreement):
    source = "jsonl"


class TestDuckDB(Agreement):
    source = "duckdb"


class TestSQLite(Agreement):
    source = "sqlite"


class TestJsonLinesInSQLite(Agreement):
    source = "jsonl in sqlite"


class TestCsvInSQLite(Agreement):
    source = "csv in sqlite"


class TestPostgreSQL(Agreement):
    source = "postgres"


class TestParquetInSpark(Agreement):
    source, outcomes = "parquet in spark", ("won",)


class TestCsvInSpark(Agreement):
    source, outcomes = "csv in spark", ("lost",)


@pytest.mark.soak
class TestJsonLinesInSpark(Agreement):
    source, outcomes = "jsonl in spark", ()


@pytest.mark.soak
class TestTablesInSpark(Agreement):
    source, outcomes = "tables in spark", ()


@pytest.mark.parametrize("source", ["parquet", "sqlite"])
def test_summary_counts_what_the_findings_say(source, opened):
    """Verdicts add up to the records, and each rule fails as often as it has rows."""
    records = Pipeline(3).records
    evaluation = opened(source, records)
    rows = expected(records, RULES, None, ())
    summary = evaluation.summary()

    assert summary.total == len(records)
    assert summary.blocked == len({row[0] for row in rows if row[1] == "blocked"})
    assert summary.closable + summary.blocked + summary.undetermined == summary.total
    counted = {each.rule: (each.fails, each.unknown) for each in summary.rules}
    for rule, counts in counted.items():
        assert counts == tuple(sum(row[2:4] == [rule, each] for row in rows) for each in ("fails", "unknown"))


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_what_was_not_loaded_stays_unknown(backend, require, tmp_path, opened):
    """Quotes that were not asked for, or of which there are more, never make a record closable."""
    if backend == "duckdb":
        require("duckdb", find_spec("duckdb"))
    lines = [
        {"opportunity": {"id": "a", "state": "open"}},
        {"opportunity": {"id": "b", "state": "open", "quotes": []}},
        {"opportunityid": "c", "statecode": 0, "opportunity_quotes": [],
         "opportunity_quotes@odata.nextLink": "https://x/?$skiptoken=1"},
        {"opportunityid": "d", "statecode": 0, "opportunity_quotes": [{"quoteid": "q", "statecode": 1}],
         "opportunity_quotes@odata.nextLink": "https://x/?$skiptoken=1"},
    ]  # fmt: skip
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    evaluation = opened.asked([str(path)], backend)

    verdicts = {each.id: each.verdict for each in evaluation.answers()}
    assert verdicts == {"a": "undetermined", "c": "undetermined", "d": "blocked"}
    partial = {each.id: [one.violation.partial for one in each.found] for each in evaluation.answers()}
    assert partial == {"a": [], "c": [], "d": [True]}


# ---- sentences that hang on what is in a list ----

HOUSE = """
ruleset: house
action: opportunity.close
model: opportunity
let: {active: "opportunity.quotes.filter(q, q.state == 'active')"}
rules:
  - id: named
    severity: error
    source: house rule
    forbid: opportunity.quotes.exists(q, q.state == 'active')
    at: active
    message: {one: "{quotes} of {name} is active.", other: "{quotes} of {name} are active.",
              partial: {one: "{quotes} of {name} is active.", other: "{quotes} of {name} are active."}}
    params: {count: active.size(), quotes: active, name: opportunity.name}
  - id: open
    severity: warning
    source: house rule
    forbid: opportunity.state == 'open' && opportunity.quotes.size() > 1
    message: "{name} {revenue} {day}"
    params: {name: opportunity.name, revenue: {value: opportunity.estimated_revenue, currency: opportunity.currency},
             day: opportunity.created_on}
  - id: revised
    severity: info
    source: house rule
    forbid: opportunity.quotes.exists(q, q.status_reason == 'revised')
    message: "Revised."
"""
KOREAN = r"""msgid ""
msgstr ""
"Language: ko\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

msgctxt "house/house/named/message"
msgid "{quotes} of {name} is active."
msgid_plural "{quotes} of {name} are active."
msgstr[0] "{name}의 {quotes}이(가) 활성 상태입니다."
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A pack whose Korean sentence has a particle behind a list."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "rules").mkdir()
    (folder / "rules" / "house.yaml").write_text(HOUSE, encoding="utf-8")
    (folder / "locales" / "ko" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "locales" / "ko" / "LC_MESSAGES" / "oppi18n.po").write_text(KOREAN, encoding="utf-8")
    return Pack("house", str(folder / "rules"), str(folder / "locales"), "en")


def test_particle_follows_the_last_name_of_a_list(house, require, tmp_path):
    """Where a word hangs on what is in a list, the sentence is still the engine's."""
    require("duckdb", find_spec("duckdb"))
    records = Pipeline(5).records
    rules = load_rules("house", packs=[house])
    given = question("house", today=TODAY, packs=[house])
    localizers = {each: Localizer(each, packs=[house]) for each in ("ko", "en")}
    wanted = {}
    for record in records:
        for violation in rules.evaluate({"opportunity": record}, today=TODAY).violations:
            wanted[record["id"], violation.rule] = [each.message(violation) for each in localizers.values()]

    with DuckEvaluation(given, Opening(given.model).open(as_parquet(records, tmp_path))) as evaluation:
        columns, rows = evaluation.rows(localizers)
        said = {(row[0], row[2]): row[-2:] for row in rows if row[4] == "fails"}
    assert columns[-2:] == ["ko", "en"]
    assert said == wanted
    assert any("이 활성" in each[0] for each in said.values())
    assert any("가 활성" in each[0] for each in said.values())


# ---- the library ----


def frame(relation: Any) -> Any:
    """A frame of pandas, which takes dates for timestamps unless it is told not to."""
    made = relation.df()
    if "created_on" in made:
        made["created_on"] = made["created_on"].dt.date
    return made


@pytest.mark.parametrize("library", ["duckdb", "pyarrow", "polars", "pandas"])
def test_frames_of_other_libraries_are_evaluated(library, require):
    """A relation, an Arrow table and frames give the same answers, with a gap in every column."""
    require("duckdb", find_spec("duckdb"))
    require(library, find_spec(library) and (library == "duckdb" or find_spec("pyarrow")))
    import duckdb

    records = Pipeline(2, words=PLAIN).records
    with duckdb.connect() as connection:
        filled(connection, records)
        relations = [connection.sql(f"SELECT * FROM {name}") for name in ("opportunity", "quote")]
        made = {"duckdb": lambda each: each, "pyarrow": lambda each: each.to_arrow_table(),
                "polars": lambda each: each.pl(), "pandas": frame}  # fmt: skip
        opportunities, quotes = map(made[library], relations)
        with evaluate(
            opportunities, RULES, lists={"quotes": quotes}, today=TODAY, request={"outcome": "won"}
        ) as answers:
            assert found(answers, ("en",)) == expected(records, RULES, {"outcome": "won"}, ("en",))


def test_rules_from_packs_need_their_packs_again(house, require):
    """Loaded rules do not have their text with them, so where they come from must be said."""
    require("duckdb", find_spec("duckdb"))
    rules = load_rules("close-opportunity", packs=[house], settings={"drafts_block": True})

    with pytest.raises(InputError) as caught:
        question(rules, today=TODAY)
    assert caught.value.code == "rules-from-elsewhere"
    assert question(rules, today=TODAY, packs=[house]).settings["drafts_block"] is True


# ---- mapping ----

MAPPED = """
opportunity:
  table: crm_opps
  columns: {id: guid, state: statecode, currency: iso}
  coded: [state]
quotes:
  table: crm_quotes
  parent: opp
  columns: {id: guid, state: statecode, number: quote_no}
  coded: [state]
"""


def test_mapping_names_tables_and_columns(tmp_path, opened):
    """Codes, names of their own and tables that nobody would guess."""
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE crm_opps (guid, statecode, iso, id)")
        connection.execute("CREATE TABLE crm_quotes (guid, opp, statecode, quote_no)")
        connection.execute("INSERT INTO crm_opps VALUES ('A', 0, 'EUR', 7), ('B', 1, NULL, 8)")
        connection.execute("INSERT INTO crm_quotes VALUES ('1', 'a', 1, 'QUO-1')")
    connection.close()
    (tmp_path / "mapping.yaml").write_text(MAPPED, encoding="utf-8")
    mapping = read_mapping(str(tmp_path / "mapping.yaml"), RULES.model)
    evaluation = opened.asked([str(path)], mapping=mapping)

    rules = {each.id: [one.violation.rule for one in each.found] for each in evaluation.answers()}
    assert rules == {"A": ["no-active-quotes"], "B": ["opportunity-open"]}


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        ("opportunity: {table: one.csv}", ["A"]),
        ("opportunity: {table: OTHER.csv}\nquotes: {table: q.csv}", ["B"]),
        ("opportunity: {table: none.csv}", "none of the tables found holds the record 'opportunity'"),
        (
            "opportunity: {table: one.csv}\nquotes: {table: none.csv}",
            "none of the tables found holds the record 'quotes'",
        ),
        ("opportunity: {columns: {id: id}}", "say in a mapping which one does"),
    ],
)
def test_mapping_tells_files_apart(mapping, wanted, require, tmp_path, opened):
    """By the name of the file; a name that nothing has is told, for whoever writes it means something."""
    require("duckdb", find_spec("duckdb"))
    for name, text in (("one", "id,state\nA,open\n"), ("other", "id,state\nB,open\n"), ("q", "id,opportunity\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    paths = [str(tmp_path / f"{each}.csv") for each in ("one", "other", "q")]
    given = read_mapping(str(tmp_path / "mapping.yaml"), RULES.model)
    if isinstance(wanted, str):
        with pytest.raises(InputError) as caught:
            opened.asked(paths, mapping=given)
        assert wanted in str(caught.value)
        return
    columns, rows = opened.asked(paths, mapping=given).records()

    assert ([row[0] for row in rows], columns[0]) == (wanted, "opportunity")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quote: {table: x}", "unknown-key"),
        ("quotes: {columns: {staet: x}}", "unknown-field"),
        ("quotes: {coded: [number]}", "not-a-choice"),
        ("opportunity: {parent: x}", "unknown-key"),
        ("opportunity: [", "yaml-syntax"),
        ("[]", "not-a-mapping"),
    ],
)
def test_wrong_mapping_is_told_with_its_place(text, code, tmp_path):
    """A mapping is an authored file: what is wrong in it has a code and a place."""
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MappingError) as caught:
        read_mapping(str(path), RULES.model)
    assert [each.code for each in caught.value.diagnostics] == [code]
    assert caught.value.exit_status == 2


# ---- bad data ----

GOOD = {"o": [{"id": "A", "state": "open"}], "q": [{"id": "1", "opportunity": "A", "state": "active"}]}


def damaged(**tables: Any) -> dict[str, list[dict[str, Any]]]:
    return {**GOOD, **tables}


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        (damaged(o=[*GOOD["o"], {"id": "a", "state": "won"}]), "bulk-duplicates"),
        (damaged(q=[*GOOD["q"], {"id": "1", "opportunity": "A", "state": "won"}]), "bulk-duplicates"),
        (damaged(q=[{"id": "1", "opportunity": "B", "state": "won"}]), "bulk-orphans"),
        (damaged(o=[{"id": "A", "state": "Open"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "7"}]), "bulk-values"),
        (damaged(o=[{"id": "", "state": "open"}]), "bulk-no-ids"),
        (damaged(o=[]), "no-opportunity"),
        (damaged(o=[{"id": "A", "state": "open", "created_on": "2026-02-30"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "open", "created_on": "2026-02-03T10:00"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "open", "estimated_revenue": "1e3"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "open", "estimated_revenue": "1.23456"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "open", "estimated_revenue": "1234567890123456"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "state": "open", "currency": "eur"}]), "bulk-values"),
        (damaged(q=[{"id": "1", "opportunity": "A", "state": "active", "revision": "1.0"}]), "bulk-values"),
        (damaged(o=[{"id": "A", "name": "x"}, {"name": "y"}]), "bulk-no-ids"),
        (damaged(o=[{"id": "A", "opportunityid": "A", "state": "open"}]), "csv-column-twice"),
    ],
)  # fmt: skip
def test_bad_rows_are_told_before_anything_is_judged(tables, code, require, tmp_path, opened):
    """Nothing is answered about data that says something twice, or something that means nothing."""
    require("duckdb", find_spec("duckdb"))
    paths = []
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["id", "state"]
        path = tmp_path / f"{name}.csv"
        lines = [",".join(columns), *(",".join(row.get(each, "") for each in columns) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(str(path))

    with pytest.raises(DataError) as caught:
        opened.asked(paths, request={"outcome": "won"})
    assert {each.code for each in caught.value.problems} == {code}


def test_reason_of_another_status_is_told(house, require):
    """A status reason belongs to one status, so a row that says otherwise means nothing."""
    duckdb = pytest.importorskip("duckdb")
    quotes = duckdb.sql("SELECT 'q' AS id, 'A' AS opportunity, 'active' AS state, 'revised' AS status_reason")

    with pytest.raises(DataError) as caught:
        evaluate(duckdb.sql("SELECT 'A' AS id"), "house", lists={"quotes": quotes}, packs=[house], today=TODAY)
    assert [each.code for each in caught.value.problems] == ["bulk-reasons"]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 'A' AS id, 'open' AS state, 1.5 AS created_on", "bulk-column-type"),
        ("SELECT 'A' AS id, 'open' AS state, TIMESTAMP '2026-01-01 10:00:00' AS created_on", "bulk-naive-timestamps"),
        ("SELECT 'A' AS id, 'open' AS state, 1::DECIMAL(38, 10) / 3 AS estimated_revenue", "bulk-values"),
        ("SELECT 'A' AS id, 'open' AS state, (1.0::DOUBLE / 3) AS estimated_revenue", "bulk-values"),
        ("SELECT 'A' AS id, 'open' AS state, 'infinity'::DOUBLE AS estimated_revenue", "bulk-values"),
        ("SELECT 'A' AS id, 5 AS state", "bulk-values"),
        ("SELECT 7 AS id, 'open' AS state", "bulk-column-type"),
        ("SELECT 'A' AS id, 'open' AS state, ['q'] AS quotes", "bulk-column-type"),
        ("SELECT 'A' AS id, 'open' AS state, 'infinity'::DATE AS created_on", "bulk-values"),
    ],
)
def test_wrong_types_are_told(sql, code, require):
    """A column of a wrong type is refused as a whole, one with wrong values with an example."""
    duckdb = pytest.importorskip("duckdb")
    with pytest.raises(DataError) as caught:
        evaluate(duckdb.sql(sql), STRICT, today=TODAY, request={"outcome": "won"})
    assert {each.code for each in caught.value.problems} == {code}


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"id;state\nA;open\n", "separated by ';'"),
        (b"id,id,state\nA,A,open\n", "'id'"),
        (b"id,state\nA,open,extra\n", "3"),
        (b"id,state\nA\xe9,open\n", "utf-8"),
        (b"id,n\xe4me\nA,b\n", "is not UTF-8 text"),
        (b'id,state\n"A,open\n', "CSV"),
    ],
)
def test_csv_that_is_none_is_told(content, told, backend, require, tmp_path, opened):
    """By the reader of every command, or by the database's own."""
    if backend == "duckdb":
        require("duckdb", find_spec("duckdb"))
    (tmp_path / "A.csv").write_bytes(content)

    with pytest.raises((InputError, DataError)) as caught:
        opened.asked([str(tmp_path / "A.csv")], backend)
    assert told.lower() in str(caught.value).lower()


STRICT = "close-opportunity"


@pytest.mark.parametrize(
    "amount",
    ["922337203685477", "-922337203685477", "999999999999999.9999", 922337203685477, 922337203685477.0, "1e3", "--1",
     "1.", ".5", "1.00001", 0.30000000000000004, float("inf"), b"1", "1,5", " 1", "٣"],
)  # fmt: skip
def test_amounts_that_sqlite_cannot_hold_exactly_are_told(amount, tmp_path, opened):
    """Its whole numbers have 64 bits, of which ten-thousandths take their part; nothing is rounded or cut off."""
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE opportunity (id, state, estimated_revenue)")
        connection.execute("INSERT INTO opportunity VALUES ('A', 'open', ?)", [amount])
    connection.close()

    with pytest.raises(DataError) as caught:
        opened.asked([str(path)], request={"outcome": "won"})
    assert [each.code for each in caught.value.problems] == ["bulk-values"]


@pytest.mark.parametrize(
    ("sql", "day"),
    [
        ("TIMESTAMPTZ '2026-03-31 22:30:00+00'", "2026-04-01"),
        ("DATE '2026-03-31'", "2026-03-31"),
        ("TIMESTAMPTZ '2026-03-31 10:00:00+00'", "2026-03-31"),
    ],
)
def test_moments_become_dates_in_the_zone(sql, day, require):
    """The zone that was asked for decides, not that of the machine or of the session."""
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql(f"SELECT 'A' AS id, 'open' AS state, CAST({sql} AS {sql.split()[0]}) AS created_on")
    with evaluate(relation, today=date(2026, 1, 1), request={"outcome": "lost"}, zone="Asia/Seoul") as answers:
        params = [one.violation.params for each in answers.answers() for one in each.found]

    assert [each["created"].isoformat() for each in params if "created" in each] == [day]


def test_doubles_count_as_the_amounts_that_they_stand_for(require):
    """A frame that knows no decimals still has exact amounts, and a missing one is missing."""
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql(
        "SELECT * FROM (VALUES ('A', 'open', -0.1::DOUBLE), ('B', 'open', 'nan'::DOUBLE)) t(id, state, estimated_revenue)"
    )
    with evaluate(relation, today=TODAY, request={"outcome": "won"}) as answers:
        found = {
            each.id: {one.violation.rule: one.violation.params for one in each.found} for each in answers.answers()
        }

    assert found["A"]["revenue-not-negative"]["revenue"].amount == Decimal("-0.1")
    assert "revenue-present" in found["B"]


@pytest.mark.parametrize(
    ("names", "backend", "code"),
    [
        (["absent.parquet"], "", "not-found"),
        (["absent.duckdb"], "", "not-found"),
        (["absent.sqlite"], "", "not-found"),
        (["absent.jsonl"], "", "not-found"),
        (["absent"], "", "not-found"),
        (["broken.parquet"], "", "bulk-source"),
        (["broken.duckdb"], "", "bulk-source"),
        (["broken.sqlite"], "", "bulk-source"),
        (["broken.bin"], "", "bulk-unknown-source"),
        (["broken.parquet", "broken.sqlite"], "", "bulk-mixed-sources"),
        (["broken.parquet"], "sqlite", "bulk-backend"),
        (["strange.csv"], "", "bulk-no-table"),
        (["one.csv", "other.csv"], "", "bulk-two-tables"),
        (["postgresql://nobody:secret@127.0.0.1:9/none"], "", "bulk-source"),
    ],
)
def test_sources_that_cannot_be_used_are_told(names, backend, code, require, tmp_path, monkeypatch, opened):
    """What is wrong with a source is an error of ours, with its name and without its password."""
    require("duckdb", find_spec("duckdb"))
    if "postgresql" in names[0]:
        require("postgres", find_spec("psycopg"))
    monkeypatch.chdir(tmp_path)
    for name in ("broken.parquet", "broken.duckdb", "broken.sqlite", "broken.bin"):
        Path(name).write_bytes(b"nothing of the kind, but long enough to be looked at")
    Path("strange.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for name in ("one.csv", "other.csv"):
        Path(name).write_text("id,state\nA,open\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        opened.asked(names, backend)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


# ---- files ----


@pytest.mark.parametrize("records", [False, True])
@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_backends_write_the_same_files(ending, records, require, tmp_path, opened):
    """The database's own writer and ours agree, down to values that are missing."""
    duckdb = pytest.importorskip("duckdb")
    lines = Pipeline(4, count=20).records
    paths = []
    for source in ("parquet", "sqlite"):
        (tmp_path / source).mkdir()
        given = opened.asked(SOURCES[source][0](lines, tmp_path / source), request={"outcome": "won"})
        paths.append(str(tmp_path / f"{source}.{ending}"))
        messages = {} if records else {"message": Localizer("ja")}
        write(given, paths[-1], records=records, messages=messages)

    reader = {"jsonl": "READ_JSON", "csv": "READ_CSV", "parquet": "READ_PARQUET"}[ending]
    with duckdb.connect() as connection:
        one, other = (connection.execute(f"SELECT * FROM {reader}('{path}') ORDER BY ALL").fetchall() for path in paths)
    assert [*map(normal, one)] == [*map(normal, other)]
    assert one


def normal(row: Sequence[Any]) -> list[Any]:
    """A row whose JSON is read, for blanks in it mean nothing."""
    return [json.loads(each) if isinstance(each, str) and each[:1] in "{[" and each else each for each in row]


def test_interrupted_writing_leaves_the_old_file(tmp_path):
    """Whoever stops a run finds what was there before, and nothing beside it."""
    target = tmp_path / "findings.csv"
    target.write_text("old", encoding="utf-8")

    def half() -> None:
        with draft(str(target)) as place:
            Path(place).write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert [each.name for each in tmp_path.iterdir()] == ["findings.csv"]
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permission bits are those of POSIX")
def test_a_file_that_is_replaced_stays_as_private_as_it_was(tmp_path):
    """From its first byte on; whatever makes the draft."""
    target = tmp_path / "findings.csv"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    with draft(str(target)) as place:
        first = Path(place).stat().st_mode & 0o777
        Path(place).write_text("new", encoding="utf-8")

    assert (first, target.stat().st_mode & 0o777, target.read_text(encoding="utf-8")) == (0o600, 0o640, "new")


def test_interrupt_ends_a_query_of_duckdb(require):
    """The database stops at once, whatever it is at, and can go on afterwards."""
    require("duckdb", find_spec("duckdb"))
    from oppi18n.bulk.backends.duckdb import DuckDB

    database = DuckDB(threads=1)

    def stop(statement: int, done: float) -> None:
        raise KeyboardInterrupt

    database.progress = stop
    with pytest.raises(KeyboardInterrupt):
        database.rows("SELECT COUNT(*) FROM RANGE(1000000) a, RANGE(1000000) b WHERE HASH(a.range + b.range) = 0")
    database.progress = lambda statement, done: None
    assert database.rows("SELECT 1") == [(1,)]
    database.close()


def test_interrupt_ends_a_query_of_sqlite():
    """It works in the same thread, and still listens."""
    from oppi18n.bulk.backends.sqlite import SQLite

    database = SQLite()
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT SUM(i) FROM n"
    timer = threading.Timer(0.2, interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        database.rows(many)
    timer.join()
    assert database.rows("SELECT 1") == [(1,)]
    database.close()


def test_full_disk_is_an_error_and_leaves_nothing(require, tmp_path, opened):
    """What cannot be written is told; there is no part of a file."""
    require("full device", Path("/dev/full").exists())
    records = Pipeline(4, count=5).records
    evaluation = opened.asked(as_sqlite(records, tmp_path))
    target = tmp_path / "out" / "findings.jsonl"

    with pytest.raises(InputError) as caught:
        write(evaluation, str(target))
    assert caught.value.code == "not-writable"

    def full() -> None:
        with draft(str(tmp_path / "x.csv")) as place:
            Path(place).symlink_to("/dev/full")
            Path(place).write_bytes(b"x" * 100_000)

    with pytest.raises(InputError):
        full()
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("view", [False, True])
@pytest.mark.parametrize("source", ["duckdb", "sqlite"])
def test_tables_and_views_are_created_beside_the_source(source, view, require, tmp_path, opened):
    """Flags and items stay in the database for whoever asks it next; another run does not take them for quotes."""
    maker, backend, *_ = SOURCES[source]
    if backend == "duckdb":
        require("duckdb", find_spec("duckdb"))
    paths = maker(Pipeline(4).records, tmp_path)
    evaluation = opened.asked(paths, write=True)
    summary = evaluation.summary()
    evaluation.create("findings", view=view)
    with pytest.raises(InputError) as caught:
        evaluation.create("findings", view=view)
    assert caught.value.code == "bulk-not-created"
    evaluation.close()

    again = opened.asked(paths)
    assert again.summary() == summary
    again.close()
    moved = Path(paths[0]).rename(tmp_path / "moved")
    with module(backend).connect(str(moved)) as connection:
        counted = connection.execute("SELECT COUNT(*) FROM findings WHERE verdict = 'blocked'").fetchall()
        named = connection.execute("SELECT COUNT(DISTINCT rule) FROM findings_items").fetchall()
    connection.close()
    assert counted == [(summary.blocked,)]
    assert named[0][0] > 1


def module(backend: str) -> Any:
    """The library of a database."""
    return import_module({"sqlite": "sqlite3"}.get(backend, backend))


@pytest.mark.parametrize("view", [False, True])
def test_tables_and_views_are_created_in_postgres(view, postgres, opened):
    """In the schema that is named, all of them or none."""
    url = as_postgres(Pipeline(4).records, postgres)
    with module("psycopg").connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS sales CASCADE; CREATE SCHEMA sales")
        evaluation = opened.asked(url, write=True)
        summary = evaluation.summary()
        evaluation.create("sales.findings", view=view)
        evaluation.close()
        counted = connection.execute("SELECT COUNT(*) FROM sales.findings WHERE verdict = 'blocked'").fetchall()

        refused = opened.asked(url, write=True)
        connection.execute("DROP SCHEMA sales CASCADE; CREATE SCHEMA sales; CREATE TABLE sales.findings_items (id INT)")
        with pytest.raises(InputError) as caught:
            refused.create("sales.findings", view=view)
        refused.close()
        left = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sales'")
        assert left.fetchall() == [("findings_items",)]
    assert counted == [(summary.blocked,)]
    assert caught.value.code == "bulk-not-created"


@pytest.mark.parametrize("source", ["parquet", "jsonl in sqlite"])
def test_tables_need_a_database_to_be_in(source, opened):
    """What was read from other files has no place that would last."""
    evaluation = opened(source, Pipeline(4, words=PLAIN).records)
    with pytest.raises(InputError) as caught:
        evaluation.create("findings", view=False)
    assert caught.value.code == "bulk-no-place"


def test_unknown_is_never_closable_in_any_table(require):
    """Without a table of quotes nobody is told that nothing stands in the way."""
    duckdb = pytest.importorskip("duckdb")
    with evaluate(duckdb.sql("SELECT 'A' AS id, 'open' AS state"), today=TODAY) as answers:
        assert answers.summary().closable == 0
        assert [each.verdict for each in answers.answers()] == ["undetermined"]
