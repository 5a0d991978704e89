"""Which `*` and `_` of a text are emphasis, and which are shown as they are: the rules of CommonMark.

Marks emphasize only where they lean on a word: what closes must not follow a bracket and touch a letter. In Korean,
Chinese and Japanese, where particles touch the word before them, `**견적(초안)**을` is shown with its asterisks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import category

from oppi18n.checks.masking import tokens
from oppi18n.units.unit import MARKDOWN


class Emphasis(NamedTuple):
    """How often a text is emphasized, strongly and lightly, and the places of marks that are shown as they are."""

    strong: int
    light: int
    shown: tuple[tuple[int, int], ...]


_SPACE: Final = "space"
_MARK: Final = "mark"
_LETTER: Final = "letter"
_NONE: Final = Emphasis(0, 0, ())


@dataclass(slots=True)
class _Run:
    """Marks in a row, and what they can do; `left` of them have no partner yet."""

    mark: str
    start: int
    size: int
    opens: bool
    closes: bool
    left: int


@lru_cache(maxsize=1 << 16)
def emphasis(text: str) -> Emphasis:
    """The emphasis in inline Markdown.

    >>> emphasis("**견적(초안)**을 *닫습니다*")
    Emphasis(strong=0, light=1, shown=((0, 2), (8, 10)))
    """
    runs = [_run(text, token.start, token.end) for token in tokens(text, MARKDOWN) if token.kind == "emphasis"]
    runs = [run for run in runs if run.mark != "~"]
    if not runs:
        return _NONE
    strong = light = 0
    for size in _matched(runs):
        strong += size == 2
        light += size == 1
    return Emphasis(strong, light, tuple((run.start, run.start + run.size) for run in runs if run.left))


def _matched(runs: list[_Run]) -> Iterator[int]:
    """Pair the runs off, nearest first; how many marks each pair takes of both sides."""
    openers: list[_Run] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        key = run.mark, run.opens, run.size % 3
        while run.closes and run.left:
            places = range(len(openers) - 1, bottoms.get(key, 0) - 1, -1)
            found = next((place for place in places if _fits(openers[place], run)), None)
            if found is None:
                # Nothing below here will ever fit such a run, so nobody looks again.
                bottoms[key] = len(openers)
                break
            opener = openers[found]
            size = 2 if opener.left >= 2 and run.left >= 2 else 1
            opener.left -= size
            run.left -= size
            # What stands between the two has lost its chance.
            del openers[found + (opener.left > 0) :]
            bottoms = {each: min(bottom, len(openers)) for each, bottom in bottoms.items()}
            yield size
        if run.opens and run.left:
            openers.append(run)


def _fits(opener: _Run, closer: _Run) -> bool:
    if not opener.opens or not opener.left or opener.mark != closer.mark:
        return False
    # The rule of three: runs that could do both must not add up by chance.
    is_both = opener.closes or closer.opens
    return not is_both or (opener.size + closer.size) % 3 != 0 or (opener.size % 3 == 0 and closer.size % 3 == 0)


def _run(text: str, start: int, end: int) -> _Run:
    before, after = _kind(text[start - 1 : start]), _kind(text[end : end + 1])
    is_left = after == _LETTER or (after == _MARK and before != _LETTER)
    is_right = before == _LETTER or (before == _MARK and after != _LETTER)
    mark = text[start]
    if mark == "_":
        return _Run(
            mark,
            start,
            end - start,
            opens=is_left and (not is_right or before == _MARK),
            closes=is_right and (not is_left or after == _MARK),
            left=end - start,
        )
    return _Run(mark, start, end - start, opens=is_left, closes=is_right, left=end - start)


def _kind(character: str) -> str:
    """What stands beside a mark; the end of the text counts as a blank."""
    if not character or character.isspace():
        return _SPACE
    return _MARK if category(character)[0] in "PS" else _LETTER
