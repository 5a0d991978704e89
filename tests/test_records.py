"""Typed records are checked when they are made, never change, and mirror the model."""

from __future__ import annotations

import datetime
import inspect
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.model.facts import DataError, checked
from oppi18n.model.loader import read_model
from oppi18n.model.records import CloseRequest, Opportunity, Quote, TypedRecord
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.source import Source

PATH = Path(__file__).resolve().parents[1] / "rules" / "model" / "opportunity.yaml"
DAY = datetime.date(2026, 3, 31)
KINDS = {"reference": "string", "timestamp": "date"}
OPEN_ENUMERATIONS = {"opportunity_status_reason", "quote_status_reason"}
"""Packs add values to these, so the classes take any text."""


def load_model() -> Model:
    plain = read_model(Source(str(PATH), PATH.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


@pytest.mark.parametrize("kind", [Opportunity, Quote, CloseRequest])
def test_class_mirrors_the_model(kind):
    """The class has the fields of the model, of the same types and values."""
    record = MODEL.records[kind.RECORD]
    expected: dict[str, Any] = {}
    for field in record.fields.values():
        expected[field.name] = KINDS.get(field.type, field.type)
        if field.type == "enumeration":
            values = tuple(MODEL.enumerations[field.of].values)
            expected[field.name] = "string" if field.of in OPEN_ENUMERATIONS else values
        elif field.type == "list":
            expected[field.name] = "quotes"

    assert expected == kind.TYPES
    assert list(kind.TYPES) == list(record.fields)
    assert set(inspect.signature(kind).parameters) == set(record.fields)
    assert set(kind.REQUIRED) == {field.name for field in record.fields.values() if field.required} - {"quotes"}


def opportunity(**members: Any) -> Opportunity:
    return Opportunity(**{"id": "o1", "state": "open"} | members)


def quote(**members: Any) -> Quote:
    return Quote(**{"id": "q1", "state": "active"} | members)


def test_record_is_what_rules_read():
    """The plain record has exact numbers, plain dates, and the records of the quotes."""
    found = opportunity(estimated_revenue="10.50", created_on=DAY, quotes=[quote(revision=1)]).record

    assert (found["estimated_revenue"], found["created_on"], found["name"]) == (Decimal("10.50"), DAY, None)
    assert found["quotes"] == [quote(revision=1).record]


def test_quotes_that_are_not_given_are_not_loaded():
    """No quotes given is not the same as no quotes."""
    assert opportunity().record["quotes"] is NOT_LOADED
    assert opportunity().quotes is None
    assert opportunity(quotes=[]).record["quotes"] == []


def test_partial_quotes_stay_partial():
    """A truncated list keeps saying that there may be more."""
    some = opportunity(quotes=PartialList([quote()]))

    assert isinstance(some.record["quotes"], PartialList)
    assert some.replace(name="x").partial
    assert some != opportunity(quotes=[quote()])


def test_facts_hold_the_request():
    """Opportunity and request become facts as a file would."""
    deal, request = opportunity(quotes=[]), CloseRequest("won", date=DAY, revenue=5)

    facts = deal.facts(request)

    assert facts.record == {"opportunity": deal.record, "close": request.record}
    assert facts.id == "o1"
    assert checked(MODEL, facts.record) == facts.record


@pytest.mark.parametrize(
    ("make", "code", "pointer"),
    [
        (lambda: opportunity(estimated_revenue=0.5), "float-inexact", "/opportunity/estimated_revenue"),
        (lambda: opportunity(estimated_revenue="1e3"), "wrong-value", "/opportunity/estimated_revenue"),
        (lambda: opportunity(estimated_revenue=True), "wrong-type", "/opportunity/estimated_revenue"),
        (lambda: opportunity(actual_revenue=Decimal("0.00001")), "too-many-digits", "/opportunity/actual_revenue"),
        (lambda: opportunity(state="opened"), "unknown-value", "/opportunity/state"),
        (lambda: opportunity(state=0), "wrong-type", "/opportunity/state"),
        (lambda: opportunity(id=None), "null-required", "/opportunity/id"),
        (lambda: opportunity(id=7), "wrong-type", "/opportunity/id"),
        (lambda: opportunity(currency="kr"), "wrong-value", "/opportunity/currency"),
        (lambda: opportunity(quotes=[{"id": "q1"}]), "wrong-type", "/opportunity/quotes"),
        (lambda: opportunity(quotes=quote()), "wrong-type", "/opportunity/quotes"),
        (lambda: opportunity(quotes=[quote(), quote(id="Q1")]), "duplicate-id", "/opportunity/quotes/1/id"),
        (lambda: quote(revision="1"), "wrong-type", "/quote/revision"),
        (lambda: quote(revision=True), "wrong-type", "/quote/revision"),
        (lambda: quote(revision=2**63), "wrong-value", "/quote/revision"),
        (lambda: CloseRequest("won", date="2026-03-31"), "wrong-type", "/close/date"),  # type: ignore[arg-type]
        (lambda: CloseRequest("won", date=datetime.datetime(2026, 3, 31)), "timestamp-for-date", "/close/date"),
        (lambda: CloseRequest("closed"), "unknown-value", "/close/outcome"),  # type: ignore[arg-type]
    ],
)
def test_wrong_value_is_refused(make, code, pointer):
    """Nothing is coerced; the error says which field."""
    with pytest.raises(DataError) as caught:
        make()

    assert [(each.code, each.pointer) for each in caught.value.problems] == [(code, pointer)]
    assert pointer in str(caught.value)


def test_all_wrong_values_are_told():
    """One construction, one error, all problems."""
    with pytest.raises(DataError) as caught:
        quote(state="on", revision=1.5, total_amount=0.5)

    assert len(caught.value.problems) == 3


def test_not_loaded_may_be_said_of_any_field():
    """What nobody asked for can be marked, also where a value is required."""
    assert opportunity(state=NOT_LOADED, currency=NOT_LOADED).record["state"] is NOT_LOADED


EXAMPLES: list[TypedRecord] = [opportunity(quotes=[quote()]), opportunity(), quote(number="Q"), CloseRequest("lost")]


@pytest.mark.parametrize("record", EXAMPLES, ids=repr)
def test_record_is_a_value(record):
    """Equal, hashable, printable, copyable; never changed in place."""
    again = record.replace()

    assert (again == record, hash(again) == hash(record)) == (True, True)
    assert pickle.loads(pickle.dumps(record)) == record
    assert eval(repr(record), {each.__name__: each for each in (Opportunity, Quote, CloseRequest)}) == record
    with pytest.raises(AttributeError, match="replace"):
        record.state = "won"
    with pytest.raises(AttributeError, match="replace"):
        del record.record


def test_replace_makes_a_new_one():
    """The old record stays as it was."""
    first = quote()

    second = first.replace(state="closed")

    assert (first.state, second.state) == ("active", "closed")
    assert first != second
    assert first != "q1"


def test_unknown_attribute_is_no_field():
    """Only fields can be read."""
    with pytest.raises(AttributeError, match="stat"):
        _ = quote().stat
