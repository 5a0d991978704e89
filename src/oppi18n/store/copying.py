"""PostgreSQL takes many rows as one text, by COPY."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

_EMPTY: Final = "\\N"
_SPECIAL: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPES: Final = str.maketrans(_SPECIAL)


def copy(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Put rows into a table, given column by column: all or, as far as the transaction goes, none."""
    quote = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, columns))}) FROM STDIN"
    dbapi = connection.dialect.loaded_dbapi
    with connection.begin_nested():
        try:
            with connection.connection.cursor() as cursor, cursor.copy(statement) as taken:  # type: ignore[attr-defined]
                taken.write(text_of(columns))
        except dbapi.Error as error:
            raise DBAPIError.instance(statement, None, error, dbapi.Error) from error


def text_of(columns: Mapping[str, Sequence[Any]]) -> str:
    r"""Rows as COPY reads them: cells apart by tabs, nothing as `\N`.

    >>> text_of({"name": ["a\tb", None], "amount": [Decimal("1.50"), None]})
    'a\\tb\t1.50\n\\N\t\\N\n'
    """
    return "".join(map("{}\n".format, map("\t".join, zip(*map(_cells, columns.values()), strict=True))))


def _cells(column: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, column))
    written: Callable[[Any], str] = next((text for kind, text in _TEXTS.items() if kind in kinds), str)
    if str in kinds and not any(each in "".join(filter(None, column)) for each in _SPECIAL):
        return [_EMPTY if value is None else value for value in column]
    return [_EMPTY if value is None else written(value) for value in column]


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


_TEXTS: Final[Mapping[type, Callable[[Any], str]]] = {str: _escaped, Decimal: "{:f}".format, date: date.isoformat}
