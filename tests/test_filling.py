"""The defaults of a request come out alike from the compiled function and from the careful way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import DataError, Facts, Rules, load_rules
from oppi18n.engine.careful import Careful
from oppi18n.model.facts import Conversion
from oppi18n.model.values import NOT_LOADED

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")

AMOUNTS = st.sampled_from(["0", "-0", "0.00", "7.10", "1E+2", "-1", "999999999999999.9999"]).map(Decimal)
DAYS = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
OPPORTUNITY = {
    "currency": st.sampled_from(["USD", "JPY", "XYZ"]),
    "estimated_revenue": AMOUNTS,
}
CLOSE = {
    "outcome": st.sampled_from(["won", "lost"]),
    "status_reason": st.sampled_from(["won", "canceled", "out_sold"]),
    "currency": st.sampled_from(["USD", "JPY"]),
    "revenue": AMOUNTS | st.sampled_from(["1.50", 3]),
    "date": DAYS | st.just("2026-03-30"),
    "competitor": st.just("Fabrikam"),
    "description": st.sampled_from(["", "They liked it."]),
}
ODD = {
    "outcome": "victory",
    "currency": "sek",
    "revenue": Decimal("0.00001"),
    "date": 7,
    "competitor": 7,
    "colour": "red",
}


@st.composite
def records(draw: st.DrawFn, fields: dict[str, st.SearchStrategy[Any]], missing: list[Any]) -> dict[str, Any]:
    """A record whose fields are given, absent, or one of `missing`."""
    found = {}
    for name, values in fields.items():
        kind = draw(st.sampled_from(["given", "given", "absent", *map(repr, missing)]))
        if kind != "absent":
            found[name] = draw(values) if kind == "given" else missing[list(map(repr, missing)).index(kind)]
    return found


def read(opportunity: dict[str, Any]) -> Facts:
    """Facts as a reader hands them over."""
    raw = {"opportunity": {"id": "o1", "state": "open", "quotes": [], **opportunity}}
    conversion = Conversion(RULES.model)
    record = conversion.facts(raw)
    assert not conversion.problems
    return Facts(record)


def carefully(rules: Rules, facts: Facts, request: dict[str, Any]) -> Any:
    careful = Careful(rules)
    checked, asked = careful.checked(facts, facts.record, request)
    return careful.complete(checked, asked, TODAY)


@given(opportunity=records(OPPORTUNITY, [None, NOT_LOADED]), request=records(CLOSE, [None]))
def test_both_ways_fill_in_the_same(opportunity, request):
    """Whatever is given, empty, absent or not loaded."""
    facts = read(opportunity)

    assert RULES.complete(facts, request, today=TODAY) == carefully(RULES, facts, request)


@pytest.mark.parametrize("name", ODD)
def test_odd_request_is_refused(name):
    """A value that does not fit, or that nobody knows, is told by the careful way."""
    with pytest.raises(DataError) as refused:
        RULES.complete(read({}), {"outcome": "won", name: ODD[name]}, today=TODAY)

    assert [problem.pointer for problem in refused.value.problems] == [f"/close/{name}"]


@pytest.mark.parametrize(
    ("opportunity", "request_"),
    [
        ({"currency": "USD", "estimated_revenue": Decimal("1.5")}, {"outcome": "won"}),
        ({}, {"outcome": "lost", "competitor": "Fabrikam"}),
        ({"currency": "XYZ"}, {"outcome": "lost", "revenue": Decimal("1.50"), "date": TODAY, "status_reason": None}),
    ],
)
def test_what_is_complete_stays_on_the_fast_way(opportunity, request_, monkeypatch):
    """The usual closing does not pay for the careful way."""
    monkeypatch.setattr(Rules, "_complete_carefully", None)

    assert RULES.complete(read(opportunity), request_, today=TODAY)[1]
