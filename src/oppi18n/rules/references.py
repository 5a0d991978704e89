"""What the names, fields, settings and words of an expression refer to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n.diagnostics import Hint, suggest
from oppi18n.rules.ast import Conditional, Has, Let, ListLiteral, Literal, Name, Node, Select, Setting
from oppi18n.rules.environment import Environment, type_of
from oppi18n.rules.types import DYN, Type, list_of, unify

MOST_WORDS: Final = 12
"""More words than that are no help."""

Scope = dict[str, Type]
"""The variables of the macros around a node, and their types."""


class Finding(NamedTuple):
    """Something wrong with a node: a diagnostic code, characters, values, and words to suggest from."""

    code: str
    start: int
    end: int
    params: dict[str, object]
    name: str = ""
    known: tuple[str, ...] = ()
    hint: tuple[str, dict[str, object]] | None = None


def advice(finding: Finding) -> Hint | None:
    """What to do about a finding: the hint it came with, else the nearest known word, else the words themselves."""
    if finding.hint:
        return Hint(*finding.hint)
    near = suggest(finding.name, finding.known)
    if near is None and 0 < len(finding.known) <= MOST_WORDS:
        return Hint("one-of", {"names": ", ".join(sorted(finding.known))})
    return near


class References:
    """Resolves what refers to something outside the expression; reports what refers to nothing."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.findings: list[Finding] = []

    def visit(self, node: Node, scope: Scope) -> Node:
        """The node, typed."""
        raise NotImplementedError

    def wrong(self, code: str, node: Node, /, **params: object) -> None:
        """Report a node."""
        self.findings.append(Finding(code, node.start, node.end, params))

    def wrong_word(self, code: str, at: int, word: str, known: tuple[str, ...] = (), /, **params: object) -> None:
        """Report one word of a node, and offer the nearest one of those that are known."""
        self.findings.append(Finding(code, at, at + len(word), params, word, known))

    def _name(self, node: Name, scope: Scope) -> Node:
        if node.name in scope:
            return replace(node, type=scope[node.name])
        if node.name in self.environment.lets:
            return Let(node.name, start=node.start, end=node.end, type=self.environment.lets[node.name])
        found = self.environment.root(node.name)
        if found is None:
            known = (*scope, *self.environment.names)
            self.wrong_word("unknown-name", node.start, node.name, known, found=node.name)
            return node
        if found.kind in ("settings", "model"):
            self.wrong("namespace-alone", node, found=node.name)
            return node
        return replace(node, type=found)

    def _namespace(self, node: Node, scope: Scope) -> str:
        if isinstance(node, Name) and node.name in ("settings", "model") and self.environment.model is not None:
            return node.name if node.name not in scope else ""
        return ""

    def _select(self, node: Select, scope: Scope) -> Node:
        if self._namespace(node.operand, scope) == "settings":
            return self._setting(node)
        if isinstance(node.operand, Select) and self._namespace(node.operand.operand, scope) == "model":
            return self._group(node, node.operand.field)
        operand = self.visit(node.operand, scope)
        kind = self._field_type(operand, node.field, node.end - len(node.field))
        return replace(node, operand=operand, type=kind)

    def _has(self, node: Has, scope: Scope) -> Node:
        operand = self.visit(node.operand, scope)
        self._field_type(operand, node.field, node.at)
        return replace(node, operand=operand)

    def _field_type(self, operand: Node, name: str, at: int) -> Type:
        if operand.type.kind == "dyn":
            return DYN
        if operand.type.kind != "record":
            self.wrong("not-a-record", operand, found=operand.type, field=name)
            return DYN
        field = self.environment.field(operand.type.name, name)
        if field is not None:
            return type_of(field)
        assert self.environment.model is not None
        known = tuple(self.environment.model.records[operand.type.name].fields)
        self.wrong_word("unknown-field", at, name, known, record=operand.type.name, name=name)
        return DYN

    def _setting(self, node: Select) -> Node:
        found = self.environment.settings.get(node.field)
        if found is None:
            known = tuple(self.environment.settings)
            self.wrong_word("unknown-setting", node.end - len(node.field), node.field, known, name=node.field)
            return node
        return Setting(node.field, start=node.start, end=node.end, type=found)

    def _group(self, node: Select, enumeration: str) -> Node:
        values = self.environment.group(enumeration, node.field)
        if values is None:
            known = self.environment.groups(enumeration)
            word = node if known else node.operand
            params: dict[str, object] = {"name": f"{enumeration}.{node.field}"}
            at = word.end - len(node.field if known else enumeration)
            self.findings.append(Finding("unknown-group", at, word.end, params, node.field, known))
            return node
        item = Type("enumeration", enumeration)
        literals = tuple(Literal(value, start=node.start, end=node.end, type=item) for value in values)
        return ListLiteral(literals, start=node.start, end=node.end, type=list_of(item))

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

    def as_enumeration(self, node: Node, wanted: Type) -> Node:
        """The node where a value of an enumeration is expected: texts, in branches too, become its values."""
        if isinstance(node, Conditional):
            yes, no = self.as_enumeration(node.yes, wanted), self.as_enumeration(node.no, wanted)
            kind = unify(yes.type, no.type)
            return replace(node, yes=yes, no=no, type=kind or node.type)
        if isinstance(node, Literal) and node.type.kind == "string":
            return self._value(node, wanted)
        return node

    def _value(self, node: Literal, wanted: Type) -> Node:
        assert self.environment.model is not None
        known = tuple(self.environment.model.enumerations[wanted.name].values)
        if node.value not in known:
            params = {"name": node.value, "enumeration": wanted.name}
            self.findings.append(Finding("unknown-enum-value", node.start, node.end, params, str(node.value), known))
        return replace(node, type=wanted)
