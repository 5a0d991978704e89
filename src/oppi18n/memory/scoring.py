"""How alike texts are; the library that says so fast is an extra, and without it nothing is nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

IS_AVAILABLE: Final = find_spec("rapidfuzz") is not None
"""Whether the library is there."""

if IS_AVAILABLE:
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

LONGEST: Final = 5_000
"""Characters of a text that is compared at most; the work grows with the product of two lengths."""


def alike(text: str, choices: Sequence[str], *, least: float, limit: int) -> list[tuple[float, int]]:
    """How alike a text is to each choice, from 0 to 1: the scores from `least` on, the best first, with their positions."""
    if not IS_AVAILABLE or len(text) > LONGEST:
        return []
    found = process.extract(text, choices, scorer=Indel.normalized_similarity, score_cutoff=least, limit=limit)
    return sorted(((score, at) for _, score, at in found), key=lambda each: (-each[0], each[1]))
