"""Lines of a page as a reader of Markdown sees them: a pair counts as one word, whatever it holds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.docs.page import Page

_WORD: Final = "x"


class Line(NamedTuple):
    """A line without its end: `start` to `end` in the page, `head` is where its first pair begins, or the end."""

    start: int
    end: int
    head: int


class PageLines:
    """The lines of a page below its front matter."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.text
        self._begins = [pair.start for pair in page.pairs]

    def __iter__(self) -> Iterator[Line]:
        at, pair, pairs, text = self.page.body, 0, self.page.pairs, self.text
        while at < len(text):
            end = self._end(at)
            first = pair
            while pair < len(pairs) and pairs[pair].start < end:
                # A line end inside a pair ends no line.
                end = end if pairs[pair].end <= end else self._end(pairs[pair].end)
                pair += 1
            bare = end - 1 if end > at and text[end - 1] == "\r" else end
            yield Line(at, bare, pairs[first].start if first < pair else bare)
            at = end + 1

    def matches(self, pattern: re.Pattern[str], start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where a pattern is found between two offsets, outside of pairs."""
        first, last = bisect_left(self._begins, start), bisect_left(self._begins, end)
        pieces: list[str] = []
        # Where each piece begins in the bare text, and in the page.
        bare, offsets, at = [0], [start], start
        for pair in self.page.pairs[first:last]:
            pieces += [self.text[at : pair.start], _WORD]
            bare += [bare[-1] + pair.start - at, bare[-1] + pair.start - at + 1]
            offsets += [pair.start, pair.end]
            at = pair.end
        pieces.append(self.text[at:end])
        for match in pattern.finditer("".join(pieces)):
            yield _back(match.start(), bare, offsets), _back(match.end(), bare, offsets)

    def _end(self, offset: int) -> int:
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found


def _back(offset: int, bare: list[int], offsets: list[int]) -> int:
    piece = bisect_left(bare, offset + 1) - 1
    return offsets[piece] + offset - bare[piece]
