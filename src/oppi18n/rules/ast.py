"""Expressions as trees; each node knows which characters it was written with, and its type once checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from dataclasses import field as attribute
from typing import Any

from oppi18n.rules.types import DYN, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What all nodes have: the characters `start` to `end` of the expression, and a type."""

    start: int = 0
    end: int = 0
    type: Type = DYN


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: None, bool, int, float, str, Decimal or date."""

    value: Any


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A root, a setting's namespace or the variable of a macro."""

    name: str


@dataclass(frozen=True, slots=True)
class Let(Node):
    """A name from the ruleset's `let`."""

    name: str


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`settings.x`"""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Node):
    """`operand.field`"""

    operand: Node
    field: str


@dataclass(frozen=True, slots=True)
class Has(Node):
    """`has(operand.field)`; the field's name begins at character `at`."""

    operand: Node
    field: str
    at: int = attribute(default=0, kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`operand[index]`"""

    operand: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`!x` or `-x`"""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """A comparison, `in`, or arithmetic."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logical(Node):
    """`a && b && …` or `a || b || …`: two operands or more."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`condition ? yes : no`"""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function, or a method where `receiver` is given; its name begins at character `at`."""

    function: str
    receiver: Node | None
    arguments: tuple[Node, ...]
    at: int = attribute(default=0, kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Macro(Node):
    """`over.exists(variable, body)`, all, exists_one, filter or map; the variable begins at character `at`."""

    name: str
    over: Node
    variable: str
    body: Node
    at: int = attribute(default=0, kw_only=True, compare=False)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the text."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each direct child replaced by `change(child)`."""
    changes: dict[str, Any] = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changed: Any = change(value)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changed = tuple(change(item) for item in value)
        else:
            continue
        if changed is not value:
            changes[each.name] = changed
    return replace(node, **changes) if changes else node


def text_of(node: Node, expression: str) -> str:
    """The characters the node was written with."""
    return expression[node.start : node.end]
