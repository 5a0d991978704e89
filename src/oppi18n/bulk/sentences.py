"""Tables of sentences in DuckDB: for each rule the distinct combinations of values, and what each language makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.bulk.displays import ListSaying, list_saying
from oppi18n.bulk.messages import Sentences, Worded
from oppi18n.targets.sql.queries import FAILS

if TYPE_CHECKING:
    from collections.abc import Callable

    from oppi18n.bulk.packed import Elements, Packing
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.schema import Model, Record

_BATCH: Final = 2_000
"""Combinations that are worded at a time."""


class Saying(NamedTuple):
    """How SQL says a sentence in one language: the table to join, its columns of texts, what stands between them."""

    table: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    lists: tuple[tuple[str, ListSaying], ...]


class _Differs(Exception):
    """A language puts the lists of one rule into different places, or makes its words hang on them."""


class SentenceTables:
    """Makes the tables; `run` runs a statement, `stream` yields the rows of a query in batches."""

    def __init__(
        self,
        model: Model,
        packing: Packing,
        run: Callable[..., Any],
        stream: Callable[[str, int], Iterator[list[tuple[Any, ...]]]],
        *,
        flags: str,
    ) -> None:
        self.model = model
        self.packing = packing
        self.run = run
        self.stream = stream
        self.flags = flags
        self.made = 0

    def say(self, sentences: Sentences, lists: Mapping[str, tuple[Elements, Record]], localizer: Localizer) -> Saying:
        """The saying of a rule's sentences in a language; `lists` has the elements and the record of each list."""
        if sentences.lists:
            try:
                return self._around_lists(sentences, lists, localizer)
            except _Differs:
                return self._whole(sentences, localizer)
        return self._around_lists(sentences, lists, localizer)

    def _around_lists(
        self, sentences: Sentences, lists: Mapping[str, tuple[Elements, Record]], localizer: Localizer
    ) -> Saying:
        shape: tuple[tuple[str, ...], str] | None = None
        table = self._table("")
        for keys in self._keys(sentences, sentences.columns):
            found = [_found(sentences.parts(key, localizer)) for key in keys]
            for each in found:
                shape = shape or self._begun(table, sentences.columns, each)
                if shape != (each.lists, each.locale):
                    raise _Differs
            self._insert(table, [(*key, *each.texts) for key, each in zip(keys, found, strict=True)])
        if shape is None:
            return Saying("", (), (), ())
        sayings = [(name, self._list(name, lists, localizer, shape[1])) for name in shape[0]]
        texts = tuple(f"t{number}" for number in range(len(shape[0]) + 1))
        return Saying(table, tuple(sentences.columns), texts, tuple(sayings))

    def _begun(self, table: str, columns: Sequence[str], first: Worded) -> tuple[tuple[str, ...], str]:
        self._create(table, columns, len(first.texts))
        return first.lists, first.locale

    def _list(
        self,
        name: str,
        lists: Mapping[str, tuple[Elements, Record]],
        localizer: Localizer,
        locale: str,
    ) -> ListSaying:
        elements, record = lists[name]
        found = list_saying(elements, self.packing, record, self.model, localizer, locale)
        if found is None:
            raise _Differs
        return found

    def _whole(self, sentences: Sentences, localizer: Localizer) -> Saying:
        columns = [*sentences.columns, *sentences.packed]
        table = self._table("")
        self._create(table, columns, 1)
        count = len(sentences.columns)
        for keys in self._keys(sentences, columns):
            rows = [(*key, sentences.whole(key[:count], key[count:], localizer)) for key in keys]
            self._insert(table, rows)
        return Saying(table, tuple(columns), ("t0",), ())

    # ---- tables ----

    def _table(self, name: str) -> str:
        self.made += 1
        return f"~t{self.made}{name}"

    def _keys(self, sentences: Sentences, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        """The distinct combinations of values with which a rule fails."""
        where = f'WHERE "{sentences.rule.column}" = {FAILS}'
        if not columns:
            yield from ([()] for _ in self.stream(f"SELECT 1 FROM {self.flags} {where} LIMIT 1", 1))
            return
        listed = ", ".join(f'"{each}"' for each in columns)
        yield from self.stream(f"SELECT DISTINCT {listed} FROM {self.flags} {where}", _BATCH)

    def _create(self, table: str, columns: Sequence[str], texts: int) -> None:
        listed = [f'"{each}"' for each in columns] + [f"'' AS t{number}" for number in range(texts)]
        self.run(f'CREATE OR REPLACE TABLE "{table}" AS SELECT {", ".join(listed)} FROM {self.flags} LIMIT 0')

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            marks = f"({', '.join('?' * len(rows[0]))})"
            values = [value for row in rows for value in row]
            self.run(f'INSERT INTO "{table}" VALUES {", ".join([marks] * len(rows))}', values)


def _found(worded: Worded | None) -> Worded:
    if worded is None:
        raise _Differs
    return worded
