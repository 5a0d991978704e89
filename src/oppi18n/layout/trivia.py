"""Comments and blank lines find the entry they belong to, so that they go along when it moves."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from oppi18n.layout.comments import Comment, comments
from oppi18n.source import Mapping, Node, Scalar, Source
from oppi18n.source import Sequence as YamlSequence

Place = tuple[int, int]
"""Line and column, both from 1."""

_END: Final[Place] = (1 << 60, 0)
_HEADER: Final = re.compile(r"[|>][-+0-9]*")


@dataclass
class Entry:
    """An entry of a mapping, or an item of a list (without a key), with what stands around it.

    `lead` are the lines before it: comments, and "" for blank ones. `opening` is the comment behind the key of what
    follows below, `trailing` the one behind its end. `below` says that the value begins on a line of its own, `breaks`
    that, in brackets or braces, the entry does.
    """

    key: Scalar | None
    value: Tree
    lead: list[str]
    opening: str = ""
    trailing: str = ""
    below: bool = False
    breaks: bool = False


@dataclass
class Group:
    """A mapping or a list; `flow` ones stand in brackets or braces. `tail` are the comments before its end."""

    node: Mapping | YamlSequence
    flow: bool
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    closing_breaks: bool = False


Tree = Scalar | Group


def annotated(source: Source, tree: Node) -> tuple[Entry, list[str]]:
    """The tree with its comments and blank lines, and the comments after its end.

    What stands at the top of the file is the lead of the whole, so it stays there.
    """
    return _Reading(source, comments(source.lines, tree)).document(tree)


def header_of(source: Source, scalar: Scalar) -> str:
    """The mark of a block: `|`, `>-`, `|2+` …"""
    line = source.lines[scalar.span.line - 1]
    found = _HEADER.match(line, scalar.span.column - 1)
    return found[0] if found else ""


class _Reading:
    """Walks through a tree in the order of the file and takes each comment where it meets it."""

    def __init__(self, source: Source, found: Iterable[Comment]) -> None:
        self.source = source
        self.lines = source.lines
        self.queue = deque(found)
        self.kept: set[int] = set()
        """Blank lines that a block keeps as its own."""

    def document(self, tree: Node) -> tuple[Entry, list[str]]:
        lead = self.lead(tree.span.line)
        entry = Entry(None, self.value(tree, column=0, limit=_END), lead)
        self.finish(entry)
        rest = [line for line in self.lead(_END[0]) if line]
        return entry, rest

    # ---- comments and blank lines ----

    def lead(self, line: int) -> list[str]:
        """What stands before a line: comments, and "" where a line or more are blank."""
        found: list[str] = []
        while self.queue and self.queue[0].line < line:
            comment = self.queue.popleft()
            found += [*self.gap(comment.line), comment.text]
        return [*found, *self.gap(line)]

    def gap(self, line: int) -> list[str]:
        """[""] if the line before is blank."""
        before = line - 1
        blank = 1 <= before <= len(self.lines) and not self.lines[before - 1].strip() and before not in self.kept
        return [""] if blank else []

    def tail(self, column: int, limit: Place) -> list[str]:
        """The comments after the last entry that stand at least as far to the right as the entries do."""
        found: list[str] = []
        while self.queue and self.queue[0].line < limit[0] and self.queue[0].column >= column - 1:
            comment = self.queue.popleft()
            found += [*self.gap(comment.line), comment.text]
        return found

    def behind(self, line: int, limit: Place = _END) -> str:
        """The comment at the end of a line, if it is not beyond the limit."""
        first = self.queue[0] if self.queue else None
        if first is None or first.alone or first.line != line or (line, first.column + 1) >= limit:
            return ""
        return self.queue.popleft().text

    def within(self, place: Place) -> list[str]:
        """The comments before a place in brackets or braces."""
        found = []
        while self.queue and (self.queue[0].line, self.queue[0].column + 1) < place:
            found.append(self.queue.popleft().text)
        return found

    # ---- values ----

    def value(self, node: Node, *, column: int, limit: Place) -> Tree:
        """A value; `column` is that of the mapping or list around it, `limit` is where the next thing begins."""
        if isinstance(node, Scalar):
            if "+" in (header_of(self.source, node) if node.style in ("|", ">") else ""):
                self.kept.update(range(node.span.line, node.span.end_line))
            return node
        if self.is_flow(node):
            return self.flow(node)
        group = Group(node, flow=False)
        parts = list(_parts(node))
        for number, (key, value) in enumerate(parts):
            after = _start(*parts[number + 1]) if number + 1 < len(parts) else limit
            group.entries.append(self.entry(key, value, column=node.span.column, limit=after))
        # A list may stand as far to the left as its key; what follows there belongs to the next key.
        if node.span.column > column:
            group.tail = self.tail(node.span.column, limit)
        return group

    def entry(self, key: Scalar | None, node: Node, *, column: int, limit: Place) -> Entry:
        head, begins = _start(key, node)[0], node.span.line
        lead = self.lead(head)
        opening = self.behind(head) if begins > head else ""
        if begins > head and (isinstance(node, Scalar) or self.is_flow(node)):
            lead += [line for line in self.lead(begins) if line]
        entry = Entry(key, self.value(node, column=column, limit=limit), lead, opening, below=begins > head)
        self.finish(entry)
        return entry

    def finish(self, entry: Entry) -> None:
        """Take the comment behind the value."""
        value = entry.value
        if isinstance(value, Scalar):
            entry.trailing = self.behind(value.span.line if value.style in ("|", ">") else value.span.end_line)
        elif value.flow:
            entry.trailing = self.behind(value.node.span.end_line)

    def is_flow(self, node: Mapping | YamlSequence) -> bool:
        span = node.span
        return self.lines[span.line - 1][span.column - 1 : span.column] in ("[", "{")

    def flow(self, node: Mapping | YamlSequence) -> Group:
        """What stands in brackets or braces; a pair without braces in a list counts as one with them."""
        group = Group(node, flow=True)
        line, end = node.span.line, (node.span.end_line, node.span.end_column)
        parts = list(_parts(node))
        for number, (key, value) in enumerate(parts):
            head = _start(key, value)
            after = _start(*parts[number + 1]) if number + 1 < len(parts) else end
            lead = self.within(head)
            found = value if isinstance(value, Scalar) else self.flow(value)
            line, before = value.span.end_line, line
            group.entries.append(Entry(key, found, lead, trailing=self.behind(line, after), breaks=head[0] > before))
        group.tail = self.within(end)
        group.closing_breaks = end[0] > line
        return group


def _parts(node: Mapping | YamlSequence) -> Iterable[tuple[Scalar | None, Node]]:
    return node.pairs if isinstance(node, Mapping) else ((None, item) for item in node.items)


def _start(key: Scalar | None, node: Node) -> Place:
    span = (key or node).span
    return span.line, span.column
