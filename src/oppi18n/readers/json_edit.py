"""JSON text is changed member by member; every byte that is not meant stays as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple


_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SCALAR: Final = re.compile(r"[^,\]}\s]+")


class Edit(NamedTuple):
    """A member of the object at a JSON Pointer gets a new value; `remove` takes it away."""

    pointer: str
    member: str
    value: Any = None
    remove: bool = False


class _Member(NamedTuple):
    start: int
    value: _Value


class _Value:
    """Where a value stands; members of an object and elements of a list stand below it."""

    __slots__ = ("end", "items", "members", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.members: dict[str, _Member] = {}
        self.items: list[_Value] = []


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with members changed. It must be JSON that was read before.

    A new member goes to the end of its object, in the object's own style. Pointers to nothing raise `KeyError`.

    >>> edited('{ "a" : 1,\\n  "b": 2 }', [Edit("", "a", "x"), Edit("", "c", None), Edit("", "b", remove=True)])
    '{ "a" : "x",\\n  "c": null }'
    """
    root = _Scanner(text).value(_SPACE.match(text, 1 if text.startswith("\ufeff") else 0).end())  # type: ignore[union-attr]
    cuts: list[tuple[int, int, str]] = []
    by_object: dict[str, list[Edit]] = {}
    for edit in edits:
        by_object.setdefault(edit.pointer, []).append(edit)
    for pointer, wanted in by_object.items():
        cuts += _object_cuts(text, _at(root, pointer), wanted)
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _at(root: _Value, pointer: str) -> _Value:
    found = root
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.items[int(name)] if found.items else found.members[name].value
    return found


def _object_cuts(text: str, found: _Value, edits: list[Edit]) -> list[tuple[int, int, str]]:
    """Changes of one object. Where members go or come, all of its gaps are written anew around the kept members."""
    cuts = []
    gone = {edit.member for edit in edits if edit.remove and edit.member in found.members}
    added = [edit for edit in edits if not edit.remove and edit.member not in found.members]
    for edit in edits:
        if not edit.remove and edit.member in found.members:
            value = found.members[edit.member].value
            cuts.append((value.start, value.end, written(edit.value)))
    names = list(found.members)
    kept = [name for name in names if name not in gone]
    for name in gone:
        cuts.append(_removal(text, found, names, kept, name))
    if added:
        cuts.append(_addition(text, found, names, kept, added))
    return cuts


def _removal(text: str, found: _Value, names: list[str], kept: list[str], name: str) -> tuple[int, int, str]:
    """From the end of what stands before up to the end of the member, or up to the next one for the first."""
    position = names.index(name)
    member = found.members[name]
    if any(each in kept for each in names[:position]) or position:
        start = found.members[names[position - 1]].value.end if position else found.start + 1
        if not any(each in kept for each in names[:position]):
            # Everything before it goes too; the first kept member after it takes the place.
            return start, _next_start(found, names, position, member), ""
        return start, member.value.end, ""
    return member.start, _next_start(found, names, position, member), ""


def _next_start(found: _Value, names: list[str], position: int, member: _Member) -> int:
    return found.members[names[position + 1]].start if position + 1 < len(names) else member.value.end


def _addition(
    text: str, found: _Value, names: list[str], kept: list[str], added: list[Edit]
) -> tuple[int, int, str]:
    gap = " "
    if len(names) > 1:
        between = text[found.members[names[-2]].value.end : found.members[names[-1]].start]
        gap = between.lstrip(" \t\r\n").removeprefix(",")
    elif names:
        gap = text[found.start + 1 : found.members[names[0]].start]
    new = [f"{json.dumps(edit.member, ensure_ascii=False)}: {written(edit.value)}" for edit in added]
    end = found.members[names[-1]].value.end if names else found.start + 1
    lead = f",{gap}" if kept else (gap if names else "")
    return end, end, lead + f",{gap}".join(new)


def written(value: Any) -> str:
    """A value as JSON text; decimals keep their digits.

    >>> from decimal import Decimal
    >>> written(Decimal("240000.50")), written("é")
    ('240000.50', '"é"')
    """
    if type(value).__name__ == "Decimal":
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)


class _Scanner:
    """Finds where values stand in valid JSON."""

    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, at: int) -> _Value:
        found = _Value(at)
        first = self.text[at]
        if first == "{":
            self._object(found)
        elif first == "[":
            self._list(found)
        elif first == '"':
            found.end = scanstring(self.text, at + 1)[1]
        else:
            found.end = _SCALAR.match(self.text, at).end()  # type: ignore[union-attr]
        return found

    def _space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]

    def _object(self, found: _Value) -> None:
        at = self._space(found.start + 1)
        while self.text[at] != "}":
            start = at
            name, at = scanstring(self.text, at + 1)
            value = self.value(self._space(self._space(at) + 1))
            found.members[name] = _Member(start, value)
            at = self._comma(value.end)
        found.end = at + 1

    def _list(self, found: _Value) -> None:
        at = self._space(found.start + 1)
        while self.text[at] != "]":
            value = self.value(at)
            found.items.append(value)
            at = self._comma(value.end)
        found.end = at + 1

    def _comma(self, at: int) -> int:
        at = self._space(at)
        return self._space(at + 1) if self.text[at] == "," else at


