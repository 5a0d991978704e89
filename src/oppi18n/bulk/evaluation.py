"""A question put to a source: looked over, compiled, answered as often as somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from oppi18n.bulk.answers import Answer, Answers, typed
from oppi18n.bulk.checks import look_over
from oppi18n.bulk.matching import fit
from oppi18n.bulk.rows import Rows
from oppi18n.bulk.summary import Summary, summary_of, summary_sql

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from oppi18n.bulk.mapping import SourceMapping
    from oppi18n.bulk.question import Question
    from oppi18n.bulk.relations import Relation
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.targets.sql.dialects import Dialect


_SQL_TYPES: Final = {
    "int": "BIGINT", "decimal": "DECIMAL(19, 4)", "money": "DECIMAL(19, 4)", "date": "DATE", "bool": "BOOLEAN",
}  # fmt: skip


class Backend(Protocol):
    """A database with the relations of a source."""

    dialect: Dialect

    def relations(self) -> list[Relation]:
        """What the source offers."""
        ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, as they come."""
        ...

    def kept(self, sql: str) -> str:
        """The rows of a query that is asked more than once, to select from."""
        ...

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries, all of them or none."""
        ...

    def close(self) -> None:
        """Let go of the database, and of everything that was put into it on the way."""
        ...


class Evaluation:
    """The answers to a question about the records of a source; a context manager that closes the database.

    Making one looks the data over: DataError tells everything that is wrong with it.
    """

    def __init__(
        self, question: Question, backend: Backend, *, mapping: SourceMapping | None = None, zone: str = "UTC"
    ) -> None:
        self.question = question
        self.backend = backend
        self.source = fit(backend.relations(), question.model, backend.dialect, mapping=mapping, zone=zone)
        used = question.queries(backend.dialect, self.source.tables()).used
        self.known = look_over(self.source, used, question.model, backend.rows)
        self.queries = question.queries(backend.dialect, self.source.tables(self.known))
        self._flags = ""
        self._summary: Summary | None = None

    @property
    def pending(self) -> tuple[str, ...]:
        """The rules that were not asked, because no closing was."""
        return self.queries.pending

    def summary(self) -> Summary:
        """The counts of verdicts and findings."""
        self._summary = self._summary or self._counted()
        return self._summary

    def _counted(self) -> Summary:
        total = self.backend.rows(f"SELECT COUNT(*) FROM {self.source.root.relation.sql} r")[0][0]
        row = self.backend.rows(summary_sql(self.queries, self.flags()))[0]
        return summary_of(self.queries, total, row)

    def flags(self) -> str:
        """The relation of flags, to select from."""
        self._flags = self._flags or self.backend.kept(self.queries.flags())
        return self._flags

    def answers(self) -> Iterator[Answer]:
        """The answer about each record on which a rule fails or is unknown, in the order of ids."""
        name = self.backend.dialect.name_of(self.queries.id)
        order = f"ORDER BY {self.backend.dialect.collate.format(name)}"
        flags = self.backend.stream(f"SELECT * FROM {self.flags()} f {order}")
        items = {
            field: self.backend.stream(f"SELECT * FROM ({self.queries.items(field, self.flags())}) i {order}")
            for field in self.queries.named
        }
        return Answers(self.queries, self.question.rules.infos).answers(flags, items)

    def rows(self, messages: Mapping[str, Localizer] | None = None) -> tuple[Sequence[str], Iterator[list[Any]]]:
        """The names of columns, and a row per finding; `messages` names columns of sentences and their languages."""
        rows = Rows(self.queries, self.question.rules.infos, messages or {})
        return rows.columns, _flat(rows.of(answer) for answer in self.answers())

    def records(self) -> tuple[Sequence[str], Iterator[list[Any]]]:
        """The names of columns, and a row per record: its verdict, what became of each rule, the values of sentences."""
        kinds = {name: kind for name, (kind, _) in self._values().items()}
        columns = [self.queries.id, self.queries.verdict, *(each.name for each in self.queries.columns)]
        name = self.backend.dialect.name_of(self.queries.id)
        order = f"ORDER BY {self.backend.dialect.collate.format(name)}"
        rows = self.backend.stream(f"{self.queries.flags(all_rows=True)}\n{order}")
        named, scaled = [kinds.get(column, "") for column in columns], self.backend.dialect.scaled
        return columns, ([typed(kind, cell, scaled) for kind, cell in zip(named, row, strict=True)] for row in rows)

    def record_types(self) -> dict[str, str]:
        """The SQL types of the columns of records that are no texts."""
        values = {name: type_ for name, (_, type_) in self._values().items()}
        marks = [each for rule in self.queries.rules for each in (rule.column, rule.partial) if each]
        loaded = [param.loaded for rule in self.queries.rules for param in rule.params if param.loaded]
        return values | dict.fromkeys([*marks, *loaded], "INTEGER")

    def _values(self) -> dict[str, tuple[str, str]]:
        """column → the kind of the value of a sentence, its SQL type."""
        found = {}
        for rule, info in Answers(self.queries, self.question.rules.infos).rules:
            for param, kind in zip(rule.params, info.params, strict=True):
                if param.column:
                    found[param.column] = (kind.kind, _SQL_TYPES.get(kind.kind, "VARCHAR"))
        return found

    def create(self, name: str, *, view: bool) -> None:
        """Tables or views of flags and items beside the source, of this name and of this name followed by `_items`."""
        relations = {name: self.queries.flags()}
        for field in self.queries.named:
            suffix = "items" if len(self.queries.named) == 1 else field
            relations[f"{name}_{suffix}"] = self.queries.items(field, f"({self.queries.flags()})")
        self.backend.create(relations, view=view)

    def close(self) -> None:
        """Let go of the database."""
        self.backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _flat(found: Iterable[Iterator[list[Any]]]) -> Iterator[list[Any]]:
    for each in found:
        yield from each
