"""Numbers, money, dates, lists and plurals come out exactly as CLDR writes them.

The patterns are taken from CLDR once and are plain values that can be kept in a cache; `Formats` turns them into
functions. Where Babel 2.18 departs from CLDR, CLDR wins: the minus sign is the locale's own, and a no-break space
stands between digits and a currency that ends in a letter. Digits that are there are never rounded away.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from oppi18n.i18n.visible import shown

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

_NO_BREAK_SPACE = "\xa0"


def patterns(locale: str) -> dict[str, Any]:
    """What CLDR says about a locale: dicts, tuples, strings and numbers only, so that `marshal` can keep it.

    Slow (it loads Babel): keep the result. Raises `InputError` for a locale CLDR does not describe.

    >>> patterns("ja")["decimal"]
    '.'
    """
    # Only a cache miss comes here; loading Babel costs more than a whole warm run.
    from oppi18n.i18n.cldr import extract

    return extract(locale)


class Formats:
    """The formats of one locale. Its attributes are functions, so that calling them costs one call.

    integer      int → grouped digits
    decimal      Decimal → grouped digits, zeros at the end left out
    money        Decimal, ISO 4217 code → amount with at least the digits customary for the currency
    date         date → CLDR's long form, the one for sentences
    date_short   date → CLDR's short form
    list         strings → an and-list
    cents        by ISO 4217 code, what stands before and after a positive amount with two decimals, where these are
                 customary; a code joins when it was first asked for
    regrouped    digits as Python groups them → digits as amounts have them here; None if they are alike
    months       January first, the `%` templates `date` fills with `parts`: year and day in this order
    categories   the plural categories that the locale has, in the order of its catalogs' forms
    plural       int or Decimal → zero, one, two, few, many or other, by the number as it is written

    Numbers must be finite (`ValueError`). A currency without a symbol in the locale is written by its code,
    which is made safe to show; the strings of a list are taken as they are.

    >>> from decimal import Decimal
    >>> sv = Formats(patterns("sv"))
    >>> sv.money(Decimal("-1234.5"), "SEK"), sv.list(["A", "B", "C"]), sv.plural(1)
    ('−1\\xa0234,50\\xa0kr', 'A, B och C', 'one')
    """

    # fmt: off
    __slots__ = (
        "categories", "cents", "date", "date_short", "decimal", "integer", "list", "locale", "money", "months", "parts",
        "plural", "regrouped", "rtl",
    )
    # fmt: on

    locale: str
    rtl: bool
    integer: Callable[[int], str]
    decimal: Callable[[Decimal], str]
    money: Callable[[Decimal, str], str]
    cents: dict[str, tuple[str, str]]
    regrouped: Callable[[str], str] | None
    date: Callable[[datetime.date], str]
    date_short: Callable[[datetime.date], str]
    months: Sequence[str]
    parts: tuple[str, ...]
    list: Callable[[Sequence[str]], str]
    categories: tuple[str, ...]
    plural: Callable[[int | Decimal], str]

    def __init__(self, patterns: Mapping[str, Any]) -> None:
        self.locale = patterns["locale"]
        self.rtl = patterns["rtl"]
        self.integer = _integer(patterns)
        self.decimal = _decimal(patterns)
        self.cents = {}
        self.regrouped = _digits(patterns, patterns["money_grouping"])
        self.money = _money(patterns, self.regrouped, self.cents)
        self.months, self.parts = patterns["date"]
        self.date = _date(*patterns["date"])
        self.date_short = _date(*patterns["date_short"])
        self.list = _list(*patterns["list"])
        self.categories = (*(name for name, _ in patterns["plural"]), "other")
        self.plural = _plural(patterns["plural"])

    def __repr__(self) -> str:
        return f"Formats({self.locale!r})"


def _digits(patterns: Mapping[str, Any], grouping: tuple[int, int, int]) -> Callable[[str], str] | None:
    """A function from digits as Python groups them (`1,234.5`) to digits as the locale does; None if that is alike."""
    group, point = patterns["group"], patterns["decimal"]
    if grouping != (3, 3, 1):
        return lambda text: _regroup(text.replace(",", ""), grouping, group, point)
    if (group, point) == (",", "."):
        return None
    if group in ".,":
        return lambda text: text.replace(".", "\0").replace(",", group).replace("\0", point)
    return lambda text: text.replace(",", group).replace(".", point)


def _regroup(text: str, grouping: tuple[int, int, int], group: str, point: str) -> str:
    last, before, minimum = grouping
    whole, dot, fraction = text.partition(".")
    if last and len(whole) >= last + minimum:
        head, tail = whole[:-last], [whole[-last:]]
        while head:
            head, tail = head[:-before], [head[-before:], *tail]
        whole = group.join(tail)
    return whole + point + fraction if dot else whole


def _integer(patterns: Mapping[str, Any]) -> Callable[[int], str]:
    minus, digits = patterns["minus"], _digits(patterns, patterns["grouping"]) or str

    def integer(value: int) -> str:
        return digits(f"{value:,}") if value >= 0 else minus + digits(f"{-value:,}")

    return integer


def _decimal(patterns: Mapping[str, Any]) -> Callable[[Decimal], str]:
    minus, digits = patterns["minus"], _digits(patterns, patterns["grouping"]) or str

    def decimal(value: Decimal) -> str:
        text = _plain(value)
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return minus + digits(text[1:]) if text[0] == "-" else digits(text)

    return decimal


def _plain(value: Decimal) -> str:
    if isinstance(value, int):  # `cond ? 0 : amount` is a decimal that may be one
        return f"{value:,}"
    if not value.is_finite():
        raise ValueError("a number without end cannot be written")
    return f"{value:,f}"


def _money(
    patterns: Mapping[str, Any], digits: Callable[[str], str] | None, cents: dict[str, tuple[str, str]]
) -> Callable[[Decimal, str], str]:
    affixes = _Affixes(patterns, cents)

    def money(value: Decimal, currency: str) -> str:
        before, after, negative_before, negative_after, precision = affixes[currency]
        text = f"{value:,f}"
        # Two decimals is what nearly every amount has; anything else takes the slow way.
        if precision != 2 or text[-3:-2] != ".":
            text = _padded(_plain(value), precision)
        if text[0] == "-":
            text, before, after = text[1:], negative_before, negative_after
        return f"{before}{digits(text) if digits else text}{after}"

    return money


def _padded(text: str, precision: int) -> str:
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(precision, "0")
    return f"{whole}.{fraction}" if fraction else whole


class _Affixes(dict[str, tuple[str, str, str, str, int]]):
    """What stands before and after an amount, the same if it is negative, and its decimals; made when first asked."""

    __slots__ = ("_cents", "_currencies", "_money", "_precision")

    def __init__(self, patterns: Mapping[str, Any], cents: dict[str, tuple[str, str]]) -> None:
        self._cents = cents
        self._money = patterns["money"]
        self._currencies = patterns["currencies"]
        self._precision = patterns["precision"]

    def __missing__(self, currency: str) -> tuple[str, str, str, str, int]:
        symbol = self._currencies.get(currency) or f"{_NO_BREAK_SPACE}{shown(currency)}{_NO_BREAK_SPACE}"
        before, after, negative_before, negative_after = self._money
        made = (
            _before(before, symbol),
            _after(after, symbol),
            _before(negative_before, symbol),
            _after(negative_after, symbol),
            self._precision.get(currency, 2),
        )
        # Codes come from data, and nothing from data may grow without bound.
        if len(self) < 500:
            self[currency] = made
            if made[4] == 2:
                self._cents[currency] = made[:2]
        return made


def _before(affix: str, symbol: str) -> str:
    spaced = symbol.lstrip(_NO_BREAK_SPACE) if affix.endswith("¤") else symbol.strip(_NO_BREAK_SPACE)
    return affix.replace("¤", spaced)


def _after(affix: str, symbol: str) -> str:
    spaced = symbol.rstrip(_NO_BREAK_SPACE) if affix.startswith("¤") else symbol.strip(_NO_BREAK_SPACE)
    return affix.replace("¤", spaced)


def _date(months: Sequence[str], parts: tuple[str, ...]) -> Callable[[datetime.date], str]:
    # One template per month: the name is already in it, and its fields are read in C.
    templates = ("", *months)
    if "yy" in parts:
        return lambda value: templates[value.month] % tuple(_part(value, each) for each in parts)
    fields: Callable[[datetime.date], tuple[int, ...]] = attrgetter(*parts)
    return lambda value: templates[value.month] % fields(value)


def _part(value: datetime.date, part: str) -> int:
    if part == "yy":
        return value.year % 100
    return value.year if part == "year" else value.day


def _list(*rows: tuple[str, str, str]) -> Callable[[Sequence[str]], str]:
    if any(before or after for before, _, after in rows) or rows[1] != rows[2]:
        return lambda items: _wrapped(items, rows)
    pair, comma, last = rows[0][1], rows[1][1], rows[3][1]

    def listed(items: Sequence[str]) -> str:
        if len(items) == 3:
            first, second, third = items
            return f"{first}{comma}{second}{last}{third}"
        if len(items) > 3:
            return f"{comma.join(items[:-1])}{last}{items[-1]}"
        return pair.join(items)

    return listed


def _wrapped(items: Sequence[str], rows: tuple[tuple[str, str, str], ...]) -> str:
    """CLDR's own way, for languages that write something around the items too."""
    pair, start, middle, end = rows
    if len(items) < 3:
        return _around(pair, *items) if len(items) == 2 else "".join(items)
    text = _around(start, items[0], items[1])
    for each in items[2:-1]:
        text = _around(middle, text, each)
    return _around(end, text, items[-1])


def _around(row: tuple[str, str, str], left: str, right: str) -> str:
    before, between, after = row
    return f"{before}{left}{between}{right}{after}"


def _plural(rules: Sequence[tuple[str, Any]]) -> Callable[[int | Decimal], str]:
    small: dict[int, str] = {}

    def plural(value: int | Decimal) -> str:
        if type(value) is int and value in small:
            return small[value]
        operands = _operands(value)
        category = next((name for name, alternatives in rules if _holds(alternatives, operands)), "other")
        if type(value) is int and 0 <= value < 200:
            small[value] = category
        return category

    return plural


def _operands(value: int | Decimal) -> dict[str, int | Decimal]:
    """CLDR's plural operands: the number, its whole part, and its fraction with and without zeros at the end."""
    if isinstance(value, int):
        return {"n": abs(value), "i": abs(value), "v": 0, "w": 0, "f": 0, "t": 0, "c": 0, "e": 0}
    size = value.copy_abs()
    whole, _, written = _plain(size).replace(",", "").partition(".")
    short = written.rstrip("0")
    fractions = {"v": len(written), "w": len(short), "f": int(written or 0), "t": int(short or 0)}
    return {"n": size, "i": int(whole), **fractions, "c": 0, "e": 0}


def _holds(alternatives: Sequence[Any], operands: Mapping[str, int | Decimal]) -> bool:
    return any(all(_meets(condition, operands) for condition in conditions) for conditions in alternatives)


def _meets(condition: tuple[str, int, Any, bool], operands: Mapping[str, int | Decimal]) -> bool:
    name, modulus, ranges, expected = condition
    value = operands[name]
    if modulus:
        value %= modulus
    # A range holds whole numbers only: 1.5 is not in 1..2.
    found = value == int(value) and any(low <= value <= high for low, high in ranges)
    return found is expected
