"""One expression, some facts, one answer in plain JSON."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.calculator import PLACE, calculate
from oppi18n.diagnostics import Diagnostics, render
from oppi18n.errors import TEXTS
from oppi18n.model.facts import DataError
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.packs import read_bytes, shipped
from oppi18n.source import Source

FACTS: dict[str, Any] = {"a": {"b": 1, "n": None, "d": 0.5, "l": [1, 2]}}


@pytest.fixture(scope="module")
def model() -> Model:
    text = read_bytes(shipped(), "rules/model/opportunity.yaml").decode("utf-8")
    plain = read_model(Source("opportunity.yaml", text), Diagnostics())
    assert plain is not None
    return Model(plain)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.b + 1", 2),
        ("a.d * 2.0", 1.0),
        ("a.n", None),
        ("a.n == null", True),
        ("a", FACTS["a"]),
        ("a.l.map(x, x + 1)", [2, 3]),
        ("9007199254740993", 9007199254740993),
        ("-9223372036854775808", -9223372036854775808),
        ("decimal('1.50') + 1", "2.50"),
        ("decimal('0.0000')", "0"),
        ("[date('2026-03-31') + 1, 'x', [null]]", ["2026-04-01", "x", [None]]),
        ("'견적' + '😀'", "견적😀"),
        ("-0.0", -0.0),
    ],
)
def test_value_is_plain_json(expression: str, expected: object):
    """Decimals and dates are strings, whole numbers keep all their digits, null stays null."""
    answer = calculate(expression, FACTS)

    assert answer.known
    assert json.dumps(answer.json) == json.dumps(expected)


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("a.zz", ["/a/zz"]),
        ("gone.x && a.zz", ["/a/zz", "/gone"]),
        ("a['x/y']", ["/a/x~1y"]),
        ("[a, {}].size()".replace("{}", "b"), ["/b"]),
    ],
)
def test_missing_facts_are_named(expression: str, paths: list[str]):
    """What is missing for a value is told as sorted JSON Pointers."""
    answer = calculate(expression, FACTS)

    assert (answer.known, answer.json) == (False, {"unknown": paths})


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 + 'a'", "no-overload"),
        ("9223372036854775807 + 1", "int-overflow"),
        ("decimal('999999999999999') + 1", "decimal-overflow"),
        ("1 / 0", "division-by-zero"),
        ("a.l[2]", "index-out-of-range"),
        ("date('9999-12-31') + 1", "date-overflow"),
        ("big.all(x, big.all(y, big.all(z, true)))", "too-many-steps"),
        ("long + long", "too-large"),
        ("1.0 / 0.0", "not-finite"),
        ("[0.0 / 0.0]", "not-finite"),
    ],
)
def test_failed_evaluation_has_a_code_and_a_text(expression: str, code: str):
    """An expression that is right may still have no value; then its error is named."""
    answer = calculate(expression, {**FACTS, "big": [1] * 200, "long": "a" * 600_000})

    assert answer.json == {"error": {"code": code, "message": TEXTS[f"value-{code}"]}}


def test_every_error_of_the_evaluation_has_a_test():
    """Whatever an evaluation can end with is triggered above."""
    mark = next(each for each in test_failed_evaluation_has_a_code_and_a_text.pytestmark)

    assert {f"value-{code}" for _, code in mark.args[1]} == {each for each in TEXTS if each.startswith("value-")}


def test_wrong_syntax_is_shown_with_a_caret():
    """A mistake in the expression is told with its place, as in a file."""
    expression = "a.b = 1"
    answer = calculate(expression, {})
    [diagnostic] = answer.diagnostics

    assert answer.json == {
        "error": {"code": "single-operator", "message": "there is no operator '=', only '=='", "line": 1, "column": 5}
    }
    assert render(diagnostic, expression) == (
        f"{PLACE}:1:5: error[single-operator] there is no operator '=', only '=='\n    a.b = 1\n        ^"
    )


def test_all_mistakes_are_told(model: Model):
    """Against a model every mistake is found, with what may have been meant."""
    expression = "opportunity.nmae == 'a' &&\n  opportunity.stat == 'open'"
    answer = calculate(expression, {}, model=model)

    assert answer.json == {
        "error": {
            "code": "unknown-field", "message": "a opportunity has no field 'nmae'", "line": 1, "column": 13,
            "hint": "did you mean 'name'?",
            "more": [
                {"code": "unknown-field", "message": "a opportunity has no field 'stat'", "line": 2, "column": 15,
                 "hint": "did you mean 'state'?"}
            ],
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ([], "wrong-type", ""),
        (None, "wrong-type", ""),
        ({"a": {"b": 2**63}}, "wrong-value", "/a/b"),
        ({"a": [math.nan]}, "wrong-value", "/a/0"),
        ({"a": Decimal("1e400")}, "wrong-value", "/a"),
        ({"a": date(2026, 1, 1)}, "wrong-type", "/a"),
        ({"a": {1: 2}}, "wrong-type", "/a"),
    ],
)
def test_facts_are_json(facts: object, code: str, pointer: str):
    """Facts that no JSON could hold are refused, with the place of what is wrong."""
    with pytest.raises(DataError) as caught:
        calculate("true", facts)

    assert [(each.code, each.pointer) for each in caught.value.problems] == [(code, pointer)]


def test_facts_do_not_nest_for_ever():
    """Facts that would break the evaluation are refused before it."""
    deep: Any = {}
    for _ in range(100):
        deep = {"a": deep}

    with pytest.raises(DataError, match="nested more than 32 levels deep"):
        calculate("a == a", deep)


def test_exact_numbers_become_doubles():
    """Whoever read the JSON exactly gets the doubles of CEL all the same; whole numbers stay ints."""
    assert calculate("[a, b]", {"a": Decimal("0.1"), "b": 2**53 + 1}).json == [0.1, 2**53 + 1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("opportunity.estimated_revenue", "240000.50"),
        ("opportunity.estimated_close_date < today", True),
        ("opportunity.quotes.exists(q, q.state == 'active')", True),
        ("opportunity.quotes[0]", {"id": "q1", "state": "active", "total_amount": "12.5"}),
        ("has(opportunity.name)", False),
        ("opportunity.name == 'A'", {"unknown": ["/opportunity/name"]}),
        ("opportunity.currency.digits()", 0),
        ("close.outcome == 'won'", {"unknown": ["/close"]}),
    ],
)
def test_model_gives_facts_their_types(model: Model, expression: str, expected: object):
    """With a model amounts are exact, dates are dates, and empty fields are missing data."""
    facts = {
        "opportunity": {
            "id": "o1", "state": "open", "estimated_revenue": "240000.50", "estimated_close_date": "2026-03-30",
            "currency": "JPY", "quotes": [{"id": "q1", "state": "active", "total_amount": "12.5"}],
        }
    }  # fmt: skip
    answer = calculate(expression, facts, model=model, today=date(2026, 3, 31))

    assert answer.json == expected


def test_today_is_never_guessed(model: Model):
    """Without a day the clock is not asked: the day is missing."""
    facts = {"opportunity": {"id": "o1", "state": "open", "quotes": []}}

    assert calculate("today > date('2026-01-01')", facts, model=model).json == {"unknown": ["/today"]}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.just("a"), JSON))
def test_facts_come_back_as_they_were(facts: dict[str, Any]):
    """An expression that only names a fact answers with the fact."""
    expected = facts["a"] if facts else {"unknown": ["/a"]}

    assert json.dumps(calculate("a", facts).json) == json.dumps(expected)
