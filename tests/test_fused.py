"""The compiled function and the careful way answer alike, whatever the facts look like."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import DataError, Decision, Rules, load_rules
from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.careful import Careful
from oppi18n.engine.decision import RecordValue
from oppi18n.engine.program import program_of
from oppi18n.model.facts import Conversion
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList, scale
from oppi18n.rules.build import build
from oppi18n.rules.checker import check
from oppi18n.rules.draft import assemble, read
from oppi18n.rules.environment import Environment
from oppi18n.rules.fold import fold
from oppi18n.rules.parser import parse
from oppi18n.rules.ruleset import Ruleset
from oppi18n.source import Source
from oppi18n.targets.conditions import harmless
from oppi18n.targets.fused import fused
from oppi18n.targets.python import evaluate

TODAY = date(2026, 3, 31)
ROOT = Path(__file__).resolve().parents[1]

RULES = {
    "close-opportunity": load_rules("close-opportunity"),
    "drafts block": load_rules("close-opportunity", settings={"drafts_block": True, "max_revenue": 50}),
    "lenient": load_rules(
        "close-opportunity",
        settings={
            "close_date_in_future": True,
            "close_date_before_creation": True,
            "negative_revenue": True,
            "max_description": 3,
        },
    ),
    "close-quotes": load_rules("close-quotes"),
    "only active quotes": load_rules("close-quotes", settings={"draft_closable": False, "reason": "revised"}),
}

DAYS = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
AMOUNTS = st.sampled_from(["0", "-0", "0.5", "-1", "40.125", "60", "7.10", "1E+2", "1000000000001", "-1000000000001"])
STATES = st.sampled_from(["draft", "active", "won", "closed"])
ODD = st.sampled_from(
    [1, True, 1.5, "", "sek", "open", [], {}, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+40"), Decimal("0.00001")]
)

OPPORTUNITY: dict[str, st.SearchStrategy[Any]] = {
    "id": st.just("o1"),
    "name": st.just("Deal"),
    "state": st.sampled_from(["open", "open", "won", "lost"]),
    "currency": st.sampled_from(["USD", "JPY", "KWD"]),
    "created_on": DAYS,
    "estimated_revenue": AMOUNTS.map(Decimal),
}
QUOTE: dict[str, st.SearchStrategy[Any]] = {
    "number": st.sampled_from(["Q1", "Q2"]),
    "revision": st.integers(0, 2),
    "name": st.just("Offer"),
    "state": STATES,
    "order_type": st.sampled_from(["item", "project"]),
}
CLOSE: dict[str, st.SearchStrategy[Any]] = {
    "outcome": st.sampled_from(["won", "lost"]),
    "status_reason": st.sampled_from(["won", "canceled", "out_sold", "on_hold"]),
    "currency": st.sampled_from(["USD", "JPY"]),
    "revenue": AMOUNTS.map(Decimal),
    "date": DAYS,
    "competitor": st.just("Fabrikam"),
    "description": st.sampled_from(["", "abc", "abcd", "x" * 2001]),
}


@st.composite
def records(draw: st.DrawFn, fields: dict[str, st.SearchStrategy[Any]], holes: bool, odd: bool) -> dict[str, Any]:
    """A record whose fields are there, empty, absent, not loaded or of a wrong type."""
    found: dict[str, Any] = {}
    kinds = ["given"] * 6 + (["empty", "absent", "not loaded"] if holes else []) + (["odd"] if odd else [])
    for name, values in fields.items():
        kind = draw(st.sampled_from(kinds))
        if kind == "given":
            found[name] = draw(values)
        elif kind != "absent":
            found[name] = {"empty": None, "not loaded": NOT_LOADED}.get(kind, draw(ODD))
    return found


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Facts and a request."""
    holes, odd = draw(st.booleans()), draw(st.sampled_from([False, False, True]))
    opportunity = draw(records(OPPORTUNITY, holes, odd))
    quotes: Any = [{"id": f"q{n}", **draw(records(QUOTE, holes, odd))} for n in range(draw(st.integers(0, 4)))]
    if holes:
        quotes = draw(st.sampled_from([quotes, quotes, tuple(quotes), PartialList(quotes), NOT_LOADED]))
    opportunity["quotes"] = quotes
    return {"opportunity": opportunity}, draw(st.none() | records(CLOSE, holes, odd))


def by_careful_way(rules: Rules, facts: Any, request: Any, deployment: str | None = None) -> tuple[Decision, list[str]]:
    """The decision of the careful way alone, once what is wrong with the facts is left out; and what that was."""
    wrong: list[str] = []
    for _ in range(2):
        conversion = Conversion(rules.model)
        record = conversion.facts(facts)
        asked = None if request is None else conversion.record(rules.model.records["close"], request, "/close")
        if not conversion.problems:
            break
        for problem in conversion.problems:
            wrong.append(problem.pointer)
            facts, request = without(facts, problem.pointer), without({"close": request}, problem.pointer)["close"]
    return Careful(rules).decide(record, asked, today=TODAY, deployment=deployment), wrong


def without(tree: Any, pointer: str) -> Any:
    """The tree without the member at a pointer; an element of a list stays where it is."""
    head, _, rest = pointer[1:].partition("/")
    if isinstance(tree, (list, tuple)):
        return type(tree)(without(item, f"/{rest}") if str(n) == head else item for n, item in enumerate(tree))
    if not isinstance(tree, dict) or head not in tree:
        return tree
    if rest:
        return {**tree, head: without(tree[head], f"/{rest}")}
    return {name: value for name, value in tree.items() if name != head}


@pytest.mark.parametrize("name", RULES)
@given(question=questions(), deployment=st.sampled_from([None, "lite", "resource"]))
def test_both_ways_agree(name, question, deployment):
    """The same verdict, violations, values, pointers and needs; facts that are wrong are refused, or were not read."""
    rules = RULES[name]
    facts, request = question
    expected, wrong = by_careful_way(rules, facts, request, deployment)

    decision, refused = None, set()
    try:
        decision = rules.evaluate(facts, today=TODAY, request=request, deployment=deployment)
    except DataError as error:
        refused = {problem.pointer for problem in error.problems}

    assert refused <= set(wrong)
    assert refused or decision == expected


@given(question=questions())
def test_checked_facts_are_decided_without_being_refused(question):
    """What the model accepts never ends in an exception."""
    rules = RULES["close-opportunity"]
    _, wrong = by_careful_way(rules, *question)

    refused = False
    try:
        rules.evaluate(question[0], today=TODAY, request=question[1])
    except DataError:
        refused = True
    assert not refused or wrong


COMPLETE = {
    "opportunity": {"id": "o1", "state": "open", "currency": "USD", "created_on": TODAY, "quotes": []},
    "close": {"outcome": "won", "status_reason": "won", "date": TODAY, "revenue": Decimal("1.50")},
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"revenue": Decimal("1.5")},
        {"revenue": Decimal("-0")},
        {"revenue": Decimal(0)},
        {"revenue": Decimal("1E+3")},
        {"revenue": None, "outcome": "lost", "status_reason": "canceled"},
        {"currency": "XYZ"},
        {"description": ""},
    ],
)
def test_complete_facts_stay_on_the_fast_way(changed, monkeypatch):
    """Nothing that is complete and well-typed pays for the careful way."""
    monkeypatch.setattr(Careful, "decide", None)
    rules = load_rules("close-opportunity")
    decision = rules.evaluate(COMPLETE, today=TODAY, request={**COMPLETE["close"], **changed})

    assert decision.unknown == ()


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "0.00001", "1E-7", "-1E+15"])
def test_amount_beyond_the_type_is_refused(amount):
    """A decimal has 15 digits before and 4 after the point; whether a rule could fail on it does not matter."""
    request = {**COMPLETE["close"], "revenue": Decimal(amount)}

    with pytest.raises(DataError):
        RULES["lenient"].evaluate(COMPLETE, today=TODAY, request=request)


def test_request_with_as_many_members_as_the_dialog_has_fields_may_lack_one():
    """A record that looks whole and is not has a member that nobody knows, and is refused for it."""
    fields = RULES["close-opportunity"].model.records["close"].fields
    request = dict.fromkeys(fields) | COMPLETE["close"]
    request["colour"] = request.pop("competitor")

    with pytest.raises(DataError) as refused:
        RULES["close-opportunity"].evaluate(COMPLETE, today=TODAY, request=request)
    assert [problem.pointer for problem in refused.value.problems] == ["/close/colour"]


@pytest.mark.parametrize("amount", ["12345.67", "12345.678", "-12345.67"])
def test_decimals_of_the_caller_are_set_up_as_they_please(amount):
    """Neither a small precision nor silenced errors change what a rule says about an amount."""
    request = {**COMPLETE["close"], "revenue": Decimal(amount)}
    expected = RULES["close-opportunity"].evaluate(COMPLETE, today=TODAY, request=request)

    with localcontext(Context(prec=3, traps=[])):
        assert RULES["close-opportunity"].evaluate(COMPLETE, today=TODAY, request=request) == expected


LIMITS = st.decimals(min_value=-99, max_value=99, places=1)
COMPARISONS = st.builds("a.b {} {}".format, st.sampled_from(["<", "<=", ">", ">="]), LIMITS.map("decimal('{}')".format))
CONDITIONS = st.lists(COMPARISONS, min_size=1, max_size=3).map(" && ".join)


@given(condition=CONDITIONS | CONDITIONS.map("!({})".format), amount=LIMITS | st.decimals(-99, 99, places=4))
def test_harmless_number_breaks_no_rule(condition, amount):
    """A number in the range that is not looked at closely would not have violated the rule."""
    tree, _ = check(parse(condition), Environment())
    found = harmless(fold(tree), ("a", "b"))

    assert evaluate(tree, {"a": {"b": amount}}) is False or not found.least <= amount <= found.most


@given(st.decimals(allow_nan=False) | st.decimals(places=4, min_value=-999, max_value=999) | st.just(Decimal("0E-9")))
def test_scale_counts_digits_that_matter(number):
    """As long as a digit after the point is not zero, it counts."""
    expected = 0
    if number.is_finite() and number and number.as_tuple().exponent < 0:
        digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
        expected = max(0, -number.as_tuple().exponent - (len(number.as_tuple().digits) - len(digits)))

    assert scale(number) == expected


MODEL = """
model: shop
root: order
request: dispatch
enumerations:
  order_state: {label: "State", values: {new: {label: "New"}, sent: {label: "Sent"}}}
  line_state: {label: "State", values: {ready: {label: "Ready"}, short: {label: "Short"}}}
records:
  order:
    label: "Order"
    display: ["{id}"]
    entity: order
    collection: orders
    fields:
      id: {type: string, required: true, label: "ID", description: "Its number."}
      state: {type: enumeration, of: order_state, required: true, label: "State", description: "How far it is."}
      currency: {type: currency, label: "Currency", description: "What is paid in."}
      total: {type: decimal, currency: currency, label: "Total", description: "What is paid."}
      due: {type: date, label: "Due", description: "When it is wanted."}
      lines: {type: list, of: line, required: true, label: "Lines", description: "What is wanted."}
  line:
    label: "Line"
    display: ["{id}"]
    entity: line
    collection: lines
    fields:
      id: {type: string, required: true, label: "ID", description: "Its number."}
      state: {type: enumeration, of: line_state, required: true, label: "State", description: "Whether it is there."}
      currency: {type: currency, label: "Currency", description: "What it is paid in."}
  dispatch:
    label: "Dispatch"
    display: ["{day}"]
    entity: dispatch
    collection: dispatches
    fields:
      day: {type: date, label: "Day", description: "When it is sent."}
"""

RULESET = """
ruleset: send
action: order.send
model: shop
settings:
  limit: {type: decimal, default: 100.5, doc: "The largest total."}
rules:
  - id: not-sent
    severity: error
    source: house rule
    assert: order.state == 'new'
    at: order.state
    message: "It was sent."
  - id: all-there
    severity: error
    source: house rule
    assert: order.lines.all(l, l.state == 'ready')
    message: "Something is short."
  - id: one-currency
    severity: error
    source: house rule
    when: has(order.currency)
    assert: order.lines.all(l, !has(l.currency) || l.currency == order.currency)
    message: "All lines are paid in {currency}."
    params: {currency: order.currency}
  - id: total-given
    severity: warning
    source: house rule
    assert: has(order.total)
    at: order.total
    message: "The total is missing."
  - id: small
    severity: error
    source: house rule
    when: has(order.total)
    assert: order.total <= settings.limit
    effective: {from: 2026-01-01}
    message: "{total} is too much."
    params: {total: order.total}
  - id: exact
    severity: error
    source: house rule
    when: has(order.total) && order.total.scale() > 0
    assert: order.total.scale() <= order.currency.digits()
    message: "{total} has too many digits."
    params: {total: order.total}
  - id: in-time
    severity: error
    source: house rule
    when: has(dispatch.day) && has(order.due)
    assert: dispatch.day <= order.due
    at: dispatch.day
    message: "{day} is too late."
    params: {day: dispatch.day}
"""


SETTINGS: dict[str, object] = {"limit": Decimal("100.5")}


def built(text: str) -> tuple[Ruleset, Model]:
    diagnostics = Diagnostics()
    plain = read_model(Source("model.yaml", MODEL), diagnostics)
    draft = read(Source("rules.yaml", text), diagnostics)
    assert not diagnostics, [str(each) for each in diagnostics]
    assert plain
    assert draft
    assembled = assemble("send", [draft], diagnostics)
    assert assembled
    model = Model(plain)
    ruleset = build(assembled, model, diagnostics)
    assert not diagnostics.failed, [str(each) for each in diagnostics]
    return ruleset, model


def test_source_of_a_small_ruleset(golden):
    """What is compiled can be read: each question is asked once, next to what hangs on it."""
    ruleset, model = built(RULESET)
    sources = [fused(ruleset, model, SETTINGS, with_request=given) for given in (True, False)]

    golden("fused/send.txt", "\n".join(sources))


SHORT = """
  - id: nothing-short
    severity: error
    source: house rule
    forbid: order.lines.exists(l, l.state == 'short')
    message: "Short: {short}."
    params: {short: "order.lines.filter(l, l.state == 'short')"}
"""


def test_record_that_is_shown_by_one_field_alone():
    """A line has nothing but its number to be called by."""
    rules = Rules(program_of(*built(RULESET + SHORT), SETTINGS, "digest"))
    lines = [{"id": "l1", "state": "short"}, {"id": "l2", "state": "ready"}]
    facts = {"order": {"id": "o1", "state": "new", "currency": "SEK", "total": Decimal(1), "lines": lines}}
    decision = rules.evaluate(facts, today=TODAY)

    assert decision.violations[-1].params["short"] == (RecordValue("line", {"id": "l1"}),)


URGENT = """
  - id: urgent
    severity: error
    source: house rule
    {condition}
    message: "Hurry."
"""


@pytest.mark.parametrize(
    "condition",
    [
        "assert: order.urgent",
        'assert: "!order.urgent"',
        "forbid: order.urgent || order.state == 'sent'",
        "forbid: order.lines.exists(l, l.urgent)",
        "assert: order.lines.all(l, l.urgent)",
        "forbid: order.lines.filter(l, l.urgent).size() > 0",
        "forbid: order.lines.filter(l, order.urgent).exists(l, l.state == 'short' && false) || order.state == 'sent'",
        'when: "order.urgent ? order.urgent : true"\n    forbid: has(order.due)',
    ],
)
def test_empty_truth_is_not_false(condition):
    """A field that is true or false may be empty; then a rule about it is unknown, whichever way it is asked."""
    flag = '      urgent: {type: bool, label: "Urgent", description: "Whether it is in a hurry."}\n'
    before = '      currency: {type: currency, label: "Currency"'
    diagnostics = Diagnostics()
    plain = read_model(Source("model.yaml", MODEL.replace(before, flag + before)), diagnostics)
    draft = read(Source("rules.yaml", RULESET + URGENT.format(condition=condition)), diagnostics)
    assert plain
    assert draft
    ruleset = build(draft, Model(plain), diagnostics)
    assert not diagnostics.failed, [str(each) for each in diagnostics]
    rules = Rules(program_of(ruleset, Model(plain), SETTINGS, "digest"))
    order = {"id": "o1", "state": "new", "currency": "SEK", "due": TODAY, "lines": [{"id": "l1", "state": "ready"}]}
    decision = rules.evaluate({"order": order}, today=TODAY)

    assert "urgent" in [each.rule for each in decision.unknown]
    assert decision.verdict != "closable"
