"""Lists, quotes and alerts are told by what stands in front of a line's text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from oppi18n.docs.lines import Line
from oppi18n.units.unit import ALERT, LIST, QUOTE, Block

RULE: Final = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*\Z")
_MARKER: Final = re.compile(r"[ \t]*(?:(?P<quote>>)[ \t]?|(?P<list>(?:[-*+]|\d{1,9}[.)])(?=[ \t]|\Z))[ \t]*)")
_ALERT: Final = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*", re.IGNORECASE)


class Front(NamedTuple):
    """What stands in front of a line's text: where the text begins, what it is in, whether it begins an item."""

    at: int
    blocks: tuple[Block, ...]
    is_item: bool


class Containers:
    """What the lines of a page stand in, asked from top to bottom."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.alert = ""
        self._indents: list[int] = []
        self._was_blank = True
        self._was_quote = False

    def front(self, line: Line) -> Front:
        """What stands in front of a line."""
        head = self.text[line.start : line.head]
        at, blocks, is_item, no_rule = 0, list[str](), False, ""
        while match := _MARKER.match(head, at):
            mark = match["list"] or ""
            # What is no rule from its first mark on is none from the next one either.
            if mark and mark != no_rule and RULE.match(head, at):
                break
            if mark:
                self._leave(match.start("list"))
                self._indents.append(match.start("list"))
                is_item, no_rule = True, mark
            blocks.append(LIST if mark else QUOTE)
            at = match.end()
        indent = len(head) - len(head.lstrip(" \t"))
        at = at + _spaces(head, at)
        is_blank = at == len(head) and line.head == line.end
        if blocks[:1] != [LIST] and not is_blank and self._is_in_list(indent):
            blocks.insert(0, LIST)
        self._follow(blocks, is_blank=is_blank)
        return Front(line.start + at, tuple(self._block(each) for each in blocks), is_item)

    def opens_alert(self, rest: str) -> int:
        """How much of a line's text opens an alert; 0 if it opens none."""
        match = _ALERT.match(rest)
        if match is None:
            return 0
        self.alert = match[1].upper()
        return match.end()

    def _is_in_list(self, indent: int) -> bool:
        """Whether a line without a marker of its own belongs to the item above it."""
        if self._was_blank:
            self._leave(indent)
        return bool(self._indents)

    def _leave(self, indent: int) -> None:
        """Leave the lists that begin no further left than a line."""
        while self._indents and self._indents[-1] >= indent:
            self._indents.pop()

    def _follow(self, blocks: list[str], *, is_blank: bool) -> None:
        is_quote = QUOTE in blocks
        # A line without its mark still belongs to the quote above it, unless a blank one lies between.
        if not is_quote and (is_blank or self._was_blank or not self._was_quote):
            self.alert = ""
        elif not is_quote and not is_blank and self.alert:
            blocks.append(QUOTE)
        if is_quote and not self._was_quote:
            self.alert = ""
        self._was_quote = QUOTE in blocks
        self._was_blank = is_blank

    def _block(self, kind: str) -> Block:
        return Block(ALERT, self.alert) if kind == QUOTE and self.alert else Block(kind)


def _spaces(text: str, start: int) -> int:
    return len(text) - start - len(text[start:].lstrip(" \t"))
