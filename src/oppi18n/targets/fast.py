"""Python source of an expression over complete, well-typed data: anything else bails out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Macro,
    Node,
    Select,
    Unary,
    walk,
)
from oppi18n.rules.expressions import path_of
from oppi18n.targets.fields import Fields, Known
from oppi18n.targets.selections import Selected, Selection, Whole

_ORDER = ("<", "<=", ">", ">=")
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "in": "not in"}
_TOTAL = ("int", "decimal", "date", "string")
"""Types of which, of two values, one is less than the other or they are equal."""
_TRUTHY = ("currency", "enumeration", "date")
"""Types whose values are all true to Python."""
_CHECKED = {"+": "K.add", "-": "K.subtract", "*": "K.multiply", "/": "K.divide", "%": "K.modulo"}
_MACROS = {
    "exists": "any({body} for {variable} in {over})",
    "all": "all({body} for {variable} in {over})",
    "exists_one": "sum(1 for {variable} in {over} if {body}) == 1",
    "filter": "[{variable} for {variable} in {over} if {body}]",
    "map": "[{body} for {variable} in {over}]",
}


class FastEmitter(Fields):
    """Nodes → source; `bail()` and `known(x)` leave for the careful way."""

    def __init__(self, selections: Sequence[Selection] = (), always: Known = frozenset()) -> None:
        super().__init__(always)
        self.selections = selections
        self._emits |= {
            ListLiteral: self._list,
            Index: self._index,
            Unary: self._unary,
            Binary: self._binary,
            Logical: self._truth,
            Conditional: self._conditional,
            Call: self._call,
            Macro: self._macro,
            Selected: lambda node, known, names: self.selected(node),
            Whole: lambda node, known, names: f"len({self.variable(node.path)})",
        }

    def value(self, node: Node, known: Known, names: Mapping[str, str]) -> str:
        """Source that yields a value or bails out."""
        source = self.emit(node, known, names)
        if not self._may_lack(node, source, known):
            return source
        return f"({source} or bail())" if node.type.kind in _TRUTHY else f"value({source})"

    def test(self, node: Node, known: Known, names: Mapping[str, str]) -> str:
        """Source for a place where only the truth of it counts."""
        if isinstance(node, Selected) and node.use == "any":
            return f"h{node.number}"
        if isinstance(node, Binary) and _is_found(node):
            if isinstance(node.left, Selected):
                return f"h{node.left.number}"
            return self.variable(node.left.path) if isinstance(node.left, Whole) else self.emit(node, known, names)
        if (
            isinstance(node, Unary)
            and isinstance(node.operand, Unary)
            and node.operator == node.operand.operator == "!"
        ):
            return self.test(node.operand.operand, known, names)
        # A field that is empty is not false: what may lack a value bails out here too.
        return self._logical(node, known, names) if isinstance(node, Logical) else self.value(node, known, names)

    def selected(self, node: Selected) -> str:
        """A selection: its hits, whether there are any, how many."""
        hits = f"h{node.number}"
        if node.use == "list":
            return f"[{self.variable(self.selections[node.number].path)}[i] for i in {hits}]"
        return {"any": f"(not not {hits})", "count": f"len({hits})"}[node.use]

    def _may_lack(self, node: Node, source: str, known: Known) -> bool:
        if isinstance(node, Conditional):
            return not all(isinstance(branch, (Literal, ListLiteral)) for branch in (node.yes, node.no))
        return isinstance(node, Select) and source not in known and source not in self.always

    def _list(self, node: ListLiteral, known: Known, names: Mapping[str, str]) -> str:
        items = [self.value(item, known, names) for item in node.items]
        return f"({', '.join(items)}{',' if items else ''})"

    def _index(self, node: Index, known: Known, names: Mapping[str, str]) -> str:
        return "bail()"

    def _unary(self, node: Unary, known: Known, names: Mapping[str, str]) -> str:
        if node.operator == "!":
            return self._not(node.operand, known, names)
        return f"known(K.negate({self.value(node.operand, known, names)}))"

    def _not(self, node: Node, known: Known, names: Mapping[str, str]) -> str:
        if isinstance(node, Has):
            found = self._has(node, known, names)
            return "False" if found == "True" else found.replace(" is not None)", " is None)")
        if isinstance(node, Binary) and (node.operator not in _ORDER or node.left.type.kind in _TOTAL):
            return self._binary(replace(node, operator=_OPPOSITE[node.operator]), known, names)
        return f"(not {self.test(node, known, names)})"

    def _binary(self, node: Binary, known: Known, names: Mapping[str, str]) -> str:
        if node.operator in _CHECKED:
            left, right = self.value(node.left, known, names), self.value(node.right, known, names)
            return f"known({_CHECKED[node.operator]}({left}, {right}))"
        node = _alike(node)
        if node.operator == ">" and _is_call(node.left, "scale") and _is_call(node.right, "digits"):
            return self._beyond(node, known, names)
        if node.operator in _ORDER:
            # Comparing None raises, which bails out: no guard is needed.
            return f"({self.emit(node.left, known, names)} {node.operator} {self.emit(node.right, known, names)})"
        if (looked := _looked_up(node)) is not node:
            return self.emit(looked, known, names)
        if node.left.type.kind in ("list", "record", "dyn"):
            return "bail()"
        return f"({self.value(node.left, known, names)} {node.operator} {self.value(node.right, known, names)})"

    def _beyond(self, node: Binary, known: Known, names: Mapping[str, str]) -> str:
        """`x.scale() > currency.digits()`: what rounding changes has more digits than that, and it is quicker."""
        assert isinstance(node.left, Call)
        assert isinstance(node.right, Call)
        number, code = (each.receiver or each.arguments[0] for each in (node.left, node.right))
        source = self.value(number, known, names)
        return f"(rounded({source}, QUANTA[{self.emit(code, known, names)}]) != {source})"

    def _truth(self, node: Logical, known: Known, names: Mapping[str, str]) -> str:
        """A conjunction whose value counts: where a list stands for whether it has elements, it must not come out."""
        source = self._logical(node, known, names)
        return f"bool{source}" if any(map(_is_found, walk(node))) else source

    def _logical(self, node: Logical, known: Known, names: Mapping[str, str]) -> str:
        parts = []
        # What the loops have found is the cheapest to ask, and hangs on nothing else.
        operands = sorted(node.operands, key=lambda operand: not _is_found(operand))
        for number, operand in enumerate(operands):
            certain = self.certain(operand, names, node.operator == "&&")
            # `has(x) && x == 'won'`: what equals a constant is there.
            if not (certain and node.operator == "&&" and _settles(operands[number + 1 :], operand)):
                parts.append(self.test(operand, known, names))
            known = known | certain
        word = " and " if node.operator == "&&" else " or "
        return f"({word.join(parts)})"

    def _conditional(self, node: Conditional, known: Known, names: Mapping[str, str]) -> str:
        condition = self.test(node.condition, known, names)
        yes = self.emit(node.yes, known | self.certain(node.condition, names, True), names)
        no = self.emit(node.no, known | self.certain(node.condition, names, False), names)
        return f"({yes} if {condition} else {no})"

    def _call(self, node: Call, known: Known, names: Mapping[str, str]) -> str:
        first = node.receiver or node.arguments[0]
        # A currency that did not join, None among it, is not found there and bails out.
        operand = (self.emit if node.function == "digits" else self.value)(first, known, names)
        if node.function == "size":
            return f"len({operand})"
        if node.function == "scale":
            return f"scale({operand})"
        if node.function == "digits":
            return f"DIGITS[{operand}]"
        part = self.value(node.arguments[0], known, names)
        if node.function == "contains":
            return f"({part} in {operand})"
        return f"{operand}.{node.function.lower()}({part})"

    def _macro(self, node: Macro, known: Known, names: Mapping[str, str]) -> str:
        variable = f"v{len(names)}"
        over = f"few({self.value(node.over, known, names)})"
        body = (self.value if node.name == "map" else self.test)(node.body, known, {**names, node.variable: variable})
        return "(" + _MACROS[node.name].format(body=body, variable=variable, over=over) + ")"


def _settles(rest: Sequence[Node], guard: Node) -> bool:
    """Whether a guard `has(x)` is followed by `x == constant`."""
    if not (rest and isinstance(guard, Has) and isinstance(rest[0], Binary) and rest[0].operator == "=="):
        return False
    left, right = rest[0].left, rest[0].right
    path = path_of(Select(guard.operand, guard.field))
    return path != () and path_of(left) == path and isinstance(right, Literal) and right.value is not None


def _alike(node: Binary) -> Binary:
    """A whole number next to a decimal becomes one: Python compares those faster."""
    left, right = node.left, node.right
    if left.type.kind == "decimal" and isinstance(right, Literal) and type(right.value) is int:
        return replace(node, right=replace(right, value=Decimal(right.value), type=left.type))
    if right.type.kind == "decimal" and isinstance(left, Literal) and type(left.value) is int:
        return replace(node, left=replace(left, value=Decimal(left.value), type=right.type))
    return node


def _looked_up(node: Binary) -> Node:
    """`x in [y]` as a comparison, and of `x in (question ? [y] : [z])` each list by itself; else the node."""
    right = node.right
    if node.operator not in ("in", "not in"):
        return node
    if isinstance(right, Conditional) and _is_constant(right.yes) and _is_constant(right.no):
        yes, no = (_looked_up(replace(node, right=each)) for each in (right.yes, right.no))
        return replace(right, yes=yes, no=no, type=node.type)
    if isinstance(right, ListLiteral) and _is_constant(right) and len(right.items) == 1:
        return replace(node, operator="==" if node.operator == "in" else "!=", right=right.items[0])
    return node


def _is_constant(node: Node) -> bool:
    return isinstance(node, ListLiteral) and all(isinstance(item, Literal) for item in node.items)


def _is_call(node: Node, function: str) -> bool:
    return isinstance(node, Call) and node.function == function


def _is_found(node: Node) -> bool:
    """Whether the question is no more than whether a list has elements."""
    if isinstance(node, Unary) and node.operator == "!":
        return _is_found(node.operand)
    if isinstance(node, Binary) and node.operator == ">" and isinstance(node.left, (Whole, Selected)):
        return isinstance(node.right, Literal) and node.right.value == 0
    return isinstance(node, Selected) and node.use == "any"
