"""Conditions as propositions: what is asked of the facts, and how the answers are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Let,
    ListLiteral,
    Literal,
    Logical,
    Macro,
    Name,
    Node,
    Unary,
    walk,
)
from oppi18n.rules.fold import fold
from oppi18n.rules.ruleset import Expression
from oppi18n.rules.types import BOOL, INT

Key = tuple[Any, ...]
"""A node without its place in the text: equal for expressions that ask the same."""

_PLACES: Final = ("start", "end", "at", "type")
_SOME: Final = {(">", 0): True, (">=", 1): True, ("==", 0): False, ("<", 1): False, ("<=", 0): False}
"""Comparisons of a list's size that ask whether it has (true) or lacks (false) an element."""
_LARGE: Final = 200
"""Parts of a proposition beyond which it is not written twice; what says so stays one question then."""
_LARGEST_LET: Final = 2000
"""Nodes of a let, its lets written out, up to which it is looked into."""
_MIRRORED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


class Atom(NamedTuple):
    """A question with the answers true and false.

    `kind` is one of `is` (subject: an operand; other: a value of its enumeration), `less` and `equal` (subject and
    other: operands), `exists` (subject: a list; other: the proposition about its elements) and `plain`.
    """

    kind: str
    subject: Key
    other: Any = None


class Joined(NamedTuple):
    """`operator` is and, or, not."""

    operator: str
    parts: tuple[Any, ...]


Proposition = bool | Atom | Joined


def negated(part: Proposition) -> Proposition:
    """`!part`"""
    if isinstance(part, bool):
        return not part
    if isinstance(part, Joined) and part.operator == "not":
        inner: Proposition = part.parts[0]
        return inner
    return Joined("not", (part,))


def joined(operator: str, *parts: Proposition) -> Proposition:
    """`and` or `or` of some parts, constants worked out, in an order that does not depend on how it was written."""
    decisive = operator == "or"
    if any(part is decisive for part in parts):
        return decisive
    rest = sorted({part for part in parts if not isinstance(part, bool)}, key=repr)
    if not rest:
        return not decisive
    return rest[0] if len(rest) == 1 else Joined(operator, tuple(rest))


def atoms(part: Proposition) -> Iterator[Atom]:
    """The questions of a proposition, perhaps several times."""
    if isinstance(part, Atom):
        yield part
    elif isinstance(part, Joined):
        for each in part.parts:
            yield from atoms(each)


def is_large(part: Proposition, limit: int = _LARGE) -> bool:
    """Whether a proposition has more parts than would be good to repeat."""
    waiting, seen = [part], 0
    while waiting and seen <= limit:
        each, seen = waiting.pop(), seen + 1
        if isinstance(each, Joined):
            waiting += each.parts
        elif isinstance(each, Atom) and each.kind == "exists":
            waiting.append(each.other)
    return seen > limit


class Propositions:
    """Turns typed expressions of a ruleset into propositions; settings stay questions."""

    def __init__(self, lets: Mapping[str, Expression]) -> None:
        self.lets = lets
        self._weights: dict[str, int] = {}

    def of(self, node: Node, names: Mapping[str, str] | None = None) -> Proposition:
        """The proposition of a condition; `names` renames the variables of the macros around it."""
        node, names = self._plain(node), names or {}
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return node.value
        if isinstance(node, Unary) and node.operator == "!":
            return negated(self.of(node.operand, names))
        if isinstance(node, Logical):
            operator = "and" if node.operator == "&&" else "or"
            return joined(operator, *(self.of(each, names) for each in node.operands))
        if isinstance(node, Conditional):
            condition = self.of(node.condition, names)
            if is_large(condition):
                return self._question(node, names)
            yes = joined("and", condition, self.of(node.yes, names))
            return joined("or", yes, joined("and", negated(condition), self.of(node.no, names)))
        if isinstance(node, Binary):
            relation = self._relation(node.operator, node.left, node.right, names)
            return self._question(node, names) if relation is None else relation
        if isinstance(node, Macro) and node.name in ("exists", "all"):
            return self._quantified(node, names)
        return self._question(node, names)

    def selected(self, node: Node) -> Atom:
        """A list of records as the question whether it has one: what is asked of the elements of which list."""
        found = self._exists(node, True, {})
        return found if isinstance(found, Atom) else Atom("exists", self.key(node, {}), found)

    def _plain(self, node: Node) -> Node:
        return fold(self._followed(node))

    def _followed(self, node: Node) -> Node:
        """The node a let stands for; one that would be too large, written out, is asked by its name."""
        while isinstance(node, Let) and node.name in self.lets and self._weight(node.name) <= _LARGEST_LET:
            node = self.lets[node.name].tree
        return node

    def _weight(self, name: str) -> int:
        """The nodes of a let with all its lets written out."""
        if name not in self._weights:
            nodes = list(walk(self.lets[name].tree))
            below = (each.name for each in nodes if isinstance(each, Let) and each.name in self.lets)
            self._weights[name] = len(nodes) + sum(map(self._weight, below))
        return self._weights[name]

    def _question(self, node: Node, names: Mapping[str, str]) -> Proposition:
        return Atom("plain", self.key(node, names))

    def _relation(self, operator: str, left: Node, right: Node, names: Mapping[str, str]) -> Proposition | None:
        left, right = self._plain(left), self._plain(right)
        if operator == "in":
            if not isinstance(right, ListLiteral):
                return None
            return joined("or", *(self._equal(left, item, names) for item in right.items))
        if operator in ("==", "!="):
            equal = self._counted("==", left, right, names)
            equal = self._equal(left, right, names) if equal is None else equal
            return equal if operator == "==" else negated(equal)
        if operator not in _MIRRORED:
            return None
        counted = self._counted(operator, left, right, names)
        if counted is not None:
            return counted
        if operator in (">", "<="):
            left, right = right, left
        less = Atom("less", self.key(left, names), self.key(right, names))
        return less if operator in ("<", ">") else negated(less)

    def _equal(self, left: Node, right: Node, names: Mapping[str, str]) -> Proposition:
        left, right = self._plain(left), self._plain(right)
        if left.type == right.type == BOOL:
            one, other = self.of(left, names), self.of(right, names)
            if is_large(one) or is_large(other):
                first, second = sorted((self.key(left, names), self.key(right, names)), key=repr)
                return Atom("equal", first, second)
            both = joined("and", one, other)
            return joined("or", both, joined("and", negated(one), negated(other)))
        if isinstance(left, Literal):
            left, right = right, left
        if isinstance(right, Literal) and right.type.kind == "enumeration":
            if isinstance(left, Literal):
                return bool(left.value == right.value)
            return Atom("is", (right.type.name, self.key(left, names)), right.value)
        first, second = sorted((self.key(left, names), self.key(right, names)), key=repr)
        return True if first == second and isinstance(left, Literal) else Atom("equal", first, second)

    def _counted(self, operator: str, left: Node, right: Node, names: Mapping[str, str]) -> Proposition | None:
        """`list.size() > 0` and its like ask whether an element exists."""
        if isinstance(left, Literal) and not isinstance(right, Literal):
            return self._counted(_MIRRORED.get(operator, operator), right, left, names)
        over = _measured(left)
        if over is None or not isinstance(right, Literal) or right.type != INT:
            return None
        wanted = _SOME.get((operator, right.value))
        if wanted is None:
            return None
        exists = self._exists(over, True, names)
        return exists if wanted else negated(exists)

    def _quantified(self, node: Macro, names: Mapping[str, str]) -> Proposition:
        body = self.of(node.body, {**names, node.variable: f"${len(names)}"})
        if node.name == "all":
            return negated(self._exists(node.over, negated(body), names))
        return self._exists(node.over, body, names)

    def _exists(self, over: Node, body: Proposition, names: Mapping[str, str]) -> Proposition:
        """An element for which the body holds; what a filter asks is asked as well."""
        over = self._plain(over)
        while isinstance(over, Macro) and over.name == "filter":
            inner = self.of(over.body, {**names, over.variable: f"${len(names)}"})
            body, over = joined("and", inner, body), self._plain(over.over)
        return False if body is False else Atom("exists", self.key(over, names), body)

    def key(self, node: Node, names: Mapping[str, str]) -> Key:
        """A node without its place; variables are named by how deep they stand."""
        node = self._followed(node)
        if isinstance(node, Name):
            return ("Name", names.get(node.name, node.name))
        if isinstance(node, Literal):
            return ("Literal", _comparable(node.value))
        if isinstance(node, Macro):
            inner = {**names, node.variable: f"${len(names)}"}
            return (node.name, self.key(node.over, names), self.key(node.body, inner))
        return (type(node).__name__, *(self._part(getattr(node, name), names) for name in _parts(node)))

    def _part(self, value: object, names: Mapping[str, str]) -> Any:
        if isinstance(value, Node):
            return self.key(value, names)
        return tuple(self._part(each, names) for each in value) if isinstance(value, tuple) else value


def _parts(node: Node) -> list[str]:
    return [each.name for each in fields(node) if each.name not in _PLACES]


def _comparable(value: Any) -> Any:
    """Numbers compare by value, whatever their type; everything else keeps its type."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return ("number", Decimal(value))
    return (type(value).__name__, value)


def _measured(node: Node) -> Node | None:
    """The list whose size a node is."""
    if isinstance(node, Call) and node.function == "size":
        operand = node.receiver or node.arguments[0]
        return operand if operand.type.kind == "list" else None
    return None


def constant(key: Key) -> Decimal | date | None:
    """The number or the date that a key stands for, if it is one."""
    if key[0] == "Literal" and key[1][0] in ("number", "date"):
        found: Decimal | date = key[1][1]
        return found
    return None


def is_measure(key: Key) -> bool:
    """Whether a key stands for a size, a scale or a number of digits, none of which is below zero."""
    return key[0] == "Call" and key[1] in ("size", "scale", "digits")
