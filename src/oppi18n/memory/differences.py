"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

SAME: Final = "same"
REMOVED: Final = "removed"
INSERTED: Final = "inserted"

_PIECE: Final = re.compile(r"\{[^{}]*\}|\w+(?:['’]\w+)*|\s+|.", re.DOTALL)
_MOST: Final = 2_000
"""Pieces of a text that are compared at most; of a longer one, all is said to differ."""


class Change(NamedTuple):
    """A stretch that both texts have, that only the old one has, or that only the new one has."""

    kind: str
    text: str


def differences(old: str, new: str) -> tuple[Change, ...]:
    """The changes that make the new text of the old one; their texts join to both.

    >>> [tuple(each) for each in differences("an active quote", "a draft quote")][:4]
    [('removed', 'an'), ('inserted', 'a'), ('same', ' '), ('removed', 'active')]
    """
    ours, theirs = _PIECE.findall(old), _PIECE.findall(new)
    if old == new:
        return (Change(SAME, old),) if old else ()
    if max(len(ours), len(theirs)) > _MOST:
        return tuple(each for each in (Change(REMOVED, old), Change(INSERTED, new)) if each.text)
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        gone, come = "".join(ours[a:b]), "".join(theirs[c:d])
        if kind == "equal":
            found.append(Change(SAME, gone))
        else:
            found += [each for each in (Change(REMOVED, gone), Change(INSERTED, come)) if each.text]
    return tuple(found)
