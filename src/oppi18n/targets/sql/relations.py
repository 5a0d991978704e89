"""Relations between values in SQL: where each is surely true, and where it is surely false."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from oppi18n.rules.ast import Binary, Conditional, ListLiteral, Macro, Node
from oppi18n.rules.types import BOOL
from oppi18n.targets.sql.lists import Lists
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, opposite, some
from oppi18n.targets.sql.values import Names, Refused, Value

_DENIED: Final = {"==": "<>", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_WRITTEN: Final = {"==": "=", "!=": "<>"}
_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
CERTAIN: Final = Truth(ALWAYS, NEVER)
"""What is true of constants."""


class Relations(Lists):
    """Comparisons and memberships → conditions."""

    def relation(self, node: Binary, names: Names) -> Truth:
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
            return CERTAIN if _RELATIONS[operator](left.constant, right.constant) else CERTAIN.swapped
        if "double" in (left.type.kind, right.type.kind):
            raise Refused("sql-double", node)
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

    def chosen(self, asked: Truth, yes: Truth, no: Truth) -> Truth:
        """One of two conditions, as a third one says."""
        return Truth(
            some(every(asked.true, yes.true), every(asked.false, no.true)),
            some(every(asked.true, yes.false), every(asked.false, no.false)),
        )


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
