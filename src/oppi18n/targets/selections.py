"""Every look at one list of records is found, so that a target can make them all in a single pass."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from oppi18n.rules.ast import Binary, Call, Let, Literal, Logical, Macro, Name, Node, Select, Unary, rebuild, walk
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.types import BOOL, INT

ELEMENT = "element"
"""The name of the list element inside every selection's predicate."""


@dataclass(frozen=True, slots=True)
class Selected(Node):
    """In a rewritten tree: the elements of a selection (`use` list), their number (count) or whether any is (any)."""

    number: int
    use: str


@dataclass(frozen=True, slots=True)
class Whole(Node):
    """In a rewritten tree: the number of elements of a whole list."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The elements of the list at `path` for which `predicate` (over `ELEMENT`) holds."""

    path: tuple[str, ...]
    record: str
    predicate: Node


def key(node: Any) -> Any:
    """What a node says, wherever it was written: equal for equal meaning as far as the text goes."""
    if isinstance(node, Node):
        skipped = ("start", "end", "type", "at")
        return (
            type(node).__name__,
            *(key(getattr(node, each.name)) for each in fields(node) if each.name not in skipped),
        )
    if isinstance(node, tuple):
        return tuple(key(item) for item in node)
    return (type(node).__name__, node)


def inline(node: Node, lets: dict[str, Node]) -> Node:
    """The node with every let replaced by what it stands for."""
    if isinstance(node, Let):
        return inline(lets[node.name], lets)
    return rebuild(node, lambda child: inline(child, lets))


class Selections:
    """Rewrites trees: exists, all, exists_one, filter and size over a list of the facts become `Selected`."""

    def __init__(self) -> None:
        self.found: list[Selection] = []
        self._numbers: dict[Any, int] = {}

    def rewrite(self, node: Node) -> Node:
        """The node with its looks at lists replaced; other nodes stay."""
        replaced = self._selected(node)
        if replaced is not None:
            return replaced
        return rebuild(node, self.rewrite)

    def _selected(self, node: Node) -> Node | None:
        if isinstance(node, Call) and node.function == "size":
            return self._size(node)
        if not isinstance(node, Macro) or node.name == "map":
            return None
        negate = node.name == "all"
        source = self._source(node.over)
        if source is None:
            return None
        path, record, conditions = source
        body = element(node.body, node.variable)
        number = self._number(path, record, [*conditions, negated(body) if negate else body])
        if node.name == "filter":
            return Selected(number, "list", type=node.type)
        if node.name == "exists_one":
            count = Selected(number, "count", type=INT)
            return Binary("==", count, Literal(1, type=INT), type=BOOL)
        found = Selected(number, "any", type=BOOL)
        return Unary("!", found, type=BOOL) if negate else found

    def _size(self, node: Call) -> Node | None:
        over = node.receiver or node.arguments[0]
        source = self._source(over)
        if source is None:
            return None
        path, record, conditions = source
        if not conditions:
            return Whole(path, type=INT)
        return Selected(self._number(path, record, conditions), "count", type=INT)

    def _source(self, node: Node) -> tuple[tuple[str, ...], str, list[Node]] | None:
        """The list of the facts below some filters, and what they ask of its elements."""
        if isinstance(node, Macro) and node.name == "filter":
            below = self._source(node.over)
            if below is None or mentions_macro(node.body):
                return None
            return below[0], below[1], [*below[2], element(node.body, node.variable)]
        item = node.type.item
        if isinstance(node, Select) and item is not None and item.kind == "record" and len(path_of(node)) == 2:
            return path_of(node), item.name, []
        return None

    def _number(self, path: tuple[str, ...], record: str, conditions: list[Node]) -> int:
        # What a filter asks stays, even where what is asked of its elements is constant: its data may be missing.
        folded = tuple(fold(each) for each in conditions)
        asked = tuple(each for each in folded if not (isinstance(each, Literal) and each.value is True)) or folded[:1]
        predicate = asked[0] if len(asked) == 1 else Logical("&&", asked, type=BOOL)
        identity = (path, key(predicate))
        if identity not in self._numbers:
            self._numbers[identity] = len(self.found)
            self.found.append(Selection(path, record, predicate))
        return self._numbers[identity]


def element(body: Node, variable: str) -> Node:
    """The body with its variable called `ELEMENT`."""
    if isinstance(body, Name) and body.name == variable:
        return replace(body, name=ELEMENT)
    if isinstance(body, Macro) and body.variable == variable:
        return replace(body, over=element(body.over, variable))
    return rebuild(body, lambda child: element(child, variable))


def negated(node: Node) -> Node:
    """`!node`"""
    return fold(Unary("!", node, start=node.start, end=node.end, type=BOOL))


def mentions_macro(node: Node) -> bool:
    """Whether there is a loop inside."""
    return any(isinstance(each, Macro) for each in walk(node))
