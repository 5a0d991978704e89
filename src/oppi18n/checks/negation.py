"""What turns a sentence into its negation, in English and in the locales."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from oppi18n.checks.background import language


class Negation(NamedTuple):
    """How a language denies: `clear` finds what denies for certain, `any` whatever may, `idle` what only looks so.

    `loose` are those of `any` that mostly say something else than a plain *not*. What a published translation denies,
    it denies as often as its source does, so the two are counted.
    """

    clear: str
    any: str
    idle: str
    loose: str


ENGLISH: Final = Negation(
    clear=(
        r"n['’]t\b|\b(?:cannot|not|never|unable|none)\b|(?<!')\bwithout\b"
        r"|(?<![\w/-])(?<!little to )(?-i:no)\b(?! longer than| later than| code|-)"
    ),
    any=(
        r"n['’]t\b|\b(?:cannot|not|no|none|never|without|nothing|nobody|nor|neither|unable|unless|until|except\w*|"
        r"instead|rather|regardless|otherwise|fail\w*|avoid\w*|prevent\w*|lack\w*|miss\w*|exclu\w*|ignor\w*|skip\w*|"
        r"stop\w*|den(?:y|ies|ied)|reject\w*|block\w*|hard\w*|out of|gone|stale|stay\w*|sound|clean|left|leave|infinite|else|obsolete|is another|wrong\w*|holds?|wherever|prohibit\w*|forbid\w*|refus\w*|invisible|"
        r"discontinu\w*|break\w*|broken|single|plain|disconnect\w*|other than|no longer|"
        r"un(?!i[tqfov]|der|til)\w{3,}|in(?:active|valid|complete|correct|sufficient|consist|access|accura|compat|elig|"
        r"dependent|direct)\w*|ir(?:r\w{3,})|im(?:possible|proper|mutable)\w*|non\w*|dis(?!t|p|c[ou])\w{3,}|mis\w{3,}|\w+less)\b"
    ),
    idle=r"\bnot (?:only|just|necessarily)\b|\bor not\b|\bif not\b|, not\b|, and not\b|\b(?:and|or) no\b|\bnot alike\b|\bbut not\b|\bthat are not\Z|\bnever unknown\b|\bif you haven['’]t\b|\bnot yet\b|n['’]t forget\b",
    loose=(
        r"\b(?:hard|gone|stale|stay\w*|sound|clean|left|leave|infinite|obsolete|is another|wrong\w*|holds?|wherever|"
        r"break\w*|broken|single|plain|different|other|another|before|fewer|less than|still|until|up to|after)\b"
    ),
)

_SIGNS: Final = ("no", "'t", "’t", "never", "unable", "without")
"""One of them is in whatever English denies with."""

LOCALES: Final[Mapping[str, Negation]] = {
    "ko": Negation(
        clear=r"지 않|지 못|수 없|없습|없는|없이|아닙|아닌|마십시오|마세요|지 마|못합|못하",
        any=r"않|없|못|아니|아닌|아닙|마십시오|마세요|안 ?[되돼됩하합]|불가|불필요|미지원|하나만|아님|막는|말아|제외|외에|금지|대신|다릅",
        idle=r"뿐만 아니라|뿐 아니라|않으면 안|없이도|아니라도|적지 않",
        loose=r"제외|외에|대신|하나만|다릅|막는|금지|미지원",
    ),
    "zh-HK": Negation(
        clear=r"無法|不能|不會|不可(?!或缺)|不要|不得|不允許|不支援|沒有|並非|並不|請勿|尚未|不應|不是|不需|無需|不再|未能",
        any=r"不|無|沒|未|非|勿|否|免|尚待|缺乏|禁止|超出|必須先|以外",
        idle=r"不同|不論|不管|不斷|不僅|不只|不久|不妨|不過|無論|非常|不可或缺|不少|是否|未來",
        loose=r"超出|禁止|以外|必須先|缺乏|免|否|非",
    ),
    "ja": Negation(
        clear=r"ません|ない(?=[。、でとのかよわた])|なかった|ないで|ずに|できず",
        any=r"ません|ない|なく|なかった|なけれ|ず[にのお、。]|なし|無[しくい]|不[要可明能足]|未|非|外|禁止|開始前|代わり|まで|異な|除い|不正|不適",
        idle=(
            r"なければなりません|なければならない|なくてはなりません|かもしれません|かもしれない|だけでなく|のみでなく|"
            r"少なくとも|に過ぎ(?:ません|ない)|にすぎ(?:ません|ない)|ほかなりません|必要があるかもしれ|ではないでしょうか|しかありません|ばかりでなく|未満|未来"
        ),
        loose=r"まで|代わり|異な|除い|外|禁止|開始前|不足|不適|不正|不明|非|未",
    ),
    "ms": Negation(
        clear=r"\b(?:tidak|bukan|jangan|tiada|belum|tak)\b",
        any=r"\b(?:tidak|bukan\w*|jangan\w*|tiada|tanpa|belum|tak|gagal|enggan|nyah\w*|mustahil|dilarang|berbeza|menghalang)\b",
        idle=r"\btidak (?:kira|lama|semestinya)\b|\bbukan (?:sahaja|hanya)\b|\bjangan lupa\b|\btidak syak\b",
        loose=r"\b(?:berbeza|menghalang|gagal|dilarang|mustahil|enggan)\b",
    ),
    "sv": Negation(
        clear=r"\b(?:inte|inga|ingen|inget|aldrig|icke|ej|varken)\b",
        any=(
            r"\b(?:inte|inga|ingen|inget|ingenting|aldrig|icke\w*|ej|varken|utan|sakna\w*|nej|hindra\w*|annars|förbjud\w*|slipper|"
            r"o(?:säker|känd|giltig|möjlig|tillgänglig|nödvändig|behörig|tillåt|tillräcklig|läsbar)\w*|in(?:aktiv|korrekt)\w*)\b"
        ),
        idle=r"\binte (?:bara|enbart|nödvändigtvis)\b|\bom inte\b|\bglöm inte\b",
        loose=r"\b(?:hindra\w*|annars|sakna\w*|förbjud\w*|slipper|in(?:aktiv|korrekt)\w*)\b",
    ),
}


# A page has the same source in each of its languages.
@lru_cache(maxsize=1 << 15)
def denied_in(source: str) -> int:
    """How often an English text denies for certain.

    >>> denied_in("It does not stay."), denied_in("It stays.")
    (1, 0)
    """
    small = source.lower()
    return len(clear_in(ENGLISH, source)) if any(each in small for each in _SIGNS) else 0


def clear_in(negation: Negation, text: str) -> list[re.Match[str]]:
    """What denies for certain in a text.

    >>> [match[0] for match in clear_in(ENGLISH, "Not only this: you can't close it.")]
    ["n't"]
    """
    return _found(negation.clear, negation, text)


def any_in(negation: Negation, text: str) -> int:
    """How many words of a text may deny; in English, what only looks so may be denied in a translation.

    >>> any_in(LOCALES["sv"], "Den kan inte stängas utan offert."), any_in(ENGLISH, "This, not that")
    (2, 1)
    """
    return len(_any(negation, text))


def likely_in(negation: Negation, text: str) -> int:
    """How many words of a text are likely to deny.

    >>> any_in(ENGLISH, "It does not stay."), likely_in(ENGLISH, "It does not stay.")
    (2, 1)
    """
    loose = _compiled(negation.loose)
    return sum(loose.match(each[0]) is None for each in _any(negation, text))


def _any(negation: Negation, text: str) -> list[re.Match[str]]:
    if negation is ENGLISH:
        return list(_compiled(negation.any).finditer(text))
    return _found(negation.any, negation, text)


def loose_in(negation: Negation, text: str) -> int:
    """How many words of a text mostly say something else than a denial.

    >>> loose_in(LOCALES["ms"], "Ia gagal"), loose_in(ENGLISH, "Not until then")
    (1, 1)
    """
    return len(_found(negation.loose, negation, text))


def _found(pattern: str, negation: Negation, text: str) -> list[re.Match[str]]:
    if not _compiled(pattern).search(text):
        return []
    bare = _compiled(negation.idle).sub(lambda match: " " * len(match[0]), text)
    return list(_compiled(pattern).finditer(bare))


def of(locale: str) -> Negation | None:
    """How a locale denies."""
    return LOCALES.get(language(locale))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
