"""A question put to DuckDB: flags are kept in a table, everything else is written by the database itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from oppi18n.bulk.displays import macros
from oppi18n.bulk.evaluation import Evaluation
from oppi18n.bulk.findings import FLAGS, FindingsSql
from oppi18n.bulk.packed import Packing
from oppi18n.bulk.sentences import Saying, SentenceTables

if TYPE_CHECKING:
    from oppi18n.bulk.backends.duckdb import DuckDB
    from oppi18n.bulk.mapping import SourceMapping
    from oppi18n.bulk.question import Question
    from oppi18n.i18n.localizer import Localizer

_FORMATS: Final = {
    "parquet": "FORMAT PARQUET",
    "csv": "FORMAT CSV, HEADER",
    "jsonl": "FORMAT JSON",
}


class DuckEvaluation(Evaluation):
    """The answers to a question about what DuckDB reads."""

    backend: DuckDB

    def __init__(
        self,
        question: Question,
        backend: DuckDB,
        *,
        mapping: SourceMapping | None = None,
        zone: str = "UTC",
    ) -> None:
        super().__init__(question, backend, mapping=mapping, zone=zone)
        self.packing = Packing(self.queries)
        self.findings_sql = FindingsSql(self.queries, question.rules.infos, self.packing)

    def flags(self) -> str:
        """The table of flags, made when it is first asked for."""
        if not self._flags:
            for macro in macros():
                self.backend.run(macro)
            flags = self.queries.flags(gather=self.packing.gathering)
            self.backend.watched(f"CREATE OR REPLACE TABLE {FLAGS} AS\n{flags}")
            self._flags = FLAGS
        return self._flags

    def select(self, messages: Mapping[str, Localizer] | None = None) -> str:
        """The findings as a query of this database; `messages` names columns of sentences and their languages."""
        flags = self.flags()
        tables = SentenceTables(self.question.model, self.packing, self.backend.run, self.backend.batches, flags=flags)
        sayings = {column: self._sayings(tables, localizer) for column, localizer in (messages or {}).items()}
        return self.findings_sql.select(sayings)

    def _sayings(self, tables: SentenceTables, localizer: Localizer) -> dict[str, Saying]:
        found = {}
        for rule, info in self.findings_sql.rules:
            elements = self.findings_sql.elements(rule)
            lists = {
                param.name: (elements[param.part], self.queries.lists[elements[param.part].field])
                for param in rule.params
                if param.part
            }
            found[rule.id] = tables.say(self.findings_sql.sentences(rule, info), lists, localizer)
        return found

    def rows(self, messages: Mapping[str, Localizer] | None = None) -> tuple[Sequence[str], Iterator[list[Any]]]:
        """The names of columns, and a row per finding, sorted by record and rule."""
        sql = self._sorted(self.select(messages))
        columns = [name for name, *_ in self.backend.rows(f"DESCRIBE {sql}")]
        return columns, (list(row) for row in self.backend.stream(sql))

    def _sorted(self, sql: str) -> str:
        rules = ", ".join(self.queries.dialect.text_of(rule.id) for rule in self.queries.rules)
        order = f'"{self.queries.id}", LIST_POSITION([{rules}], "rule")'
        return f"SELECT * FROM ({sql}) ORDER BY {order}" if rules else sql

    def copy(self, path: str, format_: str, messages: Mapping[str, Localizer] | None = None) -> None:
        """Write the findings into a file; texts are sorted, for people compare them."""
        sql = self.select(messages)
        if format_ == "csv":
            sql = f'SELECT * REPLACE (CAST(TO_JSON("offenders") AS VARCHAR) AS "offenders") FROM ({sql})'
        if format_ == "jsonl":
            sql = f'SELECT * REPLACE (CAST("params" AS JSON) AS "params") FROM ({sql})'
        self._copy(self._sorted(sql) if format_ != "parquet" else sql, path, format_)

    def copy_records(self, path: str, format_: str) -> None:
        """Write a row per record into a file: its verdict, what became of each rule, and the values of sentences."""
        sql = self.queries.flags(all_rows=True)
        if format_ != "parquet":
            # In texts, amounts are texts as everywhere else: exact, and no longer than they must be.
            amounts = [name for name, kind in self.record_types().items() if kind.startswith("DECIMAL")]
            short = [f"RTRIM(RTRIM(CAST(\"{each}\" AS VARCHAR), '0'), '.') AS \"{each}\"" for each in amounts]
            chosen = f"* REPLACE ({', '.join(short)})" if short else "*"
            sql = f'SELECT {chosen} FROM ({sql}) ORDER BY "{self.queries.id}"'
        self._copy(sql, path, format_)

    def _copy(self, sql: str, path: str, format_: str) -> None:
        target = self.queries.dialect.text_of(path)
        self.backend.watched(f"COPY ({sql}) TO {target} ({_FORMATS[format_]})")
