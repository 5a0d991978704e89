"""The engine is the judge: each SQL gives the same verdicts, violations, values and offenders, or refuses the rule.

Rulesets and data are generated over a model with every type of field: skewed and empty lists, missing columns, unknown
values everywhere, extreme amounts and dates, odd texts. A backend inherits all of it with one class of three lines.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from importlib.util import find_spec
from random import Random
from typing import Any, ClassVar

import pytest

from oppi18n.bulk.answers import Answers
from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.program import default_of, program_of
from oppi18n.engine.rules import Rules
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Field, Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.rules.ast import Literal, Node
from oppi18n.rules.build import build
from oppi18n.rules.draft import assemble, read
from oppi18n.rules.environment import type_of
from oppi18n.rules.ruleset import Ruleset
from oppi18n.source import Source
from oppi18n.targets.sql.compiling import compile_ruleset
from oppi18n.targets.sql.dialects import DIALECTS, Dialect
from oppi18n.targets.sql.queries import Queries
from oppi18n.targets.sql.tables import Column, Table, Tables
from oppi18n.targets.sql.values import Circumstances

TODAY = date(2026, 3, 31)
MODEL_TEXT = """
model: shop
root: deal
request: closing
digits: {XTS: 4}
enumerations:
  stage:
    label: "Stage"
    values: {open: {label: "Open", dataverse: 0}, won: {label: "Won", dataverse: 1}, lost: {label: "Lost", dataverse: 2}}
  reason:
    label: "Reason"
    of: stage
    values:
      running: {label: "Running", dataverse: 10, state: open}
      signed: {label: "Signed", dataverse: 11, state: won}
      price: {label: "Price", dataverse: 12, state: lost}
      other: {label: "Other", dataverse: 13, state: lost}
  line_stage:
    label: "Stage"
    values:
      draft: {label: "Draft", dataverse: 0}
      active: {label: "Active", dataverse: 1}
      done: {label: "Done", dataverse: 2}
records:
  deal:
    label: "Deal"
    display: ["{name}", "{id}"]
    entity: deal
    collection: deals
    fields:
      id: {type: string, required: true, label: "ID", description: "Its number.", dataverse: dealid}
      name: {type: string, label: "Name", description: "Its name.", dataverse: name}
      stage: {type: enumeration, of: stage, required: true, label: "Stage", description: "How far.", dataverse: s}
      reason: {type: enumeration, of: reason, label: "Reason", description: "Why.", dataverse: r}
      currency: {type: currency, label: "Currency", description: "What in."}
      amount: {type: decimal, currency: currency, label: "Amount", description: "How much."}
      limit: {type: decimal, required: true, label: "Limit", description: "How much at most."}
      parts: {type: int, label: "Parts", description: "How many."}
      urgent: {type: bool, label: "Urgent", description: "Whether it hurries."}
      opened: {type: date, required: true, label: "Opened", description: "Since when."}
      due: {type: date, label: "Due", description: "Until when."}
      made: {type: timestamp, label: "Made", description: "When."}
      owner: {type: reference, label: "Owner", description: "Whose."}
      lines: {type: list, of: line, required: true, label: "Lines", description: "What of."}
  line:
    label: "Line"
    display: ["{number} rev. {revision}", "{number}", "{id}"]
    entity: line
    collection: lines
    fields:
      id: {type: string, required: true, label: "ID", description: "Its number.", dataverse: lineid}
      number: {type: string, label: "Number", description: "Its number."}
      revision: {type: int, label: "Revision", description: "Which."}
      state: {type: enumeration, of: line_stage, required: true, label: "State", description: "How far.", dataverse: t}
      was: {type: enumeration, of: line_stage, label: "Was", description: "How far before.", dataverse: u}
      currency: {type: currency, label: "Currency", description: "What in."}
      amount: {type: decimal, currency: currency, label: "Amount", description: "How much."}
      due: {type: date, label: "Due", description: "Until when."}
      late: {type: bool, required: true, label: "Late", description: "Whether it is late."}
      note: {type: string, label: "Note", description: "What else."}
  closing:
    label: "Closing"
    display: ["{outcome}"]
    entity: closing
    collection: closings
    fields:
      outcome: {type: enumeration, of: stage, label: "Outcome", description: "How it ends."}
      day: {type: date, label: "Day", description: "When.", default: "today"}
      currency: {type: currency, label: "Currency", description: "What in.", default: "deal.currency"}
      amount: {type: decimal, currency: currency, label: "Amount", description: "How much.",
               default: "closing.outcome == 'won' ? deal.amount : null"}
      reason: {type: enumeration, of: reason, label: "Reason", description: "Why.",
               default: "closing.outcome == 'won' ? 'signed' : has(deal.owner) ? 'price' : 'other'"}
      note: {type: string, label: "Note", description: "What else."}
"""
WORDS = (
    "",
    "a",
    "A",
    "a ",
    "ab",
    "견적",
    "e\u0301",
    "é",
    "\uffee",
    "\U0001f600",
    "it's \\ {0}",
    "%_",
    "ß",
    "\u200b",
    "--;",
)
AMOUNTS = ("0", "0.5", "-1.25", "3", "100", "0.0001", "-0.0001", "1.2345", "20.10", "999999999999", "-1000000000000")
EXTREME = ("999999999999999.9999", "-999999999999999.9999", "999999999999999", "123456789012345.6789")
NUMBERS = (-1, 0, 1, 2, 3, 2**63 - 1, -(2**63))
DAYS = (*(TODAY + timedelta(days=each) for each in (-400, -31, -1, 0, 1, 30)), date(1, 1, 1), date(9999, 12, 31))


def shop() -> Model:
    diagnostics = Diagnostics()
    plain = read_model(Source("shop.yaml", MODEL_TEXT), diagnostics)
    assert plain is not None, [str(each) for each in diagnostics]
    return Model(plain)


MODEL = shop()
ROOT, LINE = MODEL.records["deal"], MODEL.records["line"]


# ---- rulesets ----


FIELDS: dict[tuple[str, str], list[str]] = {}
"""(record, type) → the names of its fields of that type."""
for each_record in MODEL.records.values():
    for each_field in each_record.fields.values():
        FIELDS.setdefault((each_record.name, str(type_of(each_field))), []).append(each_field.name)


class Writer:
    """Writes conditions that SQL can say; `l` is the list element at hand."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def one(self, *choices: Callable[[], str]) -> str:
        return self.random.choice(choices)()

    def field(self, kind: str, element: bool) -> str:
        """A field of a type: of the deal, of the closing, or mostly of the element at hand."""
        roots = [("deal", "deal")] * 3 + [("closing", "closing")] + [("l", "line")] * 8 * element
        found = [(name, record) for name, record in roots if (record, kind) in FIELDS]
        if not found:
            return "deal.parts"
        name, record = self.random.choice(found)
        return f"{name}.{self.random.choice(FIELDS[record, kind])}"

    def lines(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.5:
            return self.pick("deal.lines", "active", "deal.lines")
        return f"{self.lines(depth - 1)}.filter(l, {self.condition(depth - 1, True)})"

    def number(self, depth: int, element: bool) -> str:
        choices = [
            lambda: self.pick("0", "1", "2", "-3"),
            lambda: self.field("int", element),
            lambda: f"{self.text(element)}.size()",
            lambda: f"({self.field('date', element)} - {self.pick('today', self.field('date', element))})",
            lambda: f"{self.field('decimal', element)}.scale()",
            lambda: f"{self.field('currency', element)}.digits()",
        ]
        if depth > 0:
            inner = [lambda: f"{self.lines(depth - 1)}.size()"] * 3 if not element else []
            choices += inner
            if not element:
                choices.append(lambda: f"({self.lines(0)}.size() {self.pick('+', '-', '*')} {self.pick('2', '-1')})")
            choices.append(lambda: f"({self.condition(depth - 1, element)} ? {self.number(depth - 1, element)} : 1)")
        return self.one(*choices)

    def text(self, element: bool) -> str:
        return self.one(*[lambda: self.field("string", element)] * 2, self.literal)

    def literal(self) -> str:
        return "'" + self.random.choice(WORDS).replace("\\", "\\\\").replace("'", "\\'") + "'"

    def amount(self, depth: int, element: bool) -> str:
        choices = [
            lambda: self.field("decimal", element),
            lambda: f"decimal('{self.random.choice(AMOUNTS)}')",
            lambda: self.pick("settings.most", "0", "7"),
            lambda: f"(-{self.field('decimal', element)})",
        ]
        if depth > 0:
            choices.append(
                lambda: f"({self.condition(depth - 1, element)} ? {self.amount(depth - 1, element)} : deal.limit)"
            )
        return self.one(*choices)

    def condition(self, depth: int, element: bool = False) -> str:
        if depth <= 0:
            return self.simple(element)

        def below() -> str:
            return self.condition(depth - 1, element)

        def asked() -> str:
            return f"{self.lines(depth - 1)}.{self.pick('exists', 'all', 'exists', 'all', 'exists_one')}"

        choices = [
            lambda: f"({below()} {self.pick('&&', '||')} {below()})",
            lambda: f"({below()} {self.pick('&&', '||')} {below()} {self.pick('&&', '||')} {self.simple(element)})",
            lambda: f"!({below()})",
            lambda: f"({below()} ? {below()} : {self.simple(element)})",
            lambda: f"({below()}) {self.pick('==', '!=', '<', '>=')} ({below()})",
            lambda: f"({self.number(depth, element)} {self.order()} {self.number(depth, element)})",
            lambda: f"({self.amount(depth, element)} {self.order()} {self.amount(depth, element)})",
        ]
        if not element:
            choices += [lambda: f"{asked()}(l, {self.condition(depth - 1, True)})"] * 6
            choices.append(lambda: f"({self.field('string', False)} in {self.lines(depth - 1)}.map(l, l.note))")
            choices.append(lambda: f"settings.words.{self.pick('exists', 'all')}(w, deal.name {self.order()} w)")
        return self.one(*choices)

    def order(self) -> str:
        return self.pick("==", "!=", "<", "<=", ">", ">=")

    def simple(self, element: bool) -> str:
        if self.random.random() < 0.5:
            return self.closed(element)
        owner = self.random.choice(["l"] * 6 * element + ["deal"] * 3 + ["closing"])
        optional = [name for name, each in MODEL.records["line" if owner == "l" else owner].fields.items()]
        flag = "l.late" if element else "deal.urgent"
        return self.one(
            *[lambda: f"has({owner}.{self.random.choice(optional)})"] * 2,
            lambda: self.pick(flag, f"!{flag}"),
            lambda: f"{self.text(element)}.{self.pick('startsWith', 'endsWith', 'contains')}({self.text(element)})",
            lambda: f"{self.text(element)} {self.order()} {self.text(element)}",
            lambda: f"{self.field('string', element)} in settings.words",
            lambda: f"{self.field('string', element)} in ['a', {self.field('string', element)}]",
            lambda: f"{self.field('date', element)} {self.order()} {self.pick('today', self.field('date', element))}",
            lambda: f"{self.field('currency', element)} {self.pick('==', '!=')} {self.field('currency', element)}",
            lambda: f"{self.field('decimal', element)} {self.order()} {self.field('decimal', element)}",
            lambda: f"{self.field('int', element)} {self.order()} {self.pick('0', '1', '9223372036854775807')}",
            lambda: f"{self.field('decimal', element)}.scale() > {self.pick('0', '2')}",
        )

    def closed(self, element: bool) -> str:
        """A condition about an enumeration."""
        owner = self.random.choice(["l"] * 6 * element + ["deal"] * 3 + ["closing"])
        values = [f"'{each}'" for each in MODEL.enumerations["line_stage" if owner == "l" else "stage"].values]
        stage = {"l": self.pick("l.state", "l.was"), "deal": "deal.stage", "closing": "closing.outcome"}[owner]
        return self.one(
            lambda: f"{stage} {self.pick('==', '!=')} {self.random.choice(values)}",
            lambda: f"{stage} in [{', '.join(self.random.sample(values, self.random.randrange(1, 3)))}]",
            lambda: "l.state == l.was" if element else "deal.reason in model.reason.lost",
            lambda: "deal.reason in (deal.stage == 'won' ? model.reason.won : ['price'])",
            lambda: "closing.reason in model.reason.lost",
        )

    def ruleset(self) -> str:
        lines = [
            "ruleset: generated", "action: deal.close", "model: shop", "settings:",
            f"  most: {{type: decimal, default: {self.random.choice(AMOUNTS)}}}",
            "  words: {type: list of string, default: ['a', '견적', '']}",
            "let:", "  active: deal.lines.filter(l, l.state == 'active')",
            f"  several: {quoted(f'deal.lines.filter(l, {self.condition(1, True)})')}",
            "rules:",
        ]  # fmt: skip
        for number in range(6):
            lines += self.rule(number)
        return "\n".join(lines) + "\n"

    def rule(self, number: int) -> Iterator[str]:
        yield f"  - id: rule-{number}"
        yield f"    severity: {self.pick('error', 'error', 'warning', 'info')}"
        yield "    source: house rule"
        if self.random.random() < 0.4:
            yield f"    when: {quoted(self.condition(1))}"
        yield f"    {self.pick('assert', 'forbid')}: {quoted(self.condition(self.random.choice((1, 2, 2, 3))))}"
        if self.random.random() < 0.2:
            yield f"    effective: {{{self.pick('from', 'until')}: {self.pick('2026-03-31', '2026-04-01', '2026-03-30')}}}"
        params = self.params()
        at = self.pick("", "deal.amount", "active.state", "several", "deal.lines.id")
        if at:
            yield f"    at: {at}"
        yield f"    message: {quoted(' '.join('{' + name + '}' for name in params) or 'No.')}"
        yield f"    params: {{{', '.join(f'{name}: {value}' for name, value in params.items())}}}"

    def params(self) -> dict[str, str]:
        every = {
            "count": quoted(f"{self.pick('active', 'several', 'deal.lines')}.size()"),
            "records": self.pick("active", "several", "deal.lines"),
            "money": "{value: deal.amount, currency: deal.currency}",
            "most": "{value: settings.most, currency: closing.currency}",
            "day": self.pick("deal.due", "deal.made", "today", "closing.day"),
            "stage": self.pick("deal.stage", "deal.reason", "closing.reason"),
            "whole": quoted(self.number(0, False)),
            "words": "settings.words",
            "name": self.pick("deal.name", "deal.owner", "deal.currency"),
            "flag": "deal.urgent",
            "amount": quoted(self.amount(1, False)),
        }
        return {name: every[name] for name in self.random.sample(list(every), self.random.randrange(4))}


def quoted(expression: str) -> str:
    """An expression as a YAML scalar in single quotes."""
    return "'" + expression.replace("'", "''") + "'"


def built(text: str) -> Ruleset:
    """A ruleset that need not make sense: what never fails and the like is let through."""
    diagnostics = Diagnostics()
    draft = read(Source("generated.yaml", text), diagnostics)
    assert draft is not None, [str(each) for each in diagnostics]
    assembled = assemble("generated", [draft], diagnostics)
    assert assembled is not None
    ruleset = build(assembled, MODEL, diagnostics)
    assert not diagnostics.failed, "\n".join(str(each) for each in diagnostics if each.severity == "error")
    return ruleset


# ---- data ----


class Shop:
    """Draws deals with their lines, as rows and as the facts that the engine judges."""

    def __init__(self, random: Random, *, extreme: bool) -> None:
        self.random = random
        self.amounts = (*AMOUNTS, *EXTREME) if extreme else AMOUNTS
        self.coded = random.random() < 0.4
        self.holes = random.choice((0.0, 0.1, 0.5))
        self.absent = {name for name in (*ROOT.fields, *(f"l.{each}" for each in LINE.fields)) if self.chance(0.08)}
        self.absent -= {"id", "l.id"}
        self.per_row = {name for name, each in ROOT.fields.items() if each.type != "list" and self.chance(0.1)}
        self.per_row -= self.absent | {"id"}
        self.has_states = self.chance(0.3)
        self.deals = [self.deal(number) for number in range(40)]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def record(self, fields: Sequence[Field], prefix: str = "") -> dict[str, Any]:
        return {each.name: self.value(each) for each in fields if prefix + each.name not in self.absent}

    def value(self, field: Field) -> Any:
        if self.chance(self.holes):
            return None
        if field.type == "enumeration":
            return self.random.choice(list(MODEL.enumerations[field.of].values))
        kinds: dict[str, Callable[[], Any]] = {
            "int": lambda: self.random.choice(NUMBERS),
            "decimal": lambda: Decimal(self.random.choice(self.amounts)),
            "currency": lambda: self.random.choice(("EUR", "JPY", "BHD", "XTS")),
            "bool": lambda: self.chance(0.5),
            "date": lambda: self.random.choice(DAYS),
            "timestamp": lambda: self.random.choice(DAYS),
        }
        return kinds.get(field.type, lambda: self.random.choice(WORDS))()

    def deal(self, number: int) -> dict[str, Any]:
        fields = [each for each in ROOT.fields.values() if each.type != "list"]
        row = {**self.record(fields), "id": f"D{number:03}"}
        row["~lines"] = self.random.choice((2, 2, 1, 0, None)) if self.has_states else 2
        for name in self.per_row:
            row[f"~{name}"] = int(row[name] is not None or self.chance(0.5))
        count = self.random.choice((0, 0, 1, 1, 2, 3, 5)) if number else 30
        row["*lines"] = [self.line(number, each) for each in range(count)]
        return row

    def line(self, deal: int, number: int) -> dict[str, Any]:
        return {**self.record(list(LINE.fields.values()), "l."), "id": f"L{deal}-{number}", "deal": f"D{deal:03}"}

    def facts(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What the engine is given for a row."""
        found = {name: self.loaded(row, each) for name, each in ROOT.fields.items() if each.type != "list"}
        lines = [
            {name: self.loaded(each, field, "l.") for name, field in LINE.fields.items()} for each in row["*lines"]
        ]
        states: dict[Any, Any] = {2: lines, 1: PartialList(lines)}
        found["lines"] = NOT_LOADED if "lines" in self.absent else states.get(row["~lines"], NOT_LOADED)
        return {"deal": found}

    def loaded(self, row: Mapping[str, Any], field: Field, prefix: str = "") -> Any:
        if prefix + field.name in self.absent:
            return NOT_LOADED
        value = row[field.name]
        if value is None and (field.required or row.get(f"~{field.name}") == 0):
            return NOT_LOADED
        return value

    def tables(self, dialect: Dialect, *, checked: bool) -> Tables:
        """How the rows are found in a database."""
        own = {
            name: self.column(each, dialect, checked) for name, each in ROOT.fields.items() if name not in self.absent
        }
        own.pop("lines", None)
        states = {"lines": place(dialect, "lines_state")} if self.has_states else {}
        root = Table(dialect.name_of("deal"), own, place(dialect, "id"), lists=states)
        if "lines" in self.absent:
            return Tables(root, {})
        inner = {
            name: self.column(each, dialect, checked, "l.")
            for name, each in LINE.fields.items()
            if f"l.{name}" not in self.absent
        }
        lines = Table(dialect.name_of("line"), inner, place(dialect, "id"), place(dialect, "deal"))
        return Tables(root, {"lines": lines})

    def column(self, field: Field, dialect: Dialect, checked: bool, prefix: str = "") -> Column:
        nullable = self.holes > 0 and field.name != "id"
        loaded = place(dialect, f"{field.name}_loaded") if not prefix and field.name in self.per_row else ""
        coded = self.coded and field.type == "enumeration"
        return Column(place(dialect, field.name), coded=coded, nullable=nullable, checked=checked, loaded=loaded)

    def rows(self, dialect: Dialect) -> Iterator[tuple[str, dict[str, str], list[list[Any]]]]:
        """(table, types of columns, rows) for a database."""
        names = [name for name, each in ROOT.fields.items() if each.type != "list" and name not in self.absent]
        types = {name: kind_of(ROOT.fields[name], self.coded) for name in names}
        marks = {f"{name}_loaded": "int" for name in sorted(self.per_row)} | {"lines_state": "int"}
        stored = [
            [*(self.stored(dialect, ROOT.fields[name], row[name]) for name in names),
             *(row[f"~{name}"] for name in sorted(self.per_row)), row["~lines"]]
            for row in self.deals
        ]  # fmt: skip
        yield "deal", {**types, **marks}, stored
        names = [name for name in LINE.fields if f"l.{name}" not in self.absent]
        types = {name: kind_of(LINE.fields[name], self.coded) for name in names}
        lines = [each for row in self.deals for each in row["*lines"]]
        self.random.shuffle(lines)
        stored = [
            [*(self.stored(dialect, LINE.fields[name], each[name]) for name in names), each["deal"]] for each in lines
        ]
        yield "line", {**types, "deal": "string"}, stored

    def stored(self, dialect: Dialect, field: Field, value: Any) -> Any:
        if value is None:
            return None
        if field.type == "enumeration" and self.coded:
            return MODEL.enumerations[field.of].values[value].dataverse
        if dialect.scaled and isinstance(value, Decimal):
            return int(value.scaleb(4))
        if dialect.scaled and isinstance(value, date):
            return value.isoformat()
        return value


def place(dialect: Dialect, name: str) -> str:
    return "{0}." + dialect.name_of(name)


def kind_of(field: Field, coded: bool) -> str:
    if field.type == "enumeration":
        return "int" if coded else "string"
    return {"timestamp": "date", "currency": "string", "reference": "string"}.get(field.type, field.type)


# ---- backends ----


class Backend:
    """A database that keeps tables and answers queries."""

    dialect: ClassVar[Dialect]
    seeds: ClassVar[Sequence[int]] = range(40)
    """Of the generated rulesets that it is asked in an ordinary run."""
    many: ClassVar[Sequence[int]] = range(250)
    """Of those that it is asked in a long one."""
    types: ClassVar[Mapping[str, str]] = {
        "string": "VARCHAR", "int": "BIGINT", "decimal": "DECIMAL(19, 4)", "date": "DATE", "bool": "BOOLEAN",
    }  # fmt: skip

    def fill(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Put rows into a new table in the place of an old one."""
        name = self.dialect.name_of(table)
        written = ", ".join(f"{self.dialect.name_of(each)} {self.types[kind]}" for each, kind in columns.items())
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TABLE {name} ({written})")
        marks = f"({', '.join([self.mark] * len(columns))})"
        if rows:
            values = [value for row in rows for value in row]
            self.insert(f"INSERT INTO {name} VALUES {', '.join([marks] * len(rows))}", values)

    mark: ClassVar[str] = "?"

    def run(self, sql: str) -> list[Any]:
        """The rows of a query."""
        raise NotImplementedError

    def insert(self, sql: str, values: Sequence[Any]) -> None:
        """Insert rows, given as the values that stand for the marks."""
        raise NotImplementedError

    def sorted(self, sql: str) -> list[Any]:
        """The rows of a query by their first column."""
        return sorted(map(tuple, self.run(sql)), key=lambda row: row[0])

    def close(self) -> None:
        """Let go of everything."""


class InDuckDB(Backend):
    dialect = DIALECTS["duckdb"]
    seeds = range(60)
    many = range(300)

    def __init__(self, request: pytest.FixtureRequest) -> None:
        request.getfixturevalue("require")("duckdb", find_spec("duckdb"))
        import duckdb

        self.connection = duckdb.connect()

    def run(self, sql: str) -> list[Any]:
        return list(self.connection.execute(sql).fetchall())

    def insert(self, sql: str, values: Sequence[Any]) -> None:
        self.connection.execute(sql, values)

    def close(self) -> None:
        self.connection.close()


class InSQLite(Backend):
    dialect = DIALECTS["sqlite"]
    seeds = range(60)
    many = range(300)
    types: ClassVar[Mapping[str, str]] = dict.fromkeys(("int", "decimal", "bool"), "INTEGER") | dict.fromkeys(
        ("string", "date"), "TEXT"
    )

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.connection = sqlite3.connect(":memory:")

    def run(self, sql: str) -> list[Any]:
        return self.connection.execute(sql).fetchall()

    def insert(self, sql: str, values: Sequence[Any]) -> None:
        self.connection.execute(sql, values)

    def close(self) -> None:
        self.connection.close()


class InPostgreSQL(Backend):
    dialect = DIALECTS["postgres"]
    mark = "%s"

    def __init__(self, request: pytest.FixtureRequest) -> None:
        url = request.getfixturevalue("postgres")
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True)

    def run(self, sql: str) -> list[Any]:
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def insert(self, sql: str, values: Sequence[Any]) -> None:
        self.connection.execute(sql, values)

    def close(self) -> None:
        self.connection.close()


class InDataFusion(Backend):
    dialect = DIALECTS["datafusion"]

    def __init__(self, request: pytest.FixtureRequest) -> None:
        request.getfixturevalue("require")("datafusion", find_spec("datafusion") and find_spec("pyarrow"))
        import datafusion

        self.context = datafusion.SessionContext()

    def fill(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        if self.context.table_exist(table):
            self.context.deregister_table(table)
        self.context.from_arrow(arrow(columns, rows), table)

    def run(self, sql: str) -> list[Any]:
        return [tuple(row.values()) for row in self.context.sql(sql).to_pylist()]


class InSpark(Backend):
    dialect = DIALECTS["spark"]
    # Each takes seconds to be planned, so there is one in which every outcome occurs.
    seeds = (20,)
    many = range(40)

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.session = request.getfixturevalue("spark")

    def fill(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        self.session.createDataFrame(arrow(columns, rows)).createOrReplaceTempView(table)

    def run(self, sql: str) -> list[Any]:
        return [tuple(row) for row in self.session.sql(sql).collect()]


def arrow(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> Any:
    """The rows as an Arrow table."""
    import pyarrow

    types = {
        "string": pyarrow.string(), "int": pyarrow.int64(), "decimal": pyarrow.decimal128(19, 4),
        "date": pyarrow.date32(), "bool": pyarrow.bool_(),
    }  # fmt: skip
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pyarrow.table([list(each) for each in values], schema=schema)


def question(random: Random) -> tuple[dict[str, Any] | None, dict[str, Node] | None]:
    """A close request as the engine and as SQL are given it; None asks about the record alone."""
    outcome = random.choice((None, "won", "lost"))
    if outcome is None:
        return None, None
    fields = MODEL.records["closing"].fields
    given: dict[str, Any] = {"outcome": outcome}
    if random.random() < 0.3:
        given["note"] = random.choice(WORDS)
    if random.random() < 0.3:
        given["amount"] = Decimal(random.choice(AMOUNTS))
    defaults = {name: default_of(each, MODEL).tree for name, each in fields.items() if each.default}
    return given, defaults | {name: Literal(value, type=type_of(fields[name])) for name, value in given.items()}


@pytest.fixture(scope="class")
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    found = request.cls.made(request)
    yield found
    found.close()


class Agreement:
    """What every backend is held to: inherit, and name the backend."""

    made: ClassVar[type[Backend]]

    @pytest.mark.soak
    def test_generated_rulesets_agree(self, backend: Backend, soak: bool):
        """The same verdicts, violations, values, offenders and unknown rules as the engine, for every row."""
        outcomes: dict[str, int] = {}
        for seed in backend.many if soak else backend.seeds:
            for difference in differences(backend, Random(seed), outcomes):
                pytest.fail(f"seed {seed}: {difference}")

        assert min(outcomes.get(each, 0) for each in ("blocked", "closable", "undetermined", "partial")) > 0


def differences(backend: Backend, random: Random, outcomes: dict[str, int]) -> Iterator[str]:
    """What a backend says otherwise than the engine about generated data under a generated ruleset."""
    text = Writer(random).ruleset()
    ruleset = built(text)
    data = Shop(random, extreme=not backend.dialect.scaled and random.random() < 0.5)
    given, request = question(random)
    settings = {name: each.value for name, each in ruleset.settings.items()}
    rules = Rules(program_of(ruleset, MODEL, settings, "generated"))
    tables = data.tables(backend.dialect, checked=random.random() < 0.5)
    circumstances = Circumstances(backend.dialect, MODEL, tables, ruleset.lets, settings, request, TODAY)
    queries = compile_ruleset(ruleset, circumstances)
    for table, columns, rows in data.rows(backend.dialect):
        backend.fill(table, columns, rows)
    found = dict(answered(backend, queries, rules))
    lists = {rule.id for rule in ruleset.rules if rule.at and rule.at.tree.type.kind == "list"}
    for row in data.deals:
        wanted = judged(rules, data.facts(row), given, lists)
        got = found.get(row["id"], ("closable", [], []))
        outcomes[wanted[0]] = outcomes.get(wanted[0], 0) + 1
        outcomes["partial"] = outcomes.get("partial", 0) + sum(each[3] for each in wanted[1])
        if got != wanted:
            sql = queries.flags(comments=True)
            yield f"{row}\nengine {wanted}\n{backend.dialect.name} {got}\nrequest {given}\n{text}\n{sql}"


def answered(backend: Backend, queries: Queries, rules: Rules) -> Iterator[tuple[str, Any]]:
    """What a backend says, by the id of the record."""
    flags = queries.flags()
    items = {field: backend.sorted(queries.items(field, f"({flags})")) for field in queries.named}
    for each in Answers(queries, rules.infos).answers(backend.sorted(flags), items):
        found = [
            (one.violation.rule, one.violation.params, sorted(one.offenders or ()) if one.offenders is not None else None,
             one.violation.partial)
            for one in each.found
        ]  # fmt: skip
        yield each.id, (each.verdict, found, sorted(each.unknown))


def judged(rules: Rules, facts: dict[str, Any], given: dict[str, Any] | None, lists: set[str]) -> Any:
    """What the engine says about one record."""
    asked = rules.complete(facts, given, today=TODAY)[0] if given is not None else None
    decision = rules.evaluate(facts, today=TODAY, request=asked)
    assert [each.error for each in decision.unknown if each.error] == []
    found = []
    for each in decision.violations:
        offenders = None
        if each.rule in lists:
            lines = facts["deal"]["lines"]
            offenders = sorted(lines[int(pointer.split("/")[3])]["id"] for pointer in each.pointers)
        found.append((each.rule, each.params, offenders, each.partial))
    return decision.verdict, found, sorted(each.rule for each in decision.unknown)


class TestDuckDB(Agreement):
    made = InDuckDB


class TestSQLite(Agreement):
    made = InSQLite


class TestPostgreSQL(Agreement):
    made = InPostgreSQL


class TestDataFusion(Agreement):
    made = InDataFusion


class TestSpark(Agreement):
    made = InSpark
