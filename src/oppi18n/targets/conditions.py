"""What follows from a condition: fields that must be there, numbers that cannot be too large, what need not be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Final, NamedTuple

from oppi18n.model.values import DECIMAL_DIGITS, DECIMAL_PLACES
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


class Range(NamedTuple):
    """The numbers from `least` to `most`, both included."""

    least: Decimal
    most: Decimal

    def within(self, other: Range) -> Range:
        """The numbers that are in both."""
        return Range(max(self.least, other.least), min(self.most, other.most))


_SMALLEST: Final = Decimal(1).scaleb(-DECIMAL_PLACES)
ALL: Final = Range(_SMALLEST - 10**DECIMAL_DIGITS, 10**DECIMAL_DIGITS - _SMALLEST)
"""Every decimal."""
NO_NUMBER: Final = Range(ALL.most, ALL.least)
_SAME: Final = {operator: operator for operator in ("<", "<=", ">", ">=")}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def harmless(violated: Node, path: Path) -> Range:
    """Decimals for which a condition on a field is certainly false, whatever else holds; an empty range if none are.

    >>> from oppi18n.rules.parser import parse
    >>> harmless(parse("!(a.b >= 0 && a.b < 9)"), ("a", "b"))
    Range(least=Decimal('0'), most=Decimal('8.9999'))
    """
    if isinstance(violated, Unary) and violated.operator == "!":
        return reduce(Range.within, [_side(each, path) or NO_NUMBER for each in conjuncts(violated.operand)])
    return next((found for each in conjuncts(violated) if (found := _side(each, path, _OPPOSITE))), NO_NUMBER)


def _side(node: Node, path: Path, operators: Mapping[str, str] = _SAME) -> Range | None:
    """The decimals for which `x >= number` and its like hold, or with `_OPPOSITE` do not."""
    if not (isinstance(node, Binary) and path_of(node.left) == path and isinstance(node.right, Literal)):
        return None
    limit, operator = node.right.value, operators.get(node.operator, "")
    if type(limit) not in (int, Decimal) or not operator:
        return None
    inner = Decimal(limit) + {"<": -_SMALLEST, ">": _SMALLEST}.get(operator, 0)
    return (Range(ALL.least, inner) if operator[0] == "<" else Range(inner, ALL.most)).within(ALL)


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
