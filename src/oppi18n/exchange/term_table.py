"""The glossary as a table that spreadsheets open: a row for each term and locale."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.formats.csv_table import guarded, unguarded
from oppi18n.files import decode
from oppi18n.i18n import locales
from oppi18n.i18n.glossary import PARTS, STATUSES, Glossary, Term, Word

ENDINGS: Final = (".csv",)
NAME: Final = "name"
"""Stands for the part of speech of a name that no language translates."""

_COLUMNS: Final = (
    *("term", "part", "locale", "word", "status", "also", "forbidden", "note"),
    *("forms", "besides", "source", "term_note"),
)
_NEEDED: Final = ("term", "locale", "word")
_BOM: Final = "\ufeff"
_SEPARATORS: Final = (",", ";", "\t")
_ESCAPED: Final = re.compile(r"\\([\\n|r])")
_UNESCAPES: Final = {"\\": "\\", "n": "\n", "r": "\r", "|": "|"}
_BETWEEN: Final = " | "
_CELL: Final = 1024 * 1024

Row = Mapping[str, str]


def write_glossary(glossary: Glossary) -> bytes:
    """The glossary as CSV, in UTF-8 with a byte order mark; lists stand in one cell, `|` between their items.

    >>> ours = Glossary((Term("quote", words={"sv": Word("sv", "offert", forbidden=("bud", "anbud"))}),), ("Lite",))
    >>> read_glossary(write_glossary(ours), "g.csv") == ours
    True
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for row in _rows(glossary):
        table.writerow(guarded(row.get(column, "")) for column in _COLUMNS)
    return (_BOM + text.getvalue()).encode(errors="replace")


def _rows(glossary: Glossary) -> Iterator[Row]:
    yield from ({"term": _escaped(name), "part": NAME} for name in glossary.names)
    for term in glossary.terms:
        about = {
            "term": _escaped(term.name),
            "part": term.part,
            "forms": _listed(term.forms),
            "besides": _listed(term.besides),
            "source": _escaped(term.source),
            "term_note": _escaped(term.note),
        }
        if not term.words:
            yield about
        for word in term.words.values():
            yield about | {
                "locale": word.locale,
                "word": _escaped(word.text),
                "status": word.status,
                "also": _listed(word.also),
                "forbidden": _listed(word.forbidden),
                "note": _escaped(word.note),
            }


def read_glossary(content: bytes, path: str) -> Glossary:
    """The glossary in such a table; columns may stand in any order, and all but three may be absent.

    What a term has beside its words is taken from its first row. Raises InputError: `wrong-encoding`, `nul-byte`,
    `csv-column-absent`, `exchange-table`.
    """
    terms: dict[str, Term] = {}
    names: dict[str, None] = {}
    for line, row in _lines(decode(content, path), path):
        name = _unescaped(row["term"])
        part = _one_of(row["part"], (*PARTS, NAME), path, line) or PARTS[0]
        if part == NAME:
            names[name] = None
        elif name:
            term = terms.setdefault(name, _term(name, part, row))
            terms[name] = _with_word(term, row, path, line)
    return Glossary(tuple(terms.values()), tuple(names))


def _term(name: str, part: str, row: Row) -> Term:
    return Term(
        name,
        part=part,
        forms=_items(row["forms"]),
        besides=_items(row["besides"]),
        source=_unescaped(row["source"]),
        note=_unescaped(row["term_note"]),
    )


def _with_word(term: Term, row: Row, path: str, line: int) -> Term:
    locale, text = row["locale"].strip(), _unescaped(row["word"])
    if not locale or not text:
        return term
    if locales.canonical(locale) != locale:
        raise InputError("exchange-table", path=path, line=line, problem=f"locale = {locale!r}")
    word = Word(
        locale,
        text,
        _one_of(row["status"], STATUSES, path, line) or STATUSES[0],
        also=_items(row["also"]),
        forbidden=_items(row["forbidden"]),
        note=_unescaped(row["note"]),
    )
    return replace(term, words={**term.words, locale: word})


def _one_of(found: str, known: tuple[str, ...], path: str, line: int) -> str:
    if found and found not in known:
        raise InputError("exchange-table", path=path, line=line, problem=f"{found!r} ≠ {' / '.join(known)}")
    return found


def _lines(text: str, path: str) -> Iterator[tuple[int, Row]]:
    """The rows with their lines; a cell that is not there is empty."""
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text.removeprefix(_BOM), newline=""), delimiter=max(_SEPARATORS, key=first.count), strict=True
    )
    limit = csv.field_size_limit(_CELL)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for name in _NEEDED:
            if name not in header:
                raise InputError("csv-column-absent", name=name)
        for cells in reader:
            if any(cells):
                given = zip(header, map(unguarded, cells), strict=False)
                yield reader.line_num, dict.fromkeys(_COLUMNS, "") | dict(given)
    except csv.Error as error:
        raise InputError("exchange-table", path=path, line=reader.line_num, problem=str(error)) from None
    finally:
        csv.field_size_limit(limit)


def _listed(items: tuple[str, ...]) -> str:
    return _BETWEEN.join(_escaped(item) for item in items)


def _items(cell: str) -> tuple[str, ...]:
    found, item = [], ""
    for part in re.split(r"(\\.|\s*\|\s*)", cell):
        if part.strip() == "|":
            found.append(item)
            item = ""
        else:
            item += part
    return tuple(_unescaped(each) for each in (*found, item) if each)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n").replace("\r", "\\r")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _UNESCAPES[match[1]], text.strip())
