"""Python source of an expression that never raises: each operation answers with a value or with what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from oppi18n.rules import kleene
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
from oppi18n.targets.scope import names

_ARITHMETIC = {"+": "K.add", "-": "K.subtract", "*": "K.multiply", "/": "K.divide", "%": "K.modulo"}
_MACROS = {"exists": "exists", "all": "all_", "exists_one": "exists_one", "filter": "filter_", "map": "map_"}
_TEXT = ("startsWith", "endsWith", "contains")
_OPERANDS = {"size": 1, "scale": 1, "digits": 1, "startsWith": 2, "endsWith": 2, "contains": 2}


def literal(value: object) -> str:
    """Python source of a constant; decimals and dates by their constructors."""
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)


class Emitter:
    """Nodes → source. Roots are `r_<name>`, lets `l_<name>()`, macro variables `v<depth>`.

    With `seen`, a list of which only a part is known counts as that part: for the values shown in a message.
    """

    def __init__(self, *, trace: bool = False, seen: bool = False) -> None:
        self._trace = trace
        self._seen = seen
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
        nodes = [each for each in (node.receiver, *node.arguments) if each is not None]
        operands = [(self._listed if node.function == "size" else self.emit)(each, names) for each in nodes]
        if len(operands) != _OPERANDS.get(node.function):
            return 'K.error("no-overload")'  # only an unchecked tree has such a call
        if node.function in _TEXT:
            return f"K.text({node.function!r}, {operands[0]}, {operands[1]})"
        if node.function == "digits":
            return f"K.digits({operands[0]}, DIGITS)"
        return f"K.{'size' if node.function == 'size' else 'places'}({operands[0]})"

    def _listed(self, node: Node, names: Mapping[str, str]) -> str:
        source = self.emit(node, names)
        return f"seen(S, {source})" if self._seen else source

    def _macro(self, node: Macro, names: Mapping[str, str]) -> str:
        # Not by counting: a variable that hides another one would make the next one hide it in turn.
        variable = next(f"v{number}" for number in range(len(names) + 1) if f"v{number}" not in names.values())
        body = self.emit(node.body, {**names, node.variable: variable})
        return f"C.{_MACROS[node.name]}(S, {self._listed(node.over, names)}, lambda {variable}: {body})"


def emit(node: Node, *, trace: bool = False) -> str:
    """Python source of a checked expression.

    >>> from oppi18n.rules.parser import parse
    >>> emit(parse("a.b || true"))
    "K.or_(K.select(root('a'), 'b'), True)"
    """
    return Emitter(trace=trace).emit(node, {})


def _complete(value: Any) -> Any:
    """The value, unless a part of it is missing."""
    if type(value) is kleene.Seq:
        gone = kleene.Unknown(value.missing) if value.missing is not None else None
        return kleene.merge([gone, *map(_complete, value.items)]) or value
    return value


def evaluate(node: Node, roots: Mapping[str, Any], *, steps: int = kleene.MAX_STEPS) -> Any:
    """The value of an expression over plain JSON data, or `kleene.Unknown`.

    A list of which a part could not be had is unknown. Decimals, dates and doubles come out as they are.

    >>> from oppi18n.rules.parser import parse
    >>> evaluate(parse("a.b + 1"), {"a": {"b": 2}})
    3
    >>> evaluate(parse("a.c + 1"), {"a": {"b": 2}})
    Unknown(['/a/c'], '')
    """
    facts = kleene.Rec(roots, "", None)
    return kleene.plain(value_of(node, lambda name: kleene.select(facts, name), steps=steps))


def value_of(
    node: Node,
    root: Callable[[str], Any],
    *,
    digits: Mapping[str, int] | None = None,
    steps: int = kleene.MAX_STEPS,
) -> Any:
    """The value of an expression without lets, settings folded in; `root` gives the value of a root name.

    `digits` are the digits after the point by currency.
    """
    scope = names(S=kleene.Steps(steps), DIGITS=digits or {}, root=root)
    return _complete(eval(compile(emit(node), "<expression>", "eval"), scope))  # our own source, from a parsed tree
