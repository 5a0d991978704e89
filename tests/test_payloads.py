"""Every call that is written out is one that Dataverse takes, and says what the record says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import Rules, load_rules
from oppi18n.closing import Closing, close, paperwork, reopen
from oppi18n.payloads import ACTION, LeftOut, Payload, is_guid
from oppi18n.remedies import Planner

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
GUID = "5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a7"
OWN = f"{GUID}99"
WIN = {"outcome": "won", "revenue": Decimal("240000.50")}


def quote(number: int, state: str = "active", **fields: Any) -> dict[str, Any]:
    return {"id": f"{GUID}{number:02}", "number": f"QUO-{number}", "revision": number, "state": state, **fields}


def facts(*quotes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {"id": OWN, "name": "Rollout", "state": "open", "currency": "USD"}
    return {"opportunity": {**known, "quotes": list(quotes), **fields}}


def closed(record: Any, request: Any, rules: Rules = RULES) -> Closing:
    return close(
        rules,
        record,
        request,
        today=TODAY,
        close_quotes=True,
        subject="Closed.",
        quote_subject=lambda each: f"{each['number']} closed.",
    )


def test_won_opportunity_is_won_by_its_action():
    """Status is the code of the reason, the amount is exact, the date is the date of the closing."""
    closing = closed(facts(), {**WIN, "date": date(2026, 3, 30), "description": "Signed."})

    body = {
        "subject": "Closed.",
        "actualrevenue": Decimal("240000.50"),
        "actualend": "2026-03-30",
        "description": "Signed.",
        "opportunityid@odata.bind": f"/opportunities({OWN})",
    }
    assert closing.payloads == (
        Payload("POST", "WinOpportunity", {"Status": 3, "OpportunityClose": body}, "/opportunity"),
    )
    assert closing.left_out == ()


def test_lost_opportunity_names_the_competitor():
    """By its id; without an amount, where none is given."""
    (payload,) = closed(facts(), {"outcome": "lost", "competitor": f"{GUID}77"}).payloads

    assert (payload.url, payload.body["Status"]) == ("LoseOpportunity", 5)
    assert payload.body["OpportunityClose"] == {
        "subject": "Closed.",
        "actualend": "2026-03-31",
        "opportunityid@odata.bind": f"/opportunities({OWN})",
        "competitorid@odata.bind": f"/competitors({GUID}77)",
    }


def test_competitor_by_name_is_left_out_and_told():
    """A name is no reference; the rest of the call stands."""
    closing = closed(facts(), {"outcome": "lost", "competitor": "Contoso"})

    assert "competitorid@odata.bind" not in closing.payloads[0].body["OpportunityClose"]
    assert closing.left_out == (LeftOut("/close/competitor", "not-a-guid"),)


def test_quotes_are_closed_by_the_action_of_their_type_and_first():
    """The action bound to project quotes takes nothing; the other one takes reason and activity."""
    closing = closed(facts(quote(1, order_type="project"), quote(2, "draft", order_type="item")), WIN)

    bound, unbound, last = closing.payloads
    assert bound == Payload("POST", f"quotes({GUID}01)/{ACTION}msdyn_CloseQuoteAsLost", {}, "/opportunity/quotes/0")
    body = {
        "subject": "QUO-2 closed.",
        "quotenumber": "QUO-2",
        "revision": 2,
        "actualend": "2026-03-31",
        "quoteid@odata.bind": f"/quotes({GUID}02)",
    }
    assert unbound == Payload("POST", "CloseQuote", {"Status": 6, "QuoteClose": body}, "/opportunity/quotes/1")
    assert last.url == "WinOpportunity"


def test_project_quote_with_another_reason_goes_by_the_action_that_carries_it():
    """The bound action always gives the reason lost: where a setting says otherwise, it would contradict the record."""
    rules = load_rules(settings={"project_quote_reason": "canceled"})

    closing = closed(facts(quote(1, order_type="project")), WIN, rules)

    assert closing.record["opportunity"]["quotes"][0]["status_reason"] == "canceled"
    assert (closing.payloads[0].url, closing.payloads[0].body["Status"]) == ("CloseQuote", 6)


@pytest.mark.parametrize(
    ("record", "urls", "left_out"),
    [
        (facts(quote(1), id="o1"), ["CloseQuote"], ["/opportunity/id"]),
        (facts({**quote(1), "id": "q1"}), ["WinOpportunity"], ["/opportunity/quotes/0/id"]),
        (facts({**quote(1), "id": f"{{{GUID}01}}"}), ["WinOpportunity"], ["/opportunity/quotes/0/id"]),
    ],
)
def test_record_that_dataverse_does_not_know_has_no_call(record, urls, left_out):
    """Without a GUID there is no address; the closing itself is done, and what is left out is told."""
    closing = closed(record, WIN)

    assert closing
    assert [each.url for each in closing.payloads] == urls
    assert [each.pointer for each in closing.left_out] == left_out


@pytest.fixture
def house(tmp_path: Path) -> Rules:
    """Rules with a status reason that has no code, and remedies of every kind."""
    (tmp_path / "rules" / "model").mkdir(parents=True)
    (tmp_path / "rules" / "model" / "more.yaml").write_text(
        "overlay: opportunity\nenumerations:\n  quote_status_reason:\n    values:\n"
        '      dropped: {label: "Dropped", state: closed}\n'
    )
    (tmp_path / "rules" / "house.yaml").write_text(
        """
ruleset: house
action: opportunity.close
model: opportunity
rules:
  - {id: no-drafts, forbid: "opportunity.quotes.exists(q, q.state == 'draft')", message: "Drafts."}
remedies:
  close-quotes:
    label: "Drop."
    each: opportunity.quotes
    set: {state: closed, status_reason: dropped}
    cost: 9
  activate: {label: "A.", each: opportunity.quotes, set: {state: active, status_reason: open}, cost: 9}
  win: {label: "W.", each: opportunity.quotes, set: {state: won, status_reason: won, total_amount: "decimal('1.50')"}, cost: 9}
  plain: {label: "P.", each: opportunity.quotes, set: {state: closed}}
  refer: {label: "R.", each: opportunity.quotes, set: {currency: opportunity.currency, name: "'Offer'"}, cost: 9}
  postpone: {label: "L.", each: "[opportunity]", set: {estimated_close_date: today}, cost: 9}
"""
    )
    return load_rules("house", packs=[f"{tmp_path}/"])


def calls(rules: Rules, remedy: str, record: dict[str, Any]) -> list[tuple[str, str, Any]]:
    planner = Planner(rules, today=TODAY)
    applied = planner.apply(planner.checked(record), remedy)
    papers = paperwork(rules.model, applied.record, applied.step.changes, {}, today=TODAY)
    return [(each.method, each.url, each.body) for each in papers.payloads]


def test_reason_without_a_code_has_no_call(house):
    """Dataverse knows reasons by their codes; the record gets it all the same."""
    closing = closed(facts(quote(1)), {**WIN, "status_reason": "won"}, house)

    assert closing.record["opportunity"]["quotes"][0]["status_reason"] == "dropped"
    assert [each.url for each in closing.payloads] == ["WinOpportunity"]
    assert closing.left_out == (LeftOut("/opportunity/quotes/0/status_reason", "no-code"),)


@pytest.mark.parametrize(
    ("remedy", "kind", "found"),
    [
        ("activate", "item", [("PATCH", f"quotes({GUID}01)", {"statecode": 1, "statuscode": 3})]),
        ("refer", "item", [("PATCH", f"quotes({GUID}01)", {"name": "Offer"})]),
        ("postpone", "item", [("PATCH", f"opportunities({OWN})", {"estimatedclosedate": "2026-03-31"})]),
        (
            "win",
            "project",
            [
                ("PATCH", f"quotes({GUID}01)", {"totalamount": Decimal("1.50")}),
                ("POST", f"quotes({GUID}01)/{ACTION}msdyn_CloseQuoteAsWon", {}),
            ],
        ),
    ],
)
def test_other_remedies_have_calls_too(house, remedy, kind, found):
    """Fields are changed before the record becomes read-only."""
    record = facts(quote(1, "draft", order_type=kind, status_reason="in_progress"), currency="SEK")

    assert calls(house, remedy, record) == found


@pytest.mark.parametrize(("remedy", "action", "status"), [("win", "WinQuote", 4), ("plain", "CloseQuote", -1)])
def test_quote_of_another_type_goes_by_the_common_action(house, remedy, action, status):
    """Where no reason is given, the platform takes its default."""
    record = facts(quote(1, "draft", order_type="item", status_reason="in_progress"))

    method, url, body = calls(house, remedy, record)[-1]

    assert (method, url, body["Status"]) == ("POST", action, status)


def test_reference_is_left_out_and_told(house):
    """A currency code is no reference to a currency."""
    planner = Planner(house, today=TODAY)
    applied = planner.apply(planner.checked(facts(quote(1), currency="SEK")), "refer")

    papers = paperwork(house.model, applied.record, applied.step.changes, {}, today=TODAY)

    assert papers.left_out == (LeftOut("/opportunity/quotes/0/currency", "lookup"),)


def test_reopening_sets_status_and_reason_and_clears_the_closing():
    """Whether or not the fields were loaded; the activity has a call of its own if its id is known."""
    record = facts(state="lost", status_reason="canceled")
    body = {"statecode": 0, "statuscode": 1, "actualvalue": None, "actualclosedate": None}

    assert reopen(RULES, record).payloads == (Payload("PATCH", f"opportunities({OWN})", body, "/opportunity"),)
    assert reopen(RULES, record, activity=f"{GUID}55").payloads[1] == Payload(
        "PATCH", f"opportunitycloses({GUID}55)", {"statecode": 2, "statuscode": 3}, "/opportunity"
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [(f"{GUID}01", True), (f"{GUID.upper()}01", True), (f"{GUID}0", False), (f"{GUID}01\n", False), (7, False)],
)
def test_guid_is_what_dataverse_takes(found, expected):
    """32 hexadecimal digits in five groups, nothing around them."""
    assert is_guid(found) is expected


# ---- record and payload agree ----


def codes(payload: Payload) -> tuple[int, int]:
    """Status and reason that a record has after a call."""
    if payload.url.endswith("msdyn_CloseQuoteAsLost"):
        return 3, 5
    state = {"CloseQuote": 3, "WinOpportunity": 1, "LoseOpportunity": 2}
    if payload.url in state:
        return state[payload.url], payload.body["Status"]
    return payload.body["statecode"], payload.body["statuscode"]


def codes_of(record: dict[str, Any], pointer: str) -> tuple[Any, Any]:
    """Status and reason of a record, as codes."""
    kind = "quote" if "quotes" in pointer else "opportunity"
    found = (
        record["opportunity"]["quotes"][int(pointer.rpartition("/")[2])] if kind == "quote" else record["opportunity"]
    )
    known = RULES.model.enumerations
    return (
        known[f"{kind}_state"].values[found["state"]].dataverse,
        known[f"{kind}_status_reason"].values[found["status_reason"]].dataverse,
    )


CLOSED_REASONS = st.sampled_from(["lost", "canceled", "revised"])


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["draft", "active", "won", "closed"]),
            st.sampled_from(["item", "project", "service", None]),
        ),
        max_size=5,
    ),
    st.sampled_from(["won", "lost"]),
    CLOSED_REASONS,
    CLOSED_REASONS,
)
def test_record_and_payloads_agree(quotes, outcome, project, other):
    """Sent in their order, the calls lead to exactly the record that was written; each changed record has one."""
    rules = load_rules(settings={"project_quote_reason": project, "other_quote_reason": other})
    record = facts(*(quote(n, state, order_type=kind) for n, (state, kind) in enumerate(quotes)))

    closing = closed(record, {"outcome": outcome, "revenue": 5}, rules)
    reopened = reopen(rules, closing.record)

    for done in (closing, reopened):
        assert [each.record for each in done.payloads] == [each.pointer for each in done.changes]
        for payload in done.payloads:
            assert codes(payload) == codes_of(dict(done.record), payload.record)
