"""Conditions of rules in SQL: where each is surely true, and where it is surely false."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
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
from oppi18n.rules.types import BOOL
from oppi18n.targets.sql.lists import Lists
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, opposite, size, some
from oppi18n.targets.sql.values import Circumstances, Names, Refused, Value

_DENIED: Final = {"==": "<>", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_WRITTEN: Final = {"==": "=", "!=": "<>"}
_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_CERTAIN: Final = Truth(ALWAYS, NEVER)
_MOST_TESTS: Final = 20_000
"""Tests that one condition may consist of: lets that read one another can double it again and again."""


class Conditions(Lists):
    """Boolean nodes → conditions."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__(given)
        self._truths: dict[type[Node], Callable[[Any, Names], Truth]] = {
            Literal: lambda node, names: _CERTAIN if node.value else _CERTAIN.swapped,
            Name: self._field,
            Select: self._field,
            Let: lambda node, names: self.truth(self.followed(node), names),
            Has: self._has,
            Unary: lambda node, names: self.truth(node.operand, names).swapped,
            Logical: self._logical,
            Binary: self._relation,
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
            return _CERTAIN if found.constant else _CERTAIN.swapped
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

    def chosen(self, asked: Truth, yes: Truth, no: Truth) -> Truth:
        """One of two conditions, as a third one says."""
        return Truth(
            some(every(asked.true, yes.true), every(asked.false, no.true)),
            some(every(asked.true, yes.false), every(asked.false, no.false)),
        )

    def _text_function(self, node: Call, names: Names) -> Truth:
        if node.receiver is None or len(node.arguments) != 1:
            raise Refused("sql-list", node)
        operand, part = self.operand(node.receiver, names), self.operand(node.arguments[0], names)
        if NEVER in (operand.known, part.known):
            return Truth(NEVER, NEVER)
        sql = self.function(node, operand.sql, part.sql)
        return related(sql, f"NOT ({sql})", every(operand.known, part.known))

    # ---- relations ----

    def _relation(self, node: Binary, names: Names) -> Truth:
        if node.operator == "in":
            return self._membership(node.left, node.right, names)
        if node.left.type == BOOL or node.right.type == BOOL:
            return _booleans(node.operator, self.truth(node.left, names), self.truth(node.right, names))
        left, right = self.operand(node.left, names), self.operand(node.right, names)
        return self.compared(node.operator, left, right, node)

    def compared(self, operator: str, left: Value, right: Value, node: Node) -> Truth:
        """How two values compare."""
        if NEVER in (left.known, right.known):
            return Truth(NEVER, NEVER)
        if left.constant is not None and right.constant is not None:
            return _CERTAIN if _RELATIONS[operator](left.constant, right.constant) else _CERTAIN.swapped
        if "enumeration" in (left.type.kind, right.type.kind):
            found = self._enumerations(left, right)
            return found if operator == "==" else found.swapped
        known = every(left.known, right.known)
        settled = _settled(operator, left, right)
        if settled is not None:
            return Truth(known, NEVER) if settled else Truth(NEVER, known)
        if "decimal" in (left.type.kind, right.type.kind):
            left, right = self.as_decimal(left, node), self.as_decimal(right, node)
        one = self._collated(left, node, operator) if left.type.is_text else left.sql
        word, denied = _WRITTEN.get(operator, operator), _DENIED[operator]
        return related(f"{one} {word} {right.sql}", f"{one} {denied} {right.sql}", known)

    def _collated(self, value: Value, node: Node, operator: str) -> str:
        """A text that is compared by code point."""
        equality = operator in ("==", "!=")
        # A currency's code is three capital letters: no dialect takes two of them for the same, and all order them.
        if value.type.kind != "currency" and not (self.dialect.equates if equality else self.dialect.orders):
            raise Refused("sql-equality" if equality else "sql-order", node)
        return value.sql if value.type.kind == "currency" else self.dialect.collate.format(value.sql)

    def _enumerations(self, left: Value, right: Value) -> Truth:
        if left.constant is not None:
            left, right = right, left
        if right.constant is not None:
            return self._one_of(left, [right.constant])
        left, right = self.named(left), self.named(right)
        return related(f"{left.sql} = {right.sql}", f"{left.sql} <> {right.sql}", every(left.known, right.known))

    def _one_of(self, value: Value, wanted: Sequence[Any]) -> Truth:
        """Whether an enumeration's value is one of some: an odd value is neither one of them nor any other."""
        present = value.known
        if not value.checked and isinstance(present, Atom):
            present = every(*present.guards)
        names = [*self.model.enumerations[value.type.name].values]
        true = self.among(value.sql, [each for each in names if each in wanted], value.type, value.coded, present)
        if value.checked and present == ALWAYS:
            return Truth(true, opposite(true))
        false = self.among(value.sql, [each for each in names if each not in wanted], value.type, value.coded, present)
        return Truth(true, false, opposite(value.known))

    def _membership(self, item: Node, container: Node, names: Names) -> Truth:
        found = self.followed(container)
        if isinstance(found, Conditional):
            yes, no = self._membership(item, found.yes, names), self._membership(item, found.no, names)
            return self.chosen(self.truth(found.condition, names), yes, no)
        if isinstance(found, Macro) and found.name == "map":
            return self._mapped(item, found, names)
        if not isinstance(found, ListLiteral):
            raise Refused("sql-list", container)
        value = self.operand(item, names)
        others = [self.operand(each, names) for each in found.items]
        if value.type.kind == "enumeration" and value.constant is None and all(each.constant for each in others):
            return self._one_of(value, [each.constant for each in others])
        # A list of which one element is unknown is unknown itself.
        known = every(value.known, *(each.known for each in others))
        parts = [self.compared("==", value, each, item) for each in others]
        return Truth(every(known, some(*(each.true for each in parts))), every(known, *(each.false for each in parts)))

    def _mapped(self, item: Node, container: Macro, names: Names) -> Truth:
        """`item in list.map(e, value)` says that a value of the list equals the item."""
        known = self.operand(item, names).known
        same = Binary("==", container.body, item, start=item.start, end=item.end, type=BOOL)
        found = self.macro(Macro("exists", container.over, container.variable, same, type=BOOL), names)
        return Truth(every(known, found.true), every(known, found.false))


def related(text: str, denial: str, known: Condition) -> Truth:
    """A relation of operands that `known` says are there."""
    if known == ALWAYS:
        found = Atom(text, denial)
        return Truth(found, opposite(found))
    if known == NEVER:
        return Truth(NEVER, NEVER)
    return Truth(Atom(text, denial, (known,)), Atom(denial, text, (known,)), opposite(known))


def _booleans(operator: str, left: Truth, right: Truth) -> Truth:
    """How two truths compare; false is less than true."""
    if operator in ("!=", ">", ">="):
        return _booleans({"!=": "==", ">": "<=", ">=": "<"}[operator], left, right).swapped
    less, more = every(left.false, right.true), every(left.true, right.false)
    alike = (every(left.true, right.true), every(left.false, right.false))
    if operator == "==":
        return Truth(some(*alike), some(less, more))
    return Truth(less, some(more, *alike)) if operator == "<" else Truth(some(less, *alike), more)


def _settled(operator: str, left: Value, right: Value) -> bool | None:
    """How two numbers or dates compare that lie too far apart for anything else."""
    if left.least is None or right.least is None:
        return None
    if left.most < right.least:
        return operator in ("<", "<=", "!=")
    return operator in (">", ">=", "!=") if left.least > right.most else None
