"""What expressions compute, in SQL: choices and functions, as far as the dialect has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from oppi18n.rules.ast import Binary, Call, Conditional, Let, Literal, Name, Node, Select, Setting, Unary
from oppi18n.rules.types import INT
from oppi18n.targets.sql.arithmetic import Arithmetic
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, case, every, some
from oppi18n.targets.sql.values import SCALED_MOST, Circumstances, Names, Refused, Value

_LONGEST: Final = 2**31


class Operations(Arithmetic):
    """Nodes → values."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__(given)
        self._emits: dict[type[Node], Callable[[Any, Names], Value]] = {
            Literal: lambda node, names: self.literal(node),
            Name: self.name,
            Let: lambda node, names: self.once(("value", node.name), lambda: self.value(self.followed(node), {})),
            Setting: lambda node, names: self.value(self.followed(node), names),
            Select: self.select,
            Unary: self.negated,
            Binary: self.arithmetic,
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
        if node.type.kind == "double":
            raise Refused("sql-double", node)
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
        return value._replace(sql=f"CASE {value.sql} {' '.join(written)} END", coded=False)

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
        branches: list[tuple[Condition, str]] = [
            (Atom(f"{operand.sql} IN ({codes})", ""), str(digits)) for digits, codes in self._currencies.items()
        ]
        return Value(case([*branches, (operand.known, "2")]), INT, operand.known, 0, max(2, *self._currencies))

    @cached_property
    def _currencies(self) -> dict[int, str]:
        """digits → the codes of the currencies that have so many"""
        found: dict[int, list[str]] = {}
        for code, digits in sorted(self.model.digits.items()):
            found.setdefault(digits, []).append(self.dialect.text_of(code))
        return {digits: ", ".join(codes) for digits, codes in found.items()}

    def _places(self, operand: Value) -> Value:
        """`amount.scale()`"""
        fits = "{0} % {1} = 0" if self.dialect.scaled else f"{{0}} = {self.dialect.as_decimal}"
        branches: list[tuple[Condition, str]] = [
            (Atom(fits.format(operand.sql, 10 ** (4 - places), digits=19, places=places), ""), str(places))
            for places in range(4)
        ]
        return Value(case([*branches, (operand.known, "4")]), INT, operand.known, 0, 4)
