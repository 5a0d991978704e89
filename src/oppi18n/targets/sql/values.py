"""Values of expressions in SQL: NULL where they are unknown, refused where SQL could not say them exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n.model.schema import Model, Record
from oppi18n.model.values import DECIMAL_DIGITS, INT_MAX, INT_MIN
from oppi18n.rules.ast import Let, Literal, Name, Node, Select, Setting
from oppi18n.rules.fold import constant
from oppi18n.rules.ruleset import Expression
from oppi18n.rules.types import DATE, Type
from oppi18n.source import Scalar
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition
from oppi18n.targets.sql.tables import Column, Table, Tables

MOST: Final = Decimal(10**DECIMAL_DIGITS) - Decimal("0.0001")
"""The largest amount."""
SCALED_MOST: Final = Decimal(INT_MAX).scaleb(-4)
"""The largest amount where decimals are 64-bit numbers of ten-thousandths."""


class Refused(Exception):
    """Something that a dialect cannot say: the code of a diagnostic, the node, and the scalar it was written in."""

    def __init__(self, code: str, node: Node, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.node = node
        self.params = params
        self.scalar: Scalar | None = None


class Value(NamedTuple):
    """SQL that is NULL where the value is unknown; `known` holds where it is not.

    `least` and `most` bound a number or a date. `coded` says that it is the Dataverse code of an enumeration's value,
    `checked` that no other values than those of the type occur; `constant` is the value of a literal (of a double, which
    has no SQL, too). `null` marks what may be CEL's own null, which is a value and not a missing one.
    """

    sql: str
    type: Type
    known: Condition = ALWAYS
    least: Any = None
    most: Any = None
    coded: bool = False
    checked: bool = True
    constant: Any = None
    null: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A record that a name stands for: its table under an alias; without a table nothing of it was loaded."""

    name: str
    record: Record
    table: Table | None


Names = Mapping[str, Alias | Literal]
"""What the variables of macros stand for."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What expressions are compiled for: the values of settings, the request if one is made, the day if it is known."""

    dialect: Dialect
    model: Model
    tables: Tables
    lets: Mapping[str, Expression]
    settings: Mapping[str, object]
    request: Mapping[str, Node] | None = None
    today: date | None = None


class Noted:
    """What is noted while expressions are looked at, and what was worked out already."""

    def __init__(self) -> None:
        self.outside = False
        """Whether a field of the root was read since somebody last looked."""
        self.seen = False
        """Whether the part of a list that was seen is taken for the whole, as values of messages are."""
        self.partial: list[Condition] = []
        """Where a list that was taken for the whole is not."""
        self._inside = False
        """Whether the elements of a list are being asked something."""
        self._once: dict[object, tuple[Any, bool, list[Condition]]] = {}

    def once(self, what: object, work: Callable[[], Any]) -> Any:
        """What hangs on no variable is worked out once; that it reads the root, or a part of a list, counts each time."""
        key = (what, self.seen, self._inside)
        if key not in self._once:
            outside, self.outside, before = self.outside, False, len(self.partial)
            found = work()
            self._once[key] = (found, self.outside, self.partial[before:])
            del self.partial[before:]
            self.outside = outside
        found, outside, partial = self._once[key]
        self.outside |= outside
        self.partial += partial
        return found


class Leaves(Noted):
    """Constants and fields → values."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__()
        self.given = given
        self.dialect = given.dialect
        self.model = given.model
        self.root = Alias("o", given.model.records[given.model.root], given.tables.root)
        self.used: set[tuple[str, str]] = set()
        """The columns that were read: (record, field)."""

    def value(self, node: Node, names: Names) -> Value:
        """The value of a node."""
        raise NotImplementedError

    def followed(self, node: Node) -> Node:
        """What a let or a setting stands for, or the node itself."""
        while isinstance(node, Let):
            node = self.given.lets[node.name].tree
        return constant(self.given.settings[node.name], node) if isinstance(node, Setting) else node

    def literal(self, node: Literal) -> Value:
        """A constant."""
        found, kind = node.value, node.type
        if found is None:
            return Value("NULL", kind, NEVER, null=True)
        if isinstance(found, bool):
            return Value(self.dialect.yes if found else self.dialect.no, kind, constant=found)
        if isinstance(found, str):
            if "\0" in found:
                raise Refused("sql-text", node)
            return Value(self.dialect.text_of(found), kind, constant=found)
        if isinstance(found, float):
            return Value("", kind, constant=found)
        if isinstance(found, date):
            sql = self.dialect.date.format(found.isoformat())
        else:
            sql = self.decimal(found) if isinstance(found, Decimal) else str(found)
        return Value(sql, kind, least=found, most=found, constant=found)

    def decimal(self, found: Decimal) -> str:
        """A decimal as a literal."""
        return self.dialect.decimal.format(int(found.scaleb(4)) if self.dialect.scaled else f"{found:f}")

    def name(self, node: Name, names: Names) -> Value:
        """A variable that stands for a constant, or the day."""
        bound = names.get(node.name)
        if isinstance(bound, Literal):
            return self.literal(bound)
        if bound is None and node.name == "today":
            if self.given.today is not None:
                return self.literal(Literal(self.given.today, type=DATE))
            return Value(self.dialect.today, DATE, least=date.min, most=date.max)
        raise Refused("sql-list", node)

    def record(self, node: Node, names: Names) -> Alias | None:
        """The record that a node stands for; None for the close request."""
        name = node.name if isinstance(node, Name) else ""
        found = names.get(name)
        if isinstance(found, Alias):
            return found
        if found is None and name == self.model.root:
            self.outside = True
            return self.root
        if found is None and name == self.model.request:
            return None
        raise Refused("sql-list", node)

    def select(self, node: Select, names: Names) -> Value:
        """A field of a record."""
        alias = self.record(node.operand, names)
        if alias is None:
            return self.asked(node)
        column = self.column(alias, node.field)
        if column is None:
            return Value("NULL", node.type, NEVER)
        sql = column.sql.format(alias.name)
        present: Condition = Atom(f"{sql} IS NOT NULL", f"{sql} IS NULL") if column.nullable else ALWAYS
        least, most = self.bounds(node.type)
        known = present
        if node.type.kind == "enumeration" and not column.checked:
            known = self.among(sql, [*self.model.enumerations[node.type.name].values], node.type, column.coded, present)
        return Value(sql, node.type, known, least, most, coded=column.coded, checked=column.checked)

    def among(self, sql: str, values: list[str], kind: Type, coded: bool, present: Condition) -> Condition:
        """Whether an enumeration's value is one of some."""
        written = self.spelled(values, kind, coded)
        if not written:
            return NEVER
        guards = () if present == ALWAYS else (present,)
        if len(written) == 1:
            return Atom(f"{sql} = {written[0]}", f"{sql} <> {written[0]}", guards)
        listed = ", ".join(written)
        return Atom(f"{sql} IN ({listed})", f"{sql} NOT IN ({listed})", guards)

    def spelled(self, values: list[str], kind: Type, coded: bool) -> list[str]:
        """An enumeration's values as literals; where they are coded, one without a code never occurs."""
        if not coded:
            return [self.dialect.text_of(each) for each in values]
        known = self.model.enumerations[kind.name].values
        codes = [known[each].dataverse for each in values]
        return [str(each) for each in codes if each is not None]

    def column(self, alias: Alias, field: str) -> Column | None:
        """The column of a field; None if nobody has loaded it."""
        found = alias.table.columns.get(field) if alias.table is not None else None
        if found is not None:
            self.used.add((alias.record.name, field))
        return found

    def bounds(self, kind: Type) -> tuple[Any, Any]:
        """Between which values those of a type lie."""
        amount = SCALED_MOST if self.dialect.scaled else MOST
        ends = {"int": (INT_MIN, INT_MAX), "decimal": (-amount, amount), "date": (date.min, date.max)}
        return ends.get(kind.kind, (None, None))

    def asked(self, node: Select) -> Value:
        """A field of the close request: what was given, or the dialog's default."""
        found: Value = self.once(("request", node.field), lambda: self._asked(node))
        return found if found.type is node.type else found._replace(type=node.type)

    def _asked(self, node: Select) -> Value:
        tree = (self.given.request or {}).get(node.field)
        if tree is None:
            return Value("NULL", node.type, NEVER)
        try:
            found = self.value(tree, {})
        except Refused as refused:
            raise Refused(refused.code, node, **refused.params) from None
        # A default that comes out null leaves the field empty, so it is no null any more.
        return found._replace(type=node.type, null=False)
