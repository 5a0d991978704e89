"""Conditions of rules in SQL: where each is surely true, and where it is surely false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
    Let,
    Literal,
    Logical,
    Macro,
    Name,
    Node,
    Select,
    Setting,
    Unary,
)
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, opposite, size, some
from oppi18n.targets.sql.relations import CERTAIN, Relations, related
from oppi18n.targets.sql.values import Circumstances, Names, Refused

_MOST_TESTS: Final = 2_000
"""Tests that one condition may consist of: lets that read one another can double it again and again."""


class Conditions(Relations):
    """Boolean nodes → conditions."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__(given)
        self._truths: dict[type[Node], Callable[[Any, Names], Truth]] = {
            Literal: lambda node, names: CERTAIN if node.value else CERTAIN.swapped,
            Name: self._field,
            Select: self._field,
            Let: lambda node, names: self.once(("truth", node.name), lambda: self.truth(self.followed(node), {})),
            Setting: lambda node, names: self.truth(self.followed(node), names),
            Has: self._has,
            Unary: lambda node, names: self.truth(node.operand, names).swapped,
            Logical: self._logical,
            Binary: self.relation,
            Conditional: self._choice,
            Call: self._text_function,
            Macro: self.macro,
        }

    def truth(self, node: Node, names: Names) -> Truth:
        """Where a condition is surely true, and where it is surely false."""
        emit = self._truths.get(type(node))
        if emit is None:
            raise Refused("sql-list", node)
        found = emit(node, names)
        if size(found.true) + size(found.false) > _MOST_TESTS:
            raise Refused("sql-too-large", node, limit=_MOST_TESTS)
        return found

    def _field(self, node: Node, names: Names) -> Truth:
        """A boolean field, or a variable that stands for a boolean constant."""
        found = self.name(node, names) if isinstance(node, Name) else self.select(node, names)  # type: ignore[arg-type]
        if found.constant is not None:
            return CERTAIN if found.constant else CERTAIN.swapped
        if found.known == NEVER:
            return Truth(NEVER, NEVER)
        yes, no = (f"{found.sql} = {each}" for each in (self.dialect.yes, self.dialect.no))
        return related(yes, no, found.known)

    def _has(self, node: Has, names: Names) -> Truth:
        alias = self.record(node.operand, names)
        if alias is None:
            present = self.asked(Select(node.operand, node.field, start=node.start, end=node.end)).known
            required = self.model.records[self.model.request].fields[node.field].required
            return Truth(present, NEVER if required else opposite(present))
        field = alias.record.fields[node.field]
        if field.type == "list":
            if alias is not self.root:
                raise Refused("sql-nested", node)
            return Truth(self.whole(field.name).loaded, NEVER)
        column = self.column(alias, field.name)
        if column is None:
            return Truth(NEVER, NEVER)
        sql = column.sql.format(alias.name)
        given: Condition = Atom(f"{sql} IS NOT NULL", f"{sql} IS NULL") if column.nullable else ALWAYS
        if field.required:
            # It is never empty, so a row without it is one for which nobody has asked.
            return Truth(given, NEVER)
        if not column.loaded:
            return Truth(given, opposite(given))
        loaded = f"COALESCE({column.loaded.format(alias.name)}, 0)"
        return Truth(given, every(opposite(given), Atom(f"{loaded} = 1", f"{loaded} <> 1")))

    def _logical(self, node: Logical, names: Names) -> Truth:
        parts = [self.truth(each, names) for each in node.operands]
        trues, falses = [each.true for each in parts], [each.false for each in parts]
        if node.operator == "&&":
            return Truth(every(*trues), some(*falses))
        return Truth(some(*trues), every(*falses))

    def _choice(self, node: Conditional, names: Names) -> Truth:
        return self.chosen(self.truth(node.condition, names), self.truth(node.yes, names), self.truth(node.no, names))

    def _text_function(self, node: Call, names: Names) -> Truth:
        if node.receiver is None or len(node.arguments) != 1:
            raise Refused("sql-list", node)
        operand, part = self.operand(node.receiver, names), self.operand(node.arguments[0], names)
        if NEVER in (operand.known, part.known):
            return Truth(NEVER, NEVER)
        sql = self.function(node, operand.sql, part.sql)
        return related(sql, f"NOT ({sql})", every(operand.known, part.known))
