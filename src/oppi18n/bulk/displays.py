"""How a language names the elements of a list, told in SQL; what SQL could not say alike is left to Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from oppi18n.bulk.packed import Elements, Packing, strange
from oppi18n.engine.decision import RecordValue
from oppi18n.i18n.phrases import names as placeholders_of
from oppi18n.targets.sql.dialects import DIALECTS

if TYPE_CHECKING:
    from oppi18n.i18n.formats import Formats
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.schema import Model, Record

_OPEN, _CLOSE = "\ue000", "\ue001"
_VOWEL, _CONSONANT = "가", "각"
_TEXTS: Final = ("string", "reference", "currency")
_C0: Final = "".join(map(chr, (*range(10), *range(11, 32)))) + "\n\x85\u2028\u2029\x7f"
_C0_SIGNS: Final = "".join(chr(0x2400 + ord(each)) for each in _C0[:-5]) + "⏎⏎⏎⏎␡"
_WORDED: Final = [
    *range(0x80, 0x85), *range(0x86, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070),
    *range(0xFFF9, 0xFFFC),
]  # fmt: skip
"""Characters that are shown as `\\u` and four digits."""
_RIGHT_TO_LEFT: Final = r"\x{0590}-\x{08ff}\x{fb1d}-\x{fdff}\x{fe70}-\x{fefe}\x{10800}-\x{10fff}\x{1e800}-\x{1efff}"


def macros() -> list[str]:
    """Macros of DuckDB: texts from data as sentences show them, where nothing poses as anything but itself; and-lists."""
    # Not every version reads a statement beyond a NUL.
    visible = f"TRANSLATE(x, CHR(0) || {_literal(_C0[1:])}, {_literal(_C0_SIGNS)})"
    for code in _WORDED:
        visible = f"REPLACE({visible}, CHR({code}), '\\u{code:04x}')"
    isolated = "CHR(8296) || oppi18n_visible(x) || CHR(8297)"
    shown = f"CASE WHEN REGEXP_MATCHES(oppi18n_visible(x), '[{_RIGHT_TO_LEFT}]') THEN {isolated} ELSE oppi18n_visible(x) END"
    joined = (
        "CASE WHEN n IS NULL OR LEN(n) = 0 THEN '' WHEN LEN(n) = 1 THEN n[1] WHEN LEN(n) = 2 THEN n[1] || pair || n[2]"
        " ELSE ARRAY_TO_STRING(n[:-2], comma) || final || n[-1] END"
    )
    start = "CREATE OR REPLACE MACRO oppi18n_"
    return [
        f"{start}visible(x) AS {visible}",
        f"{start}shown(x) AS {shown}",
        f"{start}joined(n, pair, comma, final) AS {joined}",
    ]


_NOT_EMPTY: Final = "{0} <> ''"


class ListStyle(NamedTuple):
    """What stands between two items, between the first ones of several, and before the last one."""

    pair: str
    comma: str
    last: str


def list_style(formats: Formats) -> ListStyle | None:
    """How a language writes an and-list; None if it is more than items and what stands between them.

    >>> from oppi18n.i18n.speech import formats_of
    >>> list_style(formats_of("en"))
    ListStyle(pair=' and ', comma=', ', last=', and ')
    """
    marks = [f"{_OPEN}{number}{_CLOSE}" for number in range(4)]
    found = {size: _between(formats.list(marks[:size]), marks[:size]) for size in (1, 2, 3, 4)}
    pair, three, four = found[2], found[3], found[4]
    if formats.rtl or None in found.values() or not (pair and three and four):
        return None
    return ListStyle(pair[0], three[0], three[1]) if four == [three[0], three[0], three[1]] else None


def _between(text: str, marks: Sequence[str]) -> list[str] | None:
    """What stands between some marks; None if something stands around them, or they are out of order."""
    found = []
    rest = text
    for mark in marks:
        before, here, rest = rest.partition(mark)
        if not here:
            return None
        found.append(before)
    return None if found[0] or rest else found[1:]


class ListSaying(NamedTuple):
    """SQL of the names of some elements, and of the and-list of such names, which stand in the place of `{0}`."""

    names: str
    joined: str


def list_saying(
    elements: Elements, packing: Packing, record: Record, model: Model, localizer: Localizer, locale: str
) -> ListSaying | None:
    """How a language says a list of elements; None if SQL cannot say it alike."""
    style = list_style(localizer.formats(locale))
    displays = _displays(record, model, localizer)
    if style is None or displays is None:
        return None
    odd = {name: f'y."{name}"' for name in record.fields}
    plain = {name: packing.cell(elements.field, name) for name in record.fields}
    names = (
        f"CASE WHEN {elements.odd} IS NOT NULL"
        f" THEN [{_named(displays, record, odd, '{0} IS NOT NULL', shown=True)} FOR y IN {elements.odd}]"
        f" WHEN {strange(elements.packed)}"
        f" THEN [{_named(displays, record, plain, _NOT_EMPTY, shown=True)} FOR p IN {elements.plain}]"
        f" ELSE [{_named(displays, record, plain, _NOT_EMPTY, shown=False)} FOR p IN {elements.plain}] END"
    )
    return ListSaying(names, f"oppi18n_joined({{0}}, {', '.join(map(_literal, style))})")


def _named(displays: Displays, record: Record, cells: Mapping[str, str], given: str, *, shown: bool) -> str:
    """SQL of how one element is named: by the first of the record's displays whose values are all given."""
    branches = []
    for fields, pieces in displays:
        parts = [
            _cell(record, each.name, cells, shown) if isinstance(each, Mark) else _literal(each) for each in pieces
        ]
        there = " AND ".join(given.format(cells[name]) for name in fields)
        branches.append(f"WHEN {there or 'TRUE'} THEN CONCAT({', '.join(parts)})")
    return f"CASE {' '.join(branches)} ELSE {cells['id']} END"


def _cell(record: Record, name: str, cells: Mapping[str, str], shown: bool) -> str:
    return f"oppi18n_shown({cells[name]})" if shown and record.fields[name].type in _TEXTS else cells[name]


def _displays(record: Record, model: Model, localizer: Localizer) -> Displays | None:
    """The displays of a record that SQL can choose from, each with its fields; None if there is one that it cannot say."""
    found = []
    for template in record.display:
        fields = list(placeholders_of(template))
        pieces = _pieces(record, fields, model, localizer)
        if pieces is None:
            return None
        if pieces:
            found.append((fields, pieces))
    return found or None


def _pieces(record: Record, fields: Sequence[str], model: Model, localizer: Localizer) -> list[str | Mark] | None:
    """The parts of a display, fields among them with a mark; empty if another display comes first, None if SQL cannot."""
    if any(record.fields[name].type not in (*_TEXTS, "int") for name in fields):
        return None
    said = [_said(record, fields, model, localizer, sound) for sound in (_VOWEL, _CONSONANT)]
    # A particle that depends on how a value sounds would differ between the two.
    return said[0] if said[0] == said[1] else None


def _said(record: Record, fields: Sequence[str], model: Model, localizer: Localizer, sound: str) -> list[str | Mark]:
    marks = {name: f"{_OPEN}{number}{_CLOSE}{sound}" for number, name in enumerate(fields)}
    text = localizer.record(RecordValue(record.name, marks), model).text
    here = all(mark in text for mark in marks.values())
    return split(text, {mark: Mark(name) for name, mark in marks.items()}) if here else []


class Mark(NamedTuple):
    """A place in a text where something else will stand."""

    name: str


Displays = Sequence[tuple[Sequence[str], Sequence[str | Mark]]]
"""By turns: the fields of a display, and what it says."""


def split(text: str, marks: Mapping[str, Mark]) -> list[str | Mark]:
    """A text cut at some words, in the places of which their marks are.

    >>> split("a<1>b<2>", {"<1>": Mark("x"), "<2>": Mark("y")})
    ['a', Mark(name='x'), 'b', Mark(name='y')]
    """
    found: list[str | Mark] = [text]
    for word, mark in marks.items():
        cut: list[str | Mark] = []
        for each in found:
            if isinstance(each, Mark):
                cut.append(each)
                continue
            head, *tail = each.split(word)
            cut.append(head)
            for rest in tail:
                cut += [mark, rest]
        found = [each for each in cut if each]
    return found


def _literal(text: str) -> str:
    return DIALECTS["duckdb"].text_of(text)
