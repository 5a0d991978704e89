"""A table that spreadsheets open, in which no text can pose as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.rows import Row, from_lines, note_lines, rows, units
from oppi18n.files import decode
from oppi18n.units.unit import MISSING, STATES, TRANSLATED

NAME: Final = "csv"
ENDINGS: Final = (".csv",)

_COLUMNS: Final = ("path", "id", "source", "target", "state", "locale", "source_locale", "notes")
_NEEDED: Final = ("id", "source", "target")
_BOM: Final = "\ufeff"
_SEPARATORS: Final = (",", ";", "\t")
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED: Final = re.compile(r"''*[=+\-@\t\r＝＋－＠]")
_CELL: Final = 16 * 1024 * 1024


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these: its first line names the columns."""
    first = content.removeprefix(_BOM.encode())[:4096].partition(b"\n")[0].decode(errors="replace")
    cells = {cell.strip().strip('"') for cell in re.split("[,;\t]", first)}
    return cells.issuperset(_NEEDED)


def write(bundle: Bundle) -> bytes:
    """The bundle as a table, a row for each text, under a header."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for row in rows(bundle.units):
        notes = "\n".join(note_lines(row.notes))
        cells = (row.path, row.key, row.source, row.target, row.state, row.locale, row.source_locale, notes)
        table.writerow(map(guarded, cells))
    # Without the mark, a spreadsheet takes the bytes for those of the country it was sold in.
    return (_BOM + text.getvalue()).encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("a=b"), unguarded(guarded("=1+1"))
    ("'=1+1", "''=1+1", 'a=b', '=1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if _GUARDED.match(text) else text


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file.

    Raises InputError: `wrong-encoding`, `nul-byte`, `csv-syntax-at`, `csv-column-absent`.
    """
    return Bundle(tuple(units(_rows(decode(content, path), path), NAME)))


def _rows(text: str, path: str) -> Iterator[Row]:
    table = _table(text, path)
    header = [cell.strip() for cell in next(table, [])]
    for name in _NEEDED:
        if name not in header:
            raise InputError("csv-column-absent", name=name)
    for cells in table:
        if any(cells):
            found = dict.fromkeys(_COLUMNS, "") | dict(zip(header, map(unguarded, cells), strict=False))
            state = found["state"].strip() or TRANSLATED
            yield Row(
                found["path"],
                found["id"],
                found["source"],
                found["target"],
                state if state in STATES else MISSING,
                found["locale"],
                found["source_locale"],
                from_lines(line for line in found["notes"].split("\n") if line),
            )


def _table(text: str, path: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    limit = csv.field_size_limit(_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise InputError("exchange-table", path=path, line=reader.line_num, problem=str(error)) from None
    finally:
        csv.field_size_limit(limit)
