"""Arithmetic in SQL: only where bounds prove that nothing can overflow, since SQL would not notice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from oppi18n.rules.ast import Binary, Literal, Node, Unary
from oppi18n.rules.fold import fold
from oppi18n.rules.types import DECIMAL, INT
from oppi18n.targets.sql.logic import NEVER, Condition, every
from oppi18n.targets.sql.values import SCALED_MOST, Leaves, Names, Refused, Value

_FACTOR: Final = 10**9
"""Beyond this factor a product may need more digits than decimals have anywhere."""


class Arithmetic(Leaves):
    """Sums, differences and products → values."""

    def operand(self, node: Node, names: Names) -> Value:
        """A value that something is done with."""
        found = self.value(node, names)
        if found.null:
            raise Refused("sql-null", node)
        return found

    def negated(self, node: Unary, names: Names) -> Value:
        operand = self.operand(node.operand, names)
        if operand.known == NEVER:
            return operand
        if operand.constant is not None:
            return self._worked_out(replace(node, operand=_literal(operand)))
        # Two hyphens without a space between them would begin a comment.
        return self._bounded(f"(- {operand.sql})", node, operand.known, -operand.most, -operand.least)

    def arithmetic(self, node: Binary, names: Names) -> Value:
        left, right = self.operand(node.left, names), self.operand(node.right, names)
        known, kinds = every(left.known, right.known), (left.type.kind, right.type.kind)
        if known == NEVER:
            return Value("NULL", node.type, NEVER)
        if left.constant is not None and right.constant is not None:
            return self._worked_out(replace(node, left=_literal(left), right=_literal(right)))
        if node.operator == "-" and kinds == ("date", "date"):
            sql = self.dialect.functions["days"].format(left.sql, right.sql)
            return Value(sql, INT, known, (left.least - right.most).days, (left.most - right.least).days)
        if "date" in kinds:
            raise Refused("sql-date", node)
        if node.operator in "/%" or not set(kinds) <= {"int", "decimal"}:
            raise Refused("sql-operator", node, operator=node.operator)
        ends = _ends(node.operator, left, right)
        if node.type.kind == "decimal":
            left, right = self._factors(node, left, right)
        return self._bounded(f"({left.sql} {node.operator} {right.sql})", node, known, min(ends), max(ends))

    def _worked_out(self, node: Node) -> Value:
        """An operation on constants."""
        found = fold(node)
        if isinstance(found, Literal):
            return self.literal(found)
        raise Refused("sql-overflow", node)

    def _factors(self, node: Binary, left: Value, right: Value) -> tuple[Value, Value]:
        if node.operator != "*":
            return self.as_decimal(left, node), self.as_decimal(right, node)
        whole = left if left.type.kind == "int" else right
        if max(abs(whole.least), abs(whole.most)) >= _FACTOR:
            raise Refused("sql-overflow", node)
        if self.dialect.scaled:
            return left, right
        narrow = whole._replace(sql=self.dialect.as_decimal.format(whole.sql, digits=9, places=0))
        return (narrow, right) if whole is left else (left, narrow)

    def _bounded(self, sql: str, node: Node, known: Condition, least: Any, most: Any) -> Value:
        """A result that is sure to fit its type."""
        lowest, highest = self.bounds(node.type)
        if least < lowest or most > highest:
            raise Refused("sql-overflow", node)
        if node.type.kind == "decimal" and not self.dialect.scaled:
            sql = self.dialect.as_decimal.format(sql, digits=19, places=4)
        return Value(sql, node.type, known, least, most)

    def as_decimal(self, value: Value, node: Node) -> Value:
        """A whole number next to a decimal."""
        if value.type.kind != "int":
            return value
        if value.constant is not None:
            return value._replace(sql=self.decimal(Decimal(value.constant)), type=DECIMAL)
        if self.dialect.scaled:
            if not -SCALED_MOST < value.least <= value.most < SCALED_MOST:
                raise Refused("sql-overflow", node)
            return value._replace(sql=f"({value.sql} * 10000)", type=DECIMAL)
        return value._replace(sql=self.dialect.as_decimal.format(value.sql, digits=23, places=4), type=DECIMAL)


def _literal(value: Value) -> Literal:
    return Literal(value.constant, type=value.type)


def _ends(operator: str, left: Value, right: Value) -> list[Any]:
    """What the bounds of two numbers make, which the result cannot lie beyond."""
    pairs = [(one, other) for one in (left.least, left.most) for other in (right.least, right.most)]
    if operator == "*":
        return [one * other for one, other in pairs]
    return [one + other if operator == "+" else one - other for one, other in pairs]
