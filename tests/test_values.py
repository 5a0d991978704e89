"""Values are exact or refused."""

from __future__ import annotations

import copy
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.errors import TEXTS, InputError
from oppi18n.model.values import (
    NOT_LOADED,
    ValueFault,
    add_days,
    find_zone,
    literal,
    scale,
    shown,
    to_date,
    to_decimal,
    to_local_date,
    today,
)

UTC = timezone.utc  # noqa: UP017


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (7, "7"),
        ("0.10", "0.10"),
        ("-5", "-5"),
        ("-0", "0"),
        (Decimal("-0.00"), "0"),
        (Decimal("0e-3000000"), "0"),
        (Decimal("1e3"), "1000"),
        (Decimal("999999999999999.9999"), "999999999999999.9999"),
        ("1.50000000000", "1.5000"),
        ("007", "7"),
    ],
)
def test_decimal_is_exact(raw, text):
    """The number keeps its value and has an ordinary exponent."""
    assert str(to_decimal(raw)) == text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (0.1, "float-inexact"),
        (True, "wrong-type"),
        (None, "wrong-type"),
        ([], "wrong-type"),
        ("", "wrong-value"),
        ("1e3", "wrong-value"),
        ("1_000", "wrong-value"),
        ("１", "wrong-value"),
        (" 1", "wrong-value"),
        ("+1", "wrong-value"),
        (".5", "wrong-value"),
        ("5.", "wrong-value"),
        ("NaN", "wrong-value"),
        (Decimal("Infinity"), "wrong-value"),
        (Decimal("sNaN"), "wrong-value"),
        (10**15, "too-many-digits"),
        ("0.00001", "too-many-digits"),
        (Decimal("1e-400000"), "too-many-digits"),
        (10**4000, "too-many-digits"),
    ],
)
def test_inexact_decimal_is_refused(raw, code):
    """What does not fit exactly is a fault with a text."""
    with pytest.raises(ValueFault) as caught:
        to_decimal(raw)

    assert caught.value.code == code
    assert TEXTS[code].format(**caught.value.params)


@given(st.decimals(-(10**14), 10**14, places=4))
def test_decimal_survives_its_text(number):
    """A number written as text is the same number."""
    assert to_decimal(str(number)) == to_decimal(number) == number
    assert scale(to_decimal(number)) <= 4


def test_callers_context_does_not_matter():
    """Nothing is rounded by the precision of the thread."""
    with localcontext(Context(prec=3)):
        assert to_decimal("123456.78900000") == Decimal("123456.789")


@pytest.mark.parametrize(
    "raw", ["2026-3-31", "2026-02-30", "2026-W14-2", "20260331", "２０２６-03-31", "", "0000-01-01"]
)
def test_only_full_dates_are_dates(raw):
    """Other notations are refused, even those that the standard library reads."""
    with pytest.raises(ValueFault) as caught:
        to_date(raw)

    assert caught.value.code == "wrong-value"


@pytest.mark.parametrize("raw", [datetime(2026, 3, 31), "2026-03-31T00:00:00Z", "2026-03-31 00:00"])
def test_timestamp_is_no_date(raw):
    """A time where a date belongs is told as such."""
    with pytest.raises(ValueFault) as caught:
        to_date(raw)

    assert caught.value.code == "timestamp-for-date"


@pytest.mark.parametrize(
    ("raw", "zone", "day"),
    [
        ("2026-03-31T22:30:00Z", "UTC", date(2026, 3, 31)),
        ("2026-03-31T22:30:00Z", "Asia/Seoul", date(2026, 4, 1)),
        ("2026-03-31T22:30:00-05:00", "UTC", date(2026, 4, 1)),
        ("2026-03-31T22:30:00.1234567Z", "UTC", date(2026, 3, 31)),
        ("2026-03-31", "Asia/Seoul", date(2026, 3, 31)),
        (date(2026, 3, 31), "Asia/Seoul", date(2026, 3, 31)),
        (datetime(2026, 3, 31, 23, tzinfo=UTC), "Europe/Stockholm", date(2026, 4, 1)),
    ],
)
def test_timestamp_becomes_the_date_of_the_zone(raw, zone, day):
    """The zone decides about the day; a plain date needs none."""
    assert to_local_date(raw, zone) == day


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2026-03-31T22:30:00", "timestamp-without-zone"),
        (datetime(2026, 3, 31), "timestamp-without-zone"),
        ("2026-W14-2T22:30:00Z", "wrong-value"),
        ("20260331T223000Z", "wrong-value"),
        ("2026-03-31T25:00:00Z", "wrong-value"),
        ("0001-01-01T00:00:00+14:00", "wrong-value"),
        ("2026", "wrong-value"),
        ("\ud800" * 11, "wrong-value"),
        (17, "wrong-type"),
    ],
)
def test_wrong_timestamp_is_refused(raw, code):
    """A timestamp is complete or refused."""
    with pytest.raises(ValueFault) as caught:
        to_local_date(raw, "UTC")

    assert caught.value.code == code


@given(st.text())
def test_arbitrary_text_is_a_value_or_a_fault(text):
    """No text makes a converter raise anything else."""
    for convert in (to_decimal, to_date, lambda raw: to_local_date(raw, "Asia/Seoul")):
        told = "fine"
        try:
            convert(text)
        except ValueFault as fault:
            told = TEXTS[fault.code].format(**fault.params)

        assert told


@pytest.mark.parametrize("name", ["", "Asia/Nowhere", "../../etc/passwd", "/etc/passwd", "a\0b", "Asia"])
def test_unknown_zone_is_an_input_error(name):
    """A zone is a name of the IANA list."""
    with pytest.raises(InputError, match="time zone"):
        find_zone(name)


def test_today_is_the_date_in_the_zone():
    """Two zones are at most one day apart."""
    assert abs(today("Pacific/Kiritimati") - today("Pacific/Pago_Pago")) <= timedelta(days=2)


def test_days_are_added():
    """A date past the calendar is an overflow."""
    assert add_days(date(2026, 2, 28), 1) == date(2026, 3, 1)
    with pytest.raises(OverflowError):
        add_days(date.max, 1)


def test_not_loaded_is_one_thing():
    """Copies and pickles of the mark are the mark."""
    assert pickle.loads(pickle.dumps(NOT_LOADED)) is NOT_LOADED
    assert copy.deepcopy(NOT_LOADED) is NOT_LOADED
    assert repr(NOT_LOADED) == "NOT_LOADED"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (1, "1"), (1.5, "1.5"), ("a", "a"), ({}, "{}"), ({"a": 1}, "{…}"),
        ([], "[]"), ((1,), "[…]"), (10**100, "…"), ("x" * 61, "x" * 59 + "…"), (date(2026, 3, 31), "2026-03-31"),
    ],
)  # fmt: skip
def test_value_is_shown_short(value, text):
    """A message quotes at most 60 characters."""
    assert shown(value) == text


def test_literal_tells_text_from_number():
    """Where the type is wrong, quotation marks matter."""
    assert (literal("1"), literal(1)) == ('"1"', "1")
