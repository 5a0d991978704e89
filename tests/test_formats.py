"""What comes out is CLDR, byte for byte; where Babel is not, the difference is written here."""

from __future__ import annotations

import datetime
import marshal
import subprocess
import sys
import unicodedata
from decimal import Decimal

import pytest
from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from hypothesis import example, given
from hypothesis import strategies as st

from oppi18n.errors import InputError
from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.locales import PRODUCT, PSEUDO

# Beyond the product locales: other groups, other signs, other plurals, words around the items of a list.
OTHERS = ("fr", "de-CH", "hi", "pl", "lv", "ml", "am", "he", "pt-PT", "es", "es-MX", "th")
EVERY = (*PRODUCT, *OTHERS)
FORMATS = {locale: Formats(patterns(locale)) for locale in (*EVERY, *PSEUDO)}
BABEL = {locale: Locale.parse(locale, sep="-") for locale in EVERY}
CURRENCIES = ("USD", "EUR", "KRW", "JPY", "HKD", "SEK", "MYR", "CHF", "KWD", "XXX", "ZZZ", "CLF", "XOF", "TWD")

locales = st.sampled_from(EVERY)
amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=4) | st.integers(-(10**18), 10**18).map(Decimal)


def ungrouped(locale: str, number: int) -> bool:
    """Whether CLDR leaves a number of four digits ungrouped here, which Babel does not know."""
    return locale in ("pl", "lv", "pt-PT", "es") and 1000 <= abs(number) < 10000


def as_cldr(text: str, locale: str) -> str:
    """Babel's text with the minus sign of the locale."""
    minus: str = BABEL[locale].number_symbols["latn"]["minusSign"]
    return text.replace("-", minus)


@given(locales, amounts)
@example("sv", Decimal("-0.0000"))
@example("ko", Decimal("1E+5"))
def test_decimals_equal_babel_with_the_minus_of_the_locale(locale, number):
    """Decimals keep every digit and drop zeros at the end."""
    expected = format_decimal(number, locale=BABEL[locale], decimal_quantization=False)

    if not ungrouped(locale, int(number)):
        assert FORMATS[locale].decimal(number) == as_cldr(expected, locale)


@given(locales, st.integers(-(10**20), 10**20))
def test_integers_equal_babel_with_the_minus_of_the_locale(locale, number):
    """Whole numbers are grouped as the locale groups them."""
    if not ungrouped(locale, number):
        assert FORMATS[locale].integer(number) == as_cldr(format_decimal(number, locale=BABEL[locale]), locale)


def spaced(text: str, locale: str, currency: str) -> str:
    """Babel's text with CLDR's no-break space between digits and a currency that ends in a letter."""
    symbol = get_currency_symbol(currency, BABEL[locale])
    if unicodedata.category(symbol[-1])[0] in "SZ":
        return text
    head, found, tail = text.partition(symbol)
    return f"{head}{found}\xa0{tail}" if found and tail[:1].isdecimal() else text


@given(locales, amounts, st.sampled_from(CURRENCIES))
def test_money_equals_babel_with_sign_and_space_of_cldr(locale, number, currency):
    """Amounts have the decimals of their currency, and more if they have more."""
    babel = format_currency(number, currency, locale=BABEL[locale], decimal_quantization=False)

    if not ungrouped(locale, int(number)):
        assert FORMATS[locale].money(number, currency) == spaced(as_cldr(babel, locale), locale, currency)


@given(locales, st.dates())
def test_dates_equal_babel(locale, date):
    """The long and the short form are CLDR's."""
    formats = FORMATS[locale]

    assert formats.date(date) == format_date(date, "long", locale=BABEL[locale])
    assert formats.date_short(date) == format_date(date, "short", locale=BABEL[locale])


@given(locales, st.lists(st.text(max_size=5), max_size=6))
def test_lists_equal_babel(locale, items):
    """And-lists of any length, whatever the items hold."""
    assert FORMATS[locale].list(items) == format_list(items, locale=BABEL[locale])
    assert FORMATS[locale].list(tuple(items)) == FORMATS[locale].list(items)


@given(locales, st.integers(-(10**6), 10**7))
def test_plurals_of_whole_numbers_equal_babel(locale, number):
    """Whole numbers fall into CLDR's categories, the second time too."""
    plural = FORMATS[locale].plural

    assert plural(number) == plural(number) == BABEL[locale].plural_form(number)


@given(locales, st.decimals(1, 10**6, places=2))
def test_plurals_of_decimals_equal_babel(locale, number):
    """Fractions count as they are written, zeros at the end included."""
    assert FORMATS[locale].plural(number) == BABEL[locale].plural_form(number)


@pytest.mark.parametrize(
    ("locale", "number", "expected"),
    [
        ("en", 1, "one"),
        ("en", Decimal("1.0"), "other"),
        ("en", Decimal(1), "one"),
        ("en", 0, "other"),
        ("sv", 1, "one"),
        ("sv", 2, "other"),
        *[(locale, number, "other") for locale in ("ko", "ja", "zh-HK", "ms") for number in (0, 1, 2)],
        ("pl", 22, "few"),
        ("pl", 12, "many"),
        ("fr", Decimal("1.5"), "one"),
        ("lv", Decimal("0.05"), "other"),
        ("en-XA", 1, "one"),
    ],
)
def test_plural_categories(locale, number, expected):
    """Malay has one form, whatever Babel's catalog table says."""
    assert FORMATS[locale].plural(number) == expected


D = Decimal
TODAY = datetime.date(2024, 2, 9)
# Taken from ICU (Node 20, Intl), not from Babel.
INTL = {
    "en": ("-1,234,567.891", "-$1,234.50", "SEK\xa01,234.50", "₩1,234.5", "February 9, 2024", "2/9/24", "A, B, and C"),
    "ko": ("-1,234,567.891", "-US$1,234.50", "SEK\xa01,234.50", "₩1,234.5", "2024년 2월 9일", "24. 2. 9.", "A, B 및 C"),
    "zh-HK": ("-1,234,567.891", "-US$1,234.50", "SEK\xa01,234.50", "₩1,234.5", "2024年2月9日", "9/2/2024", "A、B及C"),
    "ja": ("-1,234,567.891", "-$1,234.50", "SEK\xa01,234.50", "₩1,234.5", "2024年2月9日", "2024/02/09", "A、B、C"),
    "ms": (
        "-1,234,567.891",
        "-USD\xa01,234.50",
        "SEK\xa01,234.50",
        "₩1,234.5",
        "9 Februari 2024",
        "9/02/24",
        "A, B dan C",
    ),
    "sv": (
        "−1\xa0234\xa0567,891",
        "−1\xa0234,50\xa0US$",
        "1\xa0234,50\xa0kr",
        "1\xa0234,5\xa0KRW",
        "9 februari 2024",
        "2024-02-09",
        "A, B och C",
    ),
}
INTL["en-XA"] = INTL["ar-XB"] = INTL["en"]


@pytest.mark.parametrize("locale", INTL)
def test_formats_equal_icu(locale):
    """Numbers, money, dates and lists are what browsers write; pseudo-locales write English."""
    formats = FORMATS[locale]

    found = (
        formats.decimal(D("-1234567.8910")),
        formats.money(D("-1234.5"), "USD"),
        formats.money(D("1234.5"), "SEK"),
        formats.money(D("1234.5"), "KRW"),
        formats.date(TODAY),
        formats.date_short(TODAY),
        formats.list(["A", "B", "C"]),
    )

    assert found == INTL[locale]


@pytest.mark.parametrize(
    ("locale", "number", "currency", "expected"),
    [
        ("en", "5", "USD", "$5.00"),
        ("en", "5", "JPY", "¥5"),
        ("en", "5.00", "JPY", "¥5"),
        ("en", "5.5", "KWD", "KWD\xa05.500"),
        ("en", "1.23456", "USD", "$1.23456"),
        ("en", "1.2300", "USD", "$1.23"),
        ("en", "-0.00", "USD", "-$0.00"),
        ("en", "1E+3", "USD", "$1,000.00"),
        ("ms", "7", "MYR", "RM\xa07.00"),
        ("ms", "7", "EUR", "€7.00"),
        ("ko", "1000000", "KRW", "₩1,000,000"),
        ("ja", "1000000", "JPY", "￥1,000,000"),
        ("en", "1", "doubloons", "doubloons\xa01.00"),
        ("sv", "1", "", "1,00\xa0"),
        ("en", "1", "\x1b[31m", "␛[31m\xa01.00"),
        ("es", "1234.5", "EUR", "1234,50\xa0€"),
        ("es", "12345", "EUR", "12.345,00\xa0€"),
        ("hi", "12345678", "INR", "₹1,23,45,678.00"),
        ("de-CH", "-1234.5", "CHF", "CHF-1’234.50"),
    ],
)
def test_amounts_by_example(locale, number, currency, expected):
    """Decimals by currency, codes for the unknown, and nothing rounded away."""
    assert FORMATS[locale].money(Decimal(number), currency) == expected


@pytest.mark.parametrize(
    ("locale", "number", "expected"),
    [
        ("es", 1234, "1234"),
        ("es", 12345, "12.345"),
        ("es-MX", 1234, "1,234"),
        ("pl", 1234, "1234"),
        ("hi", 1234567, "12,34,567"),
    ],
)
def test_groups_by_example(locale, number, expected):
    """Some locales leave four digits alone, and some group by two."""
    assert FORMATS[locale].integer(number) == expected


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_numbers_without_end_are_refused(number):
    """There is no amount to write."""
    for write in (FORMATS["en"].decimal, lambda value: FORMATS["en"].money(value, "USD"), FORMATS["en"].plural):
        with pytest.raises(ValueError, match="without end"):
            write(Decimal(number))


def test_whole_numbers_have_no_limit():
    """Babel gives up at 10²⁵; we do not."""
    assert FORMATS["en"].integer(10**27) == "1" + ",000" * 9


def test_many_unknown_currencies_are_not_kept():
    """Codes come from data and must not fill the memory."""
    money = Formats(patterns("en")).money

    texts = [money(Decimal(1), f"X{number}") for number in range(2000)]

    assert texts[1999] == "X1999\xa01.00"


@pytest.mark.parametrize("locale", [*EVERY, *PSEUDO])
def test_patterns_are_plain(locale):
    """Patterns survive marshal, so a cache can keep them."""
    made = patterns(locale)

    assert marshal.loads(marshal.dumps(made)) == made
    assert made["locale"] == locale
    assert repr(Formats(made)) == f"Formats({locale!r})"


@pytest.mark.parametrize(
    "locale", ["", "xx-YY", "tlh", "../en", "en/..", "zh--", "!!", "en-US-posix-nonsense-too-long"]
)
def test_a_locale_without_cldr_is_an_input_error(locale):
    """What CLDR does not describe is said so, whatever Babel raises."""
    with pytest.raises(InputError) as raised:
        patterns(locale)

    assert raised.value.code == "locale-without-formats"


def test_formats_do_not_load_babel():
    """With patterns from a cache, Babel stays on the disk."""
    code = "import sys, oppi18n.i18n.formats, oppi18n.i18n.render, oppi18n.i18n.locales; print('babel' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout == "False\n"


@pytest.mark.parametrize("locale", PRODUCT)
def test_whole_numbers_are_amounts(locale):
    """`condition ? 0 : amount` may yield an int where a decimal is expected."""
    formats = Formats(patterns(locale))

    assert formats.decimal(-1234) == formats.decimal(Decimal(-1234))  # type: ignore[arg-type]
    assert formats.money(1234, "SEK") == formats.money(Decimal(1234), "SEK")  # type: ignore[arg-type]
