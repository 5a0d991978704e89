"""Raw members become facts, or one error that has everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.errors import InputError
from oppi18n.model import facts
from oppi18n.model.facts import MOST_PROBLEMS, Conversion, DataError, Facts, Problem, checked
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.source import Source

PATH = Path(__file__).resolve().parents[1] / "rules" / "model" / "opportunity.yaml"


def load_model() -> Model:
    plain = read_model(Source(str(PATH), PATH.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


def test_values_get_their_types():
    """Text and numbers become what the model says."""
    raw = {
        "opportunity": {"id": "a", "estimated_revenue": 5, "created_on": "2026-03-31T22:30:00Z", "quotes": []},
        "close": {"date": "2026-03-31", "outcome": "won"},
    }

    found = checked(MODEL, raw, zone="Asia/Seoul")

    assert found["opportunity"]["created_on"] == date(2026, 4, 1)
    assert found["opportunity"]["estimated_revenue"] == Decimal(5)
    assert found["close"] == {"date": date(2026, 3, 31), "outcome": "won"}


def test_marks_of_the_unknown_are_kept():
    """What a reader marked as not loaded or truncated stays so."""
    quotes = PartialList([{"id": "q", "state": NOT_LOADED}])

    found = checked(MODEL, {"opportunity": {"id": "a", "state": NOT_LOADED, "quotes": quotes}})["opportunity"]

    assert found["state"] is NOT_LOADED
    assert isinstance(found["quotes"], PartialList)
    assert found["quotes"] == [{"id": "q", "state": NOT_LOADED}]


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        ([], "wrong-type", ""),
        ({}, "absent-member", ""),
        ({"opportunity": None}, "wrong-type", "/opportunity"),
        ({"opportunity": {"a/b~": 1}}, "unknown-member", "/opportunity/a~1b~0"),
        ({"opportunity": {3: 1}}, "unknown-member", "/opportunity/3"),
        ({"opportunity": {"state": None}}, "null-required", "/opportunity/state"),
        ({"opportunity": {"state": "Open"}}, "unknown-value", "/opportunity/state"),
        ({"opportunity": {"quotes": None}}, "null-required", "/opportunity/quotes"),
        ({"opportunity": {"quotes": "q"}}, "wrong-type", "/opportunity/quotes"),
        ({"opportunity": {"quotes": [1]}}, "wrong-type", "/opportunity/quotes/0"),
        ({"opportunity": {"quotes": [{"revision": True}]}}, "wrong-type", "/opportunity/quotes/0/revision"),
        ({"opportunity": {}, "close": {"currency": "eur"}}, "wrong-value", "/close/currency"),
        ({"opportunity": {}, "close": {"revenue": 0.5}}, "float-inexact", "/close/revenue"),
    ],
)
def test_problem_has_code_and_pointer(raw, code, pointer):
    """Each problem is told by a code and its place."""
    with pytest.raises(DataError) as caught:
        checked(MODEL, raw, source="x.json")

    assert [(each.code, each.pointer) for each in caught.value.problems] == [(code, pointer)]
    assert caught.value.source == "x.json"


@pytest.mark.parametrize(
    "opportunity",
    [
        {"quotes": [1] * 3000},
        {"quotes": [{"id": "q", "state": "active"}] * 3000},
        {"quotes": [{f"x{n}": 1 for n in range(3000)}]},
        {f"x{n}": 1 for n in range(3000)},
    ],
    ids=["types", "ids", "members of a quote", "members"],
)
def test_no_more_than_a_thousand_problems_are_collected(opportunity, monkeypatch):
    """What comes after them is not even made, and the facts are refused all the same."""
    made = []

    def counted(*given):
        made.append(given)
        return Problem(*given)

    monkeypatch.setattr(facts, "Problem", counted)

    with pytest.raises(DataError) as caught:
        checked(MODEL, {"opportunity": opportunity})

    assert len(caught.value.problems) == len(made) == MOST_PROBLEMS


def test_records_after_a_thousand_problems_are_not_looked_at():
    """A list of a million wrong things takes as long as one of a thousand."""
    items = iter(range(5000))
    conversion = Conversion(MODEL)

    class Wrong(list[int]):
        def __iter__(self):
            return items

    conversion.facts({"opportunity": {"quotes": Wrong()}})

    assert next(items) == MOST_PROBLEMS + 1


def test_no_request_is_no_request():
    """A request that is null was not made."""
    assert checked(MODEL, {"opportunity": {}, "close": None}) == {"opportunity": {}}


def test_error_carries_all_problems():
    """The sentence of the error is all sentences; it can be caught as an input error."""
    error = DataError((Problem("empty-file", "", {}), Problem("unknown-member", "/x", {"name": "x"})), "f")

    assert isinstance(error, InputError)
    assert (error.code, str(error)) == ("empty-file", "/: the file is empty\n/x: 'x' is not known here")


def test_facts_know_their_place():
    """Without a way back, a place is its own."""
    assert Facts({"opportunity": {"id": "a"}}).source_pointer("/opportunity/id") == "/opportunity/id"
    assert Facts({}, locate=lambda pointer: f"/value{pointer}").source_pointer("/x") == "/value/x"


@pytest.mark.parametrize("record", [{}, {"opportunity": {}}, {"opportunity": {"id": NOT_LOADED}}])
def test_id_may_be_unknown(record):
    """An id that was not loaded is none."""
    assert Facts(record).id is None
    assert repr(Facts(record, source="f")) == "Facts(None, source='f')"
