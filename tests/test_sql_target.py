"""What is written for each SQL can be read, parses there, and what cannot be said exactly is refused with its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from oppi18n import packs
from oppi18n.bulk import backends
from oppi18n.cli.commands.bulk import command as bulk
from oppi18n.cli.commands.rules import DIALECTS as OFFERED
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of
from oppi18n.engine.program import default_of
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.rules.ast import Literal, Node
from oppi18n.rules.ruleset import Ruleset
from oppi18n.rules.types import Type
from oppi18n.targets.sql.compiling import compile_ruleset
from oppi18n.targets.sql.dialects import DIALECTS
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, opposite, some, text
from oppi18n.targets.sql.queries import Queries
from oppi18n.targets.sql.tables import Tables, usual
from oppi18n.targets.sql.values import Circumstances

TODAY = date(2026, 3, 31)


@cache
def understood(extra: str = "", name: str = "close-opportunity") -> tuple[Ruleset, Model]:
    """A ruleset over the shipped model: a shipped one, or one that is written in a test."""
    contents = [*contents_of([packs.shipped()])]
    if extra:
        contents.append((Pack("mine", "/mine/rules", None, "en"), f"rules/{name}.yaml", extra.encode()))
    space = workspace(contents)
    found = space.ruleset(name)
    assert found is not None, [str(each) for each in space.diagnostics]
    wrong = [str(each) for each in space.diagnostics if each.severity == "error"]
    assert [each for each in wrong if "never-" not in each] == []
    return found


def compiled(
    dialect: str,
    *,
    outcome: str = "",
    today: date | None = TODAY,
    found: tuple[Ruleset, Model] | None = None,
    tables: Tables | None = None,
    settings: Mapping[str, object] | None = None,
) -> Queries:
    """The queries of a ruleset."""
    ruleset, model = found or understood()
    sql = DIALECTS[dialect]
    given = Circumstances(
        sql,
        model,
        tables or usual(model, sql, dataverse=dialect == "tsql"),
        ruleset.lets,
        {name: each.value for name, each in ruleset.settings.items()} | dict(settings or {}),
        closing(model, outcome) if outcome else None,
        today,
    )
    return compile_ruleset(ruleset, given)


def closing(model: Model, outcome: str) -> dict[str, Node]:
    """A close request with the dialog's defaults."""
    fields = model.records[model.request].fields.values()
    defaults: dict[str, Node] = {each.name: default_of(each, model).tree for each in fields if each.default}
    return {**defaults, "outcome": Literal(outcome, type=Type("enumeration", "outcome"))}


def written(queries: Queries, *, comments: bool = True) -> list[str]:
    """Both relations."""
    return [
        queries.flags(comments=comments),
        *(queries.items(field, queries.dialect.name_of("flags"), comments=comments) for field in queries.named),
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_shipped_rules_read_well(dialect: str, golden: Callable[[str, str], None]):
    """Each rule is introduced by its id and its condition."""
    golden(f"sql/close-opportunity.{dialect}.sql", ";\n\n".join(written(compiled(dialect))) + ";\n")


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_whole_closing_reads_well(outcome: str, golden: Callable[[str, str], None]):
    """With a close request, the dialog's defaults stand in the places of its fields."""
    golden(f"sql/close-opportunity.{outcome}.sql", compiled("duckdb", outcome=outcome).flags(comments=True) + ";\n")


@pytest.mark.parametrize("outcome", ["", "won", "lost"])
@pytest.mark.parametrize("dialect", [each for each in DIALECTS if each != "datafusion"])
def test_sqlglot_parses(dialect: str, outcome: str, require: Any):
    """A parser of the dialect takes it, with and without a known day; it knows nothing of DataFusion."""
    require("sqlglot", find_spec("sqlglot"))
    import sqlglot

    for today in (TODAY, None):
        for sql in written(compiled(dialect, outcome=outcome, today=today)):
            trees = sqlglot.parse(sql, read=dialect)
            assert [type(each).__name__ for each in trees] == ["Select"]


@pytest.mark.parametrize("dialect", [each.name for each in DIALECTS.values() if not each.executed])
def test_sqlfluff_parses(dialect: str, require: Any):
    """Another parser takes what no database is at hand for."""
    require("sqlfluff", find_spec("sqlfluff"))
    import sqlfluff

    for sql in written(compiled(dialect)):
        assert sqlfluff.parse(sql, dialect=dialect)


DATAVERSE = {
    "Select", "Table", "Identifier", "Column", "Alias", "TableAlias", "From", "Join", "Subquery", "Where", "Group", "Case",
    "If", "And", "Or", "Paren", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "In", "Not", "Is", "Null", "Literal", "National",
    "Count", "Star", "Coalesce", "Cast", "DataType", "DataTypeParam", "Neg", "Union", "DateAdd", "DateDiff", "TimeStrToTime",
    "Var",
}  # fmt: skip
"""What Dataverse's SQL is documented to take, of all that sqlglot tells apart."""


@pytest.mark.parametrize("outcome", ["", "won", "lost"])
def test_dataverse_endpoint_is_asked_for_nothing_that_it_lacks(outcome: str, require: Any):
    """No common table expressions, windows, functions or types beyond those that its documentation names."""
    require("sqlglot", find_spec("sqlglot"))
    import sqlglot
    from sqlglot import expressions

    for sql in written(compiled("tsql", outcome=outcome)):
        tree = sqlglot.parse_one(sql, read="tsql")
        assert {type(each).__name__ for each in tree.walk()} <= DATAVERSE
        types = {each.this.name for each in tree.find_all(expressions.DataType)}
        assert types <= {"DECIMAL", "DATETIME"}


# ---- what is refused ----

RULESET = """
ruleset: mine
action: opportunity.close
model: opportunity
settings:
  factor: {{type: int, default: 3, doc: "A number."}}
let:
  halves: opportunity.quotes.map(q, q.revision / 2)
  shifted: opportunity.estimated_close_date + 30
rules:
  - id: mine
    severity: error
    source: house rule
    assert: "{condition}"
    message: "No."
"""


@pytest.mark.parametrize(
    ("dialect", "condition", "code", "culprit"),
    [
        ("duckdb", "7 / opportunity.quotes.size() > 1", "sql-operator", "7 / opportunity.quotes.size()"),
        ("duckdb", "opportunity.quotes.size() % 2 == 0", "sql-operator", "opportunity.quotes.size() % 2"),
        ("duckdb", "opportunity.estimated_revenue + 1 > 2", "sql-overflow", "opportunity.estimated_revenue + 1"),
        ("duckdb", "opportunity.estimated_revenue * 2 > 2", "sql-overflow", "opportunity.estimated_revenue * 2"),
        ("duckdb", "opportunity.quotes.exists(q, q.revision + 1 > 2)", "sql-overflow", "q.revision + 1"),
        ("duckdb", "opportunity.quotes.exists(q, -q.revision > 2)", "sql-overflow", "-q.revision"),
        ("duckdb", "shifted < today", "sql-date", "opportunity.estimated_close_date + 30"),
        ("duckdb", "opportunity.name + 'a' == 'b'", "sql-operator", "opportunity.name + 'a'"),
        ("duckdb", "opportunity.quotes[0].revision > 0", "sql-list", "opportunity.quotes[0]"),
        ("duckdb", "halves == [1]", "sql-list", "halves"),
        ("duckdb", "1 in halves", "sql-operator", "q.revision / 2"),
        ("duckdb", "opportunity.quotes.map(q, q.name).size() > 1", "sql-list", "opportunity.quotes.map(q, q.name)"),
        ("duckdb", "opportunity.quotes.all(q, opportunity.quotes.size() > 1)", "sql-nested", "opportunity.quotes"),
        ("duckdb", "(opportunity.state == 'won' ? null : opportunity.name) == 'b'", "sql-null",
         "opportunity.state == 'won' ? null : opportunity.name"),
        ("duckdb", "1.5 < 2.5 && opportunity.quotes.exists(q, (q.revision > 1 ? 1.5 : 2.5) > 1.0)", "sql-double",
         "q.revision > 1 ? 1.5 : 2.5"),
        ("duckdb", "opportunity.name == 'a\\\\u0000'", "sql-text", "'a\\\\u0000'"),
        ("tsql", "opportunity.name == 'a'", "sql-equality", "opportunity.name == 'a'"),
        ("tsql", "opportunity.name < 'a'", "sql-order", "opportunity.name < 'a'"),
        ("tsql", "opportunity.name.size() < 3", "sql-function", "opportunity.name.size()"),
        ("mysql", "opportunity.name.contains('a')", "sql-function", "opportunity.name.contains('a')"),
        ("sqlite", "opportunity.quotes.size() * decimal('999999.9999') * 1000000 > 1", "sql-overflow",
         "opportunity.quotes.size() * decimal('999999.9999')"),
        ("sqlite", "opportunity.quotes.exists(q, q.revision > q.total_amount)", "sql-overflow", "q.revision > q.total_amount"),
    ],
)  # fmt: skip
def test_what_a_dialect_cannot_say_is_refused(dialect: str, condition: str, code: str, culprit: str):
    """The diagnostic has its code and stands under the culprit, in the rule or in the let that it is in."""
    source = RULESET.format(condition=condition)

    with pytest.raises(AuthoringError) as caught:
        compiled(dialect, found=understood(source, "mine"))
    diagnostic = caught.value.diagnostics[0]
    lines = source.split("\n")
    span = diagnostic.span
    assert diagnostic.code == code
    assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == culprit
    assert culprit.split("\\")[0] in str(caught.value)


def test_all_refusals_are_told_at_once():
    """Two rules, two diagnostics."""
    source = (
        RULESET.format(condition="shifted < today")
        + """
  - id: other
    severity: error
    source: house rule
    assert: opportunity.quotes.size() % 2 == 0
    message: "No."
"""
    )
    with pytest.raises(AuthoringError) as caught:
        compiled("duckdb", found=understood(source, "mine"))

    assert [each.code for each in caught.value.diagnostics] == ["sql-date", "sql-operator"]


def test_condition_that_doubles_itself_is_refused():
    """Lets that read one another may make a condition of any size."""
    lets = [f'  l{n}: "(l{n - 1} ? l{n - 1} : has(opportunity.name)) == l{n - 1}"' for n in range(1, 7)]
    source = RULESET.format(condition="l6").replace(
        "rules:", "\n".join(["  l0: opportunity.name == 'a'", *lets, "rules:"])
    )
    with pytest.raises(AuthoringError) as caught:
        compiled("duckdb", found=understood(source, "mine"))

    assert caught.value.diagnostics[0].code == "sql-too-large"


# ---- names, days, conditions ----


def test_columns_have_names_of_their_own():
    """Names are cut to what a dialect takes, and stay apart."""
    source = RULESET.format(condition="has(opportunity.name)")
    rules = "".join(
        f"""
  - id: a{"-very-long-name" * 5}-{letter}
    severity: error
    source: house rule
    assert: opportunity.quotes.size() > 1
    message: "{{count}}"
    params: {{count: opportunity.quotes.size()}}
  - id: {name}
    severity: error
    source: house rule
    assert: opportunity.quotes.size() > 2
    message: "No."
"""
        for letter, name in (("x", "verdict"), ("y", "opportunity"))
    )
    queries = compiled("postgres", found=understood(source + rules, "mine"))
    names = [each.name for each in queries.columns]

    assert len(set(names) | {"verdict", "opportunity"}) == len(names) + 2
    assert max(map(len, names)) == 63


def test_day_may_be_given_when_the_query_runs():
    """Rules that are in force for a time hang on the day, like those that compare with it."""
    source = RULESET.format(condition="opportunity.created_on <= today").replace(
        'message: "No."', 'effective: {from: 2026-02-01, until: 2026-02-28}\n    message: "No."'
    )
    queries = compiled("sqlite", found=understood(source, "mine"), today=None)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE opportunity (id, created_on)")
    connection.execute("INSERT INTO opportunity VALUES ('o', '2026-02-10')")

    days = ["2026-01-31", "2026-02-01", "2026-02-10", "2026-02-28", "2026-03-01"]
    found = [connection.execute(queries.flags(), {"today": day}).fetchall() for day in days]
    assert found == [[], [("o", "blocked", 1)], [], [], []]


def test_rule_that_cannot_fail_takes_no_column():
    """Where settings switch a rule off, nothing is asked for its sake."""
    names = {rule.id for rule in compiled("duckdb").rules}

    assert "no-draft-quotes" not in names
    assert "no-draft-quotes" in {rule.id for rule in compiled("duckdb", settings={"drafts_block": True}).rules}


def test_rules_about_the_closing_are_pending_without_one():
    """Without a close request, the rules that read it are not asked."""
    assert "revenue-present" in compiled("duckdb").pending
    assert compiled("duckdb", outcome="won").pending == ()


LESS = Atom("a < b", "a >= b", (Atom("a IS NOT NULL", "a IS NULL"),))
OTHER = Atom("c = 1", "c <> 1")


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (opposite(opposite(LESS)), "a < b"),
        (opposite(LESS), "a >= b OR a IS NULL"),
        (every(opposite(LESS), OTHER), "(a >= b OR a IS NULL) AND c = 1"),
        (opposite(every(LESS, OTHER)), "(a >= b OR a IS NULL) OR c <> 1"),
        (every(LESS, opposite(LESS)), "1 = 0"),
        (some(LESS, opposite(LESS)), "1 = 1"),
        (every(LESS, NEVER), "1 = 0"),
        (some(OTHER, every(LESS, ALWAYS), OTHER), "c = 1 OR a < b"),
        (Truth(LESS, every(LESS, OTHER)).unknown, "(a >= b OR a IS NULL) AND ((a >= b OR a IS NULL) OR c <> 1)"),
    ],
)
def test_condition_is_written_without_not(condition: Condition, sql: str):
    """The opposite of a comparison says what holds where an operand is missing."""
    assert text(condition) == sql


def test_commands_offer_every_dialect_and_backend():
    """Help has the names written out, for it must not load what they are names of."""
    choices: Any = {each.name: each.type for each in bulk.params}["backend"]

    assert list(DIALECTS) == OFFERED
    assert sorted(choices.choices) == backends.names()
