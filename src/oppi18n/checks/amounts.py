"""The numbers in a text by what they are worth, however a language groups, scales or spells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple


class Amount(NamedTuple):
    """A number and where its digits stand; what is scaled is worth more than they say."""

    value: Decimal
    start: int
    end: int
    is_scaled: bool = False


_WIDE: Final = {0xFF10 + digit: ord("0") + digit for digit in range(10)} | {0xFF0C: ",", 0xFF0E: "."}
_SCALES: Final = {
    "million": 6, "billion": 9, "thousand": 3, "k": 3, "bn": 9,
    "천": 3, "만": 4, "십만": 5, "백만": 6, "천만": 7, "억": 8, "십억": 9, "조": 12,
    "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "億": 8, "十億": 9,
    "萬": 4, "十萬": 5, "百萬": 6, "千萬": 7,
    "tusen": 3, "miljon": 6, "miljoner": 6, "miljard": 9, "miljarder": 9, "tkr": 3, "mkr": 6,
    "ribu": 3, "juta": 6, "bilion": 9,
}  # fmt: skip
_BLANKS: Final = "\u00a0\u2009\u202f "
_DIGITS: Final = (
    rf"(?:\d{{1,3}}(?P<group>[,.'’{_BLANKS}])\d{{3}}(?!\d)(?:(?:(?P=group)|[{_BLANKS}])\d{{3}}(?!\d))*(?:[.,]\d+)?"
    # The parts of versions and addresses are numbers of their own.
    r"|\d+(?:[.,]\d+)?(?![.,]?\d)|\d+)"
)
_ANY: Final = re.compile(_DIGITS)
# What belongs to a name is no number: `UTF-8`, `i18n`.
_ALONE: Final = re.compile(rf"(?<![A-Za-z\d])(?<![A-Za-z]-){_DIGITS}")
_SCALE: Final = re.compile(
    rf"[ \u00a0\u202f-]?(?:({'|'.join(sorted((each for each in _SCALES if each.isascii()), key=len, reverse=True))})(?![^\W\d_])"
    rf"|({'|'.join(sorted((each for each in _SCALES if not each.isascii()), key=len, reverse=True))}))",
    re.IGNORECASE,
)

_ENGLISH: Final = (
    (0, ("zero", "no", "none")), (1, ("one", "once", "single", "first", "a", "an", "each", "every", "another", "per")),
    (2, ("two", "twice", "second", "both", "double", "pair", "half", "either", "between", "bilingual", "binary", "dual")),
    (3, ("three", "third", "triple")), (4, ("four", "fourth", "quarter", "quarterly")), (5, ("five", "fifth")),
    (6, ("six", "sixth")), (7, ("seven", "seventh", "week", "weekly")), (8, ("eight", "eighth")),
    (9, ("nine", "ninth")), (10, ("ten", "tenth", "decimal")), (11, ("eleven", "eleventh")),
    (12, ("twelve", "twelfth", "dozen", "year", "yearly")), (13, ("thirteen",)), (14, ("fourteen",)),
    (15, ("fifteen",)), (20, ("twenty",)), (30, ("thirty",)),
)  # fmt: skip
_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SPELLED: Final = {word: {value} for value, words in _ENGLISH for word in words}
for _number, _month in enumerate(_MONTHS, 1):
    _SPELLED.setdefault(_month, set()).add(_number)
    _SPELLED.setdefault(_month[:3], set()).add(_number)
_WORD: Final = re.compile(r"[a-z]+")
# With these, any number may be made of words; and hours are counted in other ways elsewhere.
_MAKERS: Final = re.compile(r"(?<!\d)(?<!\d[ -])\b(?:hundred|thousand|million|billion)s?\b", re.IGNORECASE)
_HOURS: Final = 24
_CLOCK: Final = re.compile(r"\d ?[ap]\.?m\b", re.IGNORECASE)

# What may say a small number in a translation without a digit.
_SMALL: Final = {
    0: "零 〇 영 ゼロ noll sifar kosong",
    1: "一 壹 하나 한 일 첫 ひと 単 en ett första satu se pertama tunggal",
    2: "二 兩 两 雙 両 둘 두 이 양 ふた två dubbel andra båda dua kedua",
    3: "三 셋 세 삼 みっ tre tredje tiga ketiga",
    4: "四 넷 네 사 よっ fyra fjärde empat",
    5: "五 다섯 오 いつ fem femte lima",
    6: "六 여섯 육 sex sjätte enam",
    7: "七 일곱 칠 sju sjunde tujuh",
    8: "八 여덟 팔 åtta åttonde lapan",
    9: "九 아홉 구 nio nionde sembilan",
    10: "十 열 십 tio tionde sepuluh",
    11: "十一 열하나 열한 십일 elva sebelas",
    12: "十二 열둘 열두 십이 tolv dua belas",
    100: "百 백 hundra seratus ratus",
    1000: "千 천 tusen seribu ribu",
    10**6: "百万 百萬 백만 miljon juta",
}


@lru_cache(maxsize=1 << 14)
def amounts(text: str, *, in_names: bool = False) -> tuple[Amount, ...]:
    """The numbers that are written with digits, from left to right; on demand those in names such as `Gen2` too.

    >>> [str(each.value) for each in amounts("100 万, 1 000 000, 12.5 %, 1 million, 2020年10月")]
    ['1000000', '1000000', '12.5', '1000000', '2020', '10']
    """
    return tuple(_amounts(text, in_names))


def _amounts(text: str, in_names: bool) -> Iterator[Amount]:
    shown = text.translate(_WIDE)
    for match in (_ANY if in_names else _ALONE).finditer(shown):
        value = _value(match)
        scale = _SCALE.match(shown, match.end())
        if scale is not None:
            value = value.scaleb(_SCALES[(scale[1] or scale[2]).lower()])
        yield Amount(value.normalize() + 0, match.start(), match.end(), scale is not None)


def _value(match: re.Match[str]) -> Decimal:
    text, group = match[0], match["group"]
    if not group:
        return Decimal(text.replace(",", "."))
    # Behind a group, the first other mark that is no blank begins the fraction.
    head, _, tail = re.sub(rf"[{_BLANKS}{group}]", "", text).replace(",", ".").partition(".")
    return Decimal(f"{head}.{tail}" if tail else head)


def is_spelled(value: Decimal, source: str) -> bool:
    """Whether an English text says the number in words, or leaves it to be understood.

    >>> is_spelled(Decimal(2), "Both files"), is_spelled(Decimal(5), "In May"), is_spelled(Decimal(7), "Both files")
    (True, True, False)
    """
    known = _spelled(source)
    return known is None or value in known


@lru_cache(maxsize=256)
def _spelled(source: str) -> frozenset[int] | None:
    """The numbers that an English text may mean; None if that could be any."""
    if _MAKERS.search(source):
        return None
    found = {number for word in _WORD.findall(source.lower()) for number in _SPELLED.get(word, ())}
    return frozenset(found.union(range(_HOURS + 1) if _CLOCK.search(source) else ()))


def is_said(value: Decimal, target: str, source: str = "") -> bool:
    """Whether a translation says a number in words, of whatever language, or as an hour of the day.

    >>> is_said(Decimal(10), "tio kunder"), is_said(Decimal(30), "tio kunder"), is_said(Decimal(5), "17.00", "5 PM")
    (True, False, True)
    """
    words = _SMALL.get(int(value)) if value == value.to_integral_value() else None
    if words is not None and any(_stands(word, target.lower()) for word in words.split()):
        return True
    return value <= _HOURS and _CLOCK.search(source) is not None


def _stands(word: str, text: str) -> bool:
    """Whether a word stands in a text: whole if it is short, in front of others if it is longer, `tvåstegs`.

    Behind digits it says how much they are worth, and no number of its own.
    """
    if not word[0].isascii() and not "à" <= word[0] <= "ÿ":
        return re.search(rf"(?<!\d)(?<!\d ){word}", text) is not None
    end = r"(?![^\W\d_])" if len(word) < 3 else ""
    return re.search(rf"(?<![^\W\d_])(?<!\d)(?<!\d ){word}{end}", text) is not None
