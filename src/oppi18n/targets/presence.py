"""Which fields must be there, and which must not, for a condition to come out one way."""

from __future__ import annotations

from typing import NamedTuple

from oppi18n.rules.ast import Has, Literal, Logical, Node, Select, Unary, rebuild
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.types import BOOL

Path = tuple[str, ...]


class Presence(NamedTuple):
    """Fields that are certainly given, and fields that are certainly empty."""

    given: frozenset[Path]
    empty: frozenset[Path]


def presence(node: Node, outcome: bool = True) -> Presence:
    """What is certain once a condition came out as `outcome`."""
    if isinstance(node, Has):
        found = frozenset((path_of(Select(node.operand, node.field)),)) - {()}
        return Presence(found, frozenset()) if outcome else Presence(frozenset(), found)
    if isinstance(node, Unary) and node.operator == "!":
        return presence(node.operand, not outcome)
    if isinstance(node, Logical) and (node.operator == "&&") is outcome:
        parts = [presence(each, outcome) for each in node.operands]
        return Presence(
            frozenset[Path]().union(*(part.given for part in parts)),
            frozenset[Path]().union(*(part.empty for part in parts)),
        )
    return Presence(frozenset(), frozenset())


def assume(node: Node, path: Path, given: bool) -> Node:
    """The node where it is known whether one field is given.

    >>> from oppi18n.rules.parser import parse
    >>> assume(parse("has(a.b) && a.b > 1"), ("a", "b"), given=False).value
    False
    """
    return fold(_assumed(node, path, given))


def _assumed(node: Node, path: Path, given: bool) -> Node:
    if isinstance(node, Has) and path_of(Select(node.operand, node.field)) == path:
        return Literal(given, start=node.start, end=node.end, type=BOOL)
    return rebuild(node, lambda child: _assumed(child, path, given))
