"""What a decision says: closable, blocked or undetermined, why, and what is missing."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from oppi18n import (
    CloseRequest,
    DataError,
    Decision,
    Facts,
    InputError,
    Localizer,
    Opportunity,
    Quote,
    Rules,
    load_rules,
)
from oppi18n.engine.decision import Money
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.packs import Pack

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
REQUEST: dict[str, Any] = {"outcome": "won", "status_reason": "won", "date": TODAY, "revenue": Decimal("240000.50")}


def quote(state: str = "active", number: str = "QUO-1", revision: int = 0, **fields: object) -> dict[str, object]:
    return {"id": f"{number}/{revision}", "number": number, "revision": revision, "state": state, **fields}


def opportunity(*quotes: object, **fields: object) -> dict[str, Any]:
    return {"opportunity": {"id": "o1", "state": "open", "currency": "USD", "quotes": list(quotes), **fields}}


def asked(facts: Any, request: Any = None, rules: Rules = RULES, **options: Any) -> Decision:
    return rules.evaluate(facts, today=TODAY, request=request, **options)


def ids(decision: Decision) -> list[str]:
    return [violation.rule for violation in decision.violations]


# ---- verdicts ----


def test_nothing_in_the_way_is_closable():
    """A won quote, a complete request: the opportunity may be closed."""
    decision = asked(opportunity(quote("won")), REQUEST)

    assert decision
    assert (decision.verdict, decision.asked, decision.violations) == ("closable", "closing", ())


def test_active_quote_blocks_closing():
    """An opportunity with an active quote stays open."""
    decision = asked(opportunity(quote("won"), quote("active", "QUO-2", 3)), REQUEST)

    assert not decision
    assert (decision.verdict, ids(decision)) == ("blocked", ["no-active-quotes"])


def test_missing_data_makes_it_undetermined():
    """Quotes that nobody loaded may hold the opportunity open."""
    decision = asked(opportunity(quotes=NOT_LOADED), REQUEST)

    assert not decision
    assert decision.verdict == "undetermined"


def test_blocked_outweighs_undetermined():
    """What fails for sure counts, whatever else is unknown; what is unknown is told all the same."""
    decision = asked(opportunity(state="won", quotes=NOT_LOADED), REQUEST)

    assert decision.verdict == "blocked"
    assert [need.pointer for need in decision.needs] == ["/opportunity/quotes"]


def test_unknown_warning_does_not_matter():
    """Only rules of error severity make a decision undetermined."""
    facts = opportunity(quote("closed"))
    request = {**REQUEST, "outcome": "lost", "status_reason": "out_sold", "competitor": NOT_LOADED}
    decision = asked(facts, request)

    assert "competitor-expected" in [each.rule for each in decision.unknown]
    assert "competitor-expected" not in [rule for need in decision.needs for rule in need.rules]


def test_record_alone_is_never_true():
    """Nothing on record stands in the way, but nobody has said how to close it."""
    decision = asked(opportunity(quote("won")))

    assert (decision.verdict, decision.asked, bool(decision)) == ("closable", "record", False)


# ---- pending and needs ----


def test_rules_that_read_the_request_are_pending_without_one():
    """They are neither passed nor unknown."""
    decision = asked(opportunity())

    assert "close-date-present" in decision.pending
    assert "no-active-quotes" not in decision.pending
    assert decision.unknown == ()


def test_nothing_is_pending_with_a_request():
    """Even an empty request is one: what it lacks is empty, and rules of presence fail."""
    decision = asked(opportunity(), {})

    assert decision.pending == ()
    assert ids(decision)[:3] == ["outcome-chosen", "status-reason-present", "close-date-present"]


def test_request_may_come_with_the_facts():
    """A file may hold both."""
    decision = asked({**opportunity(quote("won")), "close": REQUEST})

    assert decision


def test_needs_name_the_paths_that_were_read_and_their_rules():
    """A form can ask for exactly these."""
    decision = asked(opportunity(quote("won"), {"id": "q2", "state": NOT_LOADED}), REQUEST)

    assert [tuple(need) for need in decision.needs] == [("/opportunity/quotes/1/state", ("no-active-quotes",))]


def test_absorbed_gap_is_no_need():
    """One active quote decides; the state of the other one no longer matters."""
    decision = asked(opportunity(quote("active"), {"id": "q2"}), REQUEST)

    assert decision.verdict == "blocked"
    assert decision.needs == ()


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"created_on": None}, "closable"),
        ({}, "closable"),
        ({"created_on": NOT_LOADED}, "undetermined"),
    ],
)
def test_empty_and_not_loaded_differ(fields, verdict):
    """A field known to be empty settles `has()`; one that was not loaded does not. Left out means empty."""
    assert asked(opportunity(quote("won"), **fields), REQUEST).verdict == verdict


# ---- violations ----


def test_violation_has_values_and_pointers():
    """Records in the order of their numbers, pointers in the order of the facts."""
    facts = opportunity(quote("active", "QUO-2"), quote("closed", "QUO-3"), quote("active", "QUO-1", 4))
    violation = asked(facts).violations[0]

    assert violation.params["count"] == 2
    assert [record.key for record in violation.params["quotes"]] == ["QUO-1", "QUO-2"]
    assert violation.pointers == ("/opportunity/quotes/0/state", "/opportunity/quotes/2/state")
    assert (violation.severity, violation.dataverse, violation.remedies) == ("error", "0x80040516", ("close-quotes",))


def test_amounts_carry_their_currency():
    """The request's currency, else the opportunity's."""
    decision = asked(opportunity(quote("won")), {**REQUEST, "revenue": Decimal(-5)})

    assert decision.violations[0].params == {"revenue": Money(Decimal(-5), "USD")}


def test_missing_value_of_a_message_is_none():
    """A sentence can be said although one of its values is not known."""
    decision = asked(opportunity(quote("won"), currency=None), {**REQUEST, "revenue": Decimal(-5)})

    assert decision.violations[0].params == {"revenue": Money(Decimal(-5), None)}


def test_partial_list_says_at_least():
    """What was seen is shown, and marked as a part."""
    decision = asked(opportunity(quotes=PartialList([quote("active"), quote("closed", "QUO-2")])))
    violation = decision.violations[0]

    assert (violation.rule, violation.params["count"], violation.partial) == ("no-active-quotes", 1, True)
    assert violation.pointers == ("/opportunity/quotes/0/state",)


def test_partial_list_without_a_hit_is_unknown():
    """The rest of the list may hold an active quote."""
    decision = asked(opportunity(quotes=PartialList([quote("closed")])))

    assert decision.verdict == "undetermined"
    assert decision.needs[0].pointer == "/opportunity/quotes"


def test_violations_outlive_changes_of_the_facts():
    """A decision says what was true when it was made."""
    facts = opportunity(quote("active"), quote("active", "QUO-2"))
    decision = asked(facts, REQUEST)
    expected = deepcopy([(each.params, each.pointers) for each in asked(deepcopy(facts), REQUEST).violations])
    facts["opportunity"]["quotes"][0]["number"] = "CHANGED"
    facts["opportunity"]["quotes"].clear()

    assert [(each.params, each.pointers) for each in decision.violations] == expected


# ---- when rules apply ----

DATED = """
ruleset: dated
action: opportunity.close
model: opportunity
settings:
  limit: {type: decimal, default: 10, doc: "The largest revenue."}
rules:
  - id: in-spring
    severity: error
    source: house rule
    effective: {from: 2026-03-01, until: 2026-05-31}
    forbid: opportunity.state == 'open'
    message: "Not in spring."
  - id: in-lite
    severity: error
    source: house rule
    applies_to: [lite]
    forbid: opportunity.state == 'open'
    message: "Not in a lite deployment."
  - id: small
    severity: warning
    source: house rule
    when: has(opportunity.estimated_revenue)
    assert: opportunity.estimated_revenue <= settings.limit
    message: "More than {limit}."
    params: {limit: settings.limit}
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """A pack with a ruleset of dates, deployments and a setting."""
    folder = tmp_path_factory.mktemp("pack")
    (folder / "rules").mkdir()
    (folder / "rules" / "dated.yaml").write_text(DATED, encoding="utf-8")
    return Pack("dated", str(folder / "rules"), str(folder / "locales"), "en")


@pytest.mark.parametrize("quotes", [[], NOT_LOADED])
@pytest.mark.parametrize(
    ("day", "holds"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-05-31", True), ("2026-06-01", False)],
)
def test_rule_holds_between_its_days(pack, day, holds, quotes):
    """Both days are inside, on the fast way and on the careful one."""
    rules = load_rules("dated", packs=[pack])
    decision = rules.evaluate(opportunity(quotes=quotes), today=date.fromisoformat(day), deployment="resource")

    assert ids(decision) == (["in-spring"] if holds else [])


@pytest.mark.parametrize(("deployment", "holds"), [("lite", True), ("resource", False), (None, True)])
def test_rule_applies_to_deployments(pack, deployment, holds):
    """A rule names the deployments it is for; without a deployment all rules apply."""
    rules = load_rules("dated", packs=[pack])
    decision = rules.evaluate(opportunity(), today=date(2026, 1, 1), deployment=deployment)

    assert ids(decision) == (["in-lite"] if holds else [])


def test_unknown_deployment_is_an_error():
    """The message lists the known ones."""
    with pytest.raises(InputError, match="resource and lite"):
        asked(opportunity(), deployment="desktop")


def test_settings_change_rules():
    """A setting is part of the compiled rules and of their digest."""
    strict = load_rules("close-opportunity", settings={"drafts_block": True})

    assert ids(asked(opportunity(quote("draft")))) == ["drafts-closed-as-well"]
    assert ids(asked(opportunity(quote("draft")), rules=strict)) == ["no-draft-quotes"]
    assert strict.digest != RULES.digest


def test_settings_reach_the_message(pack):
    """A sentence may name a setting."""
    rules = load_rules("dated", packs=[pack], settings={"limit": "2.5"})
    decision = rules.evaluate(opportunity(estimated_revenue=Decimal(3)), today=date(2026, 1, 1), deployment="resource")

    assert decision.violations[0].params == {"limit": Decimal("2.5")}


# ---- what may be given ----

TYPED = Opportunity(id="o1", state="open", quotes=[Quote(id="QUO-1/0", number="QUO-1", revision=0, state="active")])
PLAIN = {"opportunity": {"id": "o1", "state": "open", "quotes": [quote()]}}


@pytest.mark.parametrize(
    "facts", [TYPED, TYPED.facts(), Facts(PLAIN), PLAIN], ids=["typed", "facts", "Facts", "mapping"]
)
@pytest.mark.parametrize("request_", [REQUEST, CloseRequest(**REQUEST)], ids=["mapping", "typed"])
def test_facts_come_in_several_shapes(facts, request_):
    """The same decision whichever is given."""
    assert asked(facts, request_) == asked(PLAIN, REQUEST)


def test_facts_lead_back_to_their_file():
    """A decision about facts that a reader made knows the places of the input."""
    facts = Facts(PLAIN, locate=lambda pointer: f"/value/0{pointer}")

    assert asked(facts).source_pointer("/opportunity/state") == "/value/0/opportunity/state"


def test_wrong_facts_are_refused_with_every_problem():
    """One exception carries them all."""
    wrong = opportunity({"id": "q1", "state": "activ"}, {"id": "Q1", "state": "won", "revision": "2"}, state="closed")

    with pytest.raises(DataError) as caught:
        asked(wrong, {"date": "soon", "outcom": "won"})
    assert {problem.pointer: problem.code for problem in caught.value.problems} == {
        "/opportunity/state": "unknown-value",
        "/opportunity/quotes/0/state": "unknown-value",
        "/opportunity/quotes/1/revision": "wrong-type",
        "/opportunity/quotes/1/id": "duplicate-id",
        "/close/date": "wrong-value",
        "/close/outcom": "unknown-member-near",
    }


@pytest.mark.parametrize("facts", [None, 7, "open", [], {}, {"opportunity": None}, {"deal": {}}])
def test_what_is_no_record_is_refused(facts):
    """Whatever it is, the caller gets an exception of ours."""
    with pytest.raises(DataError):
        asked(facts)


@pytest.mark.parametrize("today", [None, "2026-03-31", datetime(2026, 3, 31), 20260331])
def test_today_is_a_plain_date(today):
    """Rules never read the clock, and a moment is no day."""
    with pytest.raises(InputError):
        RULES.evaluate(opportunity(), today=today)


def test_text_is_converted_where_the_model_says_so():
    """Dates and amounts may come as text, as JSON has them."""
    decision = asked(opportunity(quote("won")), {**REQUEST, "date": "2026-04-01", "revenue": "-1.50"})

    assert [violation.params for violation in decision.violations] == [
        {"date": date(2026, 4, 1), "today": TODAY},
        {"revenue": Money(Decimal("-1.50"), "USD")},
    ]


def test_dialog_defaults_complete_a_request():
    """What the dialog fills in, and nothing that was chosen."""
    facts = opportunity(quote("won"), estimated_revenue=Decimal(7))
    completed, defaults = RULES.complete(facts, {"outcome": "won"}, today=TODAY)

    assert defaults == {"status_reason": "won", "currency": "USD", "revenue": Decimal(7), "date": TODAY}
    assert completed == {"outcome": "won", **defaults}


# ---- values that are missing among those of a violation ----

UNSEEN = """
ruleset: unseen
action: opportunity.close
model: opportunity
rules:
  - id: open
    severity: error
    source: house rule
    assert: opportunity.state == 'open'
    at: opportunity.quotes
    message: "Closed, with {quotes}."
    params: {quotes: opportunity.quotes}
  - id: named-alike
    severity: error
    source: house rule
    assert: opportunity.name in opportunity.quotes.map(q, q.name)
    message: "No quote is called alike."
  - id: none-of-nothing
    severity: info
    source: house rule
    when: opportunity.state == 'won' && opportunity.quotes.exists_one(q, 'b' < settings.before)
    assert: has(opportunity.name)
    message: "It has a name."
settings: {before: {type: string, default: a, doc: "No quote is chosen by it."}}
"""


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    """Rules whose values come from quotes that may not be there."""
    folder = tmp_path_factory.mktemp("unseen")
    (folder / "rules").mkdir()
    (folder / "rules" / "unseen.yaml").write_text(UNSEEN, encoding="utf-8")
    return load_rules("unseen", packs=[Pack("unseen", str(folder / "rules"), str(folder / "locales"), "en")])


def test_list_that_was_not_loaded_is_a_missing_value(unseen):
    """A violation can be told although nobody knows the list that its sentence names."""
    violation = asked(opportunity(state="won", quotes=NOT_LOADED), None, unseen).violations[0]

    assert violation.params == {"quotes": None}
    assert Localizer("en").message(violation) == "Closed, with (not given)."


def test_empty_field_among_the_values_of_a_list_is_not_known(unseen):
    """What is not in the part of a list that is known may be in the rest, on the fast way too."""
    decision = asked(opportunity(quote(name=None), name="Harbour"), None, unseen)

    assert [each.rule for each in decision.unknown] == ["named-alike"]


def test_condition_that_no_quote_meets_is_compiled(unseen):
    """Where settings leave nothing to ask about the elements of a list, the loop over them is still well formed."""
    decision = asked(opportunity(quote(), name="Harbour", state="won"), None, unseen)

    assert "none-of-nothing" not in [*ids(decision), *(each.rule for each in decision.unknown)]


# ---- decisions as values ----


def test_threads_get_the_same_answers():
    """Compiled rules are shared: sixteen threads at once, on the fast way and on the careful one."""
    rules = load_rules("close-opportunity")
    cases = [opportunity(*[quote(number=f"Q{n}") for n in range(size)], currency=code) for size, code in
             [(0, "USD"), (3, "SEK"), (9, None), (2, NOT_LOADED)]]  # fmt: skip
    cases.append(opportunity(quotes=NOT_LOADED))
    expected = [asked(case, REQUEST) for case in cases]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: [asked(case, REQUEST, rules) for case in cases], range(64)))
    assert all(answer == expected for answer in answers)


def test_equal_questions_get_equal_decisions():
    """Decisions are compared by what they say."""
    one, other = asked(PLAIN, REQUEST), asked(deepcopy(PLAIN), REQUEST)

    assert one == other
    assert hash(one) == hash(other)
    assert one != asked(PLAIN)


@pytest.mark.parametrize("facts", [PLAIN, opportunity(quotes=NOT_LOADED)], ids=["fast", "careful"])
def test_decision_can_be_sent_to_another_process(facts):
    """It is pickled with all that it says."""
    decision = asked(facts, REQUEST)

    assert pickle.loads(pickle.dumps(decision)) == decision
