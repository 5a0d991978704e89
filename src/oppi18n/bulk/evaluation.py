"""A question put to a source: looked over, compiled, answered as often as somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from oppi18n.bulk.answers import Answer, Answers
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

    @property
    def pending(self) -> tuple[str, ...]:
        """The rules that were not asked, because no closing was."""
        return self.queries.pending

    def summary(self) -> Summary:
        """The counts of verdicts and findings."""
        total = self.backend.rows(f"SELECT COUNT(*) FROM {self.source.root.relation.sql} r")[0][0]
        row = self.backend.rows(summary_sql(self.queries, self.flags()))[0]
        return summary_of(self.queries, total, row)

    def flags(self) -> str:
        """The relation of flags, to select from."""
        return f"({self.queries.flags()})"

    def answers(self) -> Iterator[Answer]:
        """The answer about each record on which a rule fails or is unknown, in the order of ids."""
        name = self.backend.dialect.name_of(self.queries.id)
        order = f"ORDER BY {self.backend.dialect.collate.format(name)}"
        flags = self.backend.stream(f"{self.queries.flags()}\n{order}")
        items = {
            field: self.backend.stream(f"SELECT * FROM ({self.queries.items(field, self.flags())}) i {order}")
            for field in self.queries.named
        }
        return Answers(self.queries, self.question.rules.infos).answers(flags, items)

    def rows(self, messages: Mapping[str, Localizer] | None = None) -> tuple[Sequence[str], Iterator[list[Any]]]:
        """The names of columns, and a row per finding; `messages` names columns of sentences and their languages."""
        rows = Rows(self.queries, self.question.rules.infos, messages or {})
        return rows.columns, _flat(rows.of(answer) for answer in self.answers())

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
