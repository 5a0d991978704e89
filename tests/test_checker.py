"""Every expression of a rule is typed against the model; all its mistakes are found, each one once."""

from __future__ import annotations

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.packs import read_bytes, shipped
from oppi18n.rules.ast import ListLiteral, Literal, walk
from oppi18n.rules.checker import check
from oppi18n.rules.environment import Environment
from oppi18n.rules.parser import parse
from oppi18n.rules.references import Finding, advice
from oppi18n.rules.types import BOOL, CURRENCY, DECIMAL, INT, STRING, Type, list_of
from oppi18n.source import Source

QUOTE = Type("record", "quote")


@pytest.fixture(scope="module")
def environment() -> Environment:
    text = read_bytes(shipped(), "rules/model/opportunity.yaml").decode("utf-8")
    diagnostics = Diagnostics()
    plain = read_model(Source("opportunity.yaml", text), diagnostics)
    assert plain is not None
    settings = {"drafts_block": BOOL, "limit": DECIMAL}
    return Environment(Model(plain), settings, {"blocking": list_of(QUOTE)})


def findings(text: str, environment: Environment) -> list[Finding]:
    return check(parse(text), environment)[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("opportunity.quotes", "list of quote"),
        ("opportunity.name", "string"),
        ("opportunity.customer", "string"),
        ("opportunity.created_on", "date"),
        ("opportunity.currency", "currency"),
        ("opportunity.state", "opportunity_state"),
        ("opportunity.estimated_revenue + 1", "decimal"),
        ("opportunity.estimated_revenue * 2", "decimal"),
        ("today + 30", "date"),
        ("today - opportunity.created_on", "int"),
        ("opportunity.quotes.size() + 1", "int"),
        ("opportunity.quotes.map(q, q.total_amount)", "list of decimal"),
        ("opportunity.quotes.filter(q, q.revision > 1)", "list of quote"),
        ("opportunity.quotes[0].number", "string"),
        ("opportunity.quotes.exists(q, q.state == 'active')", "bool"),
        ("blocking.all(q, has(q.number))", "bool"),
        ("settings.drafts_block", "bool"),
        ("settings.limit < 5", "bool"),
        ("opportunity.state in ['won', 'lost']", "bool"),
        ("close.outcome == 'won' ? 1 : 2", "int"),
        ("has(close.revenue) ? close.revenue : null", "decimal"),
        ("close.revenue == decimal('0.5')", "bool"),
        ("close.date > date('2026-03-31')", "bool"),
        ("close.revenue.scale() <= close.currency.digits()", "bool"),
        ("close.currency == 'EUR'", "bool"),
        ("opportunity.currency != close.currency", "bool"),
        ("opportunity.name + '!'", "string"),
        ("-close.revenue", "decimal"),
        ("close.status_reason in model.opportunity_status_reason.lost", "bool"),
        ("1.5 + 2.5", "double"),
        ("[1, decimal('2')]", "list of decimal"),
        ("[]", "list of dyn"),
    ],
)
def test_expression_has_a_type(environment: Environment, text: str, kind: str):
    """A right expression has a type and no findings."""
    tree, found = check(parse(text), environment)

    assert (str(tree.type), found) == (kind, [])


@pytest.mark.parametrize(
    ("text", "code", "culprit", "hint"),
    [
        ("opportunity.quotes.exists(q, q.staet == 'active')", "unknown-field", "staet", "did you mean 'state'?"),
        ("has(opportunity.nmae )", "unknown-field", "nmae", "did you mean 'name'?"),
        ("oportunity.name == 'a'", "unknown-name", "oportunity", "did you mean 'opportunity'?"),
        ("bloking.size() > 0", "unknown-name", "bloking", "did you mean 'blocking'?"),
        ("opportunity.quotes.exists(quote, quot.revision > 1)", "unknown-name", "quot", "did you mean 'quote'?"),
        ("settings.draft_blocks", "unknown-setting", "draft_blocks", "did you mean 'drafts_block'?"),
        ("settings.x", "unknown-setting", "x", "it may be one of: drafts_block, limit"),
        ("settings", "namespace-alone", "settings", None),
        ("has(settings.limit)", "namespace-alone", "settings", None),
        ("model.quote_state == 1", "namespace-alone", "model", None),
        ("opportunity.state == 'opne'", "unknown-enum-value", "'opne'", "did you mean 'open'?"),
        ("'actve' == opportunity.quotes[0].state", "unknown-enum-value", "'actve'", "did you mean 'active'?"),
        ("opportunity.state in ['open', 'wno']", "unknown-enum-value", "'wno'", "did you mean 'won'?"),
        (
            "close.status_reason in model.opportunity_status_reason.losst",
            "unknown-group",
            "losst",
            "did you mean 'lost'?",
        ),
        ("close.status_reason in model.reasons.lost", "unknown-group", "reasons", None),
        ("close.outcome in model.outcome.won", "unknown-group", "outcome", None),
        ("opportunity.name.first == 'a'", "not-a-record", "opportunity.name", None),
        ("opportunity.quotes.state == 'active'", "not-a-record", "opportunity.quotes", None),
        ("has(today.year)", "not-a-record", "today", None),
        ("opportunity.name && true", "type-mismatch", "opportunity.name", None),
        ("!opportunity.quotes", "type-mismatch", "opportunity.quotes", None),
        ("-opportunity.name", "type-mismatch", "opportunity.name", None),
        ("close.revenue ? 1 : 2", "type-mismatch", "close.revenue", None),
        ("opportunity.name.exists(q, true)", "type-mismatch", "opportunity.name", None),
        ("blocking.all(q, q.revision)", "type-mismatch", "q.revision", None),
        ("blocking['a'].number", "type-mismatch", "'a'", None),
        ("opportunity.name[0] == 'a'", "type-mismatch", "opportunity.name", None),
        ("[1, 'a', 2]", "mixed-list", "'a'", None),
        ("true ? 1 : 'a'", "branches-differ", "true ? 1 : 'a'", None),
        ("blocking.exists(today, true)", "shadowed", "today", None),
        ("blocking.exists(q, blocking.all(q, true))", "shadowed", "q", None),
        (
            "close.revenue == null",
            "null-operand",
            "close.revenue == null",
            "ask with has(…) whether a field has a value",
        ),
        ("null in [1]", "null-operand", "null in [1]", "ask with has(…) whether a field has a value"),
        (
            "close.revenue > 0.5",
            "double-with-decimal",
            "close.revenue > 0.5",
            "write an exact number as decimal('0.5')",
        ),
        ("1 < 1.5", "double-with-int", "1 < 1.5", "write both numbers with a point, such as 1.0"),
        ("close.date > '2026-03-31'", "no-overload", "close.date > '2026-03-31'", "write a date as date('2026-03-31')"),
        (
            "close.date == '2026-03-31'",
            "no-overload",
            "close.date == '2026-03-31'",
            "write a date as date('2026-03-31')",
        ),
        ("opportunity.name == 1", "no-overload", "opportunity.name == 1", None),
        ("opportunity.state < 'won'", "no-overload", "opportunity.state < 'won'", None),
        ("opportunity.state == close.outcome", "no-overload", "opportunity.state == close.outcome", None),
        ("opportunity == opportunity", "no-overload", "opportunity == opportunity", None),
        ("blocking == opportunity.quotes", "no-overload", "blocking == opportunity.quotes", None),
        ("blocking[0] in blocking", "no-overload", "blocking[0] in blocking", None),
        ("opportunity.name in opportunity.quotes", "no-overload", "opportunity.name in opportunity.quotes", None),
        ("1 in 2", "no-overload", "1 in 2", None),
        ("true + true", "no-overload", "true + true", None),
        ("today + today", "no-overload", "today + today", None),
        ("1 - today", "no-overload", "1 - today", None),
        ("close.revenue % 2", "no-overload", "close.revenue % 2", None),
        ("close.revenue / 2", "decimal-rounds", "close.revenue / 2", None),
        ("close.revenue * close.revenue", "decimal-rounds", "close.revenue * close.revenue", None),
        ("decimal(opportunity.name)", "constant-wanted", "decimal(opportunity.name)", None),
        ("date()", "constant-wanted", "date()", None),
        ("decimal('1,5')", "bad-constant", "decimal('1,5')", None),
        ("decimal('0.00001')", "bad-constant", "decimal('0.00001')", None),
        ("date('2026-02-30')", "bad-constant", "date('2026-02-30')", None),
        ("date(5)", "bad-constant", "date(5)", None),
        ("now() > today", "no-clock", "now()", None),
        ("opportunity.name.matches('a')", "no-regex", "opportunity.name.matches('a')", None),
        ("opportunity.name.startWith('a')", "unknown-function", "startWith", "did you mean 'startsWith'?"),
        ("sise(blocking) > 0", "unknown-function", "sise", "did you mean 'size'?"),
        ("blocking.size(1) > 0", "wrong-arguments", "blocking.size(1)", None),
        ("size(1)", "wrong-arguments", "size(1)", None),
        ("size()", "wrong-arguments", "size()", None),
        ("opportunity.name.contains(1)", "wrong-arguments", "opportunity.name.contains(1)", None),
        ("opportunity.name.scale() > 0", "wrong-arguments", "opportunity.name.scale()", None),
    ],
)
def test_mistake_is_told_once(environment: Environment, text: str, code: str, culprit: str, hint: str | None):
    """A mistake is one finding: its code, its characters, and what to do where that can be told."""
    [found] = findings(text, environment)
    given = advice(found)

    assert (found.code, text[found.start : found.end]) == (code, culprit)
    assert (str(given) if given else None) == hint


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "opportunity.nmae == 'a' && blocking.exists(q, q.state == 'actve' && q.revison > 1) || clos.date > today",
            ["unknown-field", "unknown-enum-value", "unknown-field", "unknown-name"],
        ),
        ("settings.a ? foo : bar(1)", ["unknown-setting", "unknown-name", "unknown-function"]),
        ("[opportunity.x, 1, 'a'].size() == opportunity.y", ["unknown-field", "unknown-field", "mixed-list"]),
        ("-opportunity.name + 1 > close.revenue && today", ["type-mismatch", "type-mismatch"]),
        ("opportunity.state in ['a', 'b']", ["unknown-enum-value", "unknown-enum-value"]),
    ],
)
def test_all_mistakes_are_found_at_once(environment: Environment, text: str, codes: list[str]):
    """One wrong part does not hide another, nor does it make its surroundings wrong."""
    assert sorted(found.code for found in findings(text, environment)) == sorted(codes)


def test_text_takes_the_type_of_the_enumeration(environment: Environment):
    """A text beside an enumeration is one of its values from then on."""
    tree, _ = check(parse("opportunity.state == 'won'"), environment)

    assert [node.type for node in walk(tree) if isinstance(node, Literal)] == [Type("enumeration", "opportunity_state")]


def test_group_is_the_list_of_its_values(environment: Environment):
    """`model.<enumeration>.<state>` stands for the values that belong to the state."""
    tree, _ = check(parse("model.opportunity_status_reason.lost"), environment)

    assert isinstance(tree, ListLiteral)
    assert [item.value for item in tree.items if isinstance(item, Literal)] == ["canceled", "out_sold"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("anything.at.all > 1 && has(x.y)", []),
        ("[1, 'a', null, a].exists(x, x == 1.0)", []),
        ("1 + 'a'", []),
        ("settings.x == model.y.z", []),
        ("a.exists(a, a == a)", []),
        ("(a ? 1 : 'b') && [1, a][0]", []),
        ("[1, 2].all(x, x)", ["type-mismatch"]),
        ("!1 || 'a'", ["type-mismatch", "type-mismatch"]),
        ("'a'.b", ["not-a-record"]),
        ("foo(1)", ["unknown-function"]),
        ("a.matches('b')", ["no-regex"]),
        ("size(1)", ["wrong-arguments"]),
    ],
)
def test_without_a_model_only_certain_mistakes_are_told(text: str, codes: list[str]):
    """Over plain JSON every name is dynamic; what can have a value in CEL is left to the evaluation."""
    assert [found.code for found in findings(text, Environment())] == codes


def test_types_have_words():
    """Types are told as their names, lists by what they hold."""
    assert [str(each) for each in (list_of(QUOTE), list_of(list_of(INT)), CURRENCY)] == [
        "list of quote",
        "list of list of int",
        "currency",
    ]
    assert [each.is_text for each in (CURRENCY, STRING, INT)] == [True, True, False]
