"""A Dataverse answer says by codes what is, and by what it leaves out what nobody knows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.errors import InputError
from oppi18n.model.facts import DataError
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers import Reading, read, read_content
from oppi18n.source import Source

ROOT = Path(__file__).resolve().parents[1]
ID = "5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a711"
LINK = "opportunity_quotes@odata.nextLink"
PLAIN = "https://x.example/opportunities(1)/opportunity_quotes?$select=quoteid"
PAGE = PLAIN + "&$skiptoken=%3Ccookie%3E"


def load_model() -> Model:
    path = ROOT / "rules" / "model" / "opportunity.yaml"
    plain = read_model(Source(str(path), path.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


def quote(**members: Any) -> dict[str, Any]:
    return {"quoteid": "q1", "statecode": 1, "statuscode": 2} | members


def entity(**members: Any) -> dict[str, Any]:
    return {"opportunityid": ID, "statecode": 0, "statuscode": 1} | members


def reading(answer: object, **arguments: Any) -> Reading:
    return read_content(json.dumps(answer).encode(), model=MODEL, **arguments)


def record(answer: object, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = reading(answer, **arguments).only().record["opportunity"]
    return found


def problems(answer: object) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for error in reading(answer).errors for each in error.problems]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, NOT_LOADED),
        ({LINK: PLAIN}, NOT_LOADED),
        ({"opportunity_quotes": [], LINK: PLAIN}, NOT_LOADED),
        ({"opportunity_quotes": [], LINK: PAGE}, NOT_LOADED),
        ({"opportunity_quotes": []}, []),
    ],
    ids=["absent", "deferred", "empty with a link", "empty with a token", "empty"],
)
def test_quotes_without_rows(members, expected):
    """No rows mean no quotes only where nothing points to more."""
    assert record(entity(**members))["quotes"] == expected


@pytest.mark.parametrize(
    ("link", "partial"),
    [
        (None, False),
        (PLAIN, False),
        (PAGE, True),
        (PAGE.replace("$skiptoken", "%24SkipToken"), True),
        (17, True),
    ],
    ids=["no link", "plain link", "token", "escaped token", "no text"],
)
def test_quotes_with_rows(link, partial):
    """Rows are complete unless the link leads to a further page."""
    found = record(entity(opportunity_quotes=[quote()], **({} if link is None else {LINK: link})))["quotes"]

    assert isinstance(found, PartialList) is partial
    assert [each["state"] for each in found] == ["active"]


def test_absent_fields_are_not_loaded():
    """Nothing is empty that was not asked for, in the opportunity nor in its quotes."""
    found = record(entity(opportunity_quotes=[quote()]))

    given = {name for name, value in found.items() if value is not NOT_LOADED}
    assert given == {"id", "state", "status_reason", "quotes"}
    assert found["quotes"][0]["total_amount"] is NOT_LOADED
    assert found.keys() == MODEL.records["opportunity"].fields.keys()


def test_null_is_empty():
    """An amount that is null is known to be nothing."""
    assert record(entity(estimatedvalue=None))["estimated_revenue"] is None


def test_values_come_from_codes_never_from_labels():
    """Annotations in the user's language decide nothing."""
    label = "statecode@OData.Community.Display.V1.FormattedValue"

    assert record(entity(**{label: "Gewonnen"}))["state"] == "open"


@pytest.mark.parametrize(
    ("state", "reason", "name"),
    [(0, 1, "in_progress"), (1, 2, "in_progress_active"), (1, 3, "open"), (3, 7, "revised"), (3, 5, "lost")],
)
def test_two_reasons_with_one_label_are_told_apart(state, reason, name):
    """The code decides, although two codes are called "In Progress"."""
    found = record(entity(opportunity_quotes=[quote(statecode=state, statuscode=reason)]))

    assert found["quotes"][0]["status_reason"] == name


@pytest.mark.parametrize(
    ("members", "currency"),
    [
        ({}, NOT_LOADED),
        ({"_transactioncurrencyid_value": "c3d9e1b4"}, NOT_LOADED),
        ({"_transactioncurrencyid_value": None}, None),
        ({"transactioncurrencyid": None}, None),
        ({"_transactioncurrencyid_value": "c3d9e1b4", "transactioncurrencyid": {"isocurrencycode": "SEK"}}, "SEK"),
        ({"transactioncurrencyid": {"currencyname": "krona"}}, NOT_LOADED),
    ],
    ids=["absent", "bare id", "null id", "null record", "expanded", "expanded without the code"],
)
def test_currency_is_an_iso_code_or_unknown(members, currency):
    """The id of a currency does not say which one it is."""
    assert record(entity(**members))["currency"] == currency


def test_timestamp_becomes_a_date_in_the_zone():
    """The day on which something was created depends on where one stands."""
    answer = entity(createdon="2025-11-17T23:10:42Z")

    assert record(answer)["created_on"] == date(2025, 11, 17)
    assert record(answer, zone="Europe/Stockholm")["created_on"] == date(2025, 11, 18)


def test_money_is_exact():
    """Amounts keep their digits, however many zeros follow."""
    text = '{"opportunityid": "a", "estimatedvalue": 99999999999999.9999000000}'

    found = read_content(text.encode(), model=MODEL).only().record["opportunity"]

    assert found["estimated_revenue"] == Decimal("99999999999999.9999")


def test_ids_match_whatever_their_case():
    """A quote that names its opportunity in capitals still belongs to it."""
    assert not problems(entity(opportunity_quotes=[quote(_opportunityid_value=ID.upper())]))


def test_all_problems_are_told_with_their_places():
    """Each culprit has its pointer in the file, and its line and column."""
    answer = {"value": [entity(), entity(statuscode=3, opportunity_quotes=[quote(statecode="1"), quote(quoteid="Q1")])]}

    found = read_content(json.dumps(answer, indent=1).encode(), model=MODEL)

    assert len(found.facts) == 1
    assert {(each.code, each.pointer, each.line > 5) for each in found.errors[0].problems} == {
        ("wrong-type", "/value/1/opportunity_quotes/0/statecode", True),
        ("reason-of-other-state", "/value/1/statuscode", True),
        ("duplicate-id", "/value/1/opportunity_quotes/1/quoteid", True),
    }


def test_duplicate_names_the_first_in_the_file():
    """Both places of a repeated id are the file's own."""
    error = reading(entity(opportunity_quotes=[quote(), quote()])).errors[0]

    assert error.problems[0].params["first"] == "/opportunity_quotes/0/quoteid"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/opportunity/quotes/0/state", "/value/0/opportunity_quotes/0/statecode"),
        ("/opportunity/quotes/0", "/value/0/opportunity_quotes/0"),
        ("/opportunity/quotes", "/value/0/opportunity_quotes"),
        ("/opportunity/customer", "/value/0/_customerid_value"),
        ("/opportunity/currency", "/value/0/transactioncurrencyid/isocurrencycode"),
        ("/opportunity/quotes/0/currency", "/value/0/opportunity_quotes/0/_transactioncurrencyid_value"),
        ("/opportunity", "/value/0"),
        ("/close/date", "/close/date"),
    ],
)
def test_pointers_lead_back_to_the_file(pointer, place):
    """A place in the model's shape has a place in the export."""
    facts = read(ROOT / "examples" / "blocked.json", model=MODEL).only()

    assert facts.source_pointer(pointer) == place


def test_further_pages_are_told():
    """A list that is one page of several says so."""
    found = reading({"value": [entity()], "@odata.nextLink": PAGE})

    assert (found.more, found.notices[0].pointer) == (True, "/@odata.nextLink")
    assert not reading({"value": [entity()]}).more


def test_failed_call_is_quoted():
    """The error that Dataverse answered is told with its code."""
    with pytest.raises(InputError, match="0x80040220") as caught:
        reading({"error": {"code": "0x80040220", "message": "nej"}})

    assert caught.value.params["error"] == "0x80040220"


def test_failed_call_does_not_hide_other_lines():
    """In JSON Lines, an answer that failed is one line among others."""
    lines = [json.dumps({"error": {"code": "1", "message": "m"}}), json.dumps(entity())]

    found = read_content("\n".join(lines).encode(), model=MODEL, source="p.jsonl")

    assert [type(each) for each in found] == [DataError, type(found.facts[0])]


def test_unknown_attributes_are_let_through():
    """Exports hold many columns that no rule reads."""
    assert not problems(entity(prioritycode=1, new_custom=[1], ownerid={"x": 1}))


def test_bare_entity_needs_no_id():
    """An export without the id is still an export; the id is not loaded."""
    assert record({"statecode": 0})["id"] is NOT_LOADED


def test_pack_may_add_status_reasons():
    """The text of an unknown reason says what to do about it."""
    error = reading(entity(statuscode=100000001)).errors[0]

    assert "a pack can add status reasons" in str(error)
