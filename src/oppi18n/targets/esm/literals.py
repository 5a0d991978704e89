"""JavaScript source of constants: the same bytes for the same values, whatever Python writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_ESCAPED: Final = re.compile(
    '["\\\\\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]'
)
_UNITS: Final = 10_000


def text(value: str) -> str:
    """A string; what could not be seen in the source is escaped.

    >>> text('"견적"\\u202e')
    '"\\\\"견적\\\\"\\\\u202e"'
    """
    return '"' + _ESCAPED.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return "\\" + character
    return "\\n" if character == "\n" else f"\\u{ord(character):04x}"


def number(value: float) -> str:
    """A double; JavaScript reads what Python writes, save for what has no digits."""
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def units(value: Decimal) -> str:
    """A decimal as whole ten-thousandths.

    >>> units(Decimal("-0.5"))
    '-5000n'
    """
    return f"{int(value * _UNITS)}n"


def constant(value: object) -> str:
    """The value of a rule's literal: ints and decimals are exact, dates are their text."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return f"{value}n"
    if isinstance(value, float):
        return number(value)
    return units(value) if isinstance(value, Decimal) else text(str(value))


def plain(value: object) -> str:
    """Data as a literal: names without quotation marks where they need none, numbers as numbers.

    >>> plain({"id": "x", "no-1": [1, None, True]})
    '{id: "x", "no-1": [1, null, true]}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name(key)}: {plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(plain(each) for each in value) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return constant(value)


def name(key: str) -> str:
    """The name of a member."""
    return key if _IDENTIFIER.match(key) else text(key)
