"""Constant parts of an expression are worked out before it is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oppi18n.rules import kleene
from oppi18n.rules.ast import (
    Binary,
    Conditional,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Node,
    Select,
    Setting,
    Unary,
    rebuild,
)
from oppi18n.rules.types import BOOL, Type

Values = Mapping[tuple[str, str], object]


def fold(node: Node, settings: Mapping[str, object] | None = None, known: Values | None = None) -> Node:
    """The node with constants worked out.

    `settings` gives settings their values (without it they stay), `known` gives (variable, field) its value.
    An operation that has no value stays as it is: its error belongs to the evaluation.
    """
    node = rebuild(node, lambda child: fold(child, settings, known))
    if isinstance(node, Setting) and settings is not None:
        return constant(settings[node.name], node)
    if isinstance(node, Select) and known is not None:
        return _known(node, known)
    if isinstance(node, Logical):
        return _logical(node)
    if isinstance(node, Unary) and isinstance(node.operand, Literal):
        return _result(node, (kleene.not_ if node.operator == "!" else kleene.negate)(node.operand.value))
    if isinstance(node, Conditional):
        return _conditional(node)
    if isinstance(node, Binary):
        return _binary(node)
    return node


def constant(value: object, node: Node) -> Node:
    """A literal, or a list of them, in the place of a node."""
    if isinstance(value, (list, tuple)):
        item = node.type.item or node.type
        literals = tuple(Literal(each, start=node.start, end=node.end, type=item) for each in value)
        return ListLiteral(literals, start=node.start, end=node.end, type=node.type)
    return Literal(value, start=node.start, end=node.end, type=node.type)


def _result(node: Node, value: Any) -> Node:
    if isinstance(value, kleene.Unknown):
        return node
    return Literal(value, start=node.start, end=node.end, type=_same(node.type, value))


def _same(kind: Type, value: object) -> Type:
    return BOOL if isinstance(value, bool) else kind


def _known(node: Select, known: Values) -> Node:
    place = (node.operand.name, node.field) if isinstance(node.operand, Name) else ("", "")
    return constant(known[place], node) if place in known else node


def _conditional(node: Conditional) -> Node:
    if isinstance(node.condition, Literal) and isinstance(node.condition.value, bool):
        return node.yes if node.condition.value else node.no
    return node


def _logical(node: Logical) -> Node:
    decisive = node.operator == "||"
    rest = []
    for each in node.operands:
        if isinstance(each, Literal) and each.value is decisive:
            return each
        if not (isinstance(each, Literal) and each.value is not decisive and isinstance(each.value, bool)):
            rest.append(each)
    if not rest:
        return Literal(not decisive, start=node.start, end=node.end, type=BOOL)
    if len(rest) == 1 and rest[0].type == BOOL:
        return rest[0]
    return replace(node, operands=tuple(rest)) if len(rest) > 1 else node


def _binary(node: Binary) -> Node:
    left, right = node.left, node.right
    if not isinstance(left, Literal) or left.value is None:
        return node
    if node.operator == "in" and isinstance(right, ListLiteral):
        if all(isinstance(item, Literal) for item in right.items):
            values = [item.value for item in right.items if isinstance(item, Literal)]
            return _result(node, kleene.contains(left.value, kleene.Seq(values)))
        return node
    if not isinstance(right, Literal) or right.value is None:
        return node
    return _result(node, _BINARY[node.operator](left.value, right.value))


_BINARY: dict[str, Any] = {
    "==": kleene.equal,
    "!=": kleene.unequal,
    "<": lambda left, right: kleene.compare("<", left, right),
    "<=": lambda left, right: kleene.compare("<=", left, right),
    ">": lambda left, right: kleene.compare(">", left, right),
    ">=": lambda left, right: kleene.compare(">=", left, right),
    "+": kleene.add,
    "-": kleene.subtract,
    "*": kleene.multiply,
    "/": kleene.divide,
    "%": kleene.modulo,
    "in": lambda left, right: kleene.error("no-overload"),
}
