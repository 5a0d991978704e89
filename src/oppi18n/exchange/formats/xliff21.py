"""XLIFF 2.1, the standard of OASIS and ISO; 2.0 is read as well."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.markup import Element, attributes, escaped, inline, parse
from oppi18n.exchange.rows import CATEGORIES, COMMENT, Row, rows, units
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, OBSOLETE, PROPOSED, TRANSLATED

NAME: Final = "xliff-2.1"
ENDINGS: Final = (".xlf", ".xliff")

_SPACE: Final = "urn:oasis:names:tc:xliff:document:2.0"
_NO_LANGUAGE: Final = "und"
_OURS: Final = "oppi18n:"
_STATES: Final = {TRANSLATED: "final", NEEDS_REVIEW: "translated", PROPOSED: "initial", OBSOLETE: "initial"}


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    return _SPACE.encode() in content[:4096]


def write(bundle: Bundle) -> bytes:
    """The bundle as XLIFF 2.1, a file element for each file.

    Raises InputError `several-locales`: XLIFF holds one language.
    """
    languages = {"srcLang": bundle.source_locale or _NO_LANGUAGE, "trgLang": bundle.locale or _NO_LANGUAGE}
    head = attributes(xmlns=_SPACE, version="2.1", **languages, xml_space="preserve")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<xliff{head}>"]
    for number, (path, group) in enumerate(groupby(rows(bundle.units), key=lambda row: row.path), 1):
        lines.append(f"  <file{attributes(id=f'f{number}', original=path)}>")
        lines += [line for row in group for line in _unit(row)]
        lines.append("  </file>")
    return "\n".join((*lines, "</xliff>", "")).encode()


def _unit(row: Row) -> Iterator[str]:
    yield f"    <unit{attributes(id=row.key)}>"
    if row.notes:
        yield "      <notes>"
        yield from (f"        <note{attributes(category=name)}>{escaped(text)}</note>" for name, text in row.notes)
        yield "      </notes>"
    yield f"      <segment{_state(row.state)}>"
    yield f"        <source>{escaped(row.source)}</source>"
    if row.target:
        yield f"        <target>{escaped(row.target)}</target>"
    yield "      </segment>"
    yield "    </unit>"


def _state(state: str) -> str:
    if state == MISSING:
        return ""
    detail = {} if state == TRANSLATED else {"subState": f"{_OURS}{state}"}
    return attributes(state=_STATES[state], **detail)


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file.

    Raises InputError: those of `markup.parse`, `xliff-version`, `exchange-incomplete`.
    """
    root = parse(content, path)
    if root.get("version") not in ("2.0", "2.1"):
        raise InputError("xliff-version", path=path, version=root.get("version") or "?", known="1.2, 2.0, 2.1")
    return Bundle(tuple(units(_rows(root, path), NAME.partition("-")[0])))


def _rows(root: Element, path: str) -> Iterator[Row]:
    source_locale, locale = (_language(root.get(name)) for name in ("srcLang", "trgLang"))
    for file in root.elements("file"):
        for unit in _units(file):
            if not unit.get("id"):
                raise InputError("exchange-incomplete", path=path, line=unit.line, name="id")
            notes = tuple(_notes(unit))
            source, target, state = _texts(unit)
            yield Row(file.get("original"), unit.get("id"), source, target, state, locale, source_locale, notes)


def _units(element: Element) -> Iterator[Element]:
    for child in element.elements("unit", "group"):
        if child.name == "unit":
            yield child
        else:
            yield from _units(child)


def _notes(unit: Element) -> Iterator[tuple[str, str]]:
    for notes in unit.elements("notes"):
        for note in notes.elements("note"):
            category = note.get("category")
            yield (category if category in CATEGORIES else COMMENT), note.text()


def _texts(unit: Element) -> tuple[str, str, str]:
    """Source, target and state of a unit; a tool may have split it into several segments."""
    sources, targets, states = [], [], []
    for part in unit.elements("segment", "ignorable"):
        source, target = part.first("source"), part.first("target")
        text = inline(source) if source is not None else ""
        # What lies between two segments needs no translation of its own.
        default = text if part.name == "ignorable" else ""
        translation = inline(target) if target is not None else default
        sources.append(text or "")
        targets.append(translation or "")
        if part.name == "segment":
            states.append(_state_of(part, translation))
    state = states[0] if len(set(states)) == 1 else MISSING
    return "".join(sources), "" if MISSING in states else "".join(targets), state


def _state_of(segment: Element, target: str | None) -> str:
    detail = segment.get("subState").removeprefix(_OURS)
    if not target:
        return TRANSLATED if target == "" and segment.get("state") == "final" else MISSING
    if detail == OBSOLETE or (detail == PROPOSED and segment.get("state") == "initial"):
        return detail
    if detail == NEEDS_REVIEW and segment.get("state") == "translated":
        return NEEDS_REVIEW
    # A tool that knows no states leaves the first of them standing beside its translation.
    return TRANSLATED


def _language(tag: str) -> str:
    return "" if tag == _NO_LANGUAGE else tag
