"""A closing changes everything that belongs to it, or nothing; done twice it is done once."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import CloseRequest, InputError, Opportunity, Quote, Rules, load_rules
from oppi18n.closing import (
    ALREADY_CLOSED,
    ALREADY_OPEN,
    CLOSED,
    REFUSED,
    REMEDIED,
    REOPENED,
    UNCHANGED,
    Closing,
    close,
    remedy,
    reopen,
)
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.payloads import Activity
from oppi18n.remedies import Change, with_changes

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
GUID = "5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a7"


def quote(state: Any, number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"{GUID}{number:02}", "number": f"QUO-{number}", "revision": 0, "state": state, **fields}


def facts(*states: Any, **fields: Any) -> dict[str, Any]:
    quotes = [quote(state, number) for number, state in enumerate(states)]
    known = {"id": f"{GUID}99", "name": "Rollout", "state": "open", "status_reason": "in_progress", "currency": "USD"}
    return {"opportunity": {**known, "estimated_revenue": Decimal("240000.50"), "quotes": quotes, **fields}}


def closed(record: Any, request: Any = None, rules: Rules = RULES, **options: Any) -> Closing:
    return close(rules, record, {"outcome": "won"} if request is None else request, today=TODAY, **options)


# ---- closing ----


def test_defaults_are_those_of_the_dialog():
    """Won: the reason won, the estimated revenue, today."""
    closing = closed(facts())
    assert closing.decision is not None

    assert (bool(closing), closing.status) == (True, CLOSED)
    assert closing.changes == (
        Change(
            "/opportunity",
            {"state": "open", "status_reason": "in_progress", "actual_revenue": None, "actual_close_date": None},
            {
                "state": "won",
                "status_reason": "won",
                "actual_revenue": Decimal("240000.50"),
                "actual_close_date": TODAY,
            },
        ),
    )
    assert closing.decision.defaults == {
        "status_reason": "won",
        "currency": "USD",
        "revenue": Decimal("240000.50"),
        "date": TODAY,
    }


@pytest.mark.parametrize(
    ("request_", "reason", "revenue"),
    [
        ({"outcome": "lost"}, "canceled", None),
        ({"outcome": "lost", "competitor": "Contoso"}, "out_sold", None),
        (
            {"outcome": "lost", "status_reason": "out_sold", "competitor": "Contoso", "revenue": 7},
            "out_sold",
            Decimal(7),
        ),
    ],
)
def test_lost_has_its_own_defaults(request_, reason, revenue):
    """A named competitor outsold us; the revenue is what is given."""
    record = closed(facts(), request_).record["opportunity"]

    assert (record["state"], record["status_reason"]) == ("lost", reason)
    assert record.get("actual_revenue") == revenue


def test_all_active_and_draft_quotes_are_closed_at_the_same_time():
    """Won and closed ones stay as they are, and so does every field but status and reason."""
    before = facts("active", "won", "draft", "closed")
    before["opportunity"]["quotes"][2]["order_type"] = "project"

    closing = closed(before, close_quotes=True)

    quotes = closing.record["opportunity"]["quotes"]
    assert [(each["state"], each.get("status_reason")) for each in quotes] == [
        ("closed", "canceled"),
        ("won", None),
        ("closed", "lost"),
        ("closed", None),
    ]
    assert [change.pointer for change in closing.changes] == [
        "/opportunity/quotes/0",
        "/opportunity/quotes/2",
        "/opportunity",
    ]
    assert closing.left_open == ()


def test_without_closing_quotes_none_is_touched():
    """Drafts stay open and are named; an active quote refuses the closing."""
    closing = closed(facts("draft", "won", "draft"))

    assert closing.status == CLOSED
    assert closing.left_open == ("/opportunity/quotes/0", "/opportunity/quotes/2")
    assert closing.record["opportunity"]["quotes"] == facts("draft", "won", "draft")["opportunity"]["quotes"]
    assert closed(facts("active")).status == REFUSED


def test_closing_leaves_an_activity_for_each_quote_and_for_the_opportunity():
    """With subject, date, amount, and the numbers of the quotes."""
    closing = closed(
        facts("active"),
        {"outcome": "lost", "date": date(2026, 3, 30), "description": "Price."},
        close_quotes=True,
        subject="Lost: Rollout",
        quote_subject=lambda record: f"Closed: {record['number']}",
    )

    quote_values = {
        "subject": "Closed: QUO-0",
        "quote": f"{GUID}00",
        "number": "QUO-0",
        "revision": 0,
        "status_reason": "canceled",
        "date": date(2026, 3, 30),
    }
    assert closing.activities == (
        Activity("quoteclose", "/opportunity/quotes/0", quote_values),
        Activity(
            "opportunityclose",
            "/opportunity",
            {
                "subject": "Lost: Rollout",
                "opportunity": f"{GUID}99",
                "outcome": "lost",
                "date": date(2026, 3, 30),
                "description": "Price.",
                "status_reason": "canceled",
                "currency": "USD",
            },
        ),
    )


@pytest.mark.parametrize(
    ("record", "subjects"),
    [
        (facts("active"), ["QUO-0", "Rollout"]),
        (facts(quotes=[{"id": "q", "state": "draft", "number": NOT_LOADED}], name=None), ["q", f"{GUID}99"]),
    ],
)
def test_activities_without_a_subject_are_called_after_their_record(record, subjects):
    """Whoever gives no texts gets names, not words of some language."""
    closing = closed(record, close_quotes=True)

    assert [each.values["subject"] for each in closing.activities] == subjects


def test_subject_is_cut_to_what_the_field_holds():
    """200 units of UTF-16; a character is never cut in two."""
    closing = closed(facts("active"), close_quotes=True, subject="😀" * 150, quote_subject=lambda _: "x" * 200)

    quote_activity, activity = closing.activities
    assert quote_activity.values["subject"] == "x" * 200
    assert activity.values["subject"] == "😀" * 99 + "…"


def test_reference_page_runs(checkout, capsys):
    """The snippet of the page works as written, and its calls are JSON."""
    page = (checkout / "docs" / "reference" / "closing.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (sample,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    exec(compile(snippet, "closing.md", "exec"), {})  # noqa: S102

    assert capsys.readouterr().out.startswith("ready ['/opportunity/quotes/0', '/opportunity']")
    assert [each["url"] for each in json.loads(sample)] == ["CloseQuote", "WinOpportunity"]


# ---- refusing ----


@pytest.mark.parametrize(
    ("record", "request_", "rule"),
    [
        (facts("active"), {"outcome": "won"}, "no-active-quotes"),
        (facts(), {}, "outcome-chosen"),
        (facts(), {"outcome": "won", "date": date(2026, 4, 1)}, "close-date-not-in-future"),
        (facts(), {"outcome": "won", "revenue": -1}, "revenue-not-negative"),
        (facts(), {"outcome": "won", "status_reason": "canceled"}, "status-reason-fits"),
        (facts(), {"outcome": "won", "competitor": "Contoso"}, "competitor-only-when-lost"),
        (facts(), {"outcome": "lost", "description": "x" * 2001}, "description-length"),
        (facts(estimated_revenue=None), {"outcome": "won"}, "revenue-present"),
    ],
)
def test_what_the_rules_refuse_is_refused(record, request_, rule):
    """Nothing is changed, and the decision says why."""
    before = deepcopy(record)

    closing = closed(record, request_)

    assert closing.decision is not None
    assert (bool(closing), closing.status) == (False, REFUSED)
    assert rule in [each.rule for each in closing.decision.violations]
    assert (closing.record, closing.changes, closing.activities, closing.payloads) == (before, (), (), ())


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"quotes": NOT_LOADED}, ["/opportunity/quotes"]),
        ({"quotes": PartialList([quote("active")])}, ["/opportunity/quotes"]),
        ({"quotes": [quote("active", order_type=NOT_LOADED)]}, ["/opportunity/quotes/0/order_type"]),
        ({"quotes": [quote(NOT_LOADED)]}, ["/opportunity/quotes/0/state"]),
        ({"state": NOT_LOADED}, ["/opportunity/state"]),
    ],
    ids=["no quotes", "truncated", "no type", "no status", "no state"],
)
def test_what_is_not_known_is_never_closed(fields, pointers):
    """Truncated quotes, a type that was not loaded: the answer says what is missing."""
    closing = closed(facts(**fields), close_quotes=True)

    assert closing.status == REFUSED
    assert [need.pointer for need in closing.needs] == pointers


def test_without_defaults_nothing_is_filled_in():
    """What is not given is missing, and the rules ask for it."""
    closing = closed(facts(), defaults=False)

    assert closing.decision is not None
    assert closing.status == REFUSED
    assert {"status-reason-present", "close-date-present"} <= {each.rule for each in closing.decision.violations}


def test_settings_and_deployment_count():
    """Closing asks the rules as checking does."""
    strict = load_rules(settings={"drafts_block": True})

    assert closed(facts("draft"), rules=strict).status == REFUSED
    assert closed(facts("draft"), rules=strict, close_quotes=True).status == CLOSED
    with pytest.raises(InputError, match="no deployment 'moon'"):
        closed(facts(), deployment="moon")


def test_ruleset_about_something_else_closes_nothing():
    """The ruleset of quotes does not decide about opportunities."""
    with pytest.raises(InputError, match=r"'close-quotes' is about quotes\.close"):
        closed(facts(), rules=load_rules("close-quotes"))


@pytest.fixture
def lenient(tmp_path: Path) -> Rules:
    """Rules that allow everything, with no remedy."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "any.yaml").write_text(
        "ruleset: anything\naction: opportunity.close.anyhow\nmodel: opportunity\n"
        "rules:\n  - id: open\n    assert: opportunity.state == 'open'\n    message: Closed.\n"
    )
    return load_rules("anything", packs=[f"{tmp_path}/"])


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({}, "/close/outcome"),
        ({"outcome": "won", "status_reason": "on_hold"}, "/close/status_reason"),
        ({"outcome": "lost", "status_reason": "won"}, "/close/status_reason"),
    ],
)
def test_closing_needs_an_outcome_and_its_reason_whatever_the_rules_say(lenient, request_, pointer):
    """A record that contradicts itself is never made."""
    closing = closed(facts(), request_, rules=lenient)

    assert (closing.status, [need.pointer for need in closing.needs]) == (REFUSED, [pointer])


def test_closing_quotes_takes_a_remedy(lenient):
    """A ruleset says by its remedy how quotes are closed; without it nobody knows."""
    assert closed(facts("active"), rules=lenient).left_open == ("/opportunity/quotes/0",)
    with pytest.raises(InputError, match="no remedies, and so none named 'close-quotes'"):
        closed(facts("active"), rules=lenient, close_quotes=True)


# ---- a second time ----


@pytest.mark.parametrize("state", ["won", "lost"])
def test_what_is_closed_already_is_left_alone(state):
    """Its own status, no change, and the rule that says so; open quotes are not touched either."""
    closing = closed(facts("active", state=state), close_quotes=True)

    assert closing.decision is not None
    assert (bool(closing), closing.status, closing.changes) == (False, ALREADY_CLOSED, ())
    assert closing.record == facts("active", state=state)
    assert "opportunity-open" in [each.rule for each in closing.decision.violations]


# ---- reopening ----


def test_reopening_undoes_the_closing_of_the_opportunity():
    """Open, in progress, without revenue and date; the quotes stay closed, the activity is canceled."""
    before = closed(facts("active"), close_quotes=True).record

    reopened = reopen(RULES, before)

    assert (bool(reopened), reopened.status) == (True, REOPENED)
    opportunity = reopened.record["opportunity"]
    assert {name: opportunity[name] for name in ("state", "status_reason", "actual_revenue", "actual_close_date")} == {
        "state": "open",
        "status_reason": "in_progress",
        "actual_revenue": None,
        "actual_close_date": None,
    }
    assert opportunity["quotes"] == before["opportunity"]["quotes"]
    assert reopened.activities == (
        Activity(
            "opportunityclose",
            "/opportunity",
            {"id": None, "opportunity": f"{GUID}99", "outcome": "won", "state": "canceled"},
        ),
    )


def test_what_is_open_already_is_left_alone():
    """Reopening twice is reopening once."""
    reopened = reopen(RULES, facts("active"))

    assert (bool(reopened), reopened.status, reopened.changes) == (False, ALREADY_OPEN, ())
    assert reopened.record == facts("active")


def test_unknown_status_is_not_reopened():
    """Nobody knows whether there is anything to undo."""
    reopened = reopen(RULES, facts(state=NOT_LOADED))

    assert (reopened.status, [need.pointer for need in reopened.needs]) == (REFUSED, ["/opportunity/state"])


def test_fields_that_were_not_loaded_do_not_become_empty():
    """The change has the fields that are known; the rest stays unknown."""
    record = facts(state="lost", status_reason="canceled", actual_revenue=NOT_LOADED, actual_close_date=NOT_LOADED)

    reopened = reopen(RULES, record)

    assert reopened.changes[0].values == {"state": "open", "status_reason": "in_progress"}
    assert reopened.record["opportunity"]["actual_revenue"] is NOT_LOADED


def test_activity_is_named_by_a_guid():
    """Anything else would be no address."""
    with pytest.raises(InputError, match="'a1' is not a GUID"):
        reopen(RULES, facts(state="won"), activity="a1")


# ---- properties ----

STATES = st.sampled_from(["draft", "active", "won", "closed"])
TYPES = st.sampled_from(["item", "project", "service", None, NOT_LOADED])
QUOTES = st.lists(st.tuples(STATES | st.just(NOT_LOADED), TYPES), max_size=4)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(["won", "lost"]),
        "status_reason": st.sampled_from(["won", "canceled", "out_sold", "in_progress"]),
        "date": st.sampled_from([TODAY, date(2026, 4, 1), date(2025, 12, 31)]),
        "revenue": st.sampled_from([Decimal(0), Decimal(-1), Decimal("1.55")]),
        "competitor": st.sampled_from(["Contoso", f"{GUID}77"]),
        "description": st.text(max_size=5),
    },
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], Any, bool]:
    """Facts, a request, and whether quotes are closed."""
    quotes: Any = [quote(state, n, order_type=kind) for n, (state, kind) in enumerate(draw(QUOTES))]
    fields = {
        "state": draw(st.sampled_from(["open", "open", "open", "won", "lost", NOT_LOADED])),
        "created_on": draw(st.sampled_from([None, date(2026, 1, 1)])),
        "quotes": draw(st.sampled_from([quotes, quotes, PartialList(quotes)])),
    }
    return facts(**fields), draw(REQUESTS), draw(st.booleans())


@settings(max_examples=200)
@given(situations())
def test_all_or_nothing(situation):
    """Either every change is made and the rules allowed it, or the record is what it was."""
    record, request, close_quotes = situation
    before = deepcopy(record)

    closing = closed(record, request, close_quotes=close_quotes)

    assert closing.decision is not None
    assert record == before
    assert with_changes(record, closing.changes) == closing.record
    if closing:
        assert bool(closing.decision)
        assert closing.record["opportunity"]["state"] == closing.decision.request["outcome"]  # type: ignore[index]
        states = [each["state"] for each in closing.record["opportunity"]["quotes"]]
        assert "active" not in states
        assert not (close_quotes and "draft" in states)
        assert len(closing.activities) == len(closing.changes)
    else:
        assert (closing.record, closing.changes, closing.activities, closing.payloads) == (before, (), (), ())


@settings(max_examples=100)
@given(situations(), situations())
def test_second_closing_changes_nothing(situation, other):
    """Whatever is asked the second time, the answer is that it is closed already."""
    record, request, close_quotes = situation
    first = closed(record, request, close_quotes=close_quotes)

    second = closed(first.record, other[1], close_quotes=other[2])

    if first:
        assert (second.status, second.changes, second.record) == (ALREADY_CLOSED, (), first.record)


@settings(max_examples=100)
@given(situations())
def test_reopened_opportunity_can_be_closed_again(situation):
    """What was closed, reopened and closed again is as if it had been closed once."""
    record, request, close_quotes = situation
    first = closed(record, request, close_quotes=close_quotes)

    if first:
        again = closed(reopen(RULES, first.record).record, request, close_quotes=close_quotes)
        assert (again.status, again.record) == (CLOSED, first.record)


def test_remedy_alone_leaves_the_opportunity_open():
    """The quotes change as they do together with a closing; nothing else does."""
    done = remedy(RULES, facts("active", "draft", "won"), "close-quotes", today=TODAY)

    assert (done.status, bool(done)) == (REMEDIED, True)
    assert done.record["opportunity"]["state"] == "open"
    assert [each["state"] for each in done.record["opportunity"]["quotes"]] == ["closed", "closed", "won"]
    assert [each.entity for each in done.activities] == ["quoteclose", "quoteclose"]


@pytest.mark.parametrize(
    ("record", "status", "needs"),
    [
        (facts("closed"), UNCHANGED, ()),
        (facts("active", state="won"), ALREADY_CLOSED, ()),
        (facts("active", state=NOT_LOADED), REFUSED, ("/opportunity/state",)),
        (facts(NOT_LOADED), REFUSED, ("/opportunity/quotes/0/state",)),
        ({"opportunity": {"id": "o-1", "state": "open"}}, REFUSED, ("/opportunity/quotes",)),
    ],
)
def test_remedy_changes_all_it_is_about_or_nothing(record, status, needs):
    """Nothing to do, a closed opportunity, and whatever is not known leave the records as they are."""
    done = remedy(RULES, record, "close-quotes", today=TODAY)

    assert (done.status, bool(done), done.changes) == (status, False, ())
    assert tuple(each.pointer for each in done.needs) == needs


def test_unknown_remedy_is_refused():
    """Only what the ruleset declares can be done."""
    with pytest.raises(InputError, match="no remedy 'pray'"):
        remedy(RULES, facts("active"), "pray", today=TODAY)


def test_facts_may_have_any_form():
    """Typed records are closed as mappings are."""
    record = facts("active")
    typed = Opportunity(
        **{**record["opportunity"], "quotes": [Quote(**each) for each in record["opportunity"]["quotes"]]}
    )

    closing = closed(typed, CloseRequest("won"), close_quotes=True)

    assert closing.payloads == closed(record, close_quotes=True).payloads
    assert reopen(RULES, Opportunity(**{**typed.values(), "state": "won", "status_reason": "won"})).status == REOPENED
