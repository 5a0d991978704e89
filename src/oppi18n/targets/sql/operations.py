"""What expressions compute, in SQL: only where bounds prove that nothing can overflow, since SQL would not notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from oppi18n.rules.ast import Binary, Call, Conditional, Let, Literal, Name, Node, Select, Unary
from oppi18n.rules.types import DECIMAL, INT
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, some
from oppi18n.targets.sql.values import SCALED_MOST, Circumstances, Leaves, Names, Refused, Value, case

_DAYS: Final = (date.max - date.min).days
_FACTOR: Final = 10**9
"""Beyond this factor a product may need more digits than decimals have anywhere."""
_LONGEST: Final = 2**31


class Operations(Leaves):
    """Nodes → values."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__(given)
        self._emits: dict[type[Node], Callable[[Any, Names], Value]] = {
            Literal: lambda node, names: self.literal(node),
            Name: self.name,
            Let: lambda node, names: self.value(self.followed(node), names),
            Select: self.select,
            Unary: self._negated,
            Binary: self._arithmetic,
            Conditional: self._conditional,
            Call: self._call,
        }

    def truth(self, node: Node, names: Names) -> Truth:
        """Where a condition is surely true, and where it is surely false."""
        raise NotImplementedError

    def length(self, node: Node, names: Names) -> Value:
        """How many elements a list has."""
        raise NotImplementedError

    def value(self, node: Node, names: Names) -> Value:
        """The value of a node."""
        if node.type.kind == "bool" and not isinstance(node, Literal):
            found = self.truth(node, names)
            sql = case([(found.true, self.dialect.yes), (found.false, self.dialect.no)])
            return Value(sql, node.type, some(found.true, found.false))
        emit = self._emits.get(type(node))
        if emit is None or node.type.kind in ("list", "record"):
            raise Refused("sql-list", node)
        return emit(node, names)

    def operand(self, node: Node, names: Names) -> Value:
        """A value that something is done with."""
        found = self.value(node, names)
        if found.null:
            raise Refused("sql-null", node)
        return found

    # ---- arithmetic ----

    def _negated(self, node: Unary, names: Names) -> Value:
        operand = self.operand(node.operand, names)
        if operand.known == NEVER:
            return operand
        # Two hyphens without a space between them would begin a comment.
        return self._bounded(f"(- {operand.sql})", node, operand.known, -operand.most, -operand.least)

    def _arithmetic(self, node: Binary, names: Names) -> Value:
        left, right = self.operand(node.left, names), self.operand(node.right, names)
        known, kinds = every(left.known, right.known), (left.type.kind, right.type.kind)
        if known == NEVER:
            return Value("NULL", node.type, NEVER)
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

    def _factors(self, node: Binary, left: Value, right: Value) -> tuple[Value, Value]:
        if node.operator != "*":
            return self.as_decimal(left, node), self.as_decimal(right, node)
        whole = left if left.type.kind == "int" else right
        if max(abs(whole.least), abs(whole.most)) >= _FACTOR:
            raise Refused("sql-overflow", node)
        if self.dialect.scaled:
            return left, right
        narrow = replace(whole, sql=self.dialect.as_decimal.format(whole.sql, digits=9, places=0))
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
            return replace(value, sql=self.decimal(Decimal(value.constant)), type=DECIMAL)
        if self.dialect.scaled:
            if not -SCALED_MOST < value.least <= value.most < SCALED_MOST:
                raise Refused("sql-overflow", node)
            return replace(value, sql=f"({value.sql} * 10000)", type=DECIMAL)
        return replace(value, sql=self.dialect.as_decimal.format(value.sql, digits=23, places=4), type=DECIMAL)

    # ---- choices and functions ----

    def _conditional(self, node: Conditional, names: Names) -> Value:
        asked = self.truth(node.condition, names)
        branches = [self.value(node.yes, names), self.value(node.no, names)]
        if node.type.kind == "decimal":
            branches = [each if each.null else self.as_decimal(each, node) for each in branches]
            if self.dialect.scaled and any(each.most is not None and each.most > SCALED_MOST for each in branches):
                raise Refused("sql-overflow", node)
        if node.type.kind == "enumeration":
            branches = [self.named(each) for each in branches]
        yes, no = branches
        settled = next((each for each, when in ((yes, asked.true), (no, asked.false)) if when == ALWAYS), None)
        if settled is not None or (yes.sql == no.sql and some(asked.true, asked.false) == ALWAYS):
            return settled or yes
        ends = [each for each in branches if each.least is not None]
        return Value(
            case([(asked.true, yes.sql), (asked.false, no.sql)]),
            node.type,
            some(every(asked.true, yes.known), every(asked.false, no.known)),
            min((each.least for each in ends), default=None),
            max((each.most for each in ends), default=None),
            checked=yes.checked and no.checked,
            null=yes.null or no.null,
        )

    def named(self, value: Value) -> Value:
        """An enumeration's value by its name."""
        if not value.coded:
            return value
        written = [
            f"WHEN {each.dataverse} THEN {self.dialect.text_of(each.name)}"
            for each in self.model.enumerations[value.type.name].values.values()
            if each.dataverse is not None
        ]
        return replace(value, sql=f"CASE {value.sql} {' '.join(written)} END", coded=False)

    def _call(self, node: Call, names: Names) -> Value:
        first = node.receiver or node.arguments[0]
        if node.function == "size" and first.type.kind == "list":
            return self.length(first, names)
        operand = self.operand(first, names)
        if operand.known == NEVER:
            return Value("NULL", INT, NEVER)
        if node.function == "size":
            return Value(self.function(node, operand.sql), INT, operand.known, 0, _LONGEST)
        if node.function == "digits":
            return self._digits(operand)
        if operand.type.kind == "int":
            return Value(case([(operand.known, "0")]), INT, operand.known, 0, 0)
        return self._places(operand)

    def function(self, node: Call, *operands: str) -> str:
        """A function of texts, if the dialect has it."""
        template = self.dialect.functions.get(node.function)
        if template is None:
            raise Refused("sql-function", node, name=node.function)
        return template.format(*operands)

    def _digits(self, operand: Value) -> Value:
        """`currency.digits()`"""
        by_digits: dict[int, list[str]] = {}
        for code, digits in sorted(self.model.digits.items()):
            by_digits.setdefault(digits, []).append(self.dialect.text_of(code))
        branches: list[tuple[Condition, str]] = [
            (Atom(f"{operand.sql} IN ({', '.join(codes)})", ""), str(digits)) for digits, codes in by_digits.items()
        ]
        return Value(case([*branches, (operand.known, "2")]), INT, operand.known, 0, max(2, *by_digits))

    def _places(self, operand: Value) -> Value:
        """`amount.scale()`"""
        fits = "{0} % {1} = 0" if self.dialect.scaled else f"{{0}} = {self.dialect.as_decimal}"
        branches: list[tuple[Condition, str]] = [
            (Atom(fits.format(operand.sql, 10 ** (4 - places), digits=19, places=places), ""), str(places))
            for places in range(4)
        ]
        return Value(case([*branches, (operand.known, "4")]), INT, operand.known, 0, 4)


def _ends(operator: str, left: Value, right: Value) -> list[Any]:
    """What the bounds of two numbers make, which the result cannot lie beyond."""
    pairs = [(one, other) for one in (left.least, left.most) for other in (right.least, right.most)]
    if operator == "*":
        return [one * other for one, other in pairs]
    return [one + other if operator == "+" else one - other for one, other in pairs]
