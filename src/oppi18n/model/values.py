"""Values as rules see them: exact decimals, plain dates, and the two faces of missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Context, Decimal, InvalidOperation
from typing import Final

from oppi18n.errors import InputError

DECIMAL_DIGITS: Final = 15
DECIMAL_PLACES: Final = 4
INT_MAX: Final = 2**63 - 1
INT_MIN: Final = -(2**63)

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_LEAST: Final = Decimal("0.0001")
_EXACT: Final = Context(prec=DECIMAL_DIGITS + DECIMAL_PLACES)


class NotLoaded:
    """The type of `NOT_LOADED`: the source was not asked for this value, so nobody knows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_LOADED"

    def __reduce__(self) -> str:
        return "NOT_LOADED"


NOT_LOADED: Final = NotLoaded()
"""Marks a field that was not loaded; `None` says that it is known to be empty."""


class PartialList(list[object]):
    """A list of which only a part was loaded: there may be more."""


class ValueFault(ValueError):
    """A value does not fit its type; `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def to_decimal(value: object) -> Decimal:
    """An exact decimal with at most 15 digits before and 4 after the point.

    >>> to_decimal("240000.50")
    Decimal('240000.50')
    """
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        hint = "float-inexact" if isinstance(value, float) else "wrong-type"
        raise ValueFault(hint, expected="decimal", found=literal(value))
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueFault("wrong-value", expected="decimal", found=shown(value)) from None
    if not number.is_finite() or (isinstance(value, str) and not _decimal_text(value)):
        raise ValueFault("wrong-value", expected="decimal", found=shown(value))
    if not number:
        return _ZERO
    exponent = int(number.as_tuple().exponent)
    ordinary = -DECIMAL_PLACES <= exponent <= 0
    if number.adjusted() >= DECIMAL_DIGITS or (not ordinary and scale(number) > DECIMAL_PLACES):
        raise ValueFault("too-many-digits", found=shown(value), digits=DECIMAL_DIGITS, places=DECIMAL_PLACES)
    if ordinary:
        return number
    # 1e3 becomes 1000 and 1.50000 becomes 1.5000: the same number, in as many digits as a decimal has.
    return number.quantize(_ONE if exponent > 0 else _LEAST, context=_EXACT)


def _decimal_text(text: str) -> bool:
    body = text[1:] if text[:1] == "-" else text
    whole, _, fraction = body.partition(".")
    return text.isascii() and whole.isdigit() and (fraction.isdigit() or "." not in body)


def scale(number: Decimal) -> int:
    """How many digits after the point matter.

    >>> scale(Decimal("1.50")), scale(Decimal("7")), scale(Decimal("1E+3"))
    (1, 0, 0)
    """
    text = str(number)
    if "E" not in text:
        return len(text.partition(".")[2].rstrip("0"))
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or not number:
        return 0
    zeros = len(digits) - len(bytes(digits).rstrip(b"\0"))
    return max(0, -exponent - zeros)


def to_date(value: object) -> date:
    """A full date, from a date or `YYYY-MM-DD`.

    >>> to_date("2026-03-31")
    datetime.date(2026, 3, 31)
    """
    if type(value) is date:
        return value
    if isinstance(value, datetime):
        raise ValueFault("timestamp-for-date", found=shown(value))
    if not isinstance(value, str):
        raise ValueFault("wrong-type", expected="date", found=literal(value))
    if _date_text(value[:10]):
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        if value[10:11] in ("T", "t", " "):
            raise ValueFault("timestamp-for-date", found=shown(value))
    raise ValueFault("wrong-value", expected="date", found=shown(value))


def _date_text(text: str) -> bool:
    # The standard library also reads weeks (2026-W14-2) and dates without hyphens.
    return text[4:5] == text[7:8] == "-" and text.isascii()


def to_local_date(value: object, zone: str) -> date:
    """The date of a timestamp in a zone (an IANA name, or `UTC`).

    >>> to_local_date("2026-03-31T22:30:00Z", "Asia/Seoul")
    datetime.date(2026, 4, 1)
    """
    if type(value) is date or (isinstance(value, str) and len(value) == 10):
        return to_date(value)
    moment = value
    if isinstance(value, str):
        try:
            if not _date_text(value[:10]) or value[10] not in "Tt ":
                raise ValueError(value)
            moment = datetime.fromisoformat(value)
        except (ValueError, IndexError):
            raise ValueFault("wrong-value", expected="timestamp", found=shown(value)) from None
    if not isinstance(moment, datetime):
        raise ValueFault("wrong-type", expected="timestamp", found=literal(value))
    if moment.tzinfo is None:
        raise ValueFault("timestamp-without-zone", found=shown(value))
    try:
        return moment.astimezone(find_zone(zone)).date()
    except OverflowError:
        raise ValueFault("wrong-value", expected="timestamp", found=shown(value)) from None


def find_zone(name: str) -> tzinfo:
    """The time zone of an IANA name; InputError `unknown-zone` if there is none."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # only when a zone other than UTC is asked for

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError("unknown-zone", zone=name) from None


def today(zone: str = "UTC") -> date:
    """Today's date in a zone: for the command line and its like, never for a rule."""
    return datetime.now(find_zone(zone)).date()


def is_currency(text: str) -> bool:
    """Whether a text has the form of an ISO 4217 code.

    >>> is_currency("SEK"), is_currency("kr")
    (True, False)
    """
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def add_days(day: date, count: int) -> date:
    """A date some days later; `OverflowError` past the year 9999 or before the year 1."""
    return day + timedelta(days=count)


def literal(value: object) -> str:
    """A value as a message about its type quotes it: text keeps its quotation marks.

    >>> literal("1"), literal(1)
    ('"1"', '1')
    """
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def shown(value: object) -> str:
    """A value as a message quotes it: JSON-like, at most 60 characters.

    >>> shown(True), shown("a" * 70)[-4:]
    ('true', 'aaa…')
    """
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, (int, float, Decimal)):
        text = str(value) if not isinstance(value, int) or abs(value) < 10**60 else "…"
    elif isinstance(value, str):
        text = value
    elif isinstance(value, dict):
        text = "{…}" if value else "{}"
    elif isinstance(value, (list, tuple)):
        text = "[…]" if value else "[]"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
