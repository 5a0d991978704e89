"""JavaScript source of an expression that never throws: each operation answers with a value or with what is missing.

In Python a number knows whether it is whole or a decimal. Here both are big integers, a decimal counted in
ten-thousandths, and the types of the expression say which is which. Where they cannot, the expression is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from oppi18n.model.schema import Model
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
from oppi18n.rules.types import BOOL, DATE, DOUBLE, DYN, INT, NULL, STRING, Type, list_of, unify
from oppi18n.targets.esm.literals import constant, text
from oppi18n.targets.esm.operators import (
    SUMS,
    Code,
    Refused,
    arithmetic,
    as_type,
    called,
    compared,
    contained,
    holds_decimals,
    sum_of,
    zero,
)

_MACROS: Final = {"exists": "exists", "all": "all", "exists_one": "existsOne", "filter": "filter", "map": "map"}


Names = Mapping[str, Code]


class Emitter:
    """Nodes → source. `c` is the question at hand, lets are `l_<name>(c)`, macro variables `v<depth>`.

    With `seen`, a list of which only a part is known counts as that part: for the values shown in a message.
    """

    def __init__(self, model: Model, lets: Mapping[str, Code], *, seen: bool = False) -> None:
        self._model = model
        self._lets = lets
        self._seen = seen
        self._roots = {
            model.root: Code("c.root", Type("record", model.root)),
            model.request: Code("c.request", Type("record", model.request)),
            "today": Code("c.today", DATE),
        }
        self._emits: dict[type[Node], Callable[[Any, Names], Code | None]] = {
            Literal: lambda node, _: Code(constant(node.value), _type_of(node.value, node.type)),
            ListLiteral: self._list,
            Name: self._name,
            Let: lambda node, _: self._lets.get(node.name),
            Select: self._select,
            Has: self._has,
            Index: self._index,
            Unary: self._unary,
            Binary: self._binary,
            Logical: self._logical,
            Conditional: self._conditional,
            Call: self._call,
            Macro: self._macro,
        }

    def emit(self, node: Node, names: Names | None = None) -> Code:
        """Source of a node, or `Refused`."""
        emit = self._emits.get(type(node))
        found = emit(node, names or {}) if emit is not None else None
        if found is None or found.type == DYN:
            raise Refused(node)
        return found

    def _name(self, node: Name, names: Names) -> Code:
        found = names.get(node.name) or self._roots.get(node.name)
        if found is None:
            raise Refused(node)
        return found

    def _list(self, node: ListLiteral, names: Names) -> Code:
        items = [self.emit(item, names) for item in node.items]
        kind: Type | None = DYN
        for each in items:
            kind = unify(kind, each.type) if kind else None
        if kind is None:
            raise Refused(node)
        mixed = any(each.mixed or each.type != kind for each in items) and holds_decimals(kind)
        written = ", ".join(as_type(each, kind).source for each in items)
        literal = all(isinstance(item, Literal) for item in node.items)
        return Code(f"{'seq' if literal else 'listed'}([{written}])", list_of(kind), mixed)

    def _select(self, node: Select, names: Names) -> Code:
        operand = self._record(node.operand, names)
        read = "list" if node.type.kind == "list" else "get"
        return Code(f"{read}({operand.source}, {text(node.field)})", node.type)

    def _has(self, node: Has, names: Names) -> Code:
        operand = self._record(node.operand, names)
        field = self._model.records[operand.type.name].fields[node.field]
        required = "true" if field.required or field.type == "list" else "false"
        return Code(f"has({operand.source}, {text(node.field)}, {required})", BOOL)

    def _record(self, node: Node, names: Names) -> Code:
        found = self.emit(node, names)
        if found.type.kind != "record":
            raise Refused(node)
        return found

    def _index(self, node: Index, names: Names) -> Code:
        operand, position = self.emit(node.operand, names), self.emit(node.index, names)
        if operand.type.kind != "list" or operand.type.item is None or position.type != INT:
            raise Refused(node)
        return Code(f"at({operand.source}, {position.source})", operand.type.item, operand.mixed)

    def _unary(self, node: Unary, names: Names) -> Code:
        operand = self.emit(node.operand, names)
        if node.operator == "!":
            return Code(f"not({operand.source})", BOOL)
        if operand.mixed or not operand.type.is_number:
            raise Refused(node)
        return Code(f"{sum_of(operand.type)}({zero(operand.type)}, {operand.source}, minus)", operand.type)

    def _logical(self, node: Logical, names: Names) -> Code:
        operands = ", ".join(self.emit(each, names).source for each in node.operands)
        return Code(f"{'and' if node.operator == '&&' else 'or'}({operands})", BOOL)

    def _conditional(self, node: Conditional, names: Names) -> Code:
        condition, yes, no = (self.emit(each, names) for each in (node.condition, node.yes, node.no))
        kind = unify(yes.type, no.type)
        if kind is None:
            raise Refused(node)
        mixed = (
            yes.mixed or no.mixed or (holds_decimals(kind) and yes.type != no.type and NULL not in (yes.type, no.type))
        )
        branches = ", ".join(f"() => {as_type(each, kind).source}" for each in (yes, no))
        return Code(f"cond({condition.source}, {branches})", kind, mixed)

    def _binary(self, node: Binary, names: Names) -> Code:
        left, right = self.emit(node.left, names), self.emit(node.right, names)
        if node.operator in SUMS:
            return arithmetic(node, left, right)
        return contained(node, left, right) if node.operator == "in" else compared(node, left, right)

    def _call(self, node: Call, names: Names) -> Code:
        operands = [self.emit(each, names) for each in (node.receiver, *node.arguments) if each is not None]
        if node.function == "size" and operands[0].type.kind == "list":
            return Code(f"size({self._whole(operands[0])})", INT)
        return called(node, operands)

    def _whole(self, over: Code) -> str:
        return f"seen(c, {over.source})" if self._seen else over.source

    def _macro(self, node: Macro, names: Names) -> Code:
        over = self.emit(node.over, names)
        if over.type.kind != "list" or over.type.item is None:
            raise Refused(node)
        # Not by counting: a variable that hides another one would make the next one hide it in turn.
        taken = {each.source for each in names.values()}
        variable = next(f"v{number}" for number in range(len(names) + 1) if f"v{number}" not in taken)
        body = self.emit(node.body, {**names, node.variable: Code(variable, over.type.item, over.mixed)})
        source = f"{_MACROS[node.name]}(c, {self._whole(over)}, ({variable}) => {body.source})"
        if node.name == "map":
            return Code(source, list_of(body.type), body.mixed)
        return Code(source, over.type, over.mixed) if node.name == "filter" else Code(source, BOOL)


def _type_of(value: object, kind: Type) -> Type:
    """The type of a literal: an int stays one where a decimal is expected."""
    if value is None:
        return NULL
    for known, found in ((bool, BOOL), (int, INT), (float, DOUBLE)):
        if isinstance(value, known):
            return found
    return kind if not isinstance(value, str) or kind.is_text else STRING
