"""Python source of an expression that never raises: each operation answers with a value or with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from oppi18n.rules import comprehensions, kleene
from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    Let,
    ListLiteral,
    Literal,
    Logical,
    Macro,
    Name,
    Node,
    Select,
    Unary,
)

_ARITHMETIC = {"+": "K.add", "-": "K.subtract", "*": "K.multiply", "/": "K.divide", "%": "K.modulo"}
_MACROS = {"exists": "exists", "all": "all_", "exists_one": "exists_one", "filter": "filter_", "map": "map_"}
_TEXT = ("startsWith", "endsWith", "contains")


def literal(value: object) -> str:
    """Python source of a constant; decimals and dates by their constructors."""
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f"float({str(value)!r})"
    return repr(value)


class Emitter:
    """Nodes → source. Roots are `r_<name>`, lets `l_<name>()`, macro variables `v<depth>`."""

    def __init__(self, *, trace: bool = False) -> None:
        self._trace = trace
        self._emits: dict[type[Node], Callable[[Any, Mapping[str, str]], str]] = {
            Literal: lambda node, _: literal(node.value),
            ListLiteral: self._list,
            Name: lambda node, names: names.get(node.name) or f"root({node.name!r})",
            Let: lambda node, _: f"l_{node.name}()",
            Select: lambda node, names: f"K.select({self.emit(node.operand, names)}, {node.field!r})",
            Has: lambda node, names: f"K.has({self.emit(node.operand, names)}, {node.field!r})",
            Index: lambda node, names: f"K.index({self.emit(node.operand, names)}, {self.emit(node.index, names)})",
            Unary: self._unary,
            Binary: self._binary,
            Logical: self._logical,
            Conditional: self._conditional,
            Call: self._call,
            Macro: self._macro,
        }

    def emit(self, node: Node, names: Mapping[str, str]) -> str:
        """Source of the node; with tracing on, its value is noted under its characters."""
        source = self._emits[type(node)](node, names)
        if self._trace and not isinstance(node, (Literal, ListLiteral)):
            return f"T({node.start}, {node.end}, {source})"
        return source

    def _list(self, node: ListLiteral, names: Mapping[str, str]) -> str:
        items = ", ".join(self.emit(item, names) for item in node.items)
        if all(isinstance(item, Literal) for item in node.items):
            return f"K.Seq([{items}])"
        return f"listed([{items}])"

    def _unary(self, node: Unary, names: Mapping[str, str]) -> str:
        function = "K.not_" if node.operator == "!" else "K.negate"
        return f"{function}({self.emit(node.operand, names)})"

    def _binary(self, node: Binary, names: Mapping[str, str]) -> str:
        left, right = self.emit(node.left, names), self.emit(node.right, names)
        if node.operator in ("==", "!="):
            return f"K.{'equal' if node.operator == '==' else 'unequal'}({left}, {right})"
        if node.operator == "in":
            return f"K.contains({left}, {right})"
        if node.operator in _ARITHMETIC:
            return f"{_ARITHMETIC[node.operator]}({left}, {right})"
        return f"K.compare({node.operator!r}, {left}, {right})"

    def _logical(self, node: Logical, names: Mapping[str, str]) -> str:
        function = "K.and_" if node.operator == "&&" else "K.or_"
        return f"{function}({', '.join(self.emit(each, names) for each in node.operands)})"

    def _conditional(self, node: Conditional, names: Mapping[str, str]) -> str:
        parts = [self.emit(each, names) for each in (node.condition, node.yes, node.no)]
        return f"K.cond({parts[0]}, lambda: {parts[1]}, lambda: {parts[2]})"

    def _call(self, node: Call, names: Mapping[str, str]) -> str:
        receiver = node.receiver or node.arguments[0]
        operand = self.emit(receiver, names)
        if node.function in _TEXT:
            return f"K.text({node.function!r}, {operand}, {self.emit(node.arguments[0], names)})"
        if node.function == "digits":
            return f"K.digits({operand}, DIGITS)"
        return f"K.{'size' if node.function == 'size' else 'places'}({operand})"

    def _macro(self, node: Macro, names: Mapping[str, str]) -> str:
        variable = f"v{len(names)}"
        body = self.emit(node.body, {**names, node.variable: variable})
        return f"C.{_MACROS[node.name]}(S, {self.emit(node.over, names)}, lambda {variable}: {body})"


def emit(node: Node, *, trace: bool = False) -> str:
    """Python source of a checked expression.

    >>> from oppi18n.rules.parser import parse
    >>> emit(parse("a.b || true"))
    "K.or_(K.select(root('a'), 'b'), True)"
    """
    return Emitter(trace=trace).emit(node, {})


def names(**more: object) -> dict[str, Any]:
    """The names that emitted source may use, to execute it with."""
    found: dict[str, Any] = {"K": kleene, "C": comprehensions, "Decimal": Decimal, "date": date, "listed": _listed}
    return {**found, **more}


def _listed(items: list[Any]) -> Any:
    return kleene.merge(items) or kleene.Seq(items)


def evaluate(node: Node, roots: Mapping[str, Any]) -> Any:
    """The value of an expression over plain JSON data, or `kleene.Unknown`.

    >>> from oppi18n.rules.parser import parse
    >>> evaluate(parse("a.b + 1"), {"a": {"b": 2}})
    3
    >>> evaluate(parse("a.c + 1"), {"a": {"b": 2}})
    Unknown(['/a/c'], '')
    """
    data = kleene.Rec(roots, "", None)
    scope = names(S=kleene.Steps(), DIGITS={}, root=lambda name: kleene.select(data, name))
    return kleene.plain(eval(compile(emit(node), "<expression>", "eval"), scope))  # noqa: S307 - our own source
