"""What generated code calls the fields it reads, and which of them are sure to hold a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oppi18n.rules.ast import Has, Literal, Logical, Name, Node, Select, Unary
from oppi18n.rules.expressions import path_of
from oppi18n.rules.types import Type
from oppi18n.targets.python import literal
from oppi18n.targets.selections import ELEMENT

Known = frozenset[str]
"""Variables that are certain to hold a value at this point."""

TYPES = {"string": "str", "currency": "str", "int": "int", "decimal": "Decimal", "bool": "bool", "date": "date"}
"""The Python type of each scalar type."""


def named(path: tuple[str, ...]) -> str:
    """The variable for a field of a root record."""
    return "_".join(path)


class Fields:
    """Names, constants and fields → source.

    Fields that are read are collected: `roots` maps (record, field) to a variable that the caller fills beforehand,
    `elements` does the same for fields of the list element; `constants` maps the source of a value to the global that
    holds it.
    """

    def __init__(self, always: Known) -> None:
        self.roots: dict[tuple[str, ...], str] = {}
        self.elements: dict[str, str] = {}
        self.constants: dict[str, str] = {}
        self.always = always
        self._emits: dict[type[Node], Callable[[Any, Known, Mapping[str, str]], str]] = {
            Literal: lambda node, known, names: self.constant(node.value),
            Name: lambda node, known, names: names.get(node.name) or node.name,
            Select: self._select,
            Has: self._has,
        }

    def emit(self, node: Node, known: Known = frozenset(), names: Mapping[str, str] | None = None) -> str:
        """Source of a node; a value that may be missing comes out as None."""
        return self._emits[type(node)](node, known, names or {})

    def constant(self, found: object) -> str:
        """Source of a constant; a decimal or a date is made once, not each time."""
        source = literal(found)
        return self.constants.setdefault(source, f"C{len(self.constants)}") if source.endswith(")") else source

    def variable(self, path: tuple[str, ...]) -> str:
        """The variable that holds a field of a root record."""
        return self.roots.setdefault(path, named(path))

    def _select(self, node: Select, known: Known, names: Mapping[str, str]) -> str:
        path = path_of(node)
        if path[:1] == (ELEMENT,):
            return self.elements.setdefault(node.field, f"e_{node.field}")
        if path and path[0] not in names:
            return self.variable(path)
        return self._checked(f"{self.emit(node.operand, known, names)}.get({node.field!r})", node.type)

    def _checked(self, source: str, kind: Type) -> str:
        """A field of a macro's variable, its type checked where it is read."""
        if kind.kind == "enumeration":
            return f"one_of({source}, E_{kind.name})"
        return f"of_type({source}, {TYPES[kind.kind]})" if kind.kind in TYPES else "bail()"

    def _has(self, node: Has, known: Known, names: Mapping[str, str]) -> str:
        variable = self._select(Select(node.operand, node.field), known, names)
        return "True" if variable in known or variable in self.always else f"({variable} is not None)"

    def certain(self, node: Node, names: Mapping[str, str], outcome: bool) -> Known:
        """Variables that hold a value once a condition came out as `outcome`."""
        if isinstance(node, Has) and outcome:
            return frozenset((self._select(Select(node.operand, node.field), frozenset(), names),))
        if isinstance(node, Unary) and node.operator == "!":
            return self.certain(node.operand, names, not outcome)
        if isinstance(node, Logical) and (node.operator == "&&") is outcome:
            return frozenset[str]().union(*(self.certain(each, names, outcome) for each in node.operands))
        return frozenset()
