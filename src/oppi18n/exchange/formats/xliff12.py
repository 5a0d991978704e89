"""XLIFF 1.2, which most translation tools still speak."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.markup import Element, attributes, escaped, inline, parse
from oppi18n.exchange.rows import CATEGORIES, COMMENT, PREVIOUS, PREVIOUS_PLURAL, SINGULAR, Row, rows, units
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, OBSOLETE, PROPOSED, TRANSLATED

NAME: Final = "xliff-1.2"
ENDINGS: Final = (".xlf", ".xliff")

_SPACE: Final = "urn:oasis:names:tc:xliff:document:1.2"
_NO_LANGUAGE: Final = "und"
_OURS: Final = "oppi18n:"
_OLDER: Final = "previous-version"
_STATES: Final = {
    TRANSLATED: "translated",
    NEEDS_REVIEW: "needs-review-translation",
    PROPOSED: "needs-translation",
    OBSOLETE: "x-obsolete",
    MISSING: "new",
}
_MEANINGS: Final = {
    **{name: state for state, name in _STATES.items()},
    "needs-adaptation": NEEDS_REVIEW,
    "needs-l10n": NEEDS_REVIEW,
    "needs-review-adaptation": NEEDS_REVIEW,
    "needs-review-l10n": NEEDS_REVIEW,
}


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    head = content[:4096]
    return _SPACE.encode() in head or (b"<xliff" in head and b"document:2.0" not in head)


def write(bundle: Bundle) -> bytes:
    """The bundle as XLIFF 1.2, a file element for each file.

    Raises InputError `several-locales`: a file holds one language.
    """
    languages = {
        "source-language": bundle.source_locale or _NO_LANGUAGE,
        "target-language": bundle.locale or _NO_LANGUAGE,
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<xliff{attributes(version='1.2', xmlns=_SPACE)}>"]
    for path, group in groupby(rows(bundle.units), key=lambda row: row.path):
        head = attributes(original=path, datatype="plaintext", **languages, xml_space="preserve")
        lines += [f"  <file{head}>", "    <body>"]
        lines += [line for row in group for line in _unit(row)]
        lines += ["    </body>", "  </file>"]
    return "\n".join((*lines, "</xliff>", "")).encode()


def _unit(row: Row) -> Iterator[str]:
    approved = {"approved": "yes"} if row.state == TRANSLATED and row.target else {}
    yield f"      <trans-unit{attributes(id=row.key, **approved)}>"
    yield f"        <source>{escaped(row.source)}</source>"
    yield f"        <target{attributes(state=_STATES[row.state])}>{escaped(row.target)}</target>"
    for name, text in row.notes:
        yield f"        <note{attributes(**{'from': _OURS + name})}>{escaped(text)}</note>"
    if previous := _previous_of(row):
        yield f"        <alt-trans{attributes(alttranstype=_OLDER)}>"
        yield f"          <source>{escaped(previous)}</source>"
        yield f"          <target>{escaped(row.target)}</target>"
        yield "        </alt-trans>"
    yield "      </trans-unit>"


def _previous_of(row: Row) -> str:
    """The older source of a row, where other tools look for it; our own notes have that of the whole unit."""
    notes = dict(row.notes)
    is_singular = row.source == notes.get(SINGULAR, row.source)
    return notes.get(PREVIOUS, "") if is_singular else notes.get(PREVIOUS_PLURAL) or notes.get(PREVIOUS, "")


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file.

    Raises InputError: those of `markup.parse`, `xliff-version`, `exchange-incomplete`.
    """
    root = parse(content, path)
    if root.name != "xliff" or root.get("version") not in ("1.0", "1.1", "1.2"):
        raise InputError("xliff-version", path=path, version=root.get("version") or "?", known="1.2, 2.0, 2.1")
    return Bundle(tuple(units(_rows(root, path), NAME.partition("-")[0])))


def _rows(root: Element, path: str) -> Iterator[Row]:
    for file in root.elements("file"):
        locales = [_language(file.get(f"{side}-language")) for side in ("source", "target")]
        for unit in (each for body in file.elements("body") for each in _units(body)):
            if not unit.get("id"):
                raise InputError("exchange-incomplete", path=path, line=unit.line, name="id")
            source, target = unit.first("source"), unit.first("target")
            text = inline(target) if target is not None else ""
            state = _state_of(unit, target, text)
            notes = tuple(_notes(unit))
            yield Row(
                file.get("original"),
                unit.get("id"),
                (inline(source) or "") if source is not None else "",
                text or "",
                state,
                locales[1],
                locales[0],
                notes,
            )


def _units(element: Element) -> Iterator[Element]:
    for child in element.elements("trans-unit", "group"):
        if child.name == "trans-unit":
            yield child
        else:
            yield from _units(child)


def _notes(unit: Element) -> Iterator[tuple[str, str]]:
    for note in unit.elements("note"):
        category = note.get("from").removeprefix(_OURS)
        yield (category if category in CATEGORIES else COMMENT), note.text()
    if not any(note.get("from") == _OURS + PREVIOUS for note in unit.elements("note")):
        older = (each.first("source") for each in unit.elements("alt-trans") if each.get("alttranstype") == _OLDER)
        yield from ((PREVIOUS, text) for each in older if each is not None and (text := inline(each)))


def _state_of(unit: Element, target: Element | None, text: str | None) -> str:
    if target is None or text is None:
        return MISSING
    found = _MEANINGS.get(target.get("state"), TRANSLATED)
    # A tool that knows no states leaves "new" standing beside its translation.
    return TRANSLATED if found == MISSING and text else found


def _language(tag: str) -> str:
    return "" if tag == _NO_LANGUAGE else tag
