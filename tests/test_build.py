"""A draft becomes a ruleset: settings, lets, places, messages, params, remedies, each typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from oppi18n import packs
from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of
from oppi18n.errors import InputError
from oppi18n.model.schema import Model
from oppi18n.rules.build import build
from oppi18n.rules.draft import read
from oppi18n.rules.expressions import path_of
from oppi18n.rules.ruleset import Rule, Ruleset
from oppi18n.rules.settings import given
from oppi18n.source import Source

MODEL = Model(workspace(contents_of([packs.shipped()])).models["opportunity"])


def built(text: str) -> tuple[Ruleset, list[str]]:
    """The ruleset of a text and what is told about it."""
    diagnostics = Diagnostics()
    draft = read(Source("r.yaml", f"ruleset: r\nmodel: opportunity\n{text}"), diagnostics, pack="p", language="sv")
    assert draft is not None
    return build(draft, MODEL, diagnostics), [
        f"{each.code} {each.span.line}:{each.span.column}" for each in diagnostics
    ]


def rule(*lines: str, head: str = "") -> Rule:
    """The one rule with some further lines."""
    has_message = any(line.startswith("message") for line in lines)
    written = [*lines, *([] if has_message else ['message: "No."'])]
    text = "".join(f"    {line}\n" for line in written)
    ruleset, told = built(f"{head}rules:\n  - id: a\n    assert: opportunity.state == 'open'\n{text}")
    assert told == []
    return ruleset.rules[0]


def test_rule_has_its_defaults():
    """A rule is an error, always in force, everywhere, and reads the request only if it says so."""
    found = rule()

    assert (found.severity, found.effective, found.applies_to) == ("error", (None, None), ())
    assert (found.reads_request, found.negated, found.at, found.remedies, found.dataverse) == (
        False,
        False,
        None,
        (),
        0,
    )


def test_rule_says_when_and_where_it_is_in_force():
    """Dates and deployments, and the platform's code in hexadecimal."""
    found = rule("effective: {from: 2026-01-01}", "applies_to: [lite]", "dataverse: 0x80040516", "severity: info")

    assert (found.effective, found.applies_to) == ((date(2026, 1, 1), None), ("lite",))
    assert (found.dataverse, found.severity) == (0x80040516, "info")


@pytest.mark.parametrize(
    ("parts", "reads"),
    [
        ("when: has(close.date)", True),
        ("when: outer", True),
        ("when: settings.strict", False),
        ("at: close.date", False),
    ],
)
def test_rule_reads_the_request_if_its_condition_does(parts, reads):
    """Through lets as well; where a violation points does not count."""
    head = "settings: {strict: {type: bool, default: true}}\nlet: {outer: inner, inner: has(close.date)}\n"

    assert rule(parts, head=head).reads_request is reads


def test_rule_that_is_switched_off_is_checked_and_never_asked():
    """It stands apart, and its mistakes are told."""
    ruleset, told = built("rules:\n  - {id: a, assert: opportunity.stat == 'x', message: A., enabled: false}\n")
    fine, _ = built("rules:\n  - {id: a, assert: 'true', message: A., enabled: false}\n")

    assert (told, ruleset.rules) == (["unknown-field 4:33"], ())
    assert (fine.rules, [each.id for each in fine.off]) == ((), ["a"])


def test_lets_are_typed_after_those_they_read():
    """The order of the file does not matter."""
    ruleset, told = built("let: {last: first + 1, first: second, second: opportunity.created_on}\nrules: []\n")

    assert told == []
    assert {name: str(let.tree.type) for name, let in ruleset.lets.items()} == {
        "second": "date",
        "first": "date",
        "last": "date",
    }


@pytest.mark.parametrize(
    ("lets", "told"),
    [
        ("a: b\n  b: c\n  c: a", ["cyclic-let 4:3"]),
        ("a: a", ["cyclic-let 4:3"]),
        ("a: b\n  b: opportunity.stat", ["unknown-field 5:18"]),
        ("today: opportunity.name", ["shadowed 4:3"]),
        ("a: '1 +'", ["unexpected-end 4:9"]),
        ("a: [1]", ["not-a-text 4:6"]),
    ],
)
def test_wrong_let_is_told_once(lets, told):
    """Those who read it are not blamed."""
    users = "rules:\n  - {id: r, when: a == a, assert: opportunity.state == 'open', message: R.}\n"

    assert built(f"let:\n  {lets}\n{users if lets.startswith('a') else 'rules: []'}")[1] == told


def test_param_of_a_wrong_let_is_not_blamed():
    """A let that could not be read is told once, wherever its name is used."""
    users = "rules:\n  - id: r\n    assert: opportunity.state == 'open'\n    at: a\n    message: '{a}'\n    params: {a: a}\n"

    assert built(f"let:\n  a: opportunity.stat\n{users}")[1] == ["unknown-field 4:18"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{type: bool, default: true}", True),
        ("{type: int, default: -3}", -3),
        ("{type: decimal, default: 0.50}", Decimal("0.50")),
        ("{type: date, default: 2026-03-31}", date(2026, 3, 31)),
        ("{type: string, default: 'true'}", "true"),
        ("{type: quote_status_reason, default: lost}", "lost"),
        ("{type: list of int, default: [1, 2]}", (1, 2)),
        ("{type: list of quote_state, default: []}", ()),
    ],
)
def test_setting_has_a_typed_default(written, value):
    """All kinds of settings, and lists of them."""
    ruleset, told = built(f"settings:\n  s: {written}\nrules: []\n")

    assert told == []
    assert (ruleset.settings["s"].value, ruleset.settings["s"].origin.pack) == (value, "p")


@pytest.mark.parametrize(
    "written",
    [
        "{type: bool, default: 'yes'}",
        "{type: int, default: 1.0}",
        "{type: int, default: 9223372036854775808}",
        "{type: date, default: 2026-3-1}",
        "{type: quote_state, default: lost}",
        "{type: list of int, default: [a]}",
        "{type: list of list of int, default: []}",
        "{type: bool}",
        "{default: true}",
        "true",
    ],
)
def test_wrong_setting_is_told(written):
    """A default must be of its type; who reads the setting is not blamed."""
    told = built(f"settings:\n  s: {written}\nrules:\n  - {{id: a, assert: settings.s == settings.s, message: A.}}\n")[
        1
    ]

    assert len(told) == 1
    assert told[0].split()[1].startswith("4:")


@pytest.mark.parametrize(
    ("value", "result"),
    [(True, True), ("true", True), ("false", False)],
)
def test_setting_is_given_as_text_or_as_a_value(value, result):
    """The command line gives text, Python gives values."""
    settings = built("settings:\n  s: {type: bool, default: false}\nrules: []\n")[0].settings

    assert given(settings, {"s": value}, MODEL) == {"s": result}


@pytest.mark.parametrize("value", [1, "yes", None, 0.5])
def test_setting_of_another_type_is_an_error_of_the_caller(value):
    """Nothing is coerced."""
    settings = built("settings:\n  s: {type: bool, default: false}\nrules: []\n")[0].settings

    with pytest.raises(InputError) as caught:
        given(settings, {"s": value}, MODEL)
    assert caught.value.code == "wrong-setting"
    assert str(caught.value) == f"the setting 's' cannot be '{value}': bool is expected"


@pytest.mark.parametrize(
    ("at", "path", "field"),
    [
        ("opportunity.state", ("opportunity", "state"), ""),
        ("close.date", ("close", "date"), ""),
        ("opportunity.quotes", ("opportunity", "quotes"), ""),
        ("opportunity.quotes.state", ("opportunity", "quotes"), "state"),
        ("active.number", (), "number"),
        ("active", (), ""),
    ],
)
def test_place_is_a_field_or_the_offenders_of_a_list(at, path, field):
    """A list may be a let, and a field of its records may follow."""
    found = rule(f"at: {at}", head="let: {active: \"opportunity.quotes.filter(q, q.state == 'active')\"}\n").at
    assert found is not None

    assert (path_of(found.tree), found.field) == (path, field)


def test_message_has_forms_and_knows_where_it_comes_from():
    """Plural forms by category, forms for lists in parts, the pack and its language."""
    found = rule(
        'message: {one: "{count} in {today}", other: "{count}s in {today}", partial: {other: "At least {count}."}}',
        "params: {count: opportunity.quotes.size(), today: today}",
    ).message

    assert {name: text.text for name, text in found.forms.items()} == {
        "one": "{count} in {today}",
        "other": "{count}s in {today}",
    }
    assert ([*found.partial], found.plural) == (["other"], "count")
    assert (found.context, found.pack, found.language) == ("p/r/a/message", "p", "sv")


def test_plural_may_follow_another_param():
    """`plural` names it; it need not be shown."""
    found = rule('message: {one: "One day.", other: "Days."}', "params: {days: close.date - today}", "plural: days")

    assert found.message.plural == "days"


def test_param_of_money_is_a_decimal_in_a_currency():
    """A whole number that is written out counts as an amount."""
    found = rule('message: "{a} {b}"', "params:", "  a: {value: close.revenue, currency: close.currency}", "  b: {value: 5, currency: opportunity.currency}")  # fmt: skip

    assert [(param.name, param.kind, str(param.value.tree.type)) for param in found.params] == [
        ("a", "money", "decimal"),
        ("b", "money", "decimal"),
    ]


def test_remedy_changes_fields_of_records():
    """A plain word is a value of the field's enumeration, anything else an expression over the record."""
    text = """settings: {reason: {type: quote_status_reason, default: lost}}
rules: []
remedies:
  close:
    label: "Close"
    each: opportunity.quotes
    set: {state: closed, status_reason: "quote.order_type == 'project' ? settings.reason : 'canceled'", revision: quote.revision + 1}
    ask: [status_reason]
"""
    ruleset, told = built(text)
    remedy = ruleset.remedies["close"]

    assert told == []
    assert {name: str(each.tree.type) for name, each in remedy.changes.items()} == {
        "state": "quote_state",
        "status_reason": "quote_status_reason",
        "revision": "int",
    }
    assert (remedy.cost, remedy.ask, remedy.origin.pack) == (1, ("status_reason",), "p")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("{state: opne}", ["unknown-enum-value 8:18"]),
        ("{revision: \"'x'\"}", ["type-mismatch 8:22"]),
        ("{revision: close.date}", ["type-mismatch 8:21"]),
        ("{revision: other.revision}", ["unknown-name 8:21"]),
        ("[state]", ["not-a-mapping 8:10"]),
    ],
)
def test_wrong_change_is_told(change, told):
    """The new value must fit the field."""
    text = f"rules: []\nremedies:\n  r:\n    label: R\n    each: opportunity.quotes\n    set: {change}\n"

    assert built(text)[1] == told
