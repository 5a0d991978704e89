"""JSON text is changed member by member; every byte that is not meant stays as it was written."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SCAN: Final[Any] = JSONDecoder().scan_once  # type: ignore[attr-defined]

Cut = tuple[int, int, str]
"""From, up to, and what comes in its place."""


class Edit(NamedTuple):
    """A member of the object at a JSON Pointer gets a new value; `remove` takes it away, if it is there."""

    pointer: str
    member: str
    value: Any = None
    remove: bool = False


class _Member(NamedTuple):
    name: str
    start: int
    value: int
    end: int


class _Wanted:
    """What changes in a value: its own members, and what stands below it."""

    __slots__ = ("below", "edits")

    def __init__(self) -> None:
        self.edits: dict[str, Edit] = {}
        self.below: dict[str, _Wanted] = {}


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with members changed. It must be JSON that was read before.

    A new member goes to the end of its object, in the object's own style. A pointer to nothing raises `KeyError`.

    >>> edited('{ "a" : 1,\\n  "b": 2 }', [Edit("", "a", "x"), Edit("", "c"), Edit("", "b", remove=True)])
    '{ "a" : "x",\\n  "c": null }'
    """
    root = _Wanted()
    for edit in edits:
        place = root
        for part in edit.pointer.split("/")[1:]:
            place = place.below.setdefault(part.replace("~1", "/").replace("~0", "~"), _Wanted())
        place.edits[edit.member] = edit
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(_cuts(text, _after_space(text, int(text.startswith("\ufeff"))), root)):
        pieces += (text[done:start], new)
        done = end
    return "".join((*pieces, text[done:]))


def _cuts(text: str, at: int, wanted: _Wanted) -> Iterator[Cut]:
    if text[at] != "{":
        items = {str(index): place for index, place in enumerate(_items(text, at))} if text[at] == "[" else {}
        if wanted.edits:
            raise KeyError(next(iter(wanted.edits)))
        yield from _below(text, items, wanted)
        return
    members = list(_members(text, at))
    yield from _below(text, {each.name: each.value for each in members}, wanted)
    if wanted.edits:
        yield from _own(text, at, members, wanted.edits)


def _below(text: str, places: dict[str, int], wanted: _Wanted) -> Iterator[Cut]:
    for name, below in wanted.below.items():
        yield from _cuts(text, places[name], below)


def _own(text: str, at: int, members: list[_Member], edits: dict[str, Edit]) -> Iterator[Cut]:
    """Changes of the members of one object. What is written anew are the gaps beside members that come or go."""
    known = {each.name for each in members}
    gap, colon = _style(text, at, members)
    added = [
        f"{json.dumps(name, ensure_ascii=False)}{colon}{written(edit.value)}"
        for name, edit in edits.items()
        if name not in known and not edit.remove
    ]
    kept = [number for number, each in enumerate(members) if each.name not in edits or not edits[each.name].remove]
    for number in kept:
        if members[number].name in edits:
            yield members[number].value, members[number].end, written(edits[members[number].name].value)
    if not kept:
        start = members[0].start if members and added else at + 1
        end = members[-1].end if members and added else _end(text, at, members)
        yield start, end, gap.join(added)
        return
    if kept[0]:
        yield members[0].start, members[kept[0]].start, ""
    for before, after in itertools.pairwise(kept):
        if after > before + 1:
            separator = text[members[after - 1].end : members[after].start]
            yield members[before].end, members[after].start, separator
    if added or kept[-1] + 1 < len(members):
        yield members[kept[-1]].end, members[-1].end, "".join(gap + each for each in added)


def _style(text: str, at: int, members: list[_Member]) -> tuple[str, str]:
    """What stands between two members of an object, and between a name and its value."""
    if not members:
        return ", ", ": "
    last = members[-1]
    colon = text[scanstring(text, last.start + 1)[1] : last.value]
    if len(members) > 1:
        return text[members[-2].end : last.start], colon
    lead = text[at + 1 : last.start]
    return "," + (lead or (" " if colon.endswith(" ") else "")), colon


def _end(text: str, at: int, members: list[_Member]) -> int:
    """Where the closing brace stands."""
    return _after_space(text, members[-1].end if members else at + 1)


def _members(text: str, at: int) -> Iterator[_Member]:
    at = _after_space(text, at + 1)
    while text[at] != "}":
        name, colon = scanstring(text, at + 1)
        value = _after_space(text, _after_space(text, colon) + 1)
        end = _SCAN(text, value)[1]
        yield _Member(name, at, value, end)
        at = _next(text, end)


def _items(text: str, at: int) -> Iterator[int]:
    at = _after_space(text, at + 1)
    while text[at] != "]":
        yield at
        at = _next(text, _SCAN(text, at)[1])


def _next(text: str, at: int) -> int:
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def written(value: Any) -> str:
    """A value as JSON text; decimals keep their digits.

    >>> written(Decimal("240000.50")), written("é")
    ('240000.50', '"é"')
    """
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
