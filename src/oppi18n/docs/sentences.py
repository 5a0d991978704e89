"""Texts fall into sentences where one ends and white space follows, save inside code, links and abbreviations."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

_WIDE_END: Final = r"[。．！？][」』）〉》”’\])*_]*"
_END: Final = re.compile(rf"(?:[.!?…]+[\"'”’»)\]*_]*|{_WIDE_END})(?=\s)")
_TIGHT: Final = re.compile(rf"{_WIDE_END}(?=\S)")
_CLOSED: Final = re.compile(
    r"`+[^`]*`+"
    r"|!?\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])"
    r"|<[^<>]*>|https?://\S+?(?=[.,;:!?)]*(?:\s|\Z))"
)
_ABBREVIATION: Final = re.compile(
    r"(?:(?<![\w.])(?:[A-Za-z]\.)+[A-Za-z]|(?<!\w)(?:e\.?g|i\.?e|etc|vs|cf|approx|no|nos|fig|mr|mrs|ms|dr|prof|inc|ltd|co"
    r"|t\.?ex|bl\.?a|d\.?v\.?s|m\.?fl|s\.?k|nr|ca|dll|cth|sdn|bhd)|(?<![\w.])\d{1,2})\Z",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"\s+[a-zåäö]")


def sentences(text: str, *, tight: bool = False) -> tuple[str, ...]:
    """The sentences of a text of one line, without the white space between them.

    With `tight`, a full-width full stop ends a sentence even where nothing separates it from the next.

    >>> sentences("Close it, e.g. today. See [v. 2. Quotes](a.md). **Done.** ok")
    ('Close it, e.g. today.', 'See [v. 2. Quotes](a.md).', '**Done.** ok')
    >>> sentences("閉じます。次へ。 終わり。"), sentences("閉じます。次へ。", tight=True)
    (('閉じます。次へ。', '終わり。'), ('閉じます。', '次へ。'))
    """
    closed = [match.span() for match in _CLOSED.finditer(text)]
    ends = sorted(match.end() for pattern in ((_END, _TIGHT) if tight else (_END,)) for match in pattern.finditer(text))
    found, at = [], 0
    for end in ends:
        if end > at and not _is_inside(end, closed) and not _continues(text, at, end):
            found.append(text[at:end].strip())
            at = end
    return _whole(each for each in (*found, text[at:].strip()) if each)


def _whole(parts: Iterable[str]) -> tuple[str, ...]:
    """Sentences that share emphasis or brackets are not torn apart."""
    groups: list[list[str]] = []
    stars = brackets = 0
    for part in parts:
        if stars % 2 == 0 and brackets <= 0:
            groups.append([])
            stars = brackets = 0
        groups[-1].append(part)
        bare = _CLOSED.sub("", part) if "[" in part or "`" in part else part
        stars += bare.count("**")
        brackets += bare.count("(") + bare.count("（") - bare.count(")") - bare.count("）")
    return tuple(" ".join(group) for group in groups)


def _is_inside(end: int, closed: list[tuple[int, int]]) -> bool:
    found = bisect_left(closed, (end, 0)) - 1
    return found >= 0 and end < closed[found][1]


def _continues(text: str, start: int, end: int) -> bool:
    """Whether a point ends no sentence: dots of an omission, a small letter next, an abbreviation before it."""
    mark = text[start:end].rstrip("\"'”’»)]*_」』）")
    if mark.endswith(("..", "…")):
        return True
    return mark.endswith(".") and (_GOES_ON.match(text, end) is not None or _ABBREVIATION.search(mark[:-1]) is not None)
