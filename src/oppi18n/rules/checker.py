"""An expression meets its environment: every node gets a type, everything wrong is found at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oppi18n.rules import operators
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
    Name,
    Node,
    Select,
    Unary,
)
from oppi18n.rules.environment import Environment
from oppi18n.rules.references import Finding, References, Scope
from oppi18n.rules.types import BOOL, DYN, INT, Type, list_of, unify

__all__ = ["Checker", "Finding", "Scope", "check", "is_count"]


def check(tree: Node, environment: Environment) -> tuple[Node, list[Finding]]:
    """The tree with types and resolved names, and what is wrong with it.

    >>> from oppi18n.rules.parser import parse
    >>> check(parse("1 + 2 == 3"), Environment())[0].type
    Type(kind='bool', name='', item=None)
    """
    checker = Checker(environment)
    return checker.visit(tree, {}), checker.findings


class Checker(References):
    """Visits nodes; a node that was found wrong is dynamic from then on, so that one mistake is told once."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
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

    def _list(self, node: ListLiteral, scope: Scope) -> Node:
        items = tuple(self.visit(item, scope) for item in node.items)
        item_type = items[0].type if items else DYN
        for item in items[1:]:
            common = self._common(item_type, item.type)
            if common is None:
                self.wrong("mixed-list", item, first=item_type, other=item.type)
                return replace(node, items=items, type=list_of(DYN))
            item_type = common
        return replace(node, items=items, type=list_of(item_type))

    def _common(self, one: Type, other: Type) -> Type | None:
        """The type of a value that is either; without a model, what is not certain is dynamic."""
        if self.environment.model is None:
            return one if one == other else DYN
        return unify(one, other)

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
                self.findings.append(Finding(code, node.start, node.end, params, hint=(hint, params) if hint else None))
                return replace(node, left=left, right=right, type=operators.result_type(node.operator))
        kind = operators.binary(node.operator, left.type, right.type)
        return replace(node, left=left, right=right, type=kind)

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
        kind = self._common(yes.type, no.type)
        if kind is None:
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
            self._wrong_call(node, *fault)
        return replace(typed, type=kind or DYN)

    def _wrong_call(self, node: Call, code: str, params: dict[str, object], known: tuple[str, ...]) -> None:
        if known:
            self.wrong_word(code, node.at, node.function, known, **params)
        else:
            self.wrong(code, node, **params)

    def _macro(self, node: Macro, scope: Scope) -> Node:
        over = self.visit(node.over, scope)
        item = over.type.item or DYN if over.type.kind == "list" else DYN
        if over.type.kind not in ("list", "dyn"):
            self.wrong("type-mismatch", over, expected="list", found=over.type)
        if self.environment.model is not None and node.variable in (*scope, *self.environment.names):
            self.wrong_word("shadowed", node.at, node.variable, name=node.variable)
        inner = {**scope, node.variable: item}
        body = self.visit(node.body, inner) if node.name == "map" else self._boolean(node.body, inner)
        kind = {"filter": list_of(item), "map": list_of(body.type)}.get(node.name, BOOL)
        return replace(node, over=over, body=body, type=kind)


def is_count(node: Node) -> bool:
    """Whether a node is a whole number, as plural forms need it."""
    return node.type == INT
