"""Texts like another one are found by the rarest pieces of its words, and then compared letter by letter."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Final

from oppi18n.memory import packing, scoring
from oppi18n.memory.storage import Storage, marks
from oppi18n.memory.texts import stems

_SHARED: Final = 0.5
"""The share of its stems that a text like another one has in common with it."""
_READ: Final = 50_000
"""Places in the index that are looked at for one question."""
_COMPARED: Final = 2_000
"""Texts that are compared letter by letter for one question."""


def near_to(text: str, locales: Sequence[str], storage: Storage, *, least: float, limit: int) -> dict[str, float]:
    """The normal texts like this one that have a translation in one of these locales, with how alike they are."""
    if not scoring.IS_AVAILABLE or len(text) > scoring.LONGEST:
        return {}
    candidates = _candidates(stems(text), storage)
    question = (
        f"SELECT DISTINCT normal FROM texts WHERE id IN ({marks(candidates)}) AND length(normal) BETWEEN ? AND ? "
        f"AND EXISTS (SELECT 1 FROM units WHERE text = texts.id AND locale IN ({marks(locales)})) ORDER BY id"
    )
    rows = storage.rows(question, *candidates, *_lengths(len(text), least), *locales) if candidates else []
    choices = [str(row[0]) for row in rows]
    return {choices[at]: score for score, at in scoring.alike(text, choices, least=least, limit=limit)}


def _candidates(pieces: frozenset[str], storage: Storage) -> list[int]:
    """Texts that share stems with another one, those with the most first."""
    names = sorted(pieces)
    sizes = storage.rows(f"SELECT word, length(texts), id FROM words WHERE word IN ({marks(names)})", *names)
    rarest = sorted(sizes, key=lambda each: (each[1], each[0]))
    # Whoever shares so many stems cannot lack all of these.
    needed = len(names) - ceil(len(names) * _SHARED) + 1
    least = max(1, needed - (len(names) - len(rarest)))
    counted: Counter[int] = Counter()
    room = _READ
    for rank, (_, size, number) in enumerate(rarest):
        room -= size // packing.SIZE
        if (room < 0 and counted) or (rank >= least and len(counted) <= _COMPARED):
            break
        places = _places(number, storage)
        # The more frequent stems only tell which of too many texts are worth comparing.
        counted.update(places if rank < least else counted.keys() & set(places))
    return sorted(counted, key=counted.__getitem__, reverse=True)[:_COMPARED]


def _places(word: int, storage: Storage) -> array[int]:
    ((blob,),) = storage.rows("SELECT texts FROM words WHERE id = ?", word)
    found = packing.unpacked(blob)
    if found is None:
        raise storage.damaged("its index cannot be read")
    return found


def _lengths(length: int, least: float) -> tuple[int, int]:
    """How short and how long a text may be to be as much like one of this length."""
    longest = ceil(length * (2 - least) / least) if least > 0 else scoring.LONGEST
    return int(length * least / (2 - least)), min(longest, scoring.LONGEST)
