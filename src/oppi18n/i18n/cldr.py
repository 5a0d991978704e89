"""CLDR, as Babel ships it, boiled down to the plain values that `formats` needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from babel.core import Locale, UnknownLocaleError, get_global

from oppi18n.errors import InputError
from oppi18n.i18n.locales import PSEUDO, is_right_to_left
from oppi18n.i18n.plural_header import categories

NO_BREAK_SPACE = "\xa0"

# Babel leaves CLDR's minimumGroupingDigits out. These write 1234, but 12 345; Spanish and Portuguese only in Europe
# and where its usage is followed.
_WIDE_GROUPING = frozenset(["be", "bg", "et", "hu", "hy", "ia", "ie", "it", "ka", "lv", "pl", "ru_UA", "sl", "sq"])
_EUROPEAN_SPANISH = frozenset(["ES", "EA", "GQ", "IC", "PH"])

_NUMBER = re.compile(r"[#0,.@]+")
_FIELD = re.compile(r"'([^']*)'|(G+|y+|M+|L+|d+)|([A-Za-z]+)|([^A-Za-z']+)")
_SPAN = re.compile(r"\{0\}(.*)\{1\}", re.DOTALL)


def extract(tag: str) -> dict[str, Any]:
    """What CLDR says about numbers, money, dates, lists and plurals of a locale, as values `marshal` can write.

    Pseudo-locales speak English. Raises `InputError` for a locale CLDR does not describe.

    >>> extract("sv")["minus"], extract("ms")["plural"]
    ('−', ())
    """
    locale = _locale(tag)
    numbers = locale.decimal_formats[None]
    money = locale.currency_formats["standard"]
    symbols = locale.number_symbols["latn"]
    minus = str(symbols["minusSign"])
    rules = dict(locale.plural_form.abstract)
    return {
        "locale": tag,
        "rtl": is_right_to_left(tag),
        "decimal": str(symbols["decimal"]),
        "group": str(symbols["group"]),
        "minus": minus,
        "grouping": _grouping(locale, numbers.pattern),
        "money_grouping": _grouping(locale, money.pattern),
        "money": _affixes(money.pattern, minus),
        "currencies": dict(_currencies(locale)),
        "precision": _precision(),
        "date": _date(locale, locale.date_formats["long"].pattern),
        "date_short": _date(locale, locale.date_formats["short"].pattern),
        "list": _list(locale),
        "plural": tuple((tag, _alternatives(rules[tag])) for tag in categories(locale.plural_form)[:-1]),
    }


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse("en" if tag in PSEUDO else tag.replace("-", "_"))
    # Babel raises ValueError for a malformed tag and TypeError for an empty one.
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise InputError("locale-without-formats", tag=tag) from error


def _grouping(locale: Locale, pattern: str) -> tuple[int, int, int]:
    """Digits in the last group, in the groups before it, and how many must stand before the first separator."""
    match = _NUMBER.search(pattern)
    groups = (match[0] if match else "").split(".")[0].split(",")
    if len(groups) == 1:
        return 0, 0, 0
    last = len(groups[-1])
    before = len(groups[-2]) if len(groups) > 2 else last
    return last, before, _minimum_grouping(locale)


def _minimum_grouping(locale: Locale) -> int:
    territory = locale.territory
    if locale.language == "es":
        return 2 if territory is None or territory in _EUROPEAN_SPANISH else 1
    if locale.language == "pt":
        return 1 if territory is None or territory == "BR" else 2
    return 2 if {locale.language, str(locale)} & _WIDE_GROUPING else 1


def _affixes(pattern: str, minus: str) -> tuple[str, str, str, str]:
    """What stands before and after the digits of an amount, then the same for negative amounts; `¤` is the currency."""
    positive, _, negative = pattern.partition(";")
    before, after = _NUMBER.split(positive, maxsplit=1)
    if not negative:
        return before, after, minus + before, after
    negative_before, negative_after = _NUMBER.split(negative, maxsplit=1)
    return before, after, negative_before.replace("-", minus), negative_after.replace("-", minus)


def _currencies(locale: Locale) -> Iterator[tuple[str, str]]:
    """Currencies with a symbol of their own, with CLDR's currency spacing around symbols that end in a letter."""
    for code, symbol in locale.currency_symbols.items():
        if symbol and symbol != code:
            yield code, _gap(symbol[0]) + symbol + _gap(symbol[-1])


def _gap(character: str) -> str:
    return "" if unicodedata.category(character)[0] in "SZ" else NO_BREAK_SPACE


def _precision() -> dict[str, int]:
    """Currencies whose smallest unit is not a hundredth."""
    fractions = get_global("currency_fractions")
    return {code: row[0] for code, row in fractions.items() if row[0] != 2 and code != "DEFAULT"}


def _date(locale: Locale, pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A `%` template per month, and the fields that fill it."""
    tokens = list(_FIELD.finditer(pattern))
    if any(token[3] for token in tokens) or not {"y", "d"} <= {token[2][0] for token in tokens if token[2]}:
        return _date(locale, "y-MM-dd")
    parts = tuple(_part(token[2]) for token in tokens if token[2] and token[2][0] in "yd")
    return tuple("".join(_text(locale, token, month) for token in tokens) for month in range(1, 13)), parts


def _part(field: str) -> str:
    return {"y": "year", "yy": "yy"}.get(field, "year") if field[0] == "y" else "day"


def _text(locale: Locale, token: re.Match[str], month: int) -> str:
    field = token[2]
    if field is None:
        literal = token[4] if token[1] is None else token[1] or "'"
        return literal.replace("%", "%%")
    if field[0] in "yd":
        return f"%0{len(field)}d" if len(field) > 1 else "%d"
    if field[0] == "G":
        return str(locale.eras["abbreviated"][1]).replace("%", "%%")
    if len(field) < 3:
        return f"{month:0{len(field)}}"
    names = locale.months["stand-alone" if field[0] == "L" else "format"]
    return str(names["wide" if len(field) == 4 else "abbreviated"][month]).replace("%", "%%")


def _list(locale: Locale) -> tuple[tuple[str, str, str], ...]:
    """What stands before, between and after two items: when there are two, at the start, in the middle, at the end."""
    patterns = locale.list_patterns["standard"]
    return tuple(_around(patterns[name]) for name in ("2", "start", "middle", "end"))


def _around(pattern: str) -> tuple[str, str, str]:
    match = _SPAN.search(pattern)
    if match is None:
        return "", ", ", ""
    return pattern[: match.start()], match[1], pattern[match.end() :]


def _alternatives(rule: Any) -> tuple[Any, ...]:
    """A plural rule as alternatives of conditions `(operand, modulus, ranges, expected)`."""
    kind, content = rule
    if kind == "or":
        return tuple(each for part in content for each in _alternatives(part))
    return (tuple(_conditions(rule)),)


def _conditions(rule: Any, expected: bool = True) -> Iterator[tuple[str, int, tuple[tuple[int, int], ...], bool]]:
    kind, content = rule
    if kind == "and":
        for part in content:
            yield from _conditions(part, expected)
    elif kind == "not":
        yield from _conditions(content[0], not expected)
    else:
        _, operand, ranges = content
        name, modulus = (operand[1][0][0], operand[1][1][1][0]) if operand[0] == "mod" else (operand[0], 0)
        yield name, modulus, tuple((low[1][0], high[1][0]) for low, high in ranges[1]), expected
