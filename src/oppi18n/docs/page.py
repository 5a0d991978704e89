"""A bilingual page is a text of which every character has its place: nothing in it is ever rendered anew."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostic, Span

BOM: Final = "\ufeff"
ESCAPE: Final = "surrogateescape"
"""How bytes that are not UTF-8 travel through a text, so that they come out again as they went in."""

ANCHOR: Final = re.compile(r'<a\s+(?:name|id)=(?:"|&quot;)([^"<>]*?)(?:"|&quot;)\s*>\s*</a>\s*')
"""An anchor in front of a heading's text, with its name."""

_DIGITS: Final = 10

FRONT: Final = "front"
VALUE: Final = "value"
TEXT: Final = "text"
TAG: Final = "tag"
TARGET: Final = "target"
SOURCE: Final = "source"


class Part(NamedTuple):
    """A stretch of a page; the parts of a page follow one another without a gap."""

    kind: str
    text: str

    @property
    def content(self) -> bytes:
        """Its bytes, as the file has them."""
        return self.text.encode(errors=ESCAPE)


class Pair(NamedTuple):
    """A translation with its source: where both lie in the text, markup included from `start` to `end`."""

    mark: str
    start: int
    target_start: int
    target_end: int
    source_start: int
    source_end: int
    end: int

    @property
    def fingerprint(self) -> str:
        """What the pairs of one version of a page have in common: the mark up to its hyphen."""
        return self.mark.partition("-")[0]

    @property
    def number(self) -> str:
        """What tells the pairs of a page apart: the mark from its hyphen on."""
        return self.mark.rpartition("-")[2]

    @property
    def rank(self) -> int | None:
        """The number as one; None if it is none that anybody would count to."""
        number = self.number
        return int(number) if len(number) < _DIGITS and number.isascii() and number.isdecimal() else None


class Field(NamedTuple):
    """A field of the front matter; `start` to `end` is its value as it is written."""

    name: str
    begin: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields above a page; `start` to `end` has the lines that fence them in, the second begins at `close`."""

    start: int
    close: int
    end: int
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of that name, the first if there are several."""
        return next((each for each in self.fields if each.name == name), None)


class Lines:
    """Offsets of a text as lines and columns, both from 1; a byte order mark has no column."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset.

        >>> Lines("견적\\nquote").place(4)
        (2, 2)
        """
        # Only pages that are spoken of are counted through.
        if not self._starts:
            lengths = (len(line) + 1 for line in self._text.split("\n"))
            self._starts = [0, *accumulate(lengths)]
        line = bisect_right(self._starts, min(offset, len(self._text)))
        column = offset - self._starts[line - 1] + 1
        return line, column - 1 if line == 1 and column > 1 and self._text.startswith(BOM) else column

    def span(self, path: str, start: int, end: int) -> Span:
        """The stretch between two offsets."""
        return Span(path, *self.place(start), *self.place(end))


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was scanned; `damage` says what in it is not as it should be.

    Bytes that are not UTF-8 are lone surrogates in `text`, and whole again in `content`.
    """

    path: str
    text: str
    front: FrontMatter | None = None
    pairs: tuple[Pair, ...] = ()
    damage: tuple[Diagnostic, ...] = ()
    lines: Lines = field(default_factory=lambda: Lines(""), compare=False, repr=False)

    @property
    def content(self) -> bytes:
        """The file, byte for byte."""
        return self.text.encode(errors=ESCAPE)

    @property
    def body(self) -> int:
        """Where the text below the front matter begins."""
        if self.front is not None:
            return self.front.end
        return len(BOM) if self.text.startswith(BOM) else 0

    @property
    def is_bilingual(self) -> bool:
        """Whether it holds pairs, or what is left of them."""
        return bool(self.pairs) or "data-ttu-id" in self.text or "data-stu-id" in self.text

    @property
    def parts(self) -> Iterator[Part]:
        """The page in pieces that join to its whole text: values, tags, targets, sources, the rest."""
        at = 0
        for kind, start, end in sorted(self._stretches(), key=lambda each: each[1:]):
            if start > at:
                yield Part(TEXT, self.text[at:start])
            yield Part(kind, self.text[start:end])
            at = end
        if at < len(self.text):
            yield Part(TEXT, self.text[at:])

    def target(self, pair: Pair) -> str:
        """The translation of a pair, in raw inline Markdown."""
        return self.text[pair.target_start : pair.target_end]

    def source(self, pair: Pair) -> str:
        """The source of a pair, in raw inline Markdown."""
        return self.text[pair.source_start : pair.source_end]

    def _stretches(self) -> Iterator[tuple[str, int, int]]:
        if self.front is not None:
            at = self.front.start
            for each in self.front.fields:
                yield FRONT, at, each.start
                yield VALUE, each.start, each.end
                at = each.end
            yield FRONT, at, self.front.end
        for pair in self.pairs:
            yield TAG, pair.start, pair.target_start
            yield TARGET, pair.target_start, pair.target_end
            yield TAG, pair.target_end, pair.source_start
            yield SOURCE, pair.source_start, pair.source_end
            yield TAG, pair.source_end, pair.end
