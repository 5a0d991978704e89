"""An expression meets its environment: every node gets a type, everything wrong is found at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from oppi18n.rules import operators
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
    Setting,
    Unary,
)
from oppi18n.rules.environment import Environment, type_of
from oppi18n.rules.types import BOOL, DYN, INT, Type, list_of, unify


class Finding(NamedTuple):
    """Something wrong with a node: a diagnostic code, characters, values, and words to suggest from."""

    code: str
    start: int
    end: int
    params: dict[str, object]
    name: str = ""
    known: tuple[str, ...] = ()
    hint: tuple[str, dict[str, object]] | None = None


def check(tree: Node, environment: Environment) -> tuple[Node, list[Finding]]:
    """The tree with types and resolved names, and what is wrong with it.

    >>> from oppi18n.rules.parser import parse
    >>> check(parse("1 + 2 == 3"), Environment())[0].type
    Type(kind='bool', name='', item=None)
    """
    checker = Checker(environment)
    return checker.visit(tree, {}), checker.findings


Scope = dict[str, Type]


class Checker:
    """Visits nodes; a node that was found wrong is dynamic from then on, so that one mistake is told once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.findings: list[Finding] = []
        self._visits: dict[type[Node], Callable[[Any, Scope], Node]] = {
            Literal: lambda node, _: node,
            ListLiteral: self._list,
            Name: self._name,
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

    def visit(self, node: Node, scope: Scope) -> Node:
        """The node, typed."""
        return self._visits[type(node)](node, scope)

    def wrong(self, code: str, node: Node, known: tuple[str, ...] = (), name: str = "", **params: object) -> None:
        """Report a node."""
        self.findings.append(Finding(code, node.start, node.end, params, name, known))

    def wrong_with(self, code: str, node: Node, hint: str, **params: object) -> None:
        """Report a node with a hint of the table."""
        self.findings.append(Finding(code, node.start, node.end, params, hint=(hint, params)))

    def _list(self, node: ListLiteral, scope: Scope) -> Node:
        items = tuple(self.visit(item, scope) for item in node.items)
        item_type = DYN
        for item in items:
            unified = unify(item_type, item.type)
            if unified is None and self.environment.model is not None:
                self.wrong("mixed-list", item, first=item_type, other=item.type)
            item_type = unified or DYN
        return replace(node, items=items, type=list_of(item_type))

    def _name(self, node: Name, scope: Scope) -> Node:
        if node.name in scope:
            return replace(node, type=scope[node.name])
        if node.name in self.environment.lets:
            return Let(node.name, start=node.start, end=node.end, type=self.environment.lets[node.name])
        found = self.environment.root(node.name)
        if found is None:
            known = (*scope, *self.environment.names)
            self.wrong("unknown-name", node, known, node.name, found=node.name)
            return node
        if found.kind in ("settings", "model"):
            self.wrong("namespace-alone", node, found=node.name)
            return node
        return replace(node, type=found)

    def _namespace(self, node: Node) -> str:
        if isinstance(node, Name) and node.name in ("settings", "model") and self.environment.model is not None:
            return node.name
        return ""

    def _select(self, node: Select, scope: Scope) -> Node:
        if self._namespace(node.operand) == "settings":
            return self._setting(node)
        if isinstance(node.operand, Select) and self._namespace(node.operand.operand) == "model":
            return self._group(node, node.operand.field)
        operand = self.visit(node.operand, scope)
        return replace(node, operand=operand, type=self._field_type(node, operand))

    def _field_type(self, node: Select | Has, operand: Node) -> Type:
        if operand.type.kind == "dyn":
            return DYN
        if operand.type.kind != "record":
            self.wrong("not-a-record", operand, found=operand.type, field=node.field)
            return DYN
        field = self.environment.field(operand.type.name, node.field)
        if field is not None:
            return type_of(field)
        assert self.environment.model is not None
        known = tuple(self.environment.model.records[operand.type.name].fields)
        place = replace(node, start=node.end - len(node.field)) if isinstance(node, Select) else node
        self.wrong("unknown-field", place, known, node.field, record=operand.type.name, name=node.field)
        return DYN

    def _setting(self, node: Select) -> Node:
        found = self.environment.settings.get(node.field)
        if found is None:
            known = tuple(self.environment.settings)
            self.wrong("unknown-setting", node, known, node.field, name=node.field)
            return node
        return Setting(node.field, start=node.start, end=node.end, type=found)

    def _group(self, node: Select, enumeration: str) -> Node:
        values = self.environment.group(enumeration, node.field)
        if values is None:
            self.wrong("unknown-group", node, name=f"{enumeration}.{node.field}")
            return node
        item = Type("enumeration", enumeration)
        literals = tuple(Literal(value, start=node.start, end=node.end, type=item) for value in values)
        return ListLiteral(literals, start=node.start, end=node.end, type=list_of(item))

    def _has(self, node: Has, scope: Scope) -> Node:
        operand = self.visit(node.operand, scope)
        self._field_type(node, operand)
        return replace(node, operand=operand)

    def _index(self, node: Index, scope: Scope) -> Node:
        operand, index = self.visit(node.operand, scope), self.visit(node.index, scope)
        kind = DYN
        if operand.type.kind == "list":
            kind = operand.type.item or DYN
            if index.type.kind not in ("int", "dyn"):
                self.wrong("type-mismatch", index, expected="int", found=index.type)
        elif operand.type.kind != "dyn":
            self.wrong("type-mismatch", operand, expected="list", found=operand.type)
        return replace(node, operand=operand, index=index, type=kind)

    def _unary(self, node: Unary, scope: Scope) -> Node:
        operand = self.visit(node.operand, scope)
        kind = operators.unary(node.operator, operand.type)
        if kind is None:
            expected = "bool" if node.operator == "!" else "number"
            self.wrong("type-mismatch", operand, expected=expected, found=operand.type)
        return replace(node, operand=operand, type=kind or DYN)

    def _binary(self, node: Binary, scope: Scope) -> Node:
        left, right = self.visit(node.left, scope), self.visit(node.right, scope)
        if self.environment.model is not None:
            left, right = self._literals(left, right), self._literals(right, left)
            fault = operators.fault(node.operator, left, right)
            if fault:
                code, params, hint = fault
                self.findings.append(Finding(code, node.start, node.end, params, hint=hint and (hint, params)))
                return replace(node, left=left, right=right, type=operators.result_type(node.operator))
        kind = operators.binary(node.operator, left.type, right.type)
        return replace(node, left=left, right=right, type=kind)

    def _literals(self, node: Node, other: Node) -> Node:
        """Text compared with an enumeration must be one of its values; it takes the enumeration's type."""
        wanted = other.type.item if other.type.kind == "list" and other.type.item else other.type
        if wanted.kind != "enumeration":
            return node
        if isinstance(node, Literal) and node.type.kind == "string":
            return self._value(node, wanted)
        if isinstance(node, ListLiteral) and node.items and node.type.item and node.type.item.kind == "string":
            items = tuple(self._value(item, wanted) if isinstance(item, Literal) else item for item in node.items)
            return replace(node, items=items, type=list_of(wanted))
        return node

    def _value(self, node: Literal, wanted: Type) -> Node:
        assert self.environment.model is not None
        known = tuple(self.environment.model.enumerations[wanted.name].values)
        if node.value not in known:
            self.wrong("unknown-enum-value", node, known, str(node.value), name=node.value, enumeration=wanted.name)
        return replace(node, type=wanted)

    def _logical(self, node: Logical, scope: Scope) -> Node:
        operands = tuple(self._boolean(operand, scope) for operand in node.operands)
        return replace(node, operands=operands)

    def _boolean(self, node: Node, scope: Scope) -> Node:
        typed = self.visit(node, scope)
        if typed.type.kind not in ("bool", "dyn"):
            self.wrong("type-mismatch", typed, expected="bool", found=typed.type)
        return typed

    def _conditional(self, node: Conditional, scope: Scope) -> Node:
        condition = self._boolean(node.condition, scope)
        yes, no = self.visit(node.yes, scope), self.visit(node.no, scope)
        yes, no = self._literals(yes, no), self._literals(no, yes)
        kind = unify(yes.type, no.type)
        if kind is None and self.environment.model is not None:
            self.wrong("branches-differ", node, first=yes.type, other=no.type)
        return replace(node, condition=condition, yes=yes, no=no, type=kind or DYN)

    def _call(self, node: Call, scope: Scope) -> Node:
        receiver = self.visit(node.receiver, scope) if node.receiver else None
        arguments = tuple(self.visit(each, scope) for each in node.arguments)
        typed = replace(node, receiver=receiver, arguments=arguments)
        constant, fault = operators.constructor(typed)
        if constant is not None:
            return constant
        kind = None
        if not fault:
            kind, fault = operators.call(typed)
        if fault:
            code, params, known = fault
            self.wrong(code, node, known, node.function, **params)
        return replace(typed, type=kind or DYN)

    def _macro(self, node: Macro, scope: Scope) -> Node:
        over = self.visit(node.over, scope)
        item = over.type.item or DYN if over.type.kind == "list" else DYN
        if over.type.kind not in ("list", "dyn"):
            self.wrong("type-mismatch", over, expected="list", found=over.type)
        if self.environment.model is not None and node.variable in (*scope, *self.environment.names):
            self.wrong("shadowed", node, name=node.variable)
        inner = {**scope, node.variable: item}
        body = self.visit(node.body, inner) if node.name == "map" else self._boolean(node.body, inner)
        kind = {"filter": list_of(item), "map": list_of(body.type)}.get(node.name, BOOL)
        return replace(node, over=over, body=body, type=kind)


def is_count(node: Node) -> bool:
    """Whether a node is a whole number, as plural forms need it."""
    return node.type == INT
