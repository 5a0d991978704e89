"""What follows from a condition: fields that must be there, numbers that cannot be too large, calls made twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from oppi18n.model.values import DECIMAL_DIGITS
from oppi18n.rules.ast import Binary, Call, Has, Literal, Logical, Node, Select, Unary, rebuild, walk
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.types import BOOL
from oppi18n.targets.fast import FastEmitter
from oppi18n.targets.selections import key

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


def conjuncts(node: Node) -> list[Node]:
    """The operands of `a && b && …`, in the order in which they are looked at."""
    if isinstance(node, Logical) and node.operator == "&&":
        return [part for operand in node.operands for part in conjuncts(operand)]
    return [node]


def bounds(violated: Node, path: Path) -> bool:
    """Whether a condition comes out true for every number that is too large in either direction, whatever else holds."""
    if not (isinstance(violated, Unary) and violated.operator == "!"):
        return False
    sides = set()
    for each in conjuncts(violated.operand):
        if isinstance(each, Binary) and path_of(each.left) == path and isinstance(each.right, Literal):
            within = isinstance(each.right.value, (int, Decimal)) and abs(each.right.value) < 10**DECIMAL_DIGITS
            sides |= {each.operator[0]} if within and each.operator in ("<", "<=", ">", ">=") else set()
    return sides == {"<", ">"}


def repeated(violated: Node, emitter: FastEmitter, known: frozenset[str]) -> Iterator[str]:
    """Source of the slow calls that are sure to be made by one operand of `&&` and asked for again by a later one."""
    parts = conjuncts(violated)
    for number, part in enumerate(parts):
        bare = part.operand if isinstance(part, Unary) else part
        for each in (bare.left, bare.right) if isinstance(bare, Binary) else ():
            if isinstance(each, Call) and each.function == "scale" and _occurs(each, parts[number + 1 :]):
                yield emitter.emit(each, known)


def _occurs(call: Node, parts: list[Node]) -> bool:
    return any(key(each) == key(call) for part in parts for each in walk(part))
