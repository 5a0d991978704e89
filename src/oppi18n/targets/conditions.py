"""What follows from a condition: fields that must be there, numbers that cannot be too large, what need not be asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from oppi18n.model.values import DECIMAL_DIGITS
from oppi18n.rules.ast import Binary, Call, Has, Literal, Logical, Node, Select, Unary, rebuild
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.types import BOOL
from oppi18n.targets.selections import key

Path = tuple[str, ...]


class Presence(NamedTuple):
    """Fields that are certainly given, and fields that are certainly empty."""

    given: frozenset[Path]
    empty: frozenset[Path]


NOTHING = Presence(frozenset(), frozenset())


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
    return NOTHING


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
            limit: Any = each.right.value
            within = isinstance(limit, (int, Decimal)) and abs(Decimal(limit)) < 10**DECIMAL_DIGITS
            sides |= {each.operator[0]} if within and each.operator in ("<", "<=", ">", ">=") else set()
    return sides == {"<", ">"}


def terse(violated: Node) -> Node:
    """The condition without `x.scale() > 0` where `x.scale() > currency.digits()` follows, which says more.

    Only a currency that is not given makes a difference, and then the careful way decides.
    """
    parts = conjuncts(violated)
    more = {key(scaled) for scaled in (_beyond(part, "digits") for part in parts) if scaled}
    rest = tuple(part for part in parts if key(_beyond(part, "")) not in more)
    return violated if len(rest) == len(parts) else fold(Logical("&&", rest, type=BOOL))


def _beyond(node: Node, function: str) -> Node | None:
    """`x` of `x.scale() > …`, where … is a call of a function, or 0 if none is named."""
    if isinstance(node, Unary) and isinstance(node.operand, Binary) and node.operand.operator == "<=":
        node = replace(node.operand, operator=">")
    if not (isinstance(node, Binary) and node.operator == ">"):
        return None
    left, right = node.left, node.right
    wanted = right.function == function if isinstance(right, Call) else isinstance(right, Literal) and right.value == 0
    if not (
        wanted and isinstance(left, Call) and left.function == "scale" and (isinstance(right, Call) or not function)
    ):
        return None
    return left.receiver or left.arguments[0]
