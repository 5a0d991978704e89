"""What is found in a ruleset without any record, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.rules.propositions import Atom, Propositions, atoms, joined, negated
from oppi18n.rules.static import check, fails
from oppi18n.rules.tautology import MAX_ATOMS, Worlds, column

SHIPPED = list(contents_of([packs.shipped()]))
OWN = Pack("own", "/own", None, "en")
MODEL = Model(workspace(SHIPPED).models["opportunity"])
SETTINGS = """settings:
  strict: {type: bool, default: false}
  reason: {type: quote_status_reason, default: lost}
"""


def ruleset(text: str):
    """The ruleset of a text and what its author is told about it; settings and lets that nothing uses left out."""
    space = workspace([*SHIPPED, (OWN, "rules/own.yaml", f"ruleset: own\nmodel: opportunity\n{text}".encode())])
    found = space.ruleset("own")
    assert found is not None
    return found[0], [each for each in space.diagnostics if not each.code.startswith("unused")]


def rule(name: str, **parts: str) -> str:
    written = "".join(f'    {key.rstrip("_")}: "{value}"\n' for key, value in parts.items())
    return f'  - id: {name}\n{written}    message: "No."\n'


def found(*rules: str) -> list[tuple[str, str]]:
    """(code, rule) of everything that is told about some rules."""
    return [(each.code, str(each.params.get("rule"))) for each in ruleset(SETTINGS + "rules:\n" + "".join(rules))[1]]


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "1 < 2",
        "opportunity.state == 'open' || opportunity.state != 'open'",
        "opportunity.state == 'open' || !(opportunity.state == 'open')",
        "opportunity.state in ['open', 'won', 'lost']",
        "opportunity.state != 'won' || opportunity.state != 'lost'",
        "has(close.date) || !has(close.date)",
        "close.date <= today || close.date > today",
        "close.date <= today || today < close.date",
        "!(close.revenue < 0 && close.revenue > 0)",
        "!(close.revenue > 10 && close.revenue < 5)",
        "!(close.revenue > 5 && close.revenue == 5)",
        "!(close.date < date('2026-01-01') && close.date > date('2026-02-01'))",
        "opportunity.quotes.size() >= 0",
        "close.revenue.scale() >= 0",
        "!opportunity.quotes.exists(q, q.state == 'draft' && q.state == 'active')",
        "opportunity.quotes.all(q, q.state == 'draft' || q.state != 'draft')",
        "opportunity.quotes.exists(q, q.state == 'draft') || !opportunity.quotes.exists(x, x.state == 'draft')",
        "opportunity.quotes.filter(q, q.state == 'draft').size() > 0 || opportunity.quotes.all(q, q.state != 'draft')",
        "opportunity.quotes.size() > 0 || opportunity.quotes.size() == 0",
        "!opportunity.quotes.exists(q, q.state == 'draft') || opportunity.quotes.exists(q, q.state in ['draft', 'won'])",
        "settings.strict ? true : !settings.strict",
        "(settings.strict == true) || !settings.strict",
        "settings.strict != settings.strict || true",
    ],
)
def test_rule_that_can_never_fail_is_an_error(condition):
    """A condition that every record meets is a mistake; turned around it is one that none meets."""
    assert found(rule("a", assert_=condition)) == [("never-fails", "a")]
    assert found(rule("a", forbid=condition)) == [("never-passes", "a")]


@pytest.mark.parametrize(
    "parts",
    [
        {"assert_": "settings.strict"},
        {"when": "settings.strict", "forbid": "true"},
        {"when": "settings.strict", "assert_": "opportunity.state == 'open'"},
        {"assert_": "settings.reason in model.quote_status_reason.closed"},
        {"assert_": "opportunity.state in ['open', 'won']"},
        {"forbid": "close.revenue > 5 && close.revenue < 10"},
        {"forbid": "close.revenue >= 5 && close.revenue <= 5"},
        {"forbid": "close.revenue > 5 && opportunity.estimated_revenue <= 5"},
        {"forbid": "close.revenue == 5 && opportunity.estimated_revenue > 5"},
        {
            "forbid": "opportunity.quotes.exists(q, q.state == 'draft') && opportunity.quotes.exists(q, q.state == 'won')"
        },
        {
            "assert_": "opportunity.quotes.exists(q, q.state == 'draft') || opportunity.quotes.exists(q, q.state != 'draft')"
        },
        {"assert_": "opportunity.name == 'a' || opportunity.name == 'b'"},
        {"assert_": "opportunity.quotes.size() > 1 || opportunity.quotes.size() == 0"},
        {"when": "has(close.date)", "forbid": "true"},
        {"assert_": "close.description.size() <= 2000"},
    ],
)
def test_rule_that_may_go_either_way_is_left_alone(parts):
    """Settings are questions with either answer, and what is merely likely is no proof."""
    assert found(rule("a", **parts)) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"assert_": "opportunity.state == 'open'"}, {"forbid": "opportunity.state != 'open'"}, "b"),
        ({"assert_": "opportunity.state == 'open'"}, {"when": "has(opportunity.name)", "forbid": "opportunity.state in ['won', 'lost']"}, "b"),
        ({"when": "settings.strict", "forbid": "opportunity.state == 'won'"}, {"forbid": "opportunity.state == 'won'"}, "a"),
        ({"forbid": "opportunity.quotes.exists(q, q.state == 'draft')"}, {"forbid": "opportunity.quotes.exists(q, q.state in ['draft', 'active'])"}, "a"),
        ({"forbid": "opportunity.quotes.filter(q, q.state == 'draft').size() > 0"}, {"assert_": "opportunity.quotes.all(q, q.state != 'draft')"}, "b"),
        ({"forbid": "close.revenue > 100"}, {"forbid": "close.revenue > 50"}, "a"),
        ({"assert_": "close.date <= today"}, {"severity": "warning", "assert_": "close.date <= today"}, "b"),
        ({"severity": "warning", "assert_": "close.date <= today"}, {"assert_": "close.date <= today"}, "a"),
    ],
)  # fmt: skip
def test_rule_that_another_implies_is_a_warning(first, second, told):
    """However it is written, what fails only where a weightier rule fails too is told; of twins the later one."""
    assert found(rule("a", **first), rule("b", **second)) == [("implied-rule", told)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"severity": "warning", "forbid": "close.revenue > 50"}, {"forbid": "close.revenue > 100"}),
        ({"when": "settings.strict", "forbid": "close.revenue > 50"}, {"when": "!settings.strict", "forbid": "close.revenue > 50"}),
        ({"assert_": "has(close.date)"}, {"assert_": "has(close.revenue)"}),
        ({"forbid": "opportunity.state == 'won'"}, {"forbid": "opportunity.state == 'lost'"}),
    ],
)  # fmt: skip
def test_rules_that_overlap_are_left_alone(first, second):
    """A warning does not make an error superfluous, nor does a rule of the other position of a setting."""
    assert found(rule("a", **first), rule("b", **second)) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("applies_to: [lite]", "applies_to: [lite, resource]", ["a"]),
        ("applies_to: [lite]", "", ["a"]),
        ("applies_to: [lite]", "applies_to: [resource]", []),
        ("effective: {from: 2026-02-01}", "effective: {from: 2026-01-01}", ["a"]),
        ("effective: {until: 2026-02-01}", "effective: {from: 2026-01-01}", []),
    ],
)
def test_rule_is_only_implied_by_one_that_is_in_force_wherever_it_is(first, second, told):
    """Deployments and days count."""
    body = '    assert: "has(close.date)"\n    message: "No."\n'
    text = "".join(f"  - id: {name}\n{body}    {scope}\n" for name, scope in (("a", first), ("b", second)))

    assert [each.params["rule"] for each in ruleset("rules:\n" + text)[1]] == told


def test_condition_of_many_questions_is_not_judged():
    """Beyond the limit nothing is claimed."""
    names = ["name", "customer", "estimated_revenue", "estimated_close_date", "actual_revenue", "actual_close_date"]
    wide = [f"has(opportunity.{name})" for name in [*names, "currency", "order_type", "status_reason", "created_on"]]
    always = "has(close.date) || !has(close.date)"

    assert len(wide) == MAX_ATOMS
    assert found(rule("a", assert_=" || ".join([*wide, always]))) == []
    assert found(rule("a", assert_=" || ".join([*wide[1:], always]))) == [("never-fails", "a")]


def test_parts_that_only_a_switched_off_rule_uses_are_used():
    """Whoever switches a rule off is not told about what it leaves behind."""
    text = SETTINGS + "rules:\n" + rule("a", when="settings.strict", assert_="settings.reason == 'lost'")
    space = workspace(
        [*SHIPPED, (OWN, "rules/own.yaml", f"ruleset: own\nmodel: opportunity\n{text}    enabled: false\n".encode())]
    )

    assert space.ruleset("own") is not None
    assert space.diagnostics == Diagnostics()


@pytest.mark.parametrize("name", ["close-opportunity", "close-quotes"])
def test_shipped_rulesets_are_clean(name):
    """Nothing in what we ship is without effect."""
    space = workspace(SHIPPED)

    assert space.ruleset(name) is not None
    assert space.diagnostics == Diagnostics()


def test_switch_of_a_setting_is_no_contradiction():
    """No shipped rule is a tautology, whichever way its settings stand."""
    rules, _ = workspace(SHIPPED).ruleset("close-opportunity") or pytest.fail("no ruleset")
    worlds, propositions = Worlds(MODEL), Propositions(rules.lets)
    tables = [(each.id, worlds.table(part), part) for each in rules.rules for part in [fails(each, propositions)]]

    assert [name for name, table, part in tables if table and table.rows(part) in (0, table.possible)] == []


QUESTIONS = [Atom("plain", (name,)) for name in "abcd"]
PARTS = st.recursive(
    st.sampled_from([*QUESTIONS, True, False]),
    lambda inner: st.one_of(
        st.builds(negated, inner),
        st.builds(lambda one, two: joined("and", one, two), inner, inner),
        st.builds(lambda one, two: joined("or", one, two), inner, inner),
    ),
    max_leaves=12,
)


def truth(part, answers) -> bool:
    if isinstance(part, bool):
        return part
    if isinstance(part, Atom):
        return bool(answers[part])
    values = [truth(each, answers) for each in part.parts]
    if part.operator == "not":
        return not values[0]
    return all(values) if part.operator == "and" else any(values)


@given(part=PARTS)
@settings(max_examples=100)
def test_rows_of_a_table_are_the_answers_that_make_it_true(part):
    """A table agrees with working a proposition out row by row."""
    table = Worlds(MODEL).table(part)
    assert table is not None

    for row in range(1 << len(table.questions)):
        answers = {atom: bool(row >> number & 1) for number, atom in enumerate(table.questions)}
        assert bool(table.rows(part) >> row & 1) == truth(part, answers)
    assert {*atoms(part)} == {*table.questions}


def test_columns_count_in_binary():
    """Row 5 of three questions answers the first and the last one with yes."""
    assert [column(number, 3) >> 5 & 1 for number in range(3)] == [1, 0, 1]


def test_check_reports_only_to_the_diagnostics_it_is_given():
    """The check changes nothing else."""
    rules, _ = workspace(SHIPPED).ruleset("close-quotes") or pytest.fail("no ruleset")
    diagnostics = Diagnostics()

    check(rules, MODEL, diagnostics)

    assert diagnostics == Diagnostics()
