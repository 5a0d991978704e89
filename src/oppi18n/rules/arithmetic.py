"""Numbers, dates, texts and lists put together: exact, inside their bounds, or an error."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any, Final

from oppi18n.model.values import DECIMAL_DIGITS, INT_MAX, INT_MIN
from oppi18n.rules.outcomes import Seq, Unknown, error, merge

MAX_SIZE: Final = 1_000_000
"""Characters of a text, or elements of a list, that `+` may make; sums that double themselves would fill the memory."""

# A product of a decimal and an int has 38 digits at most. The thread's own context may round, this one does not.
_EXACT: Final = Context(prec=60)


def checked(value: Any) -> Any:
    """An int inside 64 bits and a decimal of at most 15 digits before the point, or the error."""
    kind = type(value)
    if kind is int and not INT_MIN <= value <= INT_MAX:
        return error("int-overflow")
    if kind is Decimal:
        if not value:
            return value.copy_abs()  # 0 × -1 is -0 otherwise
        if value.adjusted() >= DECIMAL_DIGITS:
            return error("decimal-overflow")
    return value


def add(left: Any, right: Any) -> Any:
    """`left + right`"""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (Seq, Seq):
        return _joined(left, right)
    if kinds == (str, str):
        return left + right if len(left) + len(right) <= MAX_SIZE else error("too-large")
    if kinds in ((date, int), (int, date)):
        day, count = (left, right) if kinds[0] is date else (right, left)
        return _shift(day, count)
    if not _countable(kinds):
        return error("no-overload")
    return checked(_EXACT.add(left, right) if Decimal in kinds else left + right)


def _joined(left: Seq, right: Seq) -> Any:
    if len(left.items) + len(right.items) > MAX_SIZE:
        return error("too-large")
    gone = [each.missing for each in (left, right) if each.missing is not None]
    return Seq(left.items + right.items, "", frozenset[str]().union(*gone) if gone else None)


def subtract(left: Any, right: Any) -> Any:
    """`left - right`"""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (date, date):
        return (left - right).days
    if kinds == (date, int):
        return _shift(left, -right)
    if not _countable(kinds):
        return error("no-overload")
    return checked(_EXACT.subtract(left, right) if Decimal in kinds else left - right)


def _countable(kinds: tuple[type, type]) -> bool:
    return (kinds[0] is kinds[1] and kinds[0] in (int, float, Decimal)) or set(kinds) == {int, Decimal}


def _shift(day: date, count: int) -> Any:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return error("date-overflow")


def multiply(left: Any, right: Any) -> Any:
    """`left * right`; two decimals are never multiplied, since that would round."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (Decimal, Decimal) or not _countable(kinds):
        return error("no-overload")
    return checked(_EXACT.multiply(left, right) if Decimal in kinds else left * right)


def divide(left: Any, right: Any) -> Any:
    """`left / right`: whole numbers truncate towards zero."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (float, float):
        return _divide_floats(left, right)
    if kinds != (int, int):
        return error("no-overload")
    if right == 0:
        return error("division-by-zero")
    quotient = abs(left) // abs(right)
    return checked(quotient if (left < 0) == (right < 0) else -quotient)


def _divide_floats(left: float, right: float) -> float:
    if right:
        return left / right
    if math.isnan(left) or left == 0:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: Any, right: Any) -> Any:
    """`left % right`: the sign follows the left side."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    if (type(left), type(right)) != (int, int):
        return error("no-overload")
    if right == 0:
        return error("division-by-zero")
    if left == INT_MIN and right == -1:
        return error("int-overflow")
    remainder = abs(left) % abs(right)
    return remainder if left >= 0 else -remainder


def negate(operand: Any) -> Any:
    """`-operand`"""
    kind = type(operand)
    if kind is Decimal:
        return _EXACT.minus(operand)
    if kind is int or kind is float:
        return checked(-operand)
    return operand if kind is Unknown else error("no-overload")
