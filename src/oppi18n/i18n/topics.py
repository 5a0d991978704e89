"""A help topic is a page of plain Markdown; each of its blocks of text is a message for translators.

What a topic may hold: front matter with `title` and `description`; headings, paragraphs, lists, tables, block quotes,
fenced code, and lines such as `::: rules close-opportunity`, in whose place something is generated. Of these,
translators see the two fields, headings, paragraphs, items and cells, each as inline Markdown on one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.i18n.entries import Entry
from oppi18n.packs import Pack

TITLE: Final = "title"
DESCRIPTION: Final = "description"
HEADING: Final = "heading"
PARAGRAPH: Final = "paragraph"
ITEM: Final = "item in a list"
CELL: Final = "cell of a table"
FIELDS: Final = (TITLE, DESCRIPTION)

GENERATED: Final = re.compile(r"::: ([a-z-]+)(?: ([a-z0-9-]+))?\Z")
"""A line in whose place something is generated: what, and of which name."""

ALERT: Final = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\Z")
"""A line that opens a block quote and says what kind of remark it is."""

_FRONT: Final = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)
_FIELD: Final = re.compile(r"([a-z_]+): (.*)\Z")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_HEADING: Final = re.compile(r"#{1,6} +(.*?)(?: +#+)?\s*\Z")
_MARKER: Final = re.compile(r"((?:\s*>)*\s*(?:(?:[-*+]|\d{1,9}[.)]) +)*)(.*)\Z")
_LISTED: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)]) ")
_RULE: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\Z")
_CELLS: Final = re.compile(r"(?<!\\)\|")
_ENDING: Final = ".md"


class Passage(NamedTuple):
    """A text of a topic: what it is, its inline Markdown on one line, the line of the file where it begins."""

    kind: str
    text: str
    line: int


class Topic(NamedTuple):
    """A topic: `name` is that of its file; `body` is its Markdown after the front matter, beginning in line `first`."""

    name: str
    fields: dict[str, str]
    body: str
    first: int

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every text, in order."""
        front = (Passage(name, self.fields[name], 1) for name in FIELDS if name in self.fields)
        return (*front, *passages(self.body, self.first))


def topics_of(pack: Pack) -> tuple[Topic, ...]:
    """The topics of a pack, by name.

    >>> "close-opportunity" in [topic.name for topic in topics_of(packing.shipped())]
    True
    """
    paths = packing.files(pack, "help", _ENDING)
    return tuple(
        read(packing.read_bytes(pack, path).decode("utf-8-sig", "replace"), path.split("/")[-1]) for path in paths
    )


def read(text: str, name: str) -> Topic:
    """The topic in a text.

    >>> read("---\\ntitle: Quotes\\n---\\n# Quotes\\n\\nClose one.\\n", "quotes.md").passages[0].text
    'Quotes'
    """
    text = text.replace("\r\n", "\n")
    front = _FRONT.match(text)
    found = (_FIELD.match(line) for line in (front[1] if front else "").split("\n"))
    fields = {match[1]: match[2].strip().strip('"') for match in found if match}
    start = front.end() if front else 0
    return Topic(name.removesuffix(_ENDING), fields, text[start:], text.count("\n", 0, start) + 1)


def texts_of(pack: Pack) -> Iterator[Entry]:
    """The messages of all topics of a pack."""
    for topic in topics_of(pack):
        context = context_of(pack.name, topic.name)
        for passage in topic.passages:
            about = f"{passage.kind} of the help topic “{topic.fields.get(TITLE, topic.name)}”; inline Markdown"
            place = f"help/{topic.name}{_ENDING}:{passage.line}"
            yield Entry(context=context, msgid=passage.text, extracted=(about,), references=(place,), line=passage.line)


def context_of(pack: str, topic: str) -> str:
    """The context of a topic's messages.

    >>> context_of("oppi18n", "close-opportunity")
    'oppi18n/help/close-opportunity'
    """
    return f"{pack}/help/{topic}"


def is_topic(context: str) -> bool:
    """Whether a context is that of a topic, whose messages are Markdown.

    >>> is_topic("oppi18n/help/close-opportunity"), is_topic("oppi18n/cli/help")
    (True, False)
    """
    return context.partition("/")[2].startswith("help/")


def passages(body: str, first: int = 1) -> Iterator[Passage]:
    """The texts of a topic's Markdown, which begins in line `first` of its file.

    >>> [(each.kind, each.text) for each in passages("# Quotes\\n\\nClose\\none.\\n\\n- All\\n- None\\n")]
    [('heading', 'Quotes'), ('paragraph', 'Close one.'), ('item in a list', 'All'), ('item in a list', 'None')]
    """
    return _Reading(first).all(body)


class _Reading:
    """One reading of a topic, line by line; `open` is the passage that the next line may continue."""

    def __init__(self, first: int) -> None:
        self.line = first - 1
        self.fence = ""
        self.kind = PARAGRAPH
        self.open: list[str] = []
        self.begin = first

    def all(self, body: str) -> Iterator[Passage]:
        """The passages, in order."""
        for line in body.split("\n"):
            self.line += 1
            yield from self._line(line)
        yield from self._closed()

    def _line(self, line: str) -> Iterator[Passage]:
        fence = _FENCE.match(line)
        heading = _HEADING.match(line)
        if self.fence or fence:
            yield from self._closed()
            self.fence = "" if fence and self.fence == fence[1] else self.fence or (fence[1] if fence else "")
        elif not line.strip(" \t>") or GENERATED.match(line):
            yield from self._closed()
        elif heading:
            yield from self._closed()
            yield Passage(HEADING, heading[1], self.line)
        elif line.lstrip().startswith("|"):
            yield from self._closed()
            yield from self._row(line)
        else:
            yield from self._text(line)

    def _row(self, line: str) -> Iterator[Passage]:
        for cell in _CELLS.split(line.strip().strip("|")) if not _RULE.match(line) else ():
            if cell.strip():
                yield Passage(CELL, cell.strip(), self.line)

    def _text(self, line: str) -> Iterator[Passage]:
        match = _MARKER.match(line)
        assert match is not None
        if ALERT.match(match[2].strip()):
            yield from self._closed()
            return
        is_item = _LISTED.match(match[1].replace(">", "")) is not None
        if is_item:
            yield from self._closed()
        if not self.open:
            self.begin, self.kind = self.line, ITEM if is_item else PARAGRAPH
        self.open.append(match[2].strip())

    def _closed(self) -> Iterator[Passage]:
        text = " ".join(self.open)
        if text:
            yield Passage(self.kind, text, self.begin)
        self.open = []
