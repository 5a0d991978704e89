"""Millions of opportunities at once, against a query by hand, a bare scan, and the engine in a loop.

    python benchmarks/bulk.py [--quick] [--count N] [--large]

One million opportunities and three million quotes, one thread. `--large` measures growth up to ten million and memory
with a limit instead, in processes of their own, which takes some ten minutes and three gigabytes of disk.
PostgreSQL takes part where OPPI18N_POSTGRES is the URL of a database that may be written to.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import _large
from _bulk_by_hand import FINDINGS, FLAGS, SCAN
from _paired import LEAST_ROUNDS, ROUNDS, Row, at_least, at_most, by_turns, cpu, pin, spread, table
from _pipeline import written
from babel.core import Locale
from babel.lists import format_list

from oppi18n import Localizer
from oppi18n.bulk import backends
from oppi18n.bulk.duck import DuckEvaluation
from oppi18n.bulk.question import question
from oppi18n.engine.decision import Violation
from oppi18n.targets.sql.dialects import DIALECTS
from oppi18n.targets.sql.tables import usual

TODAY: Final = date(2026, 3, 31)
COUNT: Final = 1_000_000
SAMPLE: Final = 20_000
"""Opportunities that are judged one by one; the time is scaled."""
_WARM: Final = 4
"""Rounds in which Spark compiles itself."""


class Files(NamedTuple):
    """Where the pipeline lies, and how large it is."""

    opportunities: str
    quotes: str
    count: int

    def sql(self, text: str) -> str:
        """A query about these files."""
        return text.format(opportunities=self.opportunities, quotes=self.quotes)


class Contenders:
    """What is compared: each method is one way to an answer, from the files to a table in memory."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.asked = question(today=TODAY)
        self.database = backends.load("duckdb").DuckDB(threads=1)
        for path in files[:2]:
            self.database.add_parquet(path)
        self.evaluation = DuckEvaluation(self.asked, self.database)

    def keep(self, sql: str) -> None:
        """Work a query out."""
        self.database.run(f'CREATE OR REPLACE TABLE "kept" AS {sql}')

    def scan(self, what: str) -> None:
        """Read the columns that are needed."""
        for each in SCAN[what]:
            self.database.run(self.files.sql(each)).fetchall()

    def by_hand(self, sql: str = FINDINGS) -> None:
        """The query that knows the rules."""
        self.keep(self.files.sql(sql))

    def flags(self) -> None:
        """One row per opportunity that is not closable."""
        self.keep(self.evaluation.queries.flags())

    def relations(self) -> None:
        """Both flat relations: the flags, and a row per element that a failed rule names."""
        queries = self.evaluation.queries
        self.database.run(f'CREATE OR REPLACE TABLE "kept flags" AS {queries.flags()}')
        self.keep(queries.items("quotes", '"kept flags"'))

    def findings(self, *locales: str) -> None:
        """A row per finding, with ids, and with sentences in some languages."""
        self.evaluation._flags = ""
        self.keep(self.evaluation.select({each: Localizer(each) for each in locales}))

    def checked(self) -> None:
        """The same with all that a run does: the data looked over first, and a summary."""
        evaluation = DuckEvaluation(self.asked, self.database)
        self.keep(evaluation.select())
        evaluation.summary()

    def facts(self) -> list[dict[str, Any]]:
        """Some of the opportunities as the engine is given them."""
        sql = (
            f"SELECT o.id, o.name, o.state, LIST({{'id': q.id, 'number': q.number, 'revision': q.revision,"
            f" 'state': q.state}}) FILTER (q.id IS NOT NULL) FROM (FROM READ_PARQUET('{{opportunities}}') LIMIT {SAMPLE}) o"
            " LEFT JOIN READ_PARQUET('{quotes}') q ON q.opportunity = o.id GROUP BY ALL"
        )
        sql = sql.replace("{opportunities}", self.files.opportunities).replace("{quotes}", self.files.quotes)
        return [
            {"opportunity": {"id": identity, "name": name, "state": state, "quotes": quotes or []}}
            for identity, name, state, quotes in self.database.rows(sql)
        ]

    def agree(self) -> None:
        """Stop unless the query by hand finds the same, and the engine says the same."""
        columns = "opportunity, verdict, rule, offenders, CAST(JSON(params) AS VARCHAR) AS params"
        ours = f"SELECT {columns} FROM ({self.evaluation.select()})"
        theirs = f"SELECT {columns} FROM ({self.files.sql(FINDINGS)})"
        for one, other in ((ours, theirs), (theirs, ours)):
            different = self.database.rows(f"SELECT * FROM (({one}) EXCEPT ALL ({other})) LIMIT 1")
            if different:
                raise SystemExit(f"by hand and compiled differ: {different}")
        facts = self.facts()
        said = {}
        names, rows = self.evaluation.rows({"ko": Localizer("ko")})
        known = {each["opportunity"]["id"] for each in facts}
        for row in rows:
            if row[0] in known:
                said[row[0], row[2]] = row[names.index("ko")]
        localizer = Localizer("ko")
        for each in facts:
            for violation in self.asked.rules.evaluate(each, today=TODAY).violations:
                if localizer.message(violation) != said.pop((each["opportunity"]["id"], violation.rule)):
                    raise SystemExit(f"{violation} is said otherwise")
        if said:
            raise SystemExit(f"the engine does not find {next(iter(said))}")


def measured(contenders: Contenders, rounds: int) -> Iterator[Row]:
    """The rows about one size."""
    facts, rules = contenders.facts(), contenders.asked.rules
    lines = [json.dumps(each) for each in facts]
    factor = contenders.files.count / len(facts)
    known: list[Violation] = []

    def engine() -> None:
        known.clear()
        for each in facts:
            known.extend(rules.evaluate(each, today=TODAY).violations)
        for violation in known:
            _ = violation.params, violation.pointers

    def engine_on_lines() -> None:
        for line in lines:
            for violation in rules.evaluate(json.loads(line), today=TODAY).violations:
                _ = violation.params, violation.pointers

    engine()
    runs: dict[str, Callable[[], object]] = {
        "scan for flags": lambda: contenders.scan("flags"),
        "scan": lambda: contenders.scan("findings"),
        "flags": contenders.flags,
        "flags by hand": lambda: contenders.by_hand(FLAGS),
        "relations": contenders.relations,
        "by hand": contenders.by_hand,
        "findings": contenders.findings,
        "everything": contenders.checked,
        "ko": lambda: contenders.findings("ko"),
        "ko sv": lambda: contenders.findings("ko", "sv"),
        "engine": engine,
        "engine on lines": engine_on_lines,
        "Babel": lambda: by_babel(known),
    }
    times = by_turns({name: (lambda run=run: cpu(run)) for name, run in runs.items()}, rounds)
    yield Row("flags", "scan of the columns needed", times.over("flags", "scan for flags"), at_most(3.5))
    yield Row("flags", "query by hand", times.over("flags", "flags by hand"), at_most(1.25))
    yield Row("flags by hand", "scan of the columns needed", times.over("flags by hand", "scan for flags"))
    yield Row(
        "flags and items, the flat relations", "scan of the columns needed", times.over("relations", "scan"), at_most(7)
    )
    yield Row("findings with ids", "scan of the columns needed", times.over("findings", "scan"), at_most(7))
    yield Row("findings with ids", "query by hand", times.over("findings", "by hand"), at_most(1.25))
    yield Row("findings by hand", "scan of the columns needed", times.over("by hand", "scan"))
    yield Row("data looked over, findings, summary", "query by hand", times.over("everything", "by hand"))
    yield Row("findings in Korean", "without sentences", times.over("ko", "findings"), at_most(1.4))
    further = [
        (b - a) / c for a, b, c in zip(*(times.found[each] for each in ("ko", "ko sv", "findings")), strict=True)
    ]
    yield Row("Swedish as well", "without sentences", spread(further), at_most(0.5))
    yield Row(
        "the engine in a loop", "findings: times as fast", times.over("engine", "findings").scaled(factor), at_least(12)
    )
    yield Row("the engine on lines of JSON", "findings: times as fast",
              times.over("engine on lines", "findings").scaled(factor))  # fmt: skip
    said = [
        max(b - a, 1) / c for a, b, c in zip(*(times.found[each] for each in ("findings", "ko", "Babel")), strict=True)
    ]
    yield Row("a sentence", "Babel", spread(said).scaled(1 / factor), at_most(0.25))


def by_babel(known: list[Violation]) -> list[str]:
    """The sentences of some violations by Babel, as its documentation shows it, with the Locale looked up beforehand."""
    locale, said = Locale.parse("ko"), []
    for violation in known:
        names = [
            f"{each.values['number']} 수정 {each.values['revision']}" for each in violation.params.get("quotes", ())
        ]
        said.append(f"견적 {len(names)}개({format_list(names, locale=locale)})")
    return said


# ---- compiling, and other databases ----


def compiling(rounds: int) -> Row:
    """64 rules to SQL: the shipped ones several times over, without anything that they share but what they call by name."""
    asked = question(today=TODAY, request={"outcome": "won"})
    rules = [replace(deepcopy(rule), id=f"{rule.id}-{n}") for n in range(9) for rule in asked.ruleset.rules][:64]
    many = replace(asked, ruleset=replace(asked.ruleset, rules=tuple(rules)))
    dialect = DIALECTS["duckdb"]
    tables = usual(asked.model, dialect)

    def work() -> None:
        queries = many.queries(dialect, tables)
        queries.flags()
        queries.items("quotes", "flags")

    times = by_turns({"compile": lambda: cpu(work, 5)}, rounds)
    return Row("64 rules to SQL", "", spread([each / 5e6 for each in times.found["compile"]]), at_most(2), "ms")


def one_in_postgres(files: Files, rounds: int) -> Row:
    """One opportunity asked about anew through the view, beside a hundred thousand."""
    what, goal = "one opportunity in PostgreSQL, through the view", at_most(1)
    url = os.environ.get("OPPI18N_POSTGRES", "")
    try:
        import psycopg
    except ImportError as error:
        return Row(what, "", None, goal, note=f"{error.name} is not installed")
    if not url:
        return Row(what, "", None, goal, note="OPPI18N_POSTGRES is not set")
    asked, dialect = question(today=TODAY), DIALECTS["postgres"]
    with psycopg.connect(url, autocommit=True) as connection:
        ids = filled(connection, files)
        connection.execute(f"CREATE VIEW bench.flags AS {asked.queries(dialect, usual(asked.model, dialect)).flags()}")
        connection.execute("ANALYZE bench.opportunity; ANALYZE bench.quote")
        taken = []
        for number in range(max(rounds, LEAST_ROUNDS)):
            start = time.perf_counter_ns()
            for each in ids[number * 20 : number * 20 + 20]:
                connection.execute("SELECT * FROM bench.flags WHERE opportunity = %s", [each]).fetchall()
            taken.append((time.perf_counter_ns() - start) / 20e6)
        connection.execute("DROP SCHEMA bench CASCADE")
    return Row(what, "", spread(taken), goal, "ms")


def filled(connection: Any, files: Files) -> list[str]:
    """Two tables with indexes on the ids; the ids of the opportunities."""
    connection.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; SET search_path TO bench")
    connection.execute("CREATE TABLE opportunity (id TEXT PRIMARY KEY, state TEXT)")
    connection.execute("CREATE TABLE quote (id TEXT PRIMARY KEY, opportunity TEXT, number TEXT, revision INT, state TEXT,"
                       " name TEXT)")  # fmt: skip
    database = backends.load("duckdb").DuckDB(threads=1)
    for name, path, columns in (("opportunity", files.opportunities, "id, state"),
                                ("quote", files.quotes, "id, opportunity, number, revision, state")):  # fmt: skip
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in database.stream(f"SELECT {columns} FROM READ_PARQUET('{path}')"):
                copy.write_row(row)
    connection.execute("CREATE INDEX ON quote (opportunity)")
    ids = [row[0] for row in database.rows(f"SELECT id FROM READ_PARQUET('{files.opportunities}') LIMIT 1000")]
    database.close()
    return ids


def items_in_spark(files: Files, rounds: int) -> Row:
    """The elements that rules name, in one pass and as a query per rule, warm; processor time of Spark's own process."""
    what, against = "items in Spark, local[2], one pass", "a query per rule, UNION ALL"
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        return Row(what, against, None, at_most(0.5), note=f"{error.name} is not installed")
    made = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = (
        made.config("spark.sql.shuffle.partitions", "2").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    )
    for name, path in (("opportunity", files.opportunities), ("quote", files.quotes)):
        session.read.parquet(path).createOrReplaceTempView(name)
    asked, dialect = question(today=TODAY), DIALECTS["spark"]
    tables = usual(asked.model, dialect)
    columns = {name: each for name, each in tables.lists["quotes"].columns.items() if name != "name"}
    queries = asked.queries(
        dialect, replace(tables, lists={"quotes": replace(tables.lists["quotes"], columns=columns)})
    )
    flags = f"({queries.flags()})"
    one = queries.items("quotes", flags)
    several = " UNION ALL ".join(replace(queries, parts=(each,)).items("quotes", flags) for each in queries.parts)

    used = clock_of(session.sparkContext._gateway.proc.pid)

    def timer(sql: str) -> Callable[[], int]:
        def run() -> int:
            start = used()
            session.sql(sql).write.format("noop").mode("overwrite").save()
            return used() - start

        return run

    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    for each in (one, several) * _WARM:
        timer(each)()
    times = by_turns({"one": timer(one), "several": timer(several)}, rounds)
    session.stop()
    if affinity:
        os.sched_setaffinity(0, affinity)
    return Row(what, against, times.over("one", "several"), at_most(0.5))


def clock_of(process: int) -> Callable[[], int]:
    """Ticks of processor time that another process has used; where nobody tells, nanoseconds on the wall."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return time.perf_counter_ns
    return lambda: sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))


def rows(rounds: int, count: int = COUNT) -> Iterator[Row]:
    """The table."""
    if not find_spec("duckdb"):
        yield Row("findings with ids", "query by hand", None, at_most(1.25), note="duckdb is not installed")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oppi18n-bench-")))
        small, middle = (
            Files(*written(folder, each), each) for each in (max(count // 10, 1_000), max(count // 5, 1_000))
        )
        # Spark's own processes stay where this one is while they are started.
        yield items_in_spark(middle, rounds)
        pin()
        yield compiling(rounds)
        yield one_in_postgres(small, rounds)
        contenders = Contenders(Files(*written(folder, count), count))
        contenders.agree()
        yield from measured(contenders, rounds)
        contenders.database.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{LEAST_ROUNDS} rounds, not {ROUNDS}")
    parser.add_argument("--count", type=int, default=COUNT, help="opportunities; three times as many quotes")
    parser.add_argument("--large", action="store_true", help="growth and memory, up to ten times as many")
    options = parser.parse_args()
    found = (
        _large.rows(options.count) if options.large else rows(LEAST_ROUNDS if options.quick else ROUNDS, options.count)
    )
    print(table(list(found)), file=sys.stdout)


if __name__ == "__main__":
    main()
