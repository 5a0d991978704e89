"""What stands where in a page: headings, paragraphs, cells, alerts, code, found line by line."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from oppi18n.docs.containers import RULE, Containers
from oppi18n.docs.lines import Line, PageLines
from oppi18n.docs.page import ANCHOR, Page
from oppi18n.units.unit import ALERT, CODE, COMMENT, HEADING, HTML, PARAGRAPH, QUOTE, TABLE, Block

LITERAL: Final = "literal"
"""What is no text at all: rules, references, the line that opens an alert, `:::` lines, includes."""

_HEADING: Final = re.compile(r"(#{1,6})(?:[ \t]+|\Z)")
_ANCHORS: Final = re.compile(rf"(?:{ANCHOR.pattern})+")
_UNDERLINE: Final = re.compile(r"(?:=+|-+)[ \t]*\Z")
_FENCE: Final = re.compile(r"`{3,}(?=[^`]*\Z)|~{3,}")
_LITERAL: Final = re.compile(r":::|\[!|\[\[|\[[^\]\n]+\]:[ \t]*\S+\s*\Z")
_DELIMITERS: Final = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_CELL: Final = re.compile(r"(?:\\.|`[^`\n]*`|[^|\\])+")
_HTML: Final = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|col|colgroup|dd|details|div|dl|dt|figcaption|figure|"
    r"footer|form|h[1-6]|header|hr|iframe|li|link|main|nav|object|ol|p|pre|script|section|style|summary|table|tbody|"
    r"td|tfoot|th|thead|tr|ul|video)(?![\w-])[^<>]*>",
    re.IGNORECASE,
)
_TABLE_TAG: Final = re.compile(r"</?table(?![\w-])", re.IGNORECASE)
_INDENT: Final = 4


class Passage(NamedTuple):
    """A text that stands for itself: `runs` are its lines in the page, without what surrounds them.

    `blocks` is what it stands in, itself last. The anchor of a heading lies before its first run.
    """

    blocks: tuple[Block, ...]
    runs: tuple[tuple[int, int], ...]

    @property
    def kind(self) -> str:
        """What it is itself."""
        return self.blocks[-1].kind

    @property
    def is_text(self) -> bool:
        """Whether there is anything to translate in it."""
        return self.kind not in (CODE, COMMENT, LITERAL)

    @property
    def start(self) -> int:
        """Where its text begins."""
        return self.runs[0][0]

    @property
    def end(self) -> int:
        """Where its text ends."""
        return self.runs[-1][1]


def passages(page: Page) -> tuple[Passage, ...]:
    """The passages of a page below its front matter, from top to bottom.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan(b"## Quotes\\n\\n> [!NOTE]\\n> Close them\\n> all.\\n\\n- first\\n")
    >>> [(str(each.blocks[-1]), text_of(page, each)) for each in passages(page) if each.is_text]
    [('heading 2', 'Quotes'), ('alert NOTE', 'Close them all.'), ('list', 'first')]
    """
    return _Reading(page).read()


def text_of(page: Page, passage: Passage) -> str:
    """The text of a passage on one line."""
    return " ".join(page.text[start:end] for start, end in passage.runs)


def anchor_of(page: Page, passage: Passage) -> str:
    """The anchor in front of a heading's text, the last if there are several; empty if there is none."""
    line = page.text.rfind("\n", 0, passage.start) + 1
    found = ANCHOR.findall(page.text, line, passage.start)
    return found[-1] if found else ""


class Outline:
    """The passages of a page, to be asked what an offset stands in."""

    def __init__(self, page: Page) -> None:
        self.passages = passages(page)
        self._starts = [passage.start for passage in self.passages]

    def at(self, offset: int) -> Passage | None:
        """The passage that holds an offset."""
        found = bisect_right(self._starts, offset) - 1
        return self.passages[found] if found >= 0 and offset < self.passages[found].end else None


class _Reading:
    """One reading of one page."""

    def __init__(self, page: Page) -> None:
        self.text = page.text
        self.whole = PageLines(page)
        self.lines = tuple(self.whole)
        self.containers = Containers(page.text)
        self.done: list[Passage] = []
        self.runs: list[tuple[int, int]] = []
        self.blocks: tuple[Block, ...] = ()
        self.fence = ""
        self.is_comment = self.is_table = False
        self.html_tables = 0
        self.was_blank = True

    def read(self) -> tuple[Passage, ...]:
        """All passages."""
        for number, line in enumerate(self.lines):
            if self.is_comment or self.fence:
                self._inside(line)
            else:
                self._line(line, number)
        self._finish()
        return tuple(self.done)

    def _line(self, line: Line, number: int) -> None:
        front = self.containers.front(line)
        rest = self.text[front.at : line.end]
        if not rest.strip():
            self._finish()
            self.was_blank, self.is_table = True, False
            return
        if front.is_item:
            self._finish()
        if not self._special(line, front.at, rest, front.blocks):
            self._text(line, front.at, rest, front.blocks, number)
        self.was_blank = False

    def _special(self, line: Line, at: int, rest: str, around: tuple[Block, ...]) -> bool:
        """Take a line whose first characters say what it is; whether it is one."""
        if match := _HEADING.match(rest):
            start = at + match.end()
            anchors = _ANCHORS.match(self.text, start, line.end)
            self._one((*around, Block(HEADING, str(len(match[1])))), anchors.end() if anchors else start, line.end)
        elif match := _FENCE.match(rest):
            self._one((*around, Block(CODE)), at, line.end)
            self.fence = match[0]
        elif rest.startswith("<!--"):
            self._one((*around, Block(COMMENT)), at, line.end)
            self.is_comment = "-->" not in rest
        elif self.runs and _UNDERLINE.match(rest):
            self.blocks = (*self.blocks[:-1], Block(HEADING, "1" if rest[0] == "=" else "2"))
            self._finish()
        elif length := self.containers.opens_alert(rest):
            self._one((*around, Block(LITERAL)), at, at + length)
            inner = around[:-1] if around and around[-1].kind in (QUOTE, ALERT) else around
            self._add((*inner, Block(ALERT, self.containers.alert)), at + length, line.end)
        elif RULE.match(rest) or _LITERAL.match(rest) or (self.is_table and _DELIMITERS.match(rest)):
            self._one((*around, Block(LITERAL)), at, line.end)
        else:
            return False
        return True

    def _text(self, line: Line, at: int, rest: str, around: tuple[Block, ...], number: int) -> None:
        if self._is_row(rest, number):
            self._finish()
            for start, end in self.whole.matches(_CELL, at, line.end):
                self._one((*around, Block(TABLE)), start, end)
        elif (rest.startswith("<") or self.html_tables) and _HTML.search(rest):
            self._html(line, at, around)
        elif self.was_blank and not around and at - line.start >= _INDENT and line.head == line.end:
            self._one((Block(CODE),), at, line.end)
        else:
            self._add(around or (Block(PARAGRAPH),), at, line.end)

    def _inside(self, line: Line) -> None:
        """A line of a fence or of a comment."""
        rest = self.text[line.start : line.end].strip(" \t>")
        self._one((Block(COMMENT if self.is_comment else CODE),), line.start, line.end)
        if self.is_comment:
            self.is_comment = "-->" not in self.text[line.start : line.end]
        elif rest.startswith(self.fence) and not rest.strip(self.fence[0]):
            self.fence = ""

    def _is_row(self, rest: str, number: int) -> bool:
        """Whether a line is a row of a table: it has bars, and stands in a table or opens one."""
        if "|" not in rest:
            return False
        if not self.is_table and not rest.startswith("|") and number + 1 < len(self.lines):
            below = self.text[self.lines[number + 1].start : self.lines[number + 1].end].lstrip(" \t>")
            self.is_table = "|" in below and _DELIMITERS.match(below) is not None
        self.is_table = self.is_table or rest.startswith("|")
        return self.is_table

    def _html(self, line: Line, at: int, around: tuple[Block, ...]) -> None:
        """Texts between tags that make blocks."""
        self._finish()
        begin = at
        for start, end in self.whole.matches(_HTML, at, line.end):
            self._one((*around, self._html_block()), begin, start)
            if found := _TABLE_TAG.match(self.text, start):
                self.html_tables = max(0, self.html_tables + (-1 if found[0].startswith("</") else 1))
            begin = end
        self._one((*around, self._html_block()), begin, line.end)

    def _html_block(self) -> Block:
        return Block(TABLE if self.html_tables else HTML)

    def _one(self, blocks: tuple[Block, ...], start: int, end: int) -> None:
        """A passage of one line."""
        self._finish()
        self._add(blocks, start, end)
        self._finish()

    def _add(self, blocks: tuple[Block, ...], start: int, end: int) -> None:
        """One more line of the passage that is open, or the first of the next one."""
        raw = self.text[start:end]
        bare = raw.strip(" \t")
        if not bare:
            return
        if not self.runs:
            self.blocks = blocks
        begin = start + len(raw) - len(raw.lstrip(" \t"))
        self.runs.append((begin, begin + len(bare)))
        if raw.endswith(("  ", "\\")):
            # A line break that is meant ends the passage.
            self._finish()

    def _finish(self) -> None:
        if self.runs:
            self.done.append(Passage(self.blocks, tuple(self.runs)))
            self.runs = []
