"""Rules as SQL to keep: two queries or two views, with each rule's condition beside what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from oppi18n.bulk.mapping import SourceMapping, read_mapping
from oppi18n.bulk.question import question
from oppi18n.cli import options
from oppi18n.cli.session import Session, session
from oppi18n.errors import InputError
from oppi18n.files import write_atomic
from oppi18n.targets.sql.dialects import DIALECTS, Dialect
from oppi18n.targets.sql.tables import Tables, usual

if TYPE_CHECKING:
    from oppi18n.bulk.question import Question
    from oppi18n.targets.sql.queries import Queries

_DAY: Final = "oppi18n_today"
"""The table with the one day that views take for today."""


def export_sql(given: Mapping[str, Any]) -> int:
    """Print the SQL of a ruleset, or write it into a file."""
    current, dialect = session(), DIALECTS[given["dialect"]]
    rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
    asked = question(
        rules,
        today=options.the_day(given["today"], given["zone"]),
        packs=given["packs"],
        request={"outcome": given["outcome"]} if given["outcome"] else None,
        deployment=given["deployment"],
    )
    text = "\n".join(_Export(asked, dialect, given, current).lines())
    if given["output"]:
        write_atomic(given["output"], text + "\n")
        current.tell(current.say("{path} was written.", path=given["output"]))
    else:
        current.out(text)
    return 0


class _Export:
    def __init__(self, asked: Question, dialect: Dialect, given: Mapping[str, Any], current: Session) -> None:
        self.asked = asked
        self.given = given
        self.say = current.say
        self.as_view: bool = given["shape"] == "view"
        self.today = given["today"]
        if self.as_view and self.today is None:
            day = f"(SELECT {dialect.name_of('day')} FROM {dialect.name_of(_DAY)})"
            dialect = replace(dialect, today=day)
        self.dialect = dialect
        self.name = asked.rules.id.replace("-", "_")

    def lines(self) -> Iterator[str]:
        """Everything that is written."""
        queries = self.queries()
        flags = queries.flags(comments=True)
        yield from (f"-- {line}" for line in self.head(queries, flags))
        if self.as_view:
            yield from self.view(f"{self.name}_flags", flags)
            for field in queries.named:
                items = queries.items(field, self.dialect.name_of(f"{self.name}_flags"))
                suffix = "items" if len(queries.named) == 1 else field
                yield from self.view(f"{self.name}_{suffix}", items)
            return
        yield f"{flags};"
        for field in queries.named:
            yield ""
            yield f"{queries.items(field, f'({queries.flags()})')};"

    def queries(self) -> Queries:
        """The question in the dialect."""
        asked = self.asked if self.today is not None else replace(self.asked, today=None)
        return asked.queries(self.dialect, self.tables())

    def tables(self) -> Tables:
        """Tables as the model or Dataverse calls them, or as a mapping says."""
        model, zone = self.asked.model, self.given["zone"]
        columns = self.given["columns"] or ("dataverse" if self.dialect.name == "tsql" else "model")
        if columns == "dataverse" and zone != "UTC" and "{1}" not in self.dialect.day_of:
            raise InputError("sql-zone", dialect=self.dialect.name)
        tables = usual(model, self.dialect, dataverse=columns == "dataverse", zone=zone)
        path = self.given["mapping"]
        mapping = read_mapping(path, model) if path else SourceMapping()
        return mapping.applied(tables, model, self.dialect)

    def head(self, queries: Queries, flags: str) -> Iterator[str]:
        """What a reader should know before the first line."""
        say, digest = self.say, self.asked.rules.digest
        yield say("The ruleset {ruleset}, digest {digest}, for {dialect}.",
                  ruleset=self.asked.rules.id, digest=digest, dialect=self.dialect.name)  # fmt: skip
        if not self.dialect.executed:
            yield say("This dialect was checked by parsers, but never run.")
        if self.dialect.scaled:
            yield say("Amounts are whole numbers of ten-thousandths here, in the tables too.")
        if self.today is None and self.dialect.today in flags:
            if self.as_view:
                yield say("The table {table} must hold one row with today in the column {column}.",
                          table=_DAY, column="day")  # fmt: skip
            else:
                yield say(
                    "Give the parameter {parameter} the date that counts as today.", parameter=self.dialect.parameter
                )
        if queries.pending:
            yield say("Rules about the closing itself are left out; --outcome won or --outcome lost adds them.")

    def view(self, name: str, sql: str) -> Iterator[str]:
        """A view of a query."""
        yield f"CREATE VIEW {self.dialect.name_of(name)} AS"
        yield f"{sql};"
        yield ""
