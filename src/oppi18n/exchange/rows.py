"""Formats without plural forms carry rows: one source and one translation each, with notes that bring the rest back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from oppi18n.units.unit import (
    MARKUPS,
    MISSING,
    TEXT,
    Block,
    Place,
    Unit,
)

CONTEXT: Final = "context"
BLOCK: Final = "block"
MARKUP: Final = "markup"
NOTE: Final = "note"
COMMENT: Final = "comment"
REFERENCE: Final = "reference"
LINE: Final = "line"
SINGULAR: Final = "singular"
PLURAL: Final = "plural"
PREVIOUS: Final = "previous"
PREVIOUS_PLURAL: Final = "previous-plural"
CATEGORIES: Final = (
    CONTEXT,
    BLOCK,
    MARKUP,
    NOTE,
    COMMENT,
    REFERENCE,
    LINE,
    SINGULAR,
    PLURAL,
    PREVIOUS,
    PREVIOUS_PLURAL,
)

_TOKEN: Final = re.compile(r"(?!x-)[A-Za-z0-9_.-]+\Z", re.ASCII)
_FORM: Final = ":"
_PLACE: Final = re.compile(r"([0-9]{1,9}):([0-9]{1,9})\Z")
_NOTHING: Final = "\\."
_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_UNESCAPES: Final = {**{escape: sign for sign, escape in _ESCAPES.items()}, _NOTHING: ""}
_LINE_ENDS: Final = re.compile(r"[\\\n\r]")
_ESCAPED: Final = re.compile(r"\\[\\nr.]")


class Row(NamedTuple):
    """One text to translate; `key` is its unit's id as an XML name token, with the number of a plural form."""

    path: str
    key: str
    source: str
    target: str
    state: str
    locale: str
    source_locale: str
    notes: tuple[tuple[str, str], ...] = ()


def rows(units: Iterable[Unit]) -> Iterator[Row]:
    """The rows of units, in their order.

    >>> unit = Unit(id="7f", source="{n} quote", plural="{n} quotes", targets=("a", "b"), locale="sv")
    >>> [(row.key, row.source, row.target) for row in rows([unit])]
    [('7f:0', '{n} quote', 'a'), ('7f:1', '{n} quotes', 'b')]
    """
    for unit in units:
        notes = tuple(notes_of(unit))
        for form, target in enumerate(unit.targets):
            key = token(unit.id) + (f"{_FORM}{form}" if unit.plural is not None else "")
            # The plural says what every form but the first has to say; alone, a form speaks of any number.
            is_plural = unit.plural is not None and (form > 0 or len(unit.targets) == 1)
            source = unit.plural if is_plural else unit.source
            state = unit.state if target or unit.plural is None else MISSING
            path = unit.place.path
            yield Row(path, key, source or "", target, state, unit.locale, unit.source_locale, notes)


def units(found: Iterable[Row], origin: str) -> Iterator[Unit]:
    """The units of rows that follow one another; the forms of one unit must do so.

    >>> unit = Unit(id="7f", source="{n} quote", plural="{n} quotes", targets=("a", "b"), locale="sv", origin="tmx")
    >>> list(units(rows([unit]), "tmx")) == [unit]
    True
    """
    for _, group in groupby(enumerate(found), key=_unit_of):
        forms = tuple(row for _, row in group)
        states = {row.state for row in forms}
        name = untoken(forms[0].key.partition(_FORM)[0])
        bare = forms[0]._replace(key=name, state=states.pop() if len(states) == 1 else MISSING)
        yield built(bare, tuple(row.target for row in forms), origin)


def _unit_of(numbered: tuple[int, Row]) -> tuple[str, str, str, int]:
    """What rows of one unit have in common: only those with the number of a form belong together."""
    number, row = numbered
    name, form, _ = row.key.partition(_FORM)
    return row.path, row.locale, name, -1 if form else number


def built(row: Row, targets: tuple[str, ...], origin: str) -> Unit:
    """The unit of a row whose key is the unit's own id."""
    notes = row.notes
    plural = _one(notes, PLURAL)
    return Unit(
        id=row.key,
        source=row.source if plural is None else _one(notes, SINGULAR) or "",
        plural=plural,
        targets=targets,
        locale=row.locale,
        source_locale=row.source_locale,
        context=_one(notes, CONTEXT) or "",
        notes=_all(notes, NOTE),
        comments=_all(notes, COMMENT),
        place=Place(row.path, *_place(_one(notes, LINE) or "")),
        source_places=_all(notes, REFERENCE),
        markup=next((each for each in _all(notes, MARKUP) if each in MARKUPS), TEXT),
        blocks=tuple(_block(each) for each in _all(notes, BLOCK)),
        origin=origin,
        state=row.state,
        previous=_all(notes, PREVIOUS)[:1] + _all(notes, PREVIOUS_PLURAL)[:1],
    )


def note_lines(notes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Notes as lines of text.

    >>> list(note_lines([("block", "heading 2"), ("note", "two\\nlines")]))
    ['block: heading 2', 'note: two\\\\nlines']
    """
    for category, text in notes:
        # Some tools cut the blanks off at the end of a line.
        end = _NOTHING if not text or text[-1].isspace() else ""
        yield f"{category}: {_LINE_ENDS.sub(lambda match: _ESCAPES[match[0]], text)}{end}"


def from_lines(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The notes that such lines hold; a line of somebody else's is a comment.

    >>> from_lines(["block: heading 2", "please shorten"])
    (('block', 'heading 2'), ('comment', 'please shorten'))
    """
    found = []
    for line in lines:
        category, mark, text = line.partition(": ")
        is_ours = bool(mark) and category in CATEGORIES
        raw = text if is_ours else line
        found.append((category if is_ours else COMMENT, _ESCAPED.sub(lambda match: _UNESCAPES[match[0]], raw)))
    return tuple(found)


def token(text: str) -> str:
    """A text as an XML name token.

    >>> token("image-2"), token("a b"), untoken(token("a b"))
    ('image-2', 'x-612062', 'a b')
    """
    return text if _TOKEN.match(text) else f"x-{text.encode().hex()}"


def untoken(text: str) -> str:
    """The text of a token; a token that nobody here wrote is its own text."""
    if not text.startswith("x-"):
        return text
    try:
        return bytes.fromhex(text.removeprefix("x-")).decode()
    except ValueError:
        return text


def notes_of(unit: Unit) -> Iterator[tuple[str, str]]:
    """All that a format has no place of its own for."""
    if unit.context:
        yield CONTEXT, unit.context
    yield from ((BLOCK, str(block)) for block in unit.blocks)
    if unit.markup != TEXT:
        yield MARKUP, unit.markup
    yield from ((NOTE, note) for note in unit.notes)
    yield from ((COMMENT, comment) for comment in unit.comments)
    yield from ((REFERENCE, place) for place in unit.source_places)
    if unit.place.line:
        yield LINE, f"{unit.place.line}:{unit.place.column}"
    if unit.plural is not None:
        yield SINGULAR, unit.source or ""
        yield PLURAL, unit.plural
    yield from zip((PREVIOUS, PREVIOUS_PLURAL), unit.previous, strict=False)


def _one(notes: tuple[tuple[str, str], ...], category: str) -> str | None:
    return next((text for name, text in notes if name == category), None)


def _all(notes: tuple[tuple[str, str], ...], category: str) -> tuple[str, ...]:
    return tuple(text for name, text in notes if name == category)


def _block(text: str) -> Block:
    kind, _, detail = text.partition(" ")
    return Block(kind, detail)


def _place(text: str) -> tuple[int, int]:
    found = _PLACE.match(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
